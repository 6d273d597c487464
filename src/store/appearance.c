#include "store/appearance.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct appearance_row, person_id), NULL},
    {COLUMN_TEXT, offsetof(struct appearance_row, scheme), NULL},
};
static const struct row_type type = ROW_TYPE(struct appearance_row, columns);

struct err appearance_put(struct tx *tx, const struct appearance_row *row) {
    return row_put(tx, &type, Q_APPEARANCE_PUT, row);
}

struct err appearance_get(struct tx *tx, struct str person_id, struct appearance_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_APPEARANCE_GET, db_text(person_id)), ret_row, ret_found);
}
