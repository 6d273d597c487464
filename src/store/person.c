#include "store/person.h"

#include "store/customer_mark.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const struct column person_columns[] = {
    {COLUMN_ID, offsetof(struct person_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct person_row, email), NULL},
    {COLUMN_TEXT, offsetof(struct person_row, email_index), NULL},
    {COLUMN_TEXT, offsetof(struct person_row, name), NULL},
    {COLUMN_TEXT, offsetof(struct person_row, language), NULL},
    {COLUMN_NAMED_OPT, offsetof(struct person_row, operator_role), &words_role},
    {COLUMN_TEXT, offsetof(struct person_row, password_hash), NULL},
    {COLUMN_I64_OPT, offsetof(struct person_row, password_changed_at), NULL},
    {COLUMN_I64, offsetof(struct person_row, failures), NULL},
    {COLUMN_I64_OPT, offsetof(struct person_row, failed_at), NULL},
    {COLUMN_I64, offsetof(struct person_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct person_row, disabled_at), NULL},
    {COLUMN_I64, offsetof(struct person_row, code_failures), NULL},
    {COLUMN_I64_OPT, offsetof(struct person_row, code_failed_at), NULL},
};
static const struct row_sealed person_members[] = {
    {offsetof(struct person_row, email), PEOPLE_EMAIL},
    {offsetof(struct person_row, name), PEOPLE_NAME},
};
static const struct row_seal person_seal = {
    .table = &sealed_people,
    .user = ROW_ITS_OWN,
    .id = offsetof(struct person_row, id),
    .has_record_id = true,
    .members = person_members,
    .count = ARRAY_LEN(person_members),
};
static const struct row_type person_type =
    ROW_TYPE_SEALED(struct person_row, person_columns, person_seal);

static const struct column identity_columns[] = {
    {COLUMN_TEXT, offsetof(struct identity_row, issuer), NULL},
    {COLUMN_TEXT, offsetof(struct identity_row, subject), NULL},
    {COLUMN_TEXT, offsetof(struct identity_row, person_id), NULL},
    {COLUMN_I64, offsetof(struct identity_row, created_at), NULL},
};
static const struct row_type identity_type = ROW_TYPE(struct identity_row, identity_columns);

static const struct column member_columns[] = {
    {COLUMN_TEXT, offsetof(struct member_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct member_row, person_id), NULL},
    {COLUMN_NAMED, offsetof(struct member_row, role), &words_role},
    {COLUMN_I64, offsetof(struct member_row, created_at), NULL},
};
static const struct row_type member_type = ROW_TYPE(struct member_row, member_columns);

static const struct column invitation_columns[] = {
    {COLUMN_TEXT, offsetof(struct invitation_row, token_hash), NULL},
    {COLUMN_ID, offsetof(struct invitation_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct invitation_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct invitation_row, email), NULL},
    {COLUMN_NAMED, offsetof(struct invitation_row, role), &words_role},
    {COLUMN_TEXT, offsetof(struct invitation_row, invited_by), NULL},
    {COLUMN_I64, offsetof(struct invitation_row, created_at), NULL},
    {COLUMN_I64, offsetof(struct invitation_row, expires_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct invitation_row, accepted_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct invitation_row, withdrawn_at), NULL},
};
static const struct row_sealed invitation_members[] = {
    {offsetof(struct invitation_row, email), INVITATIONS_EMAIL},
    {offsetof(struct invitation_row, invited_by), INVITATIONS_INVITED_BY},
};
static const struct row_seal invitation_seal = {
    .table = &sealed_invitations,
    .user = offsetof(struct invitation_row, user_id),
    .id = offsetof(struct invitation_row, token_hash),
    .has_record_id = false,
    .members = invitation_members,
    .count = ARRAY_LEN(invitation_members),
};
static const struct row_type invitation_type =
    ROW_TYPE_SEALED(struct invitation_row, invitation_columns, invitation_seal);

struct count {
    int64_t value;
};
static const struct column count_columns[] = {{COLUMN_I64, offsetof(struct count, value), NULL}};
static const struct row_type count_type = ROW_TYPE(struct count, count_columns);

static struct err count(struct tx *tx, struct row_query query, int64_t *ret_count) {
    struct count found = {0};
    bool is_found = false;
    TRY(row_get(tx, &count_type, query, &found, &is_found));
    *ret_count = found.value;
    return OK;
}

/* --- people --- */

struct err person_insert(struct tx *tx, const struct person_row *row) {
    TRY(row_put(tx, &person_type, Q_PERSON_INSERT, row));
    return customer_mark_person(tx, id_str(&row->id), row->email);
}

struct err person_set(struct tx *tx, const struct person_row *row) {
    TRY(row_put(tx, &person_type, Q_PERSON_SET, row));
    return customer_mark_person(tx, id_str(&row->id), row->email);
}

struct err person_get(struct tx *tx, struct str id, struct person_row *ret_row, bool *ret_found) {
    return row_get(tx, &person_type, ROW_QUERY(Q_PERSON_GET, db_text(id)), ret_row, ret_found);
}

struct err person_by_email(struct tx *tx, struct str email_index, struct person_row *ret_row,
                           bool *ret_found) {
    return row_get(tx, &person_type, ROW_QUERY(Q_PERSON_BY_EMAIL, db_text(email_index)), ret_row,
                   ret_found);
}

struct err person_operators(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &person_type, ROW_QUERY(Q_PERSON_OPERATORS, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err person_count_operators(struct tx *tx, enum role role, int64_t *ret_count) {
    return count(tx, ROW_QUERY(Q_PERSON_COUNT_OPERATORS, db_text(str_from_cstr(role_name(role)))),
                 ret_count);
}

/* --- identities --- */

struct err identity_insert(struct tx *tx, const struct identity_row *row) {
    return row_put(tx, &identity_type, Q_IDENTITY_INSERT, row);
}

struct err identity_get(struct tx *tx, struct str issuer, struct str subject,
                        struct identity_row *ret_row, bool *ret_found) {
    return row_get(tx, &identity_type, ROW_QUERY(Q_IDENTITY_GET, db_text(issuer), db_text(subject)),
                   ret_row, ret_found);
}

struct err identity_of_person(struct tx *tx, struct str person_id, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &identity_type,
                    ROW_QUERY(Q_IDENTITY_OF_PERSON, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err identity_delete(struct tx *tx, struct str person_id, struct str issuer) {
    return row_change_one(tx, ROW_QUERY(Q_IDENTITY_DELETE, db_text(person_id), db_text(issuer)));
}

struct err identity_forget(struct tx *tx, struct str person_id) {
    return row_change(tx, ROW_QUERY(Q_IDENTITY_FORGET, db_text(person_id)));
}

struct err person_count_local(struct tx *tx, enum role role, struct str but_id,
                              int64_t *ret_count) {
    struct str name = str_from_cstr(role_name(role));
    return count(tx, ROW_QUERY(Q_PERSON_COUNT_LOCAL, db_text(name), db_text(but_id)), ret_count);
}

/* --- members --- */

struct err member_put(struct tx *tx, const struct member_row *row) {
    return row_put(tx, &member_type, Q_MEMBER_PUT, row);
}

struct err member_get(struct tx *tx, struct str user_id, struct str person_id,
                      struct member_row *ret_row, bool *ret_found) {
    return row_get(tx, &member_type, ROW_QUERY(Q_MEMBER_GET, db_text(user_id), db_text(person_id)),
                   ret_row, ret_found);
}

struct err member_delete(struct tx *tx, struct str user_id, struct str person_id) {
    return row_change(tx, ROW_QUERY(Q_MEMBER_DELETE, db_text(user_id), db_text(person_id)));
}

struct err member_list(struct tx *tx, struct str user_id, size_t max, struct row_list *ret_list) {
    return row_list(tx, &member_type,
                    ROW_QUERY(Q_MEMBER_LIST, db_text(user_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err member_of(struct tx *tx, struct str person_id, size_t max, struct row_list *ret_list) {
    return row_list(tx, &member_type,
                    ROW_QUERY(Q_MEMBER_OF, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err member_count_owners(struct tx *tx, struct str user_id, int64_t *ret_count) {
    return count(tx, ROW_QUERY(Q_MEMBER_COUNT_OWNERS, db_text(user_id)), ret_count);
}

/* --- invitations --- */

struct err invitation_insert(struct tx *tx, const struct invitation_row *row) {
    return row_put(tx, &invitation_type, Q_INVITATION_INSERT, row);
}

struct err invitation_get(struct tx *tx, struct str token_hash, struct invitation_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &invitation_type, ROW_QUERY(Q_INVITATION_GET, db_text(token_hash)), ret_row,
                   ret_found);
}

struct err invitation_list(struct tx *tx, struct str user_id, int64_t now, size_t max,
                           struct row_list *ret_list) {
    return row_list(
        tx, &invitation_type,
        ROW_QUERY(Q_INVITATION_LIST, db_text(user_id), db_i64(now), db_i64((int64_t)max)), max,
        ret_list);
}

struct err invitation_accept(struct tx *tx, struct str token_hash, int64_t now) {
    return row_change_one(tx, ROW_QUERY(Q_INVITATION_ACCEPT, db_text(token_hash), db_i64(now)));
}

struct err invitation_forget_accepted(struct tx *tx, struct str user_id) {
    return row_change(tx, ROW_QUERY(Q_INVITATION_FORGET_ACCEPTED, db_text(user_id)));
}

struct err invitation_withdraw(struct tx *tx, struct str user_id, struct str id, int64_t now,
                               bool *ret_found) {
    struct invitation_row row;
    TRY(row_get(tx, &invitation_type,
                ROW_QUERY(Q_INVITATION_WAITING, db_text(user_id), db_text(id)), &row, ret_found));
    return *ret_found ? row_change(tx, ROW_QUERY(Q_INVITATION_WITHDRAW, db_text(user_id),
                                                 db_text(id), db_i64(now)))
                      : OK;
}
