#include "store/parked.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct parked_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct parked_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct parked_row, reason), NULL},
    {COLUMN_TEXT, offsetof(struct parked_row, stripe_invoice_id), NULL},
    {COLUMN_TEXT, offsetof(struct parked_row, currency), NULL},
    {COLUMN_I64, offsetof(struct parked_row, amount), NULL},
    {COLUMN_I64, offsetof(struct parked_row, usual), NULL},
    {COLUMN_I64, offsetof(struct parked_row, parked_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct parked_row, released_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct parked_row, release_reason), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct parked_row, release_reason), PARKED_RELEASE_REASON},
};
static const struct row_seal seal = {
    .table = &sealed_parked,
    .user = offsetof(struct parked_row, user_id),
    .id = offsetof(struct parked_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct parked_row, columns, seal);

static const struct column period_columns[] = {
    {COLUMN_TEXT, offsetof(struct invoice_period_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct invoice_period_row, subscription_id), NULL},
    {COLUMN_I64, offsetof(struct invoice_period_row, period_number), NULL},
    {COLUMN_TEXT, offsetof(struct invoice_period_row, stripe_invoice_id), NULL},
};
static const struct row_type period_type = ROW_TYPE(struct invoice_period_row, period_columns);

static const struct column held_columns[] = {
    {COLUMN_TEXT, offsetof(struct held_invoice_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct held_invoice_row, stripe_invoice_id), NULL},
    {COLUMN_I64, offsetof(struct held_invoice_row, held_at), NULL},
};
static const struct row_type held_type = ROW_TYPE(struct held_invoice_row, held_columns);

static const struct column number_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type number_type = ROW_TYPE(int64_t, number_columns);

struct err parked_insert(struct tx *tx, const struct parked_row *row) {
    return row_put(tx, &type, Q_PARKED_INSERT, row);
}

struct err parked_open(struct tx *tx, struct str user_id, struct parked_row *ret_row,
                       bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_PARKED_OPEN, db_text(user_id)), ret_row, ret_found);
}

struct err parked_for_invoice(struct tx *tx, struct str user_id, struct str stripe_invoice_id,
                              int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &number_type,
                   ROW_QUERY(Q_PARKED_FOR_INVOICE, db_text(user_id), db_text(stripe_invoice_id)),
                   ret_count, &is_found);
}

struct err parked_release(struct tx *tx, struct str user_id, struct str reason) {
    struct parked_row row;
    bool is_parked = false;
    TRY(parked_open(tx, user_id, &row, &is_parked));
    if (!is_parked) {
        return ERR(ERR_CONFLICT);
    }
    struct sealed_place place = {&sealed_parked, PARKED_RELEASE_REASON, user_id, id_str(&row.id)};
    TRY(sealed_write(tx, &place, reason, &reason));
    return row_change_one(tx, ROW_QUERY(Q_PARKED_RELEASE, db_text(user_id),
                                        db_i64(cx_now_ms(tx->cx)), db_text(reason)));
}

struct err parked_page(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_PARKED_PAGE, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err parked_count(struct tx *tx, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &number_type, (struct row_query){Q_PARKED_COUNT, DB_NO_ARGS}, ret_count,
                   &is_found);
}

struct err held_invoice_insert(struct tx *tx, const struct held_invoice_row *row,
                               bool *ret_is_new) {
    struct held_invoice_row before;
    bool is_held = false;
    TRY(row_get(
        tx, &held_type,
        ROW_QUERY(Q_HELD_INVOICE_GET, db_text(row->user_id), db_text(row->stripe_invoice_id)),
        &before, &is_held));
    *ret_is_new = !is_held;
    return is_held ? OK : row_put(tx, &held_type, Q_HELD_INVOICE_INSERT, row);
}

struct err held_invoice_list(struct tx *tx, struct str user_id, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &held_type,
                    ROW_QUERY(Q_HELD_INVOICE_LIST, db_text(user_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err held_invoice_delete(struct tx *tx, const struct held_invoice_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_HELD_INVOICE_DELETE, db_text(row->user_id),
                                        db_text(row->stripe_invoice_id)));
}

struct err invoice_period_get(struct tx *tx, const struct invoice_period_row *like,
                              struct invoice_period_row *ret_row, bool *ret_found) {
    return row_get(tx, &period_type,
                   ROW_QUERY(Q_INVOICE_PERIOD_GET, db_text(like->user_id),
                             db_text(like->subscription_id), db_i64(like->period_number)),
                   ret_row, ret_found);
}

struct err invoice_period_put(struct tx *tx, const struct invoice_period_row *row) {
    return row_put(tx, &period_type, Q_INVOICE_PERIOD_PUT, row);
}

struct err invoice_usual(struct tx *tx, const struct invoice_usual_query *query, size_t max,
                         struct row_list *ret_list) {
    return row_list(tx, &number_type,
                    ROW_QUERY(Q_INVOICE_USUAL, db_text(query->user_id),
                              db_text(query->subscription_id),
                              db_text(query->but_stripe_invoice_id), db_i64((int64_t)max)),
                    max, ret_list);
}
