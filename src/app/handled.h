/* What operators did that an auditor asks for: backups that they took or tried to restore, alerts
 * that they looked at. */
#ifndef APP_HANDLED_H
#define APP_HANDLED_H

#include "app/app.h"
#include "store/handled.h"

/* CREATED; `row` has its id then, and when and by whom it was recorded. */
struct backup_record {
    struct command command;
    struct backup_record_row row;
};
void backup_record(struct app *app, struct backup_record *record);
/* Those before an id, the newest first; struct backup_record_row. */
MUST_USE struct err backup_records_read(struct tx *tx, struct str before, size_t max,
                                        struct row_list *ret_list);

/* DONE; ALERT_NOT_FOUND when there is no such alert, ALERT_HANDLED when somebody was there first.
 */
struct alert_handle {
    struct command command;
    struct str mail_id, note;
};
void alert_handle(struct app *app, struct alert_handle *handle);
MUST_USE struct err alert_handled_read(struct tx *tx, struct str mail_id,
                                       struct alert_handling_row *ret_row, bool *ret_found);

#endif
