#include "store/appearance.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct appearance_row, person_id), NULL},
    {COLUMN_TEXT, offsetof(struct appearance_row, scheme), NULL},
    {COLUMN_TEXT, offsetof(struct appearance_row, language), NULL},
    {COLUMN_TEXT, offsetof(struct appearance_row, locale), NULL},
    {COLUMN_TEXT, offsetof(struct appearance_row, time_zone), NULL},
    {COLUMN_I64, offsetof(struct appearance_row, first_weekday), NULL},
};
static const struct row_type type = ROW_TYPE(struct appearance_row, columns);

struct err appearance_put(struct tx *tx, struct str person_id, struct str scheme) {
    return row_change_one(tx, ROW_QUERY(Q_APPEARANCE_PUT, db_text(person_id), db_text(scheme)));
}

struct err appearance_put_settings(struct tx *tx, const struct appearance_row *row) {
    return row_put(tx, &type, Q_APPEARANCE_PUT_SETTINGS, row);
}

struct err appearance_get(struct tx *tx, struct str person_id, struct appearance_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_APPEARANCE_GET, db_text(person_id)), ret_row, ret_found);
}
