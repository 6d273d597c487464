#include "store/invoice.h"

#include "store/invoice_columns.h"
#include "store/queries.h"

static const struct column columns[] = {INVOICE_COLUMNS};
static const struct row_seal seal = INVOICE_SEAL;
static const struct row_type type = ROW_TYPE_SEALED(struct invoice_row, columns, seal);
static const struct column time_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type time_type = ROW_TYPE(int64_t, time_columns);
static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err invoice_page(struct tx *tx, struct str user_id, struct invoice_cursor after, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_PAGE, db_text(user_id), db_i64(after.created_at),
                              db_text(after.id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_get(struct tx *tx, struct str user_id, struct str id,
                       struct invoice_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INVOICE_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err invoice_of_charge(struct tx *tx, struct str user_id, struct str charge_id,
                             struct invoice_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INVOICE_OF_CHARGE, db_text(user_id), db_text(charge_id)),
                   ret_row, ret_found);
}

struct err invoice_put(struct tx *tx, const struct invoice_row *row) {
    return row_put(tx, &type, Q_INVOICE_PUT, row);
}

struct err invoice_count_owed(struct tx *tx, struct str user_id, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type, ROW_QUERY(Q_INVOICE_OWED, db_text(user_id)), ret_count,
                   &is_found);
}

struct err invoice_is_settled(struct tx *tx, struct str user_id, struct str number, bool *ret_is) {
    int64_t count = 0;
    bool is_found = false;
    TRY(row_get(tx, &count_type, ROW_QUERY(Q_INVOICE_SETTLED, db_text(user_id), db_text(number)),
                &count, &is_found));
    *ret_is = count > 0;
    return OK;
}

struct err invoice_is_disputed(struct tx *tx, struct str user_id, struct str id, bool *ret_is) {
    int64_t count = 0;
    bool is_found = false;
    TRY(row_get(tx, &count_type, ROW_QUERY(Q_INVOICE_DISPUTED, db_text(user_id), db_text(id)),
                &count, &is_found));
    *ret_is = count > 0;
    return OK;
}

struct err invoice_forget_draft(struct tx *tx, struct str user_id, struct str stripe_id) {
    return row_change(tx, ROW_QUERY(Q_INVOICE_FORGET_DRAFT, db_text(user_id), db_text(stripe_id)));
}

struct err invoice_waiting(struct tx *tx, struct str user_id, struct str billing_reason,
                           struct invoice_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_INVOICE_WAITING, db_text(user_id), db_text(billing_reason)), ret_row,
                   ret_found);
}

struct err invoice_of_subscription(struct tx *tx, const struct invoice_owner *of,
                                   struct invoice_cursor before, size_t max,
                                   struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_OF_SUBSCRIPTION, db_text(of->user_id),
                              db_text(of->subscription_id), db_i64(before.created_at),
                              db_text(before.id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_drafts(struct tx *tx, struct str user_id, size_t max,
                          struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_INVOICE_DRAFTS, db_text(user_id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_overdue(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_INVOICE_OVERDUE, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err invoice_next_overdue(struct tx *tx, int64_t *ret_at) {
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &time_type, (struct row_query){Q_INVOICE_NEXT_OVERDUE, DB_NO_ARGS}, ret_at,
                   &is_found);
}

struct err invoice_walk(struct tx *tx, struct str user_id, struct str id, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_WALK, db_text(user_id), db_text(id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_charged(struct tx *tx, struct str user_id, struct str id, int64_t *ret_amount) {
    bool is_found = false;
    return row_get(tx, &count_type, ROW_QUERY(Q_INVOICE_CHARGED, db_text(user_id), db_text(id)),
                   ret_amount, &is_found);
}
