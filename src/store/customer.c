#include "store/customer.h"

#include "store/queries.h"
#include "store/sealed.h"

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
static const struct row_sealed sealed_members[] = {
    {offsetof(struct customer_row, email), CUSTOMERS_EMAIL},
    {offsetof(struct customer_row, name), CUSTOMERS_NAME},
};
static const struct row_seal row_seal = {
    .table = &sealed_customers,
    .user = offsetof(struct customer_row, user_id),
    .id = offsetof(struct customer_row, user_id),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct customer_row, columns, row_seal);

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

static const struct column id_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type id_type = ROW_TYPE(struct str, id_columns);

struct err customer_after(struct tx *tx, struct str user_id, struct str *ret_next) {
    bool is_found = false;
    *ret_next = STR("");
    return row_get(tx, &id_type, ROW_QUERY(Q_CUSTOMER_AFTER, db_text(user_id)), ret_next,
                   &is_found);
}

/* One text of a customer's. */
struct customer_text {
    struct str user_id, text;
};
static const struct column text_columns[] = {
    {COLUMN_TEXT, offsetof(struct customer_text, user_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct customer_text, text), NULL},
};
static const struct row_sealed address_members[] = {
    {offsetof(struct customer_text, text), CUSTOMERS_ADDRESS},
};
static const struct row_seal address_seal = {
    .table = &sealed_customers,
    .user = offsetof(struct customer_text, user_id),
    .id = offsetof(struct customer_text, user_id),
    .has_record_id = false,
    .members = address_members,
    .count = ARRAY_LEN(address_members),
};
static const struct row_type address_type =
    ROW_TYPE_SEALED(struct customer_text, text_columns, address_seal);
static const struct row_sealed tax_ids_members[] = {
    {offsetof(struct customer_text, text), CUSTOMERS_TAX_IDS},
};
static const struct row_seal tax_ids_seal = {
    .table = &sealed_customers,
    .user = offsetof(struct customer_text, user_id),
    .id = offsetof(struct customer_text, user_id),
    .has_record_id = false,
    .members = tax_ids_members,
    .count = ARRAY_LEN(tax_ids_members),
};
static const struct row_type tax_ids_type =
    ROW_TYPE_SEALED(struct customer_text, text_columns, tax_ids_seal);

/* Untouched when there is no such customer. */
static struct err get_text(struct tx *tx, const struct row_type *type_of, struct row_query query,
                           struct str *ret_text) {
    struct customer_text row = {.text = *ret_text};
    bool is_found = false;
    TRY(row_get(tx, type_of, query, &row, &is_found));
    *ret_text = row.text;
    return OK;
}

struct err customer_address(struct tx *tx, struct str user_id, struct str *ret_address) {
    return get_text(tx, &address_type, ROW_QUERY(Q_CUSTOMER_ADDRESS, db_text(user_id)),
                    ret_address);
}

struct err customer_tax_ids(struct tx *tx, struct str user_id, struct str *ret_list) {
    return get_text(tx, &tax_ids_type, ROW_QUERY(Q_CUSTOMER_TAX_IDS, db_text(user_id)), ret_list);
}

static struct err seal(struct tx *tx, struct str user_id, int field, struct str *text) {
    struct sealed_place place = {&sealed_customers, field, user_id, user_id};
    return sealed_write(tx, &place, *text, text);
}

struct err customer_set_tax_ids(struct tx *tx, struct str user_id, struct str list) {
    TRY(seal(tx, user_id, CUSTOMERS_TAX_IDS, &list));
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_TAX_IDS, db_text(user_id), db_text(list)));
}

struct err customer_set_preferences(struct tx *tx, struct str user_id, struct str language,
                                    struct str time_zone) {
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_PREFERENCES, db_text(user_id),
                                        db_text(language), db_text(time_zone)));
}

struct err customer_set_details(struct tx *tx, const struct customer_details_row *row) {
    struct customer_details_row sealed = *row;
    TRY(seal(tx, row->user_id, CUSTOMERS_EMAIL, &sealed.email));
    TRY(seal(tx, row->user_id, CUSTOMERS_NAME, &sealed.name));
    TRY(seal(tx, row->user_id, CUSTOMERS_ADDRESS, &sealed.address));
    return row_change_one(tx, ROW_QUERY(Q_CUSTOMER_SET_DETAILS, db_text(row->user_id),
                                        db_text(sealed.email), db_text(sealed.name),
                                        db_text(row->country), db_text_or_null(sealed.address)));
}
