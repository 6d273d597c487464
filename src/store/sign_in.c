#include "store/sign_in.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column sign_in_columns[] = {
    {COLUMN_TEXT, offsetof(struct sign_in_row, person_id), NULL},
    {COLUMN_ID, offsetof(struct sign_in_row, id), NULL},
    {COLUMN_I64, offsetof(struct sign_in_row, at), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_row, method), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_row, outcome), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_row, address), NULL},
    {COLUMN_TEXT, offsetof(struct sign_in_row, user_agent), NULL},
};
static const struct row_sealed sign_in_members[] = {
    {offsetof(struct sign_in_row, address), SIGN_INS_ADDRESS},
    {offsetof(struct sign_in_row, user_agent), SIGN_INS_USER_AGENT},
};
static const struct row_seal sign_in_seal = {
    .table = &sealed_sign_ins,
    .user = offsetof(struct sign_in_row, person_id),
    .id = offsetof(struct sign_in_row, id),
    .has_record_id = true,
    .members = sign_in_members,
    .count = ARRAY_LEN(sign_in_members),
};
static const struct row_type sign_in_type =
    ROW_TYPE_SEALED(struct sign_in_row, sign_in_columns, sign_in_seal);

struct err sign_in_insert(struct tx *tx, const struct sign_in_row *row) {
    return row_put(tx, &sign_in_type, Q_SIGN_IN_INSERT, row);
}

struct err sign_in_list(struct tx *tx, struct str person_id, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &sign_in_type,
                    ROW_QUERY(Q_SIGN_IN_LIST, db_text(person_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err sign_in_forget(struct tx *tx, struct str person_id, int64_t before, size_t max) {
    return row_change(
        tx, ROW_QUERY(Q_SIGN_IN_FORGET, db_text(person_id), db_i64(before), db_i64((int64_t)max)));
}
