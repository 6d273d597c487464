#include "store/breach.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct breach_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(title), NULL},
    {COLUMN_TEXT, AT(description), NULL},
    {COLUMN_TEXT, AT(categories), NULL},
    {COLUMN_I64, AT(known_at), NULL},
    {COLUMN_I64, AT(due_at), NULL},
    {COLUMN_I64_OPT, AT(remind_at), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_TEXT, AT(closed_by), NULL},
    {COLUMN_I64_OPT, AT(closed_at), NULL},
    {COLUMN_I64_OPT, AT(authority_told_at), NULL},
    {COLUMN_TEXT, AT(authority_reference), NULL},
    {COLUMN_I64_OPT, AT(people_told_at), NULL},
    {COLUMN_TEXT, AT(conclusion), NULL},
};
static const struct row_sealed members[] = {
    {AT(title), BREACHES_TITLE},
    {AT(description), BREACHES_DESCRIPTION},
    {AT(authority_reference), BREACHES_REFERENCE},
    {AT(conclusion), BREACHES_CONCLUSION},
};
static const struct row_seal seal = {
    .table = &sealed_breaches,
    .user = ROW_NOBODYS,
    .id = AT(id),
    .has_record_id = true,
    .members = members,
    .count = ARRAY_LEN(members),
};
#undef AT
static const struct row_type type = ROW_TYPE_SEALED(struct breach_row, columns, seal);

struct err breach_put(struct tx *tx, const struct breach_row *row) {
    return row_put(tx, &type, Q_BREACH_PUT, row);
}

struct err breach_get(struct tx *tx, struct str id, struct breach_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_BREACH_GET, db_text(id)), ret_row, ret_found);
}

struct err breach_page(struct tx *tx, struct str before, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_BREACH_PAGE, db_text(before), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err breach_reminding(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_BREACH_REMINDING, db_i64((int64_t)max)), max, ret_list);
}

static const int statements[BREACH_REACH_COUNT] = {
    [BREACH_ALL] = Q_AFFECTED_ALL,
    [BREACH_ACTOR] = Q_AFFECTED_BY_ACTOR,
    [BREACH_KEK] = Q_AFFECTED_BY_KEK,
    [BREACH_INVOICES] = Q_AFFECTED_IN_INVOICES,
    [BREACH_MAILS] = Q_AFFECTED_IN_MAILS,
    [BREACH_PAYMENT_METHODS] = Q_AFFECTED_IN_PAYMENT_METHODS,
    [BREACH_ORIGINS] = Q_AFFECTED_IN_ORIGINS,
};

static const struct column affected_columns[] = {
    {COLUMN_TEXT, offsetof(struct breach_affected, user_id), NULL}};
static const struct row_type affected_type = ROW_TYPE(struct breach_affected, affected_columns);

struct err breach_affected_page(struct tx *tx, const struct breach_query *query, size_t max,
                                struct row_list *ret_list) {
    check(query->reach < BREACH_REACH_COUNT);
    return row_list(tx, &affected_type,
                    ROW_QUERY(statements[query->reach], db_text(query->after), db_text(query->of),
                              db_i64(query->from), db_i64(query->to), db_i64((int64_t)max)),
                    max, ret_list);
}
