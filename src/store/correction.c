#include "store/correction.h"

#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const char *status_word(int value) {
    return correction_status_name((enum correction_status)value);
}
static const struct column_words words_status = {status_word, CORRECTION_STATUS_COUNT};

#define AT(member) offsetof(struct correction_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(invoice_id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_ID_OPT, AT(new_invoice_id), NULL},
    {COLUMN_ID_OPT, AT(credit_note_id), NULL},
    {COLUMN_TEXT, AT(operation_id), NULL},
    {COLUMN_TEXT, AT(details_hash), NULL},
    {COLUMN_TEXT, AT(purchase_order), NULL},
    {COLUMN_BOOL, AT(sends_invoice), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(total_before), NULL},
    {COLUMN_I64, AT(tax_before), NULL},
    {COLUMN_I64, AT(total_after), NULL},
    {COLUMN_I64, AT(tax_after), NULL},
    {COLUMN_I64, AT(refunded), NULL},
    {COLUMN_I64, AT(credited), NULL},
    {COLUMN_I64, AT(due), NULL},
    {COLUMN_I64, AT(balance), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64, AT(valid_until), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {AT(purchase_order), CORRECTIONS_PURCHASE_ORDER},
};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_corrections,
    .user = offsetof(struct correction_row, user_id),
    .id = offsetof(struct correction_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct correction_row, columns, seal);

struct err correction_insert(struct tx *tx, const struct correction_row *row) {
    return row_put(tx, &type, Q_CORRECTION_INSERT, row);
}

static struct db_value id_or_null(const struct record_id *id) {
    return id->text[0] == '\0' ? db_null() : db_text(id_str(id));
}

struct err correction_move(struct tx *tx, const struct correction_row *row) {
    struct str status = str_from_cstr(status_word(row->status));
    return row_change_one(
        tx, ROW_QUERY(Q_CORRECTION_MOVE, db_text(row->user_id), db_text(id_str(&row->id)),
                      db_text(status), id_or_null(&row->new_invoice_id),
                      id_or_null(&row->credit_note_id), db_text(row->operation_id),
                      row->finished_at == ROW_NONE ? db_null() : db_i64(row->finished_at)));
}

struct err correction_get(struct tx *tx, struct str user_id, struct str id,
                          struct correction_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CORRECTION_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err correction_by_operation(struct tx *tx, struct str user_id, struct str operation_id,
                                   struct correction_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_CORRECTION_BY_OPERATION, db_text(user_id), db_text(operation_id)),
                   ret_row, ret_found);
}

struct err correction_from(struct tx *tx, struct str user_id, struct str invoice_id,
                           struct correction_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CORRECTION_FROM, db_text(user_id), db_text(invoice_id)),
                   ret_row, ret_found);
}

struct err correction_to(struct tx *tx, struct str user_id, struct str invoice_id,
                         struct correction_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CORRECTION_TO, db_text(user_id), db_text(invoice_id)),
                   ret_row, ret_found);
}

struct err correction_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                           struct row_list *ret_list) {
    int statement = user_id.len > 0 ? Q_CORRECTION_PAGE_OF : Q_CORRECTION_PAGE;
    return row_list(tx, &type,
                    ROW_QUERY(statement, db_text(user_id),
                              db_text(before.len > 0 ? before : STR("~")), db_i64((int64_t)max)),
                    max, ret_list);
}
