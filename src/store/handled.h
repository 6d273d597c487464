/* What operators did that only a row can tell: backups that they took or tried, alerts that they
 * looked at. */
#ifndef STORE_HANDLED_H
#define STORE_HANDLED_H

#include "store/row.h"

struct backup_record_row {
    struct record_id id;
    struct str kind;        /* "backup", "drill" */
    struct str recorded_by; /* as the audit log names them */
    int64_t recorded_at, taken_at;
    int64_t files, bytes;
    struct str outcome; /* "good", or why not */
};
MUST_USE struct err backup_record_insert(struct tx *tx, const struct backup_record_row *row);
/* Those before the id `before`, the newest first. */
MUST_USE struct err backup_record_page(struct tx *tx, struct str before, size_t max,
                                       struct row_list *ret_list);

struct alert_handling_row {
    struct str mail_id, handled_by;
    int64_t handled_at;
    struct str note;
};
MUST_USE struct err alert_handling_insert(struct tx *tx, const struct alert_handling_row *row);
MUST_USE struct err alert_handling_get(struct tx *tx, struct str mail_id,
                                       struct alert_handling_row *ret_row, bool *ret_found);

#endif
