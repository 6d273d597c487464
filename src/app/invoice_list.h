/* Invoices as their customer looks for them: by how they stand and by year; and what a year came
 * to. Years are those of UTC, as billing's days are. */
#ifndef APP_INVOICE_LIST_H
#define APP_INVOICE_LIST_H

#include "app/app.h"
#include "store/invoice_list.h"

enum {
    INVOICE_YEAR_FIRST = 1970,
    INVOICE_YEAR_LAST = 9998,
    INVOICE_YEARS_MAX = 50,
    INVOICE_YEARS_ROWS = INVOICE_YEARS_MAX * INVOICE_SPAN_CURRENCIES,
};

/* When a year begins, in milliseconds since 1970. */
int64_t invoice_year_begin(int64_t year);

struct invoice_list_query {
    struct str user_id;
    struct str after; /* the id of the last invoice of the page before; empty: the first page */
    int state;        /* enum invoice_state; -1: any */
    int64_t year;     /* 0: any */
    size_t max;
};
/* The newest first; items are struct invoice_standing. ERR_NOT_FOUND when `after` is none of the
 * customer's. */
MUST_USE struct err invoice_list_read(struct tx *tx, const struct invoice_list_query *query,
                                      struct row_list *ret_list);
MUST_USE struct err invoice_standing_read(struct tx *tx, struct str user_id, struct str id,
                                          struct invoice_standing *ret_row, bool *ret_found);
enum invoice_state invoice_standing_state(const struct invoice_standing *row);

/* What invoices of a year and a currency came to; amounts in minor units. */
struct invoice_year {
    int64_t year;
    struct invoice_sums_row sums;
    int64_t credited; /* what credit notes of the year took back */
};
struct invoice_years {
    struct invoice_year *items; /* in the arena, the last year first */
    size_t count;
};
MUST_USE struct err invoice_years_read(struct tx *tx, struct str user_id,
                                       struct invoice_years *ret_years);

#endif
