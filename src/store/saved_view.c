#include "store/saved_view.h"

#include "store/queries.h"

#define AT(member) offsetof(struct saved_view_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},          {COLUMN_TEXT, AT(person_id), NULL},
    {COLUMN_TEXT, AT(list), NULL},      {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(query), NULL},     {COLUMN_BOOL, AT(is_shared), NULL},
    {COLUMN_I64, AT(created_at), NULL}, {COLUMN_I64, AT(updated_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct saved_view_row, columns);

struct err saved_view_insert(struct tx *tx, const struct saved_view_row *row) {
    return row_put(tx, &type, Q_SAVED_VIEW_INSERT, row);
}

struct err saved_view_update(struct tx *tx, const struct saved_view_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_SAVED_VIEW_UPDATE, db_text(id_str(&row->id)),
                                        db_text(row->name), db_text(row->query),
                                        db_i64(row->is_shared ? 1 : 0), db_i64(row->updated_at)));
}

struct err saved_view_delete(struct tx *tx, struct str id) {
    return row_change_one(tx, ROW_QUERY(Q_SAVED_VIEW_DELETE, db_text(id)));
}

struct err saved_view_get(struct tx *tx, struct str id, struct saved_view_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_SAVED_VIEW_GET, db_text(id)), ret_row, ret_found);
}

struct err saved_view_named(struct tx *tx, const struct saved_view_of *of, struct str name,
                            struct saved_view_row *ret_row, bool *ret_found) {
    return row_get(
        tx, &type,
        ROW_QUERY(Q_SAVED_VIEW_NAMED, db_text(of->person_id), db_text(of->list), db_text(name)),
        ret_row, ret_found);
}

struct err saved_view_own(struct tx *tx, struct str person_id, struct str list, size_t max,
                          struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_SAVED_VIEW_OWN, db_text(person_id), db_text(list), db_i64((int64_t)max)), max,
        ret_list);
}

struct err saved_view_seen(struct tx *tx, const struct saved_view_of *of, struct str after,
                           size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SAVED_VIEW_SEEN, db_text(of->list), db_text(of->person_id),
                              db_text(after), db_i64((int64_t)max)),
                    max, ret_list);
}
