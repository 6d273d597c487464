#include "store/customer.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct customer_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, email), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, name), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, country), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, currency), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct customer_row, stripe_customer_id), NULL},
    {COLUMN_I64, offsetof(struct customer_row, created_at), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, language), NULL},
    {COLUMN_TEXT, offsetof(struct customer_row, time_zone), NULL},
};
static const struct row_type type = ROW_TYPE(struct customer_row, columns);

struct err customer_get(struct tx *tx, struct str user_id, struct customer_row *ret_row,
                        bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CUSTOMER_GET, db_text(user_id)), ret_row, ret_found);
}

struct err customer_insert(struct tx *tx, const struct customer_row *row) {
    return row_put(tx, &type, Q_CUSTOMER_INSERT, row);
}

struct err customer_set_stripe(struct tx *tx, struct str user_id, struct str stripe_id) {
    return row_change_one(
        tx, ROW_QUERY(Q_CUSTOMER_SET_STRIPE, db_text(user_id), db_text_or_null(stripe_id)));
}

struct err customer_page(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_CUSTOMER_PAGE, db_text(after), db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column text_columns[] = {{COLUMN_TEXT_OPT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);

struct err customer_address(struct tx *tx, struct str user_id, struct str *ret_address) {
    bool is_found = false;
    return row_get(tx, &text_type, ROW_QUERY(Q_CUSTOMER_ADDRESS, db_text(user_id)), ret_address,
                   &is_found);
}

struct err customer_tax_ids(struct tx *tx, struct str user_id, struct str *ret_list) {
    bool is_found = false;
    return row_get(tx, &text_type, ROW_QUERY(Q_CUSTOMER_TAX_IDS, db_text(user_id)), ret_list,
                   &is_found);
}

struct err customer_set_tax_ids(struct tx *tx, struct str user_id, struct str list) {
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_TAX_IDS, db_text(user_id), db_text(list)));
}

struct err customer_set_preferences(struct tx *tx, struct str user_id, struct str language,
                                    struct str time_zone) {
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_PREFERENCES, db_text(user_id),
                                        db_text(language), db_text(time_zone)));
}

struct err customer_set_details(struct tx *tx, const struct customer_details_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_DETAILS, db_text(row->user_id),
                                        db_text(row->email), db_text(row->name),
                                        db_text(row->country), db_text_or_null(row->address)));
}
