#include "store/operation.h"

#include "store/queries.h"
#include "store/sealed.h"

static const char *status_word(int value) {
    switch ((enum operation_status)value) {
    case OPERATION_PENDING:
        return "pending";
    case OPERATION_SUCCEEDED:
        return "succeeded";
    case OPERATION_FAILED:
        return "failed";
    }
    return "";
}

static const struct column_words status_words = {status_word, OPERATION_FAILED + 1};

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct operation_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct operation_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct operation_row, kind), NULL},
    {COLUMN_NAMED, offsetof(struct operation_row, status), &status_words},
    {COLUMN_TEXT, offsetof(struct operation_row, request), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct operation_row, result_code), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct operation_row, result), NULL},
    {COLUMN_I64, offsetof(struct operation_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct operation_row, finished_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct operation_row, request), OPERATIONS_REQUEST},
    {offsetof(struct operation_row, result), OPERATIONS_RESULT},
};
static const struct row_seal seal = {
    .table = &sealed_operations,
    .user = offsetof(struct operation_row, user_id),
    .id = offsetof(struct operation_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct operation_row, columns, seal);

static const struct column idempotency_columns[] = {
    {COLUMN_TEXT, offsetof(struct idempotency_row, request_hash), NULL},
    {COLUMN_ID, offsetof(struct idempotency_row, operation_id), NULL},
};
static const struct row_type idempotency_type =
    ROW_TYPE(struct idempotency_row, idempotency_columns);

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err operation_insert(struct tx *tx, const struct operation_row *row) {
    return row_put(tx, &type, Q_OPERATION_INSERT, row);
}

struct err operation_get(struct tx *tx, struct str user_id, struct str id,
                         struct operation_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_OPERATION_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err operation_open(struct tx *tx, struct str user_id, struct operation_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_OPERATION_OPEN, db_text(user_id)), ret_row, ret_found);
}

struct err operation_finish(struct tx *tx, const struct operation_row *row) {
    struct sealed_place place = {&sealed_operations, OPERATIONS_RESULT, row->user_id,
                                 id_str(&row->id)};
    struct str result;
    TRY(sealed_write(tx, &place, row->result, &result));
    return row_change_one(
        tx, ROW_QUERY(Q_OPERATION_FINISH, db_text(row->user_id), db_text(id_str(&row->id)),
                      db_text(str_from_cstr(status_word(row->status))), db_text(row->result_code),
                      db_text(result), db_i64(row->finished_at)));
}

struct err operation_count(struct tx *tx, struct str user_id, struct str kind, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type, ROW_QUERY(Q_OPERATION_COUNT, db_text(user_id), db_text(kind)),
                   ret_count, &is_found);
}

struct err idempotency_get(struct tx *tx, struct str user_id, struct str key,
                           struct idempotency_row *ret_row, bool *ret_found) {
    return row_get(tx, &idempotency_type,
                   ROW_QUERY(Q_IDEMPOTENCY_GET, db_text(user_id), db_text(key)), ret_row,
                   ret_found);
}

struct err idempotency_insert(struct tx *tx, struct str user_id, struct str key,
                              const struct idempotency_row *row) {
    return row_change(tx, ROW_QUERY(Q_IDEMPOTENCY_INSERT, db_text(user_id), db_text(key),
                                    db_text(row->request_hash), db_text(id_str(&row->operation_id)),
                                    db_i64(cx_now_ms(tx->cx))));
}
