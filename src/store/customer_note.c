#include "store/customer_note.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct customer_note_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},   {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(author), NULL},    {COLUMN_TEXT, AT(note), NULL},
    {COLUMN_I64, AT(created_at), NULL},
};
static const struct row_sealed sealed_members[] = {{AT(note), CUSTOMER_NOTES_NOTE}};
static const struct row_seal seal = {
    .table = &sealed_customer_notes,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
#undef AT
static const struct row_type type = ROW_TYPE_SEALED(struct customer_note_row, columns, seal);

struct err customer_note_insert(struct tx *tx, const struct customer_note_row *row) {
    return row_put(tx, &type, Q_CUSTOMER_NOTE_INSERT, row);
}

struct err customer_note_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_CUSTOMER_NOTE_PAGE, db_text(user_id), db_text(before), db_i64((int64_t)max)),
        max, ret_list);
}
