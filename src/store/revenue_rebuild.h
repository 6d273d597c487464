/* Sums of the facts of revenue that are made anew (app/revenue_rebuild.h). */
#ifndef STORE_REVENUE_REBUILD_H
#define STORE_REVENUE_REBUILD_H

#include "store/row.h"

enum revenue_rebuild_status {
    REVENUE_REBUILD_RUNNING,
    REVENUE_REBUILD_DONE,
    REVENUE_REBUILD_CANCELLED,
};
enum { REVENUE_REBUILD_STATUS_COUNT = REVENUE_REBUILD_CANCELLED + 1 };

struct revenue_rebuild_row {
    struct record_id id;
    int status;                    /* enum revenue_rebuild_status */
    bool is_dry_run;               /* differences are counted, and nothing is written */
    int64_t month;                 /* since January 1970, the next one; ROW_NONE: all are done */
    struct str user_cursor;        /* the last account that was looked at */
    int64_t done, total;           /* months and accounts */
    int64_t days, months, cohorts; /* keys of sums that differed */
    int64_t accounts, corrected;   /* that stood otherwise than their rows; whose rows did
                                      otherwise than their subscriptions */
    struct str created_by;
    int64_t created_at, finished_at; /* or ROW_NONE */
};
MUST_USE struct err revenue_rebuild_put(struct tx *tx, const struct revenue_rebuild_row *row);
MUST_USE struct err revenue_rebuild_get(struct tx *tx, struct str id,
                                        struct revenue_rebuild_row *ret_row, bool *ret_found);
MUST_USE struct err revenue_rebuild_running(struct tx *tx, struct revenue_rebuild_row *ret_row,
                                            bool *ret_found);
/* The newest first, before the id (empty: the newest). */
MUST_USE struct err revenue_rebuild_page(struct tx *tx, struct str before, size_t max,
                                         struct row_list *ret_list);
MUST_USE struct err revenue_accounts_count(struct tx *tx, int64_t *ret_count);

#endif
