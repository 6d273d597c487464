#include "store/data_key.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct data_key_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct data_key_row, purpose), NULL},
    {COLUMN_I64, offsetof(struct data_key_row, version), NULL},
    {COLUMN_TEXT, offsetof(struct data_key_row, wrapped), NULL},
    {COLUMN_TEXT, offsetof(struct data_key_row, kek_id), NULL},
    {COLUMN_I64, offsetof(struct data_key_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct data_key_row, retired_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct data_key_row, destroyed_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct data_key_row, columns);

struct err data_key_insert(struct tx *tx, const struct data_key_row *row) {
    return row_put(tx, &type, Q_DATA_KEY_INSERT, row);
}

struct err data_key_get(struct tx *tx, const struct data_key_row *key, struct data_key_row *ret_row,
                        bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_DATA_KEY_GET, db_text(key->user_id), db_text(key->purpose),
                             db_i64(key->version)),
                   ret_row, ret_found);
}

static const struct data_key_row before_all = {.user_id = STR_INIT(""), .purpose = STR_INIT("")};

struct err data_key_any(struct tx *tx, bool *ret_has) {
    struct row_list list;
    TRY(data_key_page(tx, &before_all, 1, &list));
    *ret_has = list.count > 0;
    return OK;
}

struct err data_key_newest(struct tx *tx, struct str user_id, struct str purpose,
                           struct data_key_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_DATA_KEY_NEWEST, db_text(user_id), db_text(purpose)),
                   ret_row, ret_found);
}

struct err data_key_page(struct tx *tx, const struct data_key_row *after, size_t max,
                         struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_DATA_KEY_PAGE, db_text(after->user_id), db_text(after->purpose),
                              db_i64(after->version), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err data_key_rewrap(struct tx *tx, const struct data_key_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_DATA_KEY_REWRAP, db_text(row->user_id),
                                        db_text(row->purpose), db_i64(row->version),
                                        db_text(row->wrapped), db_text(row->kek_id)));
}

struct err data_key_take_out(struct tx *tx, const struct data_key_row *after,
                             const struct data_key_row *last) {
    return row_change(tx, ROW_QUERY(Q_DATA_KEY_TAKE_OUT, db_text(after->user_id),
                                    db_text(after->purpose), db_i64(after->version),
                                    db_text(last->user_id), db_text(last->purpose),
                                    db_i64(last->version)));
}

struct err data_key_destroy(struct tx *tx, struct str user_id, struct str purpose) {
    return row_change(tx, ROW_QUERY(Q_DATA_KEY_DESTROY, db_text(user_id), db_text(purpose),
                                    db_i64(cx_now_ms(tx->cx))));
}

struct err data_key_retire(struct tx *tx, struct str user_id, int64_t below) {
    return row_change(tx, ROW_QUERY(Q_DATA_KEY_RETIRE, db_text(user_id), db_i64(below),
                                    db_i64(cx_now_ms(tx->cx))));
}

struct err data_key_retire_people(struct tx *tx, int64_t below) {
    return row_change(
        tx, ROW_QUERY(Q_DATA_KEY_RETIRE_PEOPLE, db_i64(below), db_i64(cx_now_ms(tx->cx))));
}

struct err data_key_forget_all(struct tx *tx) {
    return row_change(tx, (struct row_query){Q_DATA_KEY_FORGET_ALL, DB_NO_ARGS});
}
