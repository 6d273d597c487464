#include "store/audit_log.h"

#include "store/queries.h"

#define AT(member) offsetof(struct audit_head_row, member)
static const struct column head_columns[] = {
    {COLUMN_I64, AT(position), NULL}, {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_I64, AT(seq), NULL},      {COLUMN_TEXT, AT(chain), NULL},
    {COLUMN_TEXT, AT(root), NULL},    {COLUMN_TEXT, AT(edge), NULL},
};
#undef AT
static const struct row_type head_type = ROW_TYPE(struct audit_head_row, head_columns);

struct err audit_head_insert(struct tx *tx, const struct audit_head_row *row) {
    return row_put(tx, &head_type, Q_AUDIT_HEAD_INSERT, row);
}

struct err audit_head_count(struct tx *tx, int64_t *ret_count) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(tx->db, Q_AUDIT_HEAD_LAST, DB_NO_ARGS, &rows));
    TRY(db_next(&rows, &has_row));
    *ret_count = has_row ? db_column_i64(&rows, 0) + 1 : 0;
    return OK;
}

struct err audit_head_of(struct tx *tx, struct str user_id, struct audit_head_row *ret_row,
                         bool *ret_found) {
    return row_get(tx, &head_type, ROW_QUERY(Q_AUDIT_HEAD_OF, db_text(user_id)), ret_row,
                   ret_found);
}

struct err audit_head_covering(struct tx *tx, struct str user_id, int64_t seq,
                               struct audit_head_row *ret_row, bool *ret_found) {
    return row_get(tx, &head_type, ROW_QUERY(Q_AUDIT_HEAD_COVERING, db_text(user_id), db_i64(seq)),
                   ret_row, ret_found);
}

struct err audit_head_walk(struct tx *tx, int64_t position, size_t max, struct row_list *ret_list) {
    return row_list(tx, &head_type,
                    ROW_QUERY(Q_AUDIT_HEAD_WALK, db_i64(position), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err audit_head_walk_by_user(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                                   struct row_list *ret_list) {
    return row_list(
        tx, &head_type,
        ROW_QUERY(Q_AUDIT_HEAD_WALK_BY_USER, db_text(user_id), db_i64(seq), db_i64((int64_t)max)),
        max, ret_list);
}

/* --- checkpoints --- */

#define AT(member) offsetof(struct audit_checkpoint_row, member)
static const struct column checkpoint_columns[] = {
    {COLUMN_I64, AT(size), NULL},
    {COLUMN_I64, AT(at), NULL},
    {COLUMN_TEXT, AT(note), NULL},
    {COLUMN_TEXT, AT(edge), NULL},
};
#undef AT
static const struct row_type checkpoint_type =
    ROW_TYPE(struct audit_checkpoint_row, checkpoint_columns);

struct err audit_checkpoint_insert(struct tx *tx, const struct audit_checkpoint_row *row) {
    return row_put(tx, &checkpoint_type, Q_AUDIT_CHECKPOINT_INSERT, row);
}

struct err audit_checkpoint_last(struct tx *tx, struct audit_checkpoint_row *ret_row,
                                 bool *ret_found) {
    return row_get(tx, &checkpoint_type, (struct row_query){Q_AUDIT_CHECKPOINT_LAST, DB_NO_ARGS},
                   ret_row, ret_found);
}

struct err audit_checkpoint_get(struct tx *tx, int64_t size, struct audit_checkpoint_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &checkpoint_type, ROW_QUERY(Q_AUDIT_CHECKPOINT_GET, db_i64(size)), ret_row,
                   ret_found);
}

struct err audit_checkpoint_page(struct tx *tx, int64_t before, size_t max,
                                 struct row_list *ret_list) {
    return row_list(tx, &checkpoint_type,
                    ROW_QUERY(Q_AUDIT_CHECKPOINT_PAGE, db_i64(before), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err audit_checkpoint_walk(struct tx *tx, int64_t size, size_t max,
                                 struct row_list *ret_list) {
    return row_list(tx, &checkpoint_type,
                    ROW_QUERY(Q_AUDIT_CHECKPOINT_WALK, db_i64(size), db_i64((int64_t)max)), max,
                    ret_list);
}

/* --- on their way --- */

#define AT(member) offsetof(struct audit_shipment_row, member)
static const struct column shipment_columns[] = {
    {COLUMN_I64, AT(size), NULL},           {COLUMN_TEXT, AT(sink), NULL},
    {COLUMN_I64, AT(attempts), NULL},       {COLUMN_I64, AT(next_attempt_at), NULL},
    {COLUMN_I64_OPT, AT(shipped_at), NULL}, {COLUMN_TEXT_OPT, AT(last_error), NULL},
};
#undef AT
static const struct row_type shipment_type = ROW_TYPE(struct audit_shipment_row, shipment_columns);

struct err audit_shipment_insert(struct tx *tx, const struct audit_shipment_row *row) {
    return row_put(tx, &shipment_type, Q_AUDIT_SHIPMENT_INSERT, row);
}

struct err audit_shipment_update(struct tx *tx, const struct audit_shipment_row *row) {
    return row_put(tx, &shipment_type, Q_AUDIT_SHIPMENT_UPDATE, row);
}

struct err audit_shipment_waiting(struct tx *tx, int64_t now, size_t max,
                                  struct row_list *ret_list) {
    return row_list(tx, &shipment_type,
                    ROW_QUERY(Q_AUDIT_SHIPMENT_WAITING, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err audit_shipment_next(struct tx *tx, int64_t *ret_at) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(tx->db, Q_AUDIT_SHIPMENT_NEXT, DB_NO_ARGS, &rows));
    TRY(db_next(&rows, &has_row));
    *ret_at = has_row && !db_column_is_null(&rows, 0) ? db_column_i64(&rows, 0) : ROW_NONE;
    return OK;
}

struct err audit_shipment_of(struct tx *tx, int64_t size, size_t max, struct row_list *ret_list) {
    return row_list(tx, &shipment_type, ROW_QUERY(Q_AUDIT_SHIPMENT_OF, db_i64(size)), max,
                    ret_list);
}
