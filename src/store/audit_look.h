/* Looks at the whole audit log, as they are kept. */
#ifndef STORE_AUDIT_LOOK_H
#define STORE_AUDIT_LOOK_H

#include "store/row.h"

#define AUDIT_LOOK_KIND "look" /* of their ids */

enum audit_look_status {
    AUDIT_LOOK_RUNNING,
    AUDIT_LOOK_DONE,
    AUDIT_LOOK_CANCELLED,
    AUDIT_LOOK_STATUS_COUNT
};
const char *audit_look_status_name(enum audit_look_status status);

struct audit_look_row {
    struct record_id id;
    int status;            /* enum audit_look_status */
    struct str row_cursor; /* of the row that was looked at last; empty: none was */
    int64_t newest_at, oldest_at, reached_at;
    int64_t looked_at, signed_rows, faults; /* rows */
    struct str findings;                    /* "audt_…: changed", a line each; the first ones */
    int64_t checkpoint_size;                /* 0: there was none */
    struct str checkpoint_note;
    struct str created_by;
    int64_t created_at;
    int64_t finished_at; /* or ROW_NONE */
};
MUST_USE struct err audit_look_put(struct tx *tx, const struct audit_look_row *row);
MUST_USE struct err audit_look_get(struct tx *tx, struct str id, struct audit_look_row *ret_row,
                                   bool *ret_found);
MUST_USE struct err audit_look_running(struct tx *tx, struct audit_look_row *ret_row,
                                       bool *ret_found);
/* Those before the id (empty: the newest), the newest first. */
MUST_USE struct err audit_look_page(struct tx *tx, struct str before, size_t max,
                                    struct row_list *ret_list);
/* ROW_NONE: there is no row. */
MUST_USE struct err audit_oldest_at(struct tx *tx, int64_t *ret_at);

#endif
