#include "store/withdrawal.h"

#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const char *status_word(int value) {
    return withdrawal_status_name((enum withdrawal_status)value);
}
static const struct column_words words_status = {status_word, WITHDRAWAL_STATUS_COUNT};

#define AT(member) offsetof(struct withdrawal_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(subscription_id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(statement), NULL},
    {COLUMN_TEXT, AT(statement_hash), NULL},
    {COLUMN_TEXT, AT(locale), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_BOOL, AT(is_share), NULL},
    {COLUMN_TEXT, AT(operation_id), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(returned), NULL},
    {COLUMN_I64, AT(bought_at), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {AT(name), WITHDRAWALS_NAME},
    {AT(statement), WITHDRAWALS_STATEMENT},
};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_withdrawals,
    .user = offsetof(struct withdrawal_row, user_id),
    .id = offsetof(struct withdrawal_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct withdrawal_row, columns, seal);

struct err withdrawal_insert(struct tx *tx, const struct withdrawal_row *row) {
    return row_put(tx, &type, Q_WITHDRAWAL_INSERT, row);
}

struct err withdrawal_move(struct tx *tx, const struct withdrawal_row *row) {
    struct str status = str_from_cstr(status_word(row->status));
    return row_change_one(
        tx, ROW_QUERY(Q_WITHDRAWAL_MOVE, db_text(row->user_id), db_text(id_str(&row->id)),
                      db_text(status), db_text(row->operation_id), db_i64(row->returned),
                      row->finished_at == ROW_NONE ? db_null() : db_i64(row->finished_at)));
}

struct err withdrawal_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                           struct row_list *ret_list) {
    int statement = user_id.len > 0 ? Q_WITHDRAWAL_PAGE_OF : Q_WITHDRAWAL_PAGE;
    return row_list(tx, &type,
                    ROW_QUERY(statement, db_text(user_id),
                              db_text(before.len > 0 ? before : STR("~")), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err withdrawal_by_operation(struct tx *tx, struct str user_id, struct str operation_id,
                                   struct withdrawal_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_WITHDRAWAL_BY_OPERATION, db_text(user_id), db_text(operation_id)),
                   ret_row, ret_found);
}
