#include "store/quote.h"

#include "store/queries.h"
#include "store/words.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct quote_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct quote_row, id), NULL},
    {COLUMN_ID, offsetof(struct quote_row, subscription_id), NULL},
    {COLUMN_NAMED, offsetof(struct quote_row, tier), &words_tier},
    {COLUMN_NAMED, offsetof(struct quote_row, interval), &words_interval},
    {COLUMN_I64, offsetof(struct quote_row, proration_at), NULL},
    {COLUMN_I64, offsetof(struct quote_row, amount_due), NULL},
    {COLUMN_TEXT, offsetof(struct quote_row, currency), NULL},
    {COLUMN_I64, offsetof(struct quote_row, valid_until), NULL},
    {COLUMN_I64_OPT, offsetof(struct quote_row, used_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct quote_row, coupon), NULL},
};
static const struct row_type type = ROW_TYPE(struct quote_row, columns);

struct err quote_insert(struct tx *tx, const struct quote_row *row) {
    return row_put(tx, &type, Q_QUOTE_INSERT, row);
}

struct err quote_get(struct tx *tx, struct str user_id, struct str id, struct quote_row *ret_row,
                     bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_QUOTE_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err quote_use(struct tx *tx, struct str user_id, struct str id, int64_t now) {
    return row_change_one(tx, ROW_QUERY(Q_QUOTE_USE, db_text(user_id), db_text(id), db_i64(now)));
}
