#include "store/revenue_entered.h"

#include "store/queries.h"

#define AT(member) offsetof(struct revenue_rate_row, member)
static const struct column rate_columns[] = {
    {COLUMN_I64, AT(number), NULL}, {COLUMN_TEXT, AT(currency), NULL},   {COLUMN_I64, AT(at), NULL},
    {COLUMN_I64, AT(micros), NULL}, {COLUMN_TEXT, AT(entered_by), NULL},
};
#undef AT
static const struct row_type rate_type = ROW_TYPE(struct revenue_rate_row, rate_columns);

#define AT(member) offsetof(struct revenue_spend_row, member)
static const struct column spend_columns[] = {
    {COLUMN_I64, AT(month), NULL},
    {COLUMN_I64, AT(entered_at), NULL},
    {COLUMN_I64, AT(minor), NULL},
    {COLUMN_TEXT, AT(entered_by), NULL},
};
#undef AT
static const struct row_type spend_type = ROW_TYPE(struct revenue_spend_row, spend_columns);

#define AT(member) offsetof(struct revenue_target_row, member)
static const struct column target_columns[] = {
    {COLUMN_TEXT, AT(name), NULL},       {COLUMN_I64, AT(entered_at), NULL},
    {COLUMN_I64, AT(value), NULL},       {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_TEXT, AT(entered_by), NULL},
};
#undef AT
static const struct row_type target_type = ROW_TYPE(struct revenue_target_row, target_columns);

struct err revenue_rate_list(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &rate_type, ROW_QUERY(Q_REVENUE_RATE_LIST, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_rate_insert(struct tx *tx, const struct revenue_rate_row *row) {
    return row_put(tx, &rate_type, Q_REVENUE_RATE_INSERT, row);
}

struct err revenue_spend_list(struct tx *tx, int64_t entered_by, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &spend_type,
                    ROW_QUERY(Q_REVENUE_SPEND_LIST, db_i64(entered_by), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_spend_put(struct tx *tx, const struct revenue_spend_row *row) {
    return row_put(tx, &spend_type, Q_REVENUE_SPEND_PUT, row);
}

struct err revenue_target_list(struct tx *tx, int64_t entered_by, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &target_type,
                    ROW_QUERY(Q_REVENUE_TARGET_LIST, db_i64(entered_by), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_target_put(struct tx *tx, const struct revenue_target_row *row) {
    return row_put(tx, &target_type, Q_REVENUE_TARGET_PUT, row);
}
