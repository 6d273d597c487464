#include "store/email_change.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column change_columns[] = {
    {COLUMN_TEXT, offsetof(struct email_change_row, person_id), NULL},
    {COLUMN_ID, offsetof(struct email_change_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct email_change_row, session_id), NULL},
    {COLUMN_TEXT, offsetof(struct email_change_row, old_email), NULL},
    {COLUMN_TEXT, offsetof(struct email_change_row, new_email), NULL},
    {COLUMN_TEXT, offsetof(struct email_change_row, confirm_hash), NULL},
    {COLUMN_TEXT, offsetof(struct email_change_row, stop_hash), NULL},
    {COLUMN_I64, offsetof(struct email_change_row, asked_at), NULL},
    {COLUMN_I64, offsetof(struct email_change_row, expires_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct email_change_row, done_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct email_change_row, stopped_at), NULL},
};
static const struct row_sealed change_members[] = {
    {offsetof(struct email_change_row, old_email), EMAIL_CHANGES_OLD},
    {offsetof(struct email_change_row, new_email), EMAIL_CHANGES_NEW},
};
static const struct row_seal change_seal = {
    .table = &sealed_email_changes,
    .user = offsetof(struct email_change_row, person_id),
    .id = offsetof(struct email_change_row, id),
    .has_record_id = true,
    .members = change_members,
    .count = ARRAY_LEN(change_members),
};
static const struct row_type change_type =
    ROW_TYPE_SEALED(struct email_change_row, change_columns, change_seal);

struct err email_change_insert(struct tx *tx, const struct email_change_row *row) {
    return row_put(tx, &change_type, Q_EMAIL_CHANGE_INSERT, row);
}

struct err email_change_list(struct tx *tx, struct str person_id, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &change_type,
                    ROW_QUERY(Q_EMAIL_CHANGE_LIST, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err email_change_by_confirm(struct tx *tx, struct str hash, struct email_change_row *ret_row,
                                   bool *ret_found) {
    return row_get(tx, &change_type, ROW_QUERY(Q_EMAIL_CHANGE_BY_CONFIRM, db_text(hash)), ret_row,
                   ret_found);
}

struct err email_change_by_stop(struct tx *tx, struct str hash, struct email_change_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &change_type, ROW_QUERY(Q_EMAIL_CHANGE_BY_STOP, db_text(hash)), ret_row,
                   ret_found);
}

struct err email_change_done(struct tx *tx, struct str person_id, struct str id, int64_t now) {
    return row_change_one(
        tx, ROW_QUERY(Q_EMAIL_CHANGE_DONE, db_text(person_id), db_text(id), db_i64(now)));
}

struct err email_change_withdraw(struct tx *tx, struct str person_id, int64_t now,
                                 int64_t *ret_count) {
    return db_run(tx->db, Q_EMAIL_CHANGE_WITHDRAW, DB_ARGS(db_text(person_id), db_i64(now)),
                  ret_count);
}

struct err email_change_stop_all(struct tx *tx, struct str person_id, int64_t now) {
    return row_change(tx, ROW_QUERY(Q_EMAIL_CHANGE_STOP_ALL, db_text(person_id), db_i64(now)));
}
