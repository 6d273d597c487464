#include "store/handled.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct backup_record_row, member)
static const struct column record_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(kind), NULL},
    {COLUMN_TEXT, AT(recorded_by), NULL},
    {COLUMN_I64, AT(recorded_at), NULL},
    {COLUMN_I64, AT(taken_at), NULL},
    {COLUMN_I64, AT(files), NULL},
    {COLUMN_I64, AT(bytes), NULL},
    {COLUMN_TEXT, AT(outcome), NULL},
};
#undef AT
static const struct row_type record_type = ROW_TYPE(struct backup_record_row, record_columns);

#define AT(member) offsetof(struct alert_handling_row, member)
static const struct column handling_columns[] = {
    {COLUMN_TEXT, AT(mail_id), NULL},
    {COLUMN_TEXT, AT(handled_by), NULL},
    {COLUMN_I64, AT(handled_at), NULL},
    {COLUMN_TEXT, AT(note), NULL},
};
static const struct row_sealed handling_members[] = {{AT(note), ALERT_HANDLINGS_NOTE}};
static const struct row_seal handling_seal = {
    .table = &sealed_alert_handlings,
    .user = ROW_NOBODYS,
    .id = AT(mail_id),
    .members = handling_members,
    .count = ARRAY_LEN(handling_members),
};
#undef AT
static const struct row_type handling_type =
    ROW_TYPE_SEALED(struct alert_handling_row, handling_columns, handling_seal);

struct err backup_record_insert(struct tx *tx, const struct backup_record_row *row) {
    return row_put(tx, &record_type, Q_BACKUP_RECORD_INSERT, row);
}

struct err backup_record_page(struct tx *tx, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &record_type,
                    ROW_QUERY(Q_BACKUP_RECORD_PAGE, db_text(before), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err alert_handling_insert(struct tx *tx, const struct alert_handling_row *row) {
    return row_put(tx, &handling_type, Q_ALERT_HANDLING_INSERT, row);
}

struct err alert_handling_get(struct tx *tx, struct str mail_id, struct alert_handling_row *ret_row,
                              bool *ret_found) {
    return row_get(tx, &handling_type, ROW_QUERY(Q_ALERT_HANDLING_GET, db_text(mail_id)), ret_row,
                   ret_found);
}
