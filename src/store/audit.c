#include "store/audit.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct audit_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL}, {COLUMN_I64, AT(seq), NULL},
    {COLUMN_ID, AT(id), NULL},        {COLUMN_I64, AT(at), NULL},
    {COLUMN_TEXT, AT(actor), NULL},   {COLUMN_TEXT, AT(action), NULL},
    {COLUMN_TEXT, AT(object), NULL},  {COLUMN_TEXT, AT(row), NULL},
    {COLUMN_TEXT, AT(leaf), NULL},    {COLUMN_TEXT, AT(chain), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct audit_row, columns);

struct err audit_row_insert(struct tx *tx, const struct audit_row *row) {
    return row_put(tx, &type, Q_AUDIT_INSERT, row);
}

struct err audit_row_last(struct tx *tx, struct str user_id, struct audit_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_AUDIT_LAST, db_text(user_id)), ret_row, ret_found);
}

struct err audit_row_get(struct tx *tx, struct str id, struct audit_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_AUDIT_GET, db_text(id)), ret_row, ret_found);
}

struct err audit_row_of_object(struct tx *tx, const struct audit_entry_of *place,
                               struct record_id *ret_id) {
    static const struct column id_columns[] = {{COLUMN_ID, 0, NULL}};
    static const struct row_type id_type = ROW_TYPE(struct record_id, id_columns);
    bool is_found = false;
    *ret_id = (struct record_id){""};
    return row_get(tx, &id_type,
                   ROW_QUERY(Q_AUDIT_OF_OBJECT, db_text(place->action), db_text(place->id_first),
                             db_text(place->id_before), db_text(place->user_id),
                             db_text(place->object)),
                   ret_id, &is_found);
}

/* By what leaves the fewest rows to be looked at. */
struct err audit_row_page(struct tx *tx, const struct audit_filter *filter, size_t max,
                          struct row_list *ret_list) {
    struct db_value first = db_text(filter->id_first);
    struct db_value before = db_text(filter->id_before);
    struct db_value actor = db_text(filter->actor);
    struct db_value action = db_text(filter->action);
    struct db_value limit = db_i64((int64_t)max);
    if (filter->has_user) {
        return row_list(tx, &type,
                        ROW_QUERY(Q_AUDIT_PAGE_OF_USER, first, before, db_text(filter->user_id),
                                  actor, action, limit),
                        max, ret_list);
    }
    if (filter->actor.len > 0) {
        return row_list(tx, &type,
                        ROW_QUERY(Q_AUDIT_PAGE_OF_ACTOR, first, before, actor, action, limit), max,
                        ret_list);
    }
    if (filter->action.len > 0) {
        return row_list(tx, &type, ROW_QUERY(Q_AUDIT_PAGE_OF_ACTION, first, before, action, limit),
                        max, ret_list);
    }
    return row_list(tx, &type, ROW_QUERY(Q_AUDIT_PAGE, first, before, limit), max, ret_list);
}

struct err audit_row_walk(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                          struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_AUDIT_WALK, db_text(user_id), db_i64(seq), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err audit_row_since(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_AUDIT_SINCE, db_text(user_id), db_i64(seq), db_i64((int64_t)max)),
                    max, ret_list);
}

/* --- what the log has not been told of --- */

static const struct column pending_columns[] = {
    {COLUMN_TEXT, offsetof(struct audit_pending_row, user_id), NULL},
    {COLUMN_I64, offsetof(struct audit_pending_row, count), NULL},
};
static const struct row_type pending_type = ROW_TYPE(struct audit_pending_row, pending_columns);

struct err audit_pending_add(struct tx *tx, struct str user_id) {
    return row_change(tx, ROW_QUERY(Q_AUDIT_PENDING_ADD, db_text(user_id)));
}

struct err audit_pending_page(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &pending_type, ROW_QUERY(Q_AUDIT_PENDING_PAGE, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err audit_pending_remove(struct tx *tx, struct str user_id) {
    return row_change(tx, ROW_QUERY(Q_AUDIT_PENDING_REMOVE, db_text(user_id)));
}

struct err audit_pending_count(struct tx *tx, int64_t *ret_count) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(tx->db, Q_AUDIT_PENDING_SUM, DB_NO_ARGS, &rows));
    TRY(db_next(&rows, &has_row));
    *ret_count = has_row ? db_column_i64(&rows, 0) : 0;
    return OK;
}

/* --- where requests came from --- */

#define AT(member) offsetof(struct audit_origin_row, member)
static const struct column origin_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL}, {COLUMN_TEXT, AT(reference), NULL},
    {COLUMN_TEXT, AT(address), NULL}, {COLUMN_TEXT, AT(user_agent), NULL},
    {COLUMN_I64, AT(first_at), NULL}, {COLUMN_I64, AT(last_at), NULL},
};
#undef AT
static const struct row_sealed sealed_members[] = {
    {offsetof(struct audit_origin_row, address), AUDIT_ORIGINS_ADDRESS},
    {offsetof(struct audit_origin_row, user_agent), AUDIT_ORIGINS_AGENT},
};
static const struct row_seal origin_seal = {
    .table = &sealed_audit_origins,
    .user = offsetof(struct audit_origin_row, user_id),
    .id = offsetof(struct audit_origin_row, reference),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type origin_type =
    ROW_TYPE_SEALED(struct audit_origin_row, origin_columns, origin_seal);

struct err audit_origin_put(struct tx *tx, const struct audit_origin_row *row) {
    return row_put(tx, &origin_type, Q_AUDIT_ORIGIN_PUT, row);
}

struct err audit_origin_get(struct tx *tx, struct str user_id, struct str reference,
                            struct audit_origin_row *ret_row, bool *ret_found) {
    return row_get(tx, &origin_type,
                   ROW_QUERY(Q_AUDIT_ORIGIN_GET, db_text(user_id), db_text(reference)), ret_row,
                   ret_found);
}

/* --- why --- */

#define AT(member) offsetof(struct audit_reason_row, member)
static const struct column reason_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(row_id), NULL},
    {COLUMN_TEXT, AT(reason), NULL},
};
static const struct row_sealed sealed_reason[] = {{AT(reason), AUDIT_REASONS_REASON}};
static const struct row_seal reason_seal = {
    .table = &sealed_audit_reasons,
    .user = AT(user_id),
    .id = AT(row_id),
    .has_record_id = false,
    .members = sealed_reason,
    .count = ARRAY_LEN(sealed_reason),
};
#undef AT
static const struct row_type reason_type =
    ROW_TYPE_SEALED(struct audit_reason_row, reason_columns, reason_seal);

struct err audit_reason_insert(struct tx *tx, const struct audit_reason_row *row) {
    return row_put(tx, &reason_type, Q_AUDIT_REASON_INSERT, row);
}

struct err audit_reason_get(struct tx *tx, struct str user_id, struct str row_id,
                            struct audit_reason_row *ret_row, bool *ret_found) {
    return row_get(tx, &reason_type,
                   ROW_QUERY(Q_AUDIT_REASON_GET, db_text(user_id), db_text(row_id)), ret_row,
                   ret_found);
}
