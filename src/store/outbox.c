#include "store/outbox.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct outbox_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct outbox_row, id), NULL},
    {COLUMN_ID, offsetof(struct outbox_row, operation_id), NULL},
    {COLUMN_TEXT, offsetof(struct outbox_row, kind), NULL},
    {COLUMN_TEXT, offsetof(struct outbox_row, payload), NULL},
    {COLUMN_TEXT, offsetof(struct outbox_row, status), NULL},
    {COLUMN_I64, offsetof(struct outbox_row, attempts), NULL},
    {COLUMN_I64, offsetof(struct outbox_row, next_attempt_at), NULL},
    {COLUMN_I64, offsetof(struct outbox_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct outbox_row, finished_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct outbox_row, result_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct outbox_row, last_error), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct outbox_row, payload), OUTBOX_PAYLOAD},
    {offsetof(struct outbox_row, last_error), OUTBOX_ERROR},
};
static const struct row_seal seal = {
    .table = &sealed_outbox,
    .user = offsetof(struct outbox_row, user_id),
    .id = offsetof(struct outbox_row, id),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct outbox_row, columns, seal);

struct err outbox_insert(struct tx *tx, const struct outbox_row *row) {
    return row_put(tx, &type, Q_OUTBOX_INSERT, row);
}

struct err outbox_pending(struct tx *tx, size_t max, bool is_frozen, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_OUTBOX_PENDING, db_i64((int64_t)max), db_i64(is_frozen ? 1 : 0)),
                    max, ret_list);
}

struct err outbox_renew(struct tx *tx, const struct outbox_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_OUTBOX_RENEW, db_text(row->user_id), db_text(row->id),
                                        db_i64(cx_now_ms(tx->cx))));
}

struct err outbox_get(struct tx *tx, struct str user_id, struct str id, struct outbox_row *ret_row,
                      bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_OUTBOX_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err outbox_finish(struct tx *tx, const struct outbox_row *row, struct str result_id) {
    return row_change_one(tx, ROW_QUERY(Q_OUTBOX_FINISH, db_text(row->user_id), db_text(row->id),
                                        db_i64(cx_now_ms(tx->cx)), db_text_or_null(result_id)));
}

struct err outbox_retry(struct tx *tx, const struct outbox_row *row, int64_t at, struct str error) {
    struct sealed_place place = {&sealed_outbox, OUTBOX_ERROR, row->user_id, row->id};
    TRY(sealed_write(tx, &place, error, &error));
    return row_change_one(tx, ROW_QUERY(Q_OUTBOX_RETRY, db_text(row->user_id), db_text(row->id),
                                        db_i64(at), db_text(error)));
}
