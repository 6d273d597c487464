/* Invoices as their customer looks for them (core/invoice_state.h says how one stands), and sums of
 * years. */
#ifndef STORE_INVOICE_LIST_H
#define STORE_INVOICE_LIST_H

#include "core/invoice_state.h"
#include "store/invoice.h"

struct invoice_standing {
    struct invoice_row invoice; /* first: its columns come first */
    int64_t given_back;         /* of what was paid, in minor units */
    bool is_given_back, is_late, is_corrected;
};

struct invoice_search {
    struct str user_id;
    int64_t from;                 /* made then or later, */
    struct invoice_cursor before; /* and before this */
    int64_t now;
    struct invoice_state_wants wants;
};
/* The newest first; items are struct invoice_standing. */
MUST_USE struct err invoice_list_page(struct tx *tx, const struct invoice_search *search,
                                      size_t max, struct row_list *ret_list);
/* As of now. */
MUST_USE struct err invoice_list_one(struct tx *tx, struct str user_id, struct str id,
                                     struct invoice_standing *ret_row, bool *ret_found);

/* When the first one was made; ROW_NONE: there is none. */
MUST_USE struct err invoice_list_first(struct tx *tx, struct str user_id, int64_t *ret_at);

struct invoice_sums_row {
    struct str currency;
    int64_t count;
    int64_t billed, paid, due; /* minor units */
};
/* A customer's papers of [from, to). */
struct invoice_span {
    struct str user_id;
    int64_t from, to;
};
enum { INVOICE_SPAN_CURRENCIES = 4 };
/* Of those that are not void, a currency a row, at most INVOICE_SPAN_CURRENCIES. */
MUST_USE struct err invoice_list_sums(struct tx *tx, const struct invoice_span *span,
                                      struct row_list *ret_list);
/* What credit notes took back, in minor units. */
MUST_USE struct err invoice_list_credited(struct tx *tx, const struct invoice_span *span,
                                          struct str currency, int64_t *ret_amount);

#endif
