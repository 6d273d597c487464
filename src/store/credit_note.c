#include "store/credit_note.h"

#include "store/charge.h"
#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct credit_note_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct credit_note_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, stripe_credit_note_id), NULL},
    {COLUMN_ID, offsetof(struct credit_note_row, invoice_id), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, number), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, status), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, reason), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, currency), NULL},
    {COLUMN_I64, offsetof(struct credit_note_row, amount), NULL},
    {COLUMN_I64, offsetof(struct credit_note_row, refunded), NULL},
    {COLUMN_I64, offsetof(struct credit_note_row, credited), NULL},
    {COLUMN_I64, offsetof(struct credit_note_row, out_of_band), NULL},
    {COLUMN_TEXT, offsetof(struct credit_note_row, pdf_url), NULL},
    {COLUMN_I64, offsetof(struct credit_note_row, created_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct credit_note_row, pdf_url), CREDIT_NOTES_PDF_URL},
};
static const struct row_seal seal = {
    .table = &sealed_credit_notes,
    .user = offsetof(struct credit_note_row, user_id),
    .id = offsetof(struct credit_note_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct credit_note_row, columns, seal);

struct err credit_note_put(struct tx *tx, const struct credit_note_row *row) {
    return row_put(tx, &type, Q_CREDIT_NOTE_PUT, row);
}

struct err credit_note_get(struct tx *tx, struct str user_id, struct str id,
                           struct credit_note_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CREDIT_NOTE_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err credit_note_list(struct tx *tx, struct str user_id, struct str invoice_id, size_t max,
                            struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_CREDIT_NOTE_OF_INVOICE, db_text(user_id), db_text(invoice_id),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_charge_put(struct tx *tx, struct str user_id, struct str charge_id,
                              struct str invoice_id) {
    return row_change(tx, ROW_QUERY(Q_INVOICE_CHARGE_PUT, db_text(user_id), db_text(charge_id),
                                    db_text(invoice_id)));
}

struct err invoice_refund_list(struct tx *tx, struct str user_id, struct str invoice_id, size_t max,
                               struct row_list *ret_list) {
    return refund_list(
        tx,
        ROW_QUERY(Q_REFUND_OF_INVOICE, db_text(user_id), db_text(invoice_id), db_i64((int64_t)max)),
        max, ret_list);
}
