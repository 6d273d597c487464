#include "store/key.h"

#include "store/queries.h"

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
};
static const struct row_type key_type = ROW_TYPE(struct key_row, key_columns);

static const struct column session_columns[] = {
    {COLUMN_TEXT, offsetof(struct session_row, token_hash), NULL},
    {COLUMN_TEXT, offsetof(struct session_row, user_id), NULL},
    {COLUMN_I64, offsetof(struct session_row, created_at), NULL},
    {COLUMN_I64, offsetof(struct session_row, expires_at), NULL},
};
static const struct row_type session_type = ROW_TYPE(struct session_row, session_columns);

static const struct column link_columns[] = {
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, token_hash), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, return_path), NULL},
    {COLUMN_I64, offsetof(struct sign_in_link_row, expires_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct sign_in_link_row, used_at), NULL},
};
static const struct row_type link_type = ROW_TYPE(struct sign_in_link_row, link_columns);

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

struct err session_insert(struct tx *tx, const struct session_row *row) {
    return row_put(tx, &session_type, Q_SESSION_INSERT, row);
}

struct err session_get(struct tx *tx, struct str token_hash, struct session_row *ret_row,
                       bool *ret_found) {
    return row_get(tx, &session_type, ROW_QUERY(Q_SESSION_GET, db_text(token_hash)), ret_row,
                   ret_found);
}

struct err session_delete(struct tx *tx, struct str token_hash) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE, db_text(token_hash)));
}

struct err session_prune(struct tx *tx, int64_t before) {
    TRY(row_change(tx, ROW_QUERY(Q_SESSION_PRUNE, db_i64(before))));
    return row_change(tx, ROW_QUERY(Q_SIGN_IN_LINK_PRUNE, db_i64(before)));
}

struct err sign_in_link_insert(struct tx *tx, const struct sign_in_link_row *row) {
    return row_put(tx, &link_type, Q_SIGN_IN_LINK_INSERT, row);
}

struct err sign_in_link_get(struct tx *tx, struct str token_hash, struct sign_in_link_row *ret_row,
                            bool *ret_found) {
    return row_get(tx, &link_type, ROW_QUERY(Q_SIGN_IN_LINK_GET, db_text(token_hash)), ret_row,
                   ret_found);
}

struct err sign_in_link_use(struct tx *tx, struct str token_hash, int64_t now) {
    return row_change_one(tx, ROW_QUERY(Q_SIGN_IN_LINK_USE, db_text(token_hash), db_i64(now)));
}
