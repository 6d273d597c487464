#include "store/contract.h"

#include "store/queries.h"
#include "store/sealed.h"

static const char *status_word(int value) {
    return contract_status_name((enum contract_status)value);
}
static const struct column_words words_status = {status_word, CONTRACT_STATUS_COUNT};

#define AT(member) offsetof(struct contract_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_I64, AT(number), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(terms), NULL},
    {COLUMN_TEXT, AT(terms_hash), NULL},
    {COLUMN_TEXT, AT(purchase_order), NULL},
    {COLUMN_TEXT, AT(note), NULL},
    {COLUMN_TEXT, AT(message), NULL},
    {COLUMN_TEXT, AT(requested_by), NULL},
    {COLUMN_TEXT, AT(written_by), NULL},
    {COLUMN_TEXT, AT(approval_id), NULL},
    {COLUMN_I64, AT(offer_days), NULL},
    {COLUMN_I64_OPT, AT(valid_until), NULL},
    {COLUMN_TEXT, AT(accepted_by), NULL},
    {COLUMN_TEXT, AT(accepted_name), NULL},
    {COLUMN_I64_OPT, AT(accepted_at), NULL},
    {COLUMN_I64_OPT, AT(starts_at), NULL},
    {COLUMN_I64_OPT, AT(ends_at), NULL},
    {COLUMN_TEXT, AT(amends), NULL},
    {COLUMN_TEXT, AT(operation_id), NULL},
    {COLUMN_TEXT, AT(decline_reason), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64, AT(updated_at), NULL},
    {COLUMN_I64, AT(version), NULL},
    {COLUMN_TEXT, AT(follows), NULL},
    {COLUMN_I64_OPT, AT(told_until), NULL},
    {COLUMN_I64_OPT, AT(reminded_at), NULL},
    {COLUMN_TEXT, AT(notice_by), NULL},
    {COLUMN_I64_OPT, AT(notice_at), NULL},
    {COLUMN_I64_OPT, AT(next_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {AT(purchase_order), CONTRACTS_PURCHASE_ORDER},
    {AT(note), CONTRACTS_NOTE},
    {AT(message), CONTRACTS_MESSAGE},
    {AT(accepted_name), CONTRACTS_ACCEPTED_NAME},
    {AT(decline_reason), CONTRACTS_DECLINE_REASON},
};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_contracts,
    .user = offsetof(struct contract_row, user_id),
    .id = offsetof(struct contract_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct contract_row, columns, seal);

struct whole {
    int64_t value;
};
static const struct column whole_columns[] = {{COLUMN_I64, offsetof(struct whole, value), NULL}};
static const struct row_type whole_type = ROW_TYPE(struct whole, whole_columns);

struct err contract_insert(struct tx *tx, const struct contract_row *row) {
    return row_put(tx, &type, Q_CONTRACT_INSERT, row);
}

struct err contract_put(struct tx *tx, const struct contract_row *row) {
    return row_put(tx, &type, Q_CONTRACT_PUT, row);
}

struct err contract_get(struct tx *tx, struct str id, struct contract_row *ret_row,
                        bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CONTRACT_GET, db_text(id)), ret_row, ret_found);
}

struct err contract_by_operation(struct tx *tx, struct str operation_id,
                                 struct contract_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CONTRACT_BY_OPERATION, db_text(operation_id)), ret_row,
                   ret_found);
}

/* One whole number; `without` when no row has it. */
static struct err read_whole(struct tx *tx, struct row_query query, int64_t without,
                             int64_t *ret_value) {
    struct whole whole = {without};
    bool is_found = false;
    TRY(row_get(tx, &whole_type, query, &whole, &is_found));
    *ret_value = is_found ? whole.value : without;
    return OK;
}

struct err contract_next_number(struct tx *tx, int64_t *ret_number) {
    int64_t last = 0;
    TRY(read_whole(tx, (struct row_query){Q_CONTRACT_LAST_NUMBER, DB_NO_ARGS}, 0, &last));
    *ret_number = last + 1;
    return OK;
}

struct err contract_last_version(struct tx *tx, int64_t number, int64_t *ret_version) {
    return read_whole(tx, ROW_QUERY(Q_CONTRACT_LAST_VERSION, db_i64(number)), 0, ret_version);
}

struct err contract_open_amendment(struct tx *tx, struct str user_id, struct str amends,
                                   struct contract_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_CONTRACT_OPEN_AMENDMENT, db_text(user_id), db_text(amends)), ret_row,
                   ret_found);
}

struct err contract_page(struct tx *tx, const struct contract_filter *filter, size_t max,
                         struct row_list *ret_list) {
    const char *status = filter->status < 0 ? "" : status_word(filter->status);
    struct str before = filter->before.len > 0 ? filter->before : STR("~");
    return row_list(tx, &type,
                    ROW_QUERY(Q_CONTRACT_PAGE, db_text(str_from_cstr(status)),
                              db_text(filter->user_id), db_text(before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err contract_expired(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_CONTRACT_EXPIRED, db_i64(now), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err contract_expires_next(struct tx *tx, int64_t *ret_at) {
    return read_whole(tx, (struct row_query){Q_CONTRACT_EXPIRES_NEXT, DB_NO_ARGS}, ROW_NONE,
                      ret_at);
}

struct err contract_due_next(struct tx *tx, int64_t *ret_at) {
    return read_whole(tx, (struct row_query){Q_CONTRACT_DUE_NEXT, DB_NO_ARGS}, ROW_NONE, ret_at);
}
