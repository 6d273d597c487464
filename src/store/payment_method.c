#include "store/payment_method.h"

#include "store/customer_mark.h"
#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct payment_method_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct payment_method_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct payment_method_row, stripe_payment_method_id), NULL},
    {COLUMN_TEXT, offsetof(struct payment_method_row, type), NULL},
    {COLUMN_TEXT, offsetof(struct payment_method_row, brand), NULL},
    {COLUMN_TEXT, offsetof(struct payment_method_row, last4), NULL},
    {COLUMN_I64_OPT, offsetof(struct payment_method_row, expiry_month), NULL},
    {COLUMN_I64_OPT, offsetof(struct payment_method_row, expiry_year), NULL},
    {COLUMN_BOOL, offsetof(struct payment_method_row, is_default), NULL},
    {COLUMN_I64, offsetof(struct payment_method_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct payment_method_row, detached_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct payment_method_row, last4), PAYMENT_METHODS_LAST4},
};
static const struct row_seal seal = {
    .table = &sealed_payment_methods,
    .user = offsetof(struct payment_method_row, user_id),
    .id = offsetof(struct payment_method_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct payment_method_row, columns, seal);

struct err payment_method_list(struct tx *tx, struct str user_id, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_PAYMENT_METHOD_LIST, db_text(user_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err payment_method_get(struct tx *tx, struct str user_id, struct str id,
                              struct payment_method_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_PAYMENT_METHOD_GET, db_text(user_id), db_text(id)),
                   ret_row, ret_found);
}

struct err payment_method_put(struct tx *tx, const struct payment_method_row *row) {
    TRY(row_put(tx, &type, Q_PAYMENT_METHOD_PUT, row));
    return customer_mark_method(tx, row->user_id, id_str(&row->id), row->last4);
}

struct err payment_method_set_default(struct tx *tx, struct str user_id, struct str id) {
    return row_change(tx, ROW_QUERY(Q_PAYMENT_METHOD_SET_DEFAULT, db_text(user_id), db_text(id)));
}

struct err payment_method_expiring(struct tx *tx, const struct payment_method_expiring *which,
                                   size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_PAYMENT_METHOD_EXPIRING, db_i64(which->month),
                              db_text(which->after), db_i64((int64_t)max)),
                    max, ret_list);
}
