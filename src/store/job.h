/* Long work, as the rows of its nouns tell of it; and rows that scheduled jobs have set aside. */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "store/row.h"

struct long_job_row {
    struct str name;                 /* "reconciliation" */
    struct str id, status, step;     /* in the noun's own words */
    int64_t done, total;             /* pieces; total is 0 when nobody knows it */
    int64_t started_at, finished_at; /* or ROW_NONE */
    struct str last_error;
};
/* The newest of each noun, at most `each`. */
MUST_USE struct err long_jobs(struct tx *tx, size_t each, struct row_list *ret_list);

/* --- rows that fall due, one at a time --- */

enum due_job { DUE_DUNNING, DUE_CONTRACTS, DUE_JOB_COUNT };
struct str due_job_str(enum due_job job); /* "dunning" */
/* For which rows something has fallen due; items are struct str, ids. A row that cannot be read is
 * among them like any other. */
MUST_USE struct err due_ids(struct tx *tx, enum due_job job, int64_t now, size_t max,
                            struct row_list *ret_list);
/* Something of this row is due at another time. */
MUST_USE struct err due_put_off(struct tx *tx, enum due_job job, struct str id, int64_t at);

/* --- rows that could not be done --- */

struct set_aside_row {
    struct str job, row_id, error;
    int64_t attempts, first_at, last_at, next_at;
};
/* Once more, and not before `next_at`. */
MUST_USE struct err set_aside_put(struct tx *tx, const struct set_aside_row *row);
MUST_USE struct err set_aside_get(struct tx *tx, struct str job, struct str row_id,
                                  struct set_aside_row *ret_row, bool *ret_found);
/* What a page follows: nothing yet is INT64_MAX and "". */
MUST_USE struct err set_aside_page(struct tx *tx, int64_t before_at, struct str before_id,
                                   size_t max, struct row_list *ret_list);
/* Does nothing when it is not there. */
MUST_USE struct err set_aside_drop(struct tx *tx, struct str job, struct str row_id);

#endif
