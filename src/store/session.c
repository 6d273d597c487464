#include "store/session.h"

#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

#define SESSION_COLUMNS(type, prefix)                                                              \
    {COLUMN_TEXT, offsetof(type, prefix token_hash), NULL},                                        \
        {COLUMN_ID, offsetof(type, prefix id), NULL},                                              \
        {COLUMN_NAMED, offsetof(type, prefix kind), &words_session_kind},                          \
        {COLUMN_TEXT, offsetof(type, prefix person_id), NULL},                                     \
        {COLUMN_TEXT, offsetof(type, prefix user_id), NULL},                                       \
        {COLUMN_BOOL, offsetof(type, prefix is_pending), NULL},                                    \
        {COLUMN_I64, offsetof(type, prefix created_at), NULL},                                     \
        {COLUMN_I64, offsetof(type, prefix seen_at), NULL},                                        \
        {COLUMN_I64, offsetof(type, prefix expires_at), NULL},                                     \
        {COLUMN_I64, offsetof(type, prefix authenticated_at), NULL},                               \
        {COLUMN_I64_OPT, offsetof(type, prefix mfa_at), NULL},                                     \
        {COLUMN_TEXT, offsetof(type, prefix methods), NULL},                                       \
        {COLUMN_TEXT, offsetof(type, prefix address), NULL},                                       \
        {COLUMN_TEXT, offsetof(type, prefix user_agent), NULL}, {                                  \
        COLUMN_TEXT, offsetof(type, prefix reason), NULL                                           \
    }

static const struct column session_columns[] = {SESSION_COLUMNS(struct session_row, )};
static const struct row_sealed session_members[] = {
    {offsetof(struct session_row, address), SESSIONS_ADDRESS},
    {offsetof(struct session_row, user_agent), SESSIONS_USER_AGENT},
    {offsetof(struct session_row, reason), SESSIONS_REASON},
};
static const struct row_seal session_seal = {
    .table = &sealed_sessions,
    .user = offsetof(struct session_row, person_id),
    .id = offsetof(struct session_row, id),
    .has_record_id = true,
    .members = session_members,
    .count = ARRAY_LEN(session_members),
};
static const struct row_type session_type =
    ROW_TYPE_SEALED(struct session_row, session_columns, session_seal);

static const struct column standing_columns[] = {
    SESSION_COLUMNS(struct session_standing, session.),
    {COLUMN_NAMED_OPT, offsetof(struct session_standing, member_role), &words_role},
    {COLUMN_NAMED_OPT, offsetof(struct session_standing, operator_role), &words_role},
    {COLUMN_I64_OPT, offsetof(struct session_standing, disabled_at), NULL},
};
static const struct row_sealed standing_members[] = {
    {offsetof(struct session_standing, session.address), SESSIONS_ADDRESS},
    {offsetof(struct session_standing, session.user_agent), SESSIONS_USER_AGENT},
    {offsetof(struct session_standing, session.reason), SESSIONS_REASON},
};
static const struct row_seal standing_seal = {
    .table = &sealed_sessions,
    .user = offsetof(struct session_standing, session.person_id),
    .id = offsetof(struct session_standing, session.id),
    .has_record_id = true,
    .members = standing_members,
    .count = ARRAY_LEN(standing_members),
};
static const struct row_type standing_type =
    ROW_TYPE_SEALED(struct session_standing, standing_columns, standing_seal);

static const struct column link_columns[] = {
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, token_hash), NULL},
    {COLUMN_NAMED, offsetof(struct sign_in_link_row, purpose), &words_link_purpose},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, person_id), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, return_path), NULL},
    {COLUMN_I64, offsetof(struct sign_in_link_row, authenticated_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct sign_in_link_row, mfa_at), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, methods), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_link_row, reason), NULL},
    {COLUMN_I64, offsetof(struct sign_in_link_row, expires_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct sign_in_link_row, used_at), NULL},
};
static const struct row_sealed link_members[] = {
    {offsetof(struct sign_in_link_row, return_path), SIGN_IN_LINKS_RETURN_PATH},
    {offsetof(struct sign_in_link_row, reason), SIGN_IN_LINKS_REASON},
};
static const struct row_seal link_seal = {
    .table = &sealed_sign_in_links,
    .user = offsetof(struct sign_in_link_row, user_id),
    .id = offsetof(struct sign_in_link_row, token_hash),
    .has_record_id = false,
    .members = link_members,
    .count = ARRAY_LEN(link_members),
};
static const struct row_type link_type =
    ROW_TYPE_SEALED(struct sign_in_link_row, link_columns, link_seal);

struct err session_insert(struct tx *tx, const struct session_row *row) {
    return row_put(tx, &session_type, Q_SESSION_INSERT, row);
}

struct err session_standing(struct tx *tx, struct str token_hash,
                            struct session_standing *ret_standing, bool *ret_found) {
    return row_get(tx, &standing_type, ROW_QUERY(Q_SESSION_STANDING, db_text(token_hash)),
                   ret_standing, ret_found);
}

struct err session_list(struct tx *tx, struct str person_id, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &session_type,
                    ROW_QUERY(Q_SESSION_LIST, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err session_seen(struct tx *tx, struct str token_hash, int64_t now) {
    return row_change(tx, ROW_QUERY(Q_SESSION_SEEN, db_text(token_hash), db_i64(now)));
}

struct err session_prove(struct tx *tx, const struct session_proof *proof) {
    return row_change_one(
        tx, ROW_QUERY(Q_SESSION_PROVE, db_text(proof->old_hash), db_text(proof->new_hash),
                      db_i64(proof->is_pending ? 1 : 0), db_i64(proof->now),
                      proof->mfa_at == ROW_NONE ? db_null() : db_i64(proof->mfa_at),
                      db_text(proof->methods)));
}

struct err session_delete(struct tx *tx, struct str token_hash) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE, db_text(token_hash)));
}

struct err session_delete_of(struct tx *tx, struct str person_id, struct str id) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE_OF, db_text(person_id), db_text(id)));
}

struct err session_delete_all(struct tx *tx, struct str person_id, struct str but_id) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE_ALL, db_text(person_id), db_text(but_id)));
}

struct err session_delete_member(struct tx *tx, struct str user_id, struct str person_id) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE_MEMBER, db_text(user_id), db_text(person_id)));
}

struct err session_delete_operator(struct tx *tx, struct str person_id) {
    return row_change(tx, ROW_QUERY(Q_SESSION_DELETE_OPERATOR, db_text(person_id)));
}

struct err session_prune(struct tx *tx, int64_t before) {
    TRY(row_change(tx, ROW_QUERY(Q_SESSION_PRUNE, db_i64(before))));
    TRY(row_change(tx, ROW_QUERY(Q_CHALLENGE_PRUNE, db_i64(before))));
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

struct err sign_in_link_withdraw(struct tx *tx, enum link_purpose purpose, struct str person_id,
                                 int64_t now) {
    struct str name = str_from_cstr(link_purpose_name(purpose));
    return row_change(
        tx, ROW_QUERY(Q_SIGN_IN_LINK_WITHDRAW, db_text(name), db_text(person_id), db_i64(now)));
}
