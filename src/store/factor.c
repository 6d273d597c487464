#include "store/factor.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column totp_columns[] = {
    {COLUMN_TEXT, offsetof(struct totp_row, person_id), NULL},
    {COLUMN_TEXT, offsetof(struct totp_row, secret), NULL},
    {COLUMN_I64, offsetof(struct totp_row, last_step), NULL},
    {COLUMN_I64, offsetof(struct totp_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct totp_row, confirmed_at), NULL},
};
static const struct row_sealed totp_members[] = {
    {offsetof(struct totp_row, secret), TOTP_SECRETS_SECRET},
};
static const struct row_seal totp_seal = {
    .table = &sealed_totp_secrets,
    .user = ROW_ITS_OWN,
    .id = offsetof(struct totp_row, person_id),
    .has_record_id = false,
    .members = totp_members,
    .count = ARRAY_LEN(totp_members),
};
static const struct row_type totp_type = ROW_TYPE_SEALED(struct totp_row, totp_columns, totp_seal);

static const struct column passkey_columns[] = {
    {COLUMN_TEXT, offsetof(struct passkey_row, person_id), NULL},
    {COLUMN_ID, offsetof(struct passkey_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct passkey_row, credential_id), NULL},
    {COLUMN_TEXT, offsetof(struct passkey_row, public_key), NULL},
    {COLUMN_I64, offsetof(struct passkey_row, algorithm), NULL},
    {COLUMN_I64, offsetof(struct passkey_row, sign_count), NULL},
    {COLUMN_TEXT, offsetof(struct passkey_row, name), NULL},
    {COLUMN_TEXT, offsetof(struct passkey_row, transports), NULL},
    {COLUMN_BOOL, offsetof(struct passkey_row, is_backup_eligible), NULL},
    {COLUMN_BOOL, offsetof(struct passkey_row, is_backed_up), NULL},
    {COLUMN_I64, offsetof(struct passkey_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct passkey_row, used_at), NULL},
};
static const struct row_sealed passkey_members[] = {
    {offsetof(struct passkey_row, name), PASSKEYS_NAME},
};
static const struct row_seal passkey_seal = {
    .table = &sealed_passkeys,
    .user = offsetof(struct passkey_row, person_id),
    .id = offsetof(struct passkey_row, id),
    .has_record_id = true,
    .members = passkey_members,
    .count = ARRAY_LEN(passkey_members),
};
static const struct row_type passkey_type =
    ROW_TYPE_SEALED(struct passkey_row, passkey_columns, passkey_seal);

static const struct column factors_columns[] = {
    {COLUMN_I64, offsetof(struct factors, totp), NULL},
    {COLUMN_I64, offsetof(struct factors, passkeys), NULL},
    {COLUMN_I64, offsetof(struct factors, recovery_codes), NULL},
};
static const struct row_type factors_type = ROW_TYPE(struct factors, factors_columns);

static const struct column challenge_columns[] = {
    {COLUMN_TEXT, offsetof(struct challenge_row, challenge_hash), NULL},
    {COLUMN_TEXT, offsetof(struct challenge_row, purpose), NULL},
    {COLUMN_TEXT, offsetof(struct challenge_row, session_id), NULL},
    {COLUMN_I64, offsetof(struct challenge_row, expires_at), NULL},
};
static const struct row_type challenge_type = ROW_TYPE(struct challenge_row, challenge_columns);

/* --- one-time codes --- */

struct err totp_put(struct tx *tx, const struct totp_row *row) {
    return row_put(tx, &totp_type, Q_TOTP_PUT, row);
}

struct err totp_get(struct tx *tx, struct str person_id, struct totp_row *ret_row,
                    bool *ret_found) {
    return row_get(tx, &totp_type, ROW_QUERY(Q_TOTP_GET, db_text(person_id)), ret_row, ret_found);
}

struct err totp_take(struct tx *tx, struct str person_id, int64_t step, int64_t now) {
    return row_change_one(tx,
                          ROW_QUERY(Q_TOTP_TAKE, db_text(person_id), db_i64(step), db_i64(now)));
}

struct err totp_delete(struct tx *tx, struct str person_id) {
    return row_change(tx, ROW_QUERY(Q_TOTP_DELETE, db_text(person_id)));
}

/* --- passkeys --- */

struct err passkey_insert(struct tx *tx, const struct passkey_row *row) {
    return row_put(tx, &passkey_type, Q_PASSKEY_INSERT, row);
}

struct err passkey_by_credential(struct tx *tx, struct str credential_id,
                                 struct passkey_row *ret_row, bool *ret_found) {
    return row_get(tx, &passkey_type, ROW_QUERY(Q_PASSKEY_BY_CREDENTIAL, db_text(credential_id)),
                   ret_row, ret_found);
}

struct err passkey_list(struct tx *tx, struct str person_id, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &passkey_type,
                    ROW_QUERY(Q_PASSKEY_LIST, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err passkey_used(struct tx *tx, struct str credential_id, int64_t sign_count,
                        bool is_backed_up, int64_t now) {
    return row_change_one(tx, ROW_QUERY(Q_PASSKEY_USED, db_text(credential_id), db_i64(sign_count),
                                        db_i64(is_backed_up ? 1 : 0), db_i64(now)));
}

struct err passkey_set(struct tx *tx, const struct passkey_row *row) {
    return row_put(tx, &passkey_type, Q_PASSKEY_SET, row);
}

struct err passkey_delete(struct tx *tx, struct str person_id, struct str id) {
    return row_change_one(tx, ROW_QUERY(Q_PASSKEY_DELETE, db_text(person_id), db_text(id)));
}

/* --- recovery codes --- */

struct err recovery_codes_put(struct tx *tx, struct str person_id, const struct str *hashes,
                              size_t count) {
    int64_t now = cx_now_ms(tx->cx);
    TRY(row_change(tx, ROW_QUERY(Q_RECOVERY_CODE_DELETE_ALL, db_text(person_id))));
    for (size_t i = 0; i < count; i++) {
        TRY(row_change(tx, ROW_QUERY(Q_RECOVERY_CODE_INSERT, db_text(person_id), db_text(hashes[i]),
                                     db_i64(now))));
    }
    return OK;
}

struct err recovery_code_use(struct tx *tx, struct str person_id, struct str hash, int64_t now) {
    return row_change_one(
        tx, ROW_QUERY(Q_RECOVERY_CODE_USE, db_text(person_id), db_text(hash), db_i64(now)));
}

struct err factors_of(struct tx *tx, struct str person_id, struct factors *ret_factors) {
    bool is_found = false;
    return row_get(tx, &factors_type, ROW_QUERY(Q_FACTORS_OF, db_text(person_id)), ret_factors,
                   &is_found);
}

/* --- challenges --- */

struct err challenge_insert(struct tx *tx, const struct challenge_row *row) {
    return row_put(tx, &challenge_type, Q_CHALLENGE_INSERT, row);
}

struct err challenge_take(struct tx *tx, struct str challenge_hash, struct challenge_row *ret_row,
                          bool *ret_found) {
    TRY(row_get(tx, &challenge_type, ROW_QUERY(Q_CHALLENGE_GET, db_text(challenge_hash)), ret_row,
                ret_found));
    return row_change(tx, ROW_QUERY(Q_CHALLENGE_DELETE, db_text(challenge_hash)));
}
