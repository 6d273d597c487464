#include "store/bank_transfer.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column terms_columns[] = {
    {COLUMN_TEXT, offsetof(struct billing_terms_row, user_id), NULL},
    {COLUMN_I64, offsetof(struct billing_terms_row, days_until_due), NULL},
    {COLUMN_I64, offsetof(struct billing_terms_row, updated_at), NULL},
};
static const struct row_type terms_type = ROW_TYPE(struct billing_terms_row, terms_columns);

static const struct column transfer_columns[] = {
    {COLUMN_TEXT, offsetof(struct bank_transfer_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct bank_transfer_row, currency), NULL},
    {COLUMN_TEXT, offsetof(struct bank_transfer_row, addresses), NULL},
    {COLUMN_TEXT, offsetof(struct bank_transfer_row, available), NULL},
    {COLUMN_I64, offsetof(struct bank_transfer_row, updated_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct bank_transfer_row, addresses), BANK_TRANSFERS_ADDRESSES},
};
static const struct row_seal seal = {
    .table = &sealed_bank_transfers,
    .user = offsetof(struct bank_transfer_row, user_id),
    .id = offsetof(struct bank_transfer_row, user_id),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type transfer_type =
    ROW_TYPE_SEALED(struct bank_transfer_row, transfer_columns, seal);

struct err billing_terms_put(struct tx *tx, const struct billing_terms_row *row) {
    return row_put(tx, &terms_type, Q_BILLING_TERMS_PUT, row);
}

struct err billing_terms_days(struct tx *tx, struct str user_id, int64_t *ret_days) {
    struct billing_terms_row row = {.days_until_due = 0};
    bool is_found = false;
    TRY(row_get(tx, &terms_type, ROW_QUERY(Q_BILLING_TERMS_GET, db_text(user_id)), &row,
                &is_found));
    *ret_days = is_found ? row.days_until_due : 0;
    return OK;
}

struct err bank_transfer_put(struct tx *tx, const struct bank_transfer_row *row) {
    return row_put(tx, &transfer_type, Q_BANK_TRANSFER_PUT, row);
}

struct err bank_transfer_get(struct tx *tx, struct str user_id, struct bank_transfer_row *ret_row,
                             bool *ret_found) {
    return row_get(tx, &transfer_type, ROW_QUERY(Q_BANK_TRANSFER_GET, db_text(user_id)), ret_row,
                   ret_found);
}
