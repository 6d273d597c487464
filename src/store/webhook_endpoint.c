#include "store/webhook_endpoint.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

static const char *const status_names[WEBHOOK_ENDPOINT_STATUS_COUNT] = {
    [WEBHOOK_ENDPOINT_ENABLED] = "enabled", [WEBHOOK_ENDPOINT_DISABLED] = "disabled"};

const char *webhook_endpoint_status_name(enum webhook_endpoint_status status) {
    check((unsigned)status < WEBHOOK_ENDPOINT_STATUS_COUNT);
    return status_names[status];
}

static const char *status_word(int value) {
    return webhook_endpoint_status_name((enum webhook_endpoint_status)value);
}
static const struct column_words words_status = {status_word, WEBHOOK_ENDPOINT_STATUS_COUNT};

static const struct column columns[] = {
    {COLUMN_ID, offsetof(struct webhook_endpoint_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_endpoint_row, url), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_endpoint_row, description), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_endpoint_row, types), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_endpoint_row, metadata), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_endpoint_row, secret), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_endpoint_row, secret_before), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_endpoint_row, secret_before_until), NULL},
    {COLUMN_NAMED, offsetof(struct webhook_endpoint_row, status), &words_status},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_endpoint_row, disabled_reason), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_endpoint_row, disabled_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_endpoint_row, failing_since), NULL},
    {COLUMN_I64, offsetof(struct webhook_endpoint_row, created_at), NULL},
    {COLUMN_I64, offsetof(struct webhook_endpoint_row, updated_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct webhook_endpoint_row, url), WEBHOOK_ENDPOINTS_URL},
    {offsetof(struct webhook_endpoint_row, secret), WEBHOOK_ENDPOINTS_SECRET},
    {offsetof(struct webhook_endpoint_row, secret_before), WEBHOOK_ENDPOINTS_SECRET_BEFORE},
};
static const struct row_seal seal = {
    .table = &sealed_webhook_endpoints,
    .user = ROW_NOBODYS,
    .id = offsetof(struct webhook_endpoint_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct webhook_endpoint_row, columns, seal);

struct err webhook_endpoint_insert(struct tx *tx, const struct webhook_endpoint_row *row) {
    return row_put(tx, &type, Q_WEBHOOK_ENDPOINT_INSERT, row);
}

struct err webhook_endpoint_replace(struct tx *tx, const struct webhook_endpoint_row *row) {
    return row_put(tx, &type, Q_WEBHOOK_ENDPOINT_REPLACE, row);
}

struct err webhook_endpoint_failing(struct tx *tx, struct str id, int64_t since) {
    return row_change_one(tx, ROW_QUERY(Q_WEBHOOK_ENDPOINT_FAILING, db_text(id),
                                        since == ROW_NONE ? db_null() : db_i64(since)));
}

struct err webhook_endpoint_get(struct tx *tx, struct str id, struct webhook_endpoint_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_WEBHOOK_ENDPOINT_GET, db_text(id)), ret_row, ret_found);
}

struct err webhook_endpoint_list(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_WEBHOOK_ENDPOINT_LIST, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err webhook_endpoint_delete(struct tx *tx, struct str id, bool *ret_found) {
    int64_t changed = 0;
    TRY(db_run(tx->db, Q_WEBHOOK_ENDPOINT_DELETE, DB_ARGS(db_text(id)), &changed));
    *ret_found = changed > 0;
    return OK;
}
