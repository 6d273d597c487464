#include "store/pause.h"

#include "store/queries.h"

#define AT(member) offsetof(struct pause_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},    {COLUMN_TEXT, AT(subscription_id), NULL},
    {COLUMN_I64, AT(paused_at), NULL},   {COLUMN_I64_OPT, AT(resumes_at), NULL},
    {COLUMN_I64_OPT, AT(next_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct pause_row, columns);

struct err pause_put(struct tx *tx, const struct pause_row *row) {
    return row_put(tx, &type, Q_PAUSE_PUT, row);
}

struct err pause_drop(struct tx *tx, struct str user_id) {
    int64_t dropped = 0;
    return db_run(tx->db, Q_PAUSE_DROP, DB_ARGS(db_text(user_id)), &dropped);
}

struct err pause_get(struct tx *tx, struct str user_id, struct pause_row *ret_row,
                     bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_PAUSE_GET, db_text(user_id)), ret_row, ret_found);
}

struct err pause_due(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_PAUSE_DUE, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err pause_next(struct tx *tx, int64_t *ret_at) {
    static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
    static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &instant_type, (struct row_query){Q_PAUSE_NEXT, DB_NO_ARGS}, ret_at,
                   &is_found);
}
