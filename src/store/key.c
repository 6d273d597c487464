#include "store/key.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column key_columns[] = {
    {COLUMN_TEXT, offsetof(struct key_row, key_hash), NULL},
    {COLUMN_ID, offsetof(struct key_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct key_row, name), NULL},
    {COLUMN_TEXT, offsetof(struct key_row, prefix), NULL},
    {COLUMN_TEXT, offsetof(struct key_row, last4), NULL},
    {COLUMN_TEXT, offsetof(struct key_row, scopes), NULL},
    {COLUMN_I64, offsetof(struct key_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct key_row, expires_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct key_row, revoked_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct key_row, ip_allowlist), NULL},
    {COLUMN_I64_OPT, offsetof(struct key_row, last_used_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct key_row, created_by), NULL},
};
static const struct row_sealed key_members[] = {
    {offsetof(struct key_row, name), API_KEYS_NAME},
    {offsetof(struct key_row, ip_allowlist), API_KEYS_IP_ALLOWLIST},
};
static const struct row_seal key_seal = {
    .table = &sealed_api_keys,
    .user = ROW_NOBODYS,
    .id = offsetof(struct key_row, key_hash),
    .has_record_id = false,
    .members = key_members,
    .count = ARRAY_LEN(key_members),
};
static const struct row_type key_type = ROW_TYPE_SEALED(struct key_row, key_columns, key_seal);

struct err key_insert(struct tx *tx, const struct key_row *row) {
    return row_put(tx, &key_type, Q_KEY_INSERT, row);
}

struct err key_get(struct tx *tx, struct str key_hash, struct key_row *ret_row, bool *ret_found) {
    return row_get(tx, &key_type, ROW_QUERY(Q_KEY_GET, db_text(key_hash)), ret_row, ret_found);
}

struct err key_by_id(struct tx *tx, struct str id, struct key_row *ret_row, bool *ret_found) {
    return row_get(tx, &key_type, ROW_QUERY(Q_KEY_BY_ID, db_text(id)), ret_row, ret_found);
}

struct err key_revoke_at(struct tx *tx, struct str id, int64_t now) {
    return row_change(tx, ROW_QUERY(Q_KEY_REVOKE, db_text(id), db_i64(now)));
}

struct err key_list(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &key_type, ROW_QUERY(Q_KEY_LIST, db_i64((int64_t)max)), max, ret_list);
}

struct err key_end_at(struct tx *tx, struct str id, int64_t at) {
    return row_change(tx, ROW_QUERY(Q_KEY_END, db_text(id), db_i64(at)));
}

struct err key_used_at(struct tx *tx, struct str id, int64_t at) {
    return row_change(tx, ROW_QUERY(Q_KEY_USED, db_text(id), db_i64(at)));
}
