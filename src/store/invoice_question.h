/* What customers ask about an invoice, or dispute of it. */
#ifndef STORE_INVOICE_QUESTION_H
#define STORE_INVOICE_QUESTION_H

#include "store/row.h"

#define INVOICE_QUESTION_ID_KIND "inqu"

struct invoice_question_row {
    struct str user_id;
    struct record_id id;
    struct str invoice_id;
    int kind, state;      /* enums of core/invoice_question.h */
    int settlement;       /* enum invoice_question_settlement; -1: none */
    struct str reference; /* the correction or credit note that put it right; empty: none */
    int64_t line;         /* from 1 on; ROW_NONE: the whole invoice */
    struct str person_id; /* who asked; empty: the platform, for them */
    struct str words;     /* theirs */
    struct str answer, answered_by;
    int64_t answered_at, settled_at; /* or ROW_NONE */
    struct str request_key;          /* its Idempotency-Key; may be empty */
    int64_t created_at;
};
MUST_USE struct err invoice_question_insert(struct tx *tx, const struct invoice_question_row *row);
MUST_USE struct err invoice_question_get(struct tx *tx, struct str id,
                                         struct invoice_question_row *ret_row, bool *ret_found);
MUST_USE struct err invoice_question_by_key(struct tx *tx, struct str user_id, struct str key,
                                            struct invoice_question_row *ret_row, bool *ret_found);
/* State, settlement, reference, answer and their instants. */
MUST_USE struct err invoice_question_put(struct tx *tx, const struct invoice_question_row *row);

struct invoice_question_filter {
    int kind, state;    /* -1: any */
    struct str user_id; /* empty: any */
    struct str before;  /* the id that the page follows; empty: the newest */
};
/* The newest first; items are struct invoice_question_row. */
MUST_USE struct err invoice_question_page(struct tx *tx,
                                          const struct invoice_question_filter *filter, size_t max,
                                          struct row_list *ret_list);
struct invoice_question_of {
    struct str user_id, invoice_id;
};
MUST_USE struct err invoice_question_list(struct tx *tx, const struct invoice_question_of *of,
                                          struct str before, size_t max, struct row_list *ret_list);

struct invoice_question_sum {
    int64_t count, first_at; /* first_at: or ROW_NONE */
};
MUST_USE struct err invoice_question_unsettled(struct tx *tx, const struct invoice_question_of *of,
                                               struct invoice_question_sum *ret_sum);
/* Later than `since`, of any invoice. */
MUST_USE struct err invoice_question_since(struct tx *tx, struct str user_id, int64_t since,
                                           struct invoice_question_sum *ret_sum);

#endif
