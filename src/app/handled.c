#include "app/handled.h"

#include "app/audit.h"
#include "app/mail.h"
#include "store/mail.h"

static struct err run_record(struct command *command, struct tx *tx) {
    struct backup_record *record = (struct backup_record *)command;
    record->row.id = id_new(tx->cx, "bkup");
    record->row.recorded_at = cx_now_ms(tx->cx);
    struct backup_record_row row = record->row;
    row.recorded_by = audit_actor_id(tx);
    audit_say(tx, &(struct audit_said){.object = id_str(&record->row.id)});
    command->outcome = OUTCOME_CREATED;
    return backup_record_insert(tx, &row);
}

void backup_record(struct app *app, struct backup_record *record) {
    record->command.run = run_record;
    record->command.after = NULL;
    command_submit(app, &record->command);
}

struct err backup_records_read(struct tx *tx, struct str before, size_t max,
                               struct row_list *ret_list) {
    return backup_record_page(tx, before, max, ret_list);
}

static struct err run_handle(struct command *command, struct tx *tx) {
    struct alert_handle *handle = (struct alert_handle *)command;
    struct mail_row mail;
    struct alert_handling_row row;
    enum mail_kind kind;
    bool is_there = false;
    bool is_handled = false;
    TRY(mail_get(tx, handle->mail_id, &mail, &is_there));
    is_there = is_there && mail_kind_parse(mail.kind, &kind) && mail_kind_is_alert(kind);
    TRY(alert_handling_get(tx, handle->mail_id, &row, &is_handled));
    command->outcome = !is_there    ? OUTCOME_ALERT_NOT_FOUND
                       : is_handled ? OUTCOME_ALERT_HANDLED
                                    : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    return alert_handling_insert(tx, &(struct alert_handling_row){
                                         .mail_id = handle->mail_id,
                                         .handled_by = audit_actor_id(tx),
                                         .handled_at = cx_now_ms(tx->cx),
                                         .note = handle->note,
                                     });
}

void alert_handle(struct app *app, struct alert_handle *handle) {
    handle->command.run = run_handle;
    handle->command.after = NULL;
    command_submit(app, &handle->command);
}

struct err alert_handled_read(struct tx *tx, struct str mail_id, struct alert_handling_row *ret_row,
                              bool *ret_found) {
    return alert_handling_get(tx, mail_id, ret_row, ret_found);
}
