/* Runs of what another catalogue would have come to (core/what_if.h). */
#ifndef STORE_WHAT_IF_H
#define STORE_WHAT_IF_H

#include "core/what_if.h"
#include "store/row.h"

enum what_if_status {
    WHAT_IF_RUNNING,
    WHAT_IF_DONE,
    WHAT_IF_CANCELLED,
    WHAT_IF_FAILED,     /* the catalogue in force has become another meanwhile */
    WHAT_IF_SUPERSEDED, /* by a newer run: what it came to is not kept */
};
enum { WHAT_IF_STATUS_COUNT = WHAT_IF_SUPERSEDED + 1 };
const char *what_if_status_name(enum what_if_status status); /* "running" */

struct what_if_row {
    struct record_id id;
    int status, holders;      /* enums */
    struct str change_id;     /* of a price change; empty: of a candidate */
    struct str catalogue;     /* the candidate's text */
    int64_t months;           /* closed ones, by UTC */
    int64_t from, until;      /* what was billed within; half-open */
    struct str user_cursor;   /* the last customer who was looked at */
    int64_t looked_at, total; /* customers */
    int64_t lines,
        kept; /* of invoices; kept: as they were billed, since no formula explains them */
    struct str created_by;
    int64_t created_at, finished_at; /* or ROW_NONE */
};
MUST_USE struct err what_if_put(struct tx *tx, const struct what_if_row *row);
MUST_USE struct err what_if_get(struct tx *tx, struct str id, struct what_if_row *ret_row,
                                bool *ret_found);
MUST_USE struct err what_if_running(struct tx *tx, struct what_if_row *ret_row, bool *ret_found);
/* The newest first, before the id (empty: the newest). */
MUST_USE struct err what_if_page(struct tx *tx, struct str before, size_t max,
                                 struct row_list *ret_list);
/* Runs before `id`. */
MUST_USE struct err what_if_supersede(struct tx *tx, struct str id);

/* --- customers --- */

/* Items are struct str. */
MUST_USE struct err what_if_walk(struct tx *tx, struct str after, size_t max,
                                 struct row_list *ret_list);
MUST_USE struct err what_if_total(struct tx *tx, int64_t *ret_count);
/* The most of each metric, by enum metric, in usage periods that began in [from, until). */
MUST_USE struct err what_if_usage(struct tx *tx, struct str user_id, int64_t from, int64_t until,
                                  int64_t ret_used[METRIC_COUNT]);

struct what_if_customer_row {
    struct str user_id, run_id;
    int tier, side; /* enums */
    struct str currency;
    int64_t billed_before, billed_after;   /* without tax, minor units */
    int64_t monthly_before, monthly_after; /* recurring revenue of a month */
    struct str hits;                       /* metrics, with blanks between */
    int64_t lines, kept;
};
MUST_USE struct err what_if_customer_put(struct tx *tx, const struct what_if_customer_row *row);

struct what_if_filter {
    struct str run_id, after; /* the customer whom the page follows; empty: the first */
    int side;                 /* -1: any */
    bool only_hits;
};
MUST_USE struct err what_if_customers(struct tx *tx, const struct what_if_filter *filter,
                                      size_t max, struct row_list *ret_list);

struct what_if_sum {
    int tier, side;
    struct str currency;
    int64_t customers;
    int64_t billed_before, billed_after, monthly_before, monthly_after;
    int64_t hits; /* customers who would hit a limit */
};
enum { WHAT_IF_SUMS_MAX = 256 };
MUST_USE struct err what_if_sums(struct tx *tx, struct str run_id, struct row_list *ret_list);
/* Rows of runs that a newer one took the place of; *ret_count: how many went. */
MUST_USE struct err what_if_forget(struct tx *tx, int64_t max, int64_t *ret_count);

#endif
