#include "store/access_review.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct access_review_row, member)
static const struct column review_columns[] = {
    {COLUMN_ID, AT(id), NULL},          {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_TEXT, AT(opened_by), NULL}, {COLUMN_I64, AT(opened_at), NULL},
    {COLUMN_I64, AT(due_at), NULL},     {COLUMN_I64_OPT, AT(closed_at), NULL},
    {COLUMN_I64, AT(told), NULL},
};
#undef AT
static const struct row_type review_type = ROW_TYPE(struct access_review_row, review_columns);

#define AT(member) offsetof(struct access_review_item_row, member)
static const struct column item_columns[] = {
    {COLUMN_ID, AT(id), NULL},           {COLUMN_TEXT, AT(review_id), NULL},
    {COLUMN_TEXT, AT(kind), NULL},       {COLUMN_TEXT, AT(subject), NULL},
    {COLUMN_TEXT, AT(held), NULL},       {COLUMN_TEXT, AT(decision), NULL},
    {COLUMN_TEXT, AT(becomes), NULL},    {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_TEXT, AT(decided_by), NULL}, {COLUMN_I64_OPT, AT(decided_at), NULL},
};
static const struct row_sealed item_members[] = {{AT(reason), ACCESS_REVIEW_ITEMS_REASON}};
static const struct row_seal item_seal = {
    .table = &sealed_access_review_items,
    .user = ROW_NOBODYS,
    .id = AT(id),
    .has_record_id = true,
    .members = item_members,
    .count = ARRAY_LEN(item_members),
};
#undef AT
static const struct row_type item_type =
    ROW_TYPE_SEALED(struct access_review_item_row, item_columns, item_seal);

static const struct column count_column = {COLUMN_I64_OPT, 0, NULL};
static const struct row_type count_type = {&count_column, 1, sizeof(int64_t), NULL};

struct err access_review_insert(struct tx *tx, const struct access_review_row *row) {
    return row_put(tx, &review_type, Q_ACCESS_REVIEW_INSERT, row);
}

struct err access_review_set(struct tx *tx, const struct access_review_row *row) {
    return row_put(tx, &review_type, Q_ACCESS_REVIEW_SET, row);
}

struct err access_review_get(struct tx *tx, struct str id, struct access_review_row *ret_row,
                             bool *ret_found) {
    return row_get(tx, &review_type, ROW_QUERY(Q_ACCESS_REVIEW_GET, db_text(id)), ret_row,
                   ret_found);
}

struct err access_review_page(struct tx *tx, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &review_type,
                    ROW_QUERY(Q_ACCESS_REVIEW_PAGE, db_text(before), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err access_review_now(struct tx *tx, struct access_review_row *ret_row, bool *ret_found) {
    return row_get(tx, &review_type, (struct row_query){Q_ACCESS_REVIEW_NOW, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err access_review_began(struct tx *tx, int64_t *ret_at) {
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &count_type, (struct row_query){Q_ACCESS_REVIEW_BEGAN, DB_NO_ARGS}, ret_at,
                   &is_found);
}

struct err access_review_item_insert(struct tx *tx, const struct access_review_item_row *row) {
    return row_put(tx, &item_type, Q_ACCESS_REVIEW_ITEM_INSERT, row);
}

struct err access_review_item_decide(struct tx *tx, const struct access_review_item_row *row) {
    return row_put(tx, &item_type, Q_ACCESS_REVIEW_ITEM_DECIDE, row);
}

struct err access_review_item_get(struct tx *tx, struct str review_id, struct str id,
                                  struct access_review_item_row *ret_row, bool *ret_found) {
    return row_get(tx, &item_type,
                   ROW_QUERY(Q_ACCESS_REVIEW_ITEM_GET, db_text(review_id), db_text(id)), ret_row,
                   ret_found);
}

struct err access_review_items(struct tx *tx, struct str review_id, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &item_type,
                    ROW_QUERY(Q_ACCESS_REVIEW_ITEMS, db_text(review_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err access_review_left(struct tx *tx, struct str review_id, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type, ROW_QUERY(Q_ACCESS_REVIEW_LEFT, db_text(review_id)), ret_count,
                   &is_found);
}

struct err access_review_overdue(struct tx *tx, struct str review_id) {
    return row_change(tx, ROW_QUERY(Q_ACCESS_REVIEW_OVERDUE, db_text(review_id)));
}
