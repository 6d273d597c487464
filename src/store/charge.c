#include "store/charge.h"

#include "store/queries.h"

static const struct column charge_columns[] = {
    {COLUMN_TEXT, offsetof(struct charge_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct charge_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct charge_row, stripe_charge_id), NULL},
    {COLUMN_TEXT, offsetof(struct charge_row, stripe_intent_id), NULL},
    {COLUMN_TEXT, offsetof(struct charge_row, status), NULL},
    {COLUMN_TEXT, offsetof(struct charge_row, currency), NULL},
    {COLUMN_I64, offsetof(struct charge_row, amount), NULL},
    {COLUMN_I64, offsetof(struct charge_row, amount_refunded), NULL},
    {COLUMN_BOOL, offsetof(struct charge_row, is_disputed), NULL},
    {COLUMN_I64, offsetof(struct charge_row, created_at), NULL},
};
static const struct row_type charge_type = ROW_TYPE(struct charge_row, charge_columns);

static const struct column refund_columns[] = {
    {COLUMN_TEXT, offsetof(struct refund_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct refund_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct refund_row, stripe_refund_id), NULL},
    {COLUMN_TEXT, offsetof(struct refund_row, stripe_charge_id), NULL},
    {COLUMN_TEXT, offsetof(struct refund_row, status), NULL},
    {COLUMN_TEXT, offsetof(struct refund_row, currency), NULL},
    {COLUMN_I64, offsetof(struct refund_row, amount), NULL},
    {COLUMN_I64, offsetof(struct refund_row, created_at), NULL},
};
static const struct row_type refund_type = ROW_TYPE(struct refund_row, refund_columns);

struct err charge_get(struct tx *tx, struct str user_id, struct str id, struct charge_row *ret_row,
                      bool *ret_found) {
    return row_get(tx, &charge_type, ROW_QUERY(Q_CHARGE_GET, db_text(user_id), db_text(id)),
                   ret_row, ret_found);
}

struct err charge_put(struct tx *tx, const struct charge_row *row) {
    return row_put(tx, &charge_type, Q_CHARGE_PUT, row);
}

struct err refund_get(struct tx *tx, struct str user_id, struct str id, struct refund_row *ret_row,
                      bool *ret_found) {
    return row_get(tx, &refund_type, ROW_QUERY(Q_REFUND_GET, db_text(user_id), db_text(id)),
                   ret_row, ret_found);
}

struct err refund_put(struct tx *tx, const struct refund_row *row) {
    return row_put(tx, &refund_type, Q_REFUND_PUT, row);
}

struct err refund_list(struct tx *tx, struct row_query query, size_t max,
                       struct row_list *ret_list) {
    return row_list(tx, &refund_type, query, max, ret_list);
}
