#include "store/release.h"

#include "store/queries.h"
#include "store/words.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct release_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct release_row, id), NULL},
    {COLUMN_NAMED, offsetof(struct release_row, metric), &words_metric},
    {COLUMN_I64, offsetof(struct release_row, amount), NULL},
    {COLUMN_TEXT, offsetof(struct release_row, take_id), NULL},
    {COLUMN_I64, offsetof(struct release_row, created_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct release_row, columns);

struct err release_get(struct tx *tx, struct str user_id, struct str id,
                       struct release_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_RELEASE_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err release_insert(struct tx *tx, const struct release_row *row) {
    return row_put(tx, &type, Q_RELEASE_INSERT, row);
}

struct err release_prune(struct tx *tx, int64_t before) {
    return row_change(tx, ROW_QUERY(Q_RELEASE_PRUNE, db_i64(before)));
}
