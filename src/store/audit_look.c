#include "store/audit_look.h"

#include "base/check.h"
#include "store/queries.h"

const char *audit_look_status_name(enum audit_look_status status) {
    static const char *const names[AUDIT_LOOK_STATUS_COUNT] = {"running", "done", "cancelled"};
    check((unsigned)status < AUDIT_LOOK_STATUS_COUNT);
    return names[status];
}

static const char *status_word(int value) {
    return audit_look_status_name((enum audit_look_status)value);
}
static const struct column_words words_status = {status_word, AUDIT_LOOK_STATUS_COUNT};

#define AT(member) offsetof(struct audit_look_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(row_cursor), NULL},
    {COLUMN_I64, AT(newest_at), NULL},
    {COLUMN_I64, AT(oldest_at), NULL},
    {COLUMN_I64, AT(reached_at), NULL},
    {COLUMN_I64, AT(looked_at), NULL},
    {COLUMN_I64, AT(signed_rows), NULL},
    {COLUMN_I64, AT(faults), NULL},
    {COLUMN_TEXT, AT(findings), NULL},
    {COLUMN_I64, AT(checkpoint_size), NULL},
    {COLUMN_TEXT, AT(checkpoint_note), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct audit_look_row, columns);

static const struct column instant_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);

struct err audit_look_put(struct tx *tx, const struct audit_look_row *row) {
    return row_put(tx, &type, Q_AUDIT_LOOK_PUT, row);
}

struct err audit_look_get(struct tx *tx, struct str id, struct audit_look_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_AUDIT_LOOK_GET, db_text(id)), ret_row, ret_found);
}

struct err audit_look_running(struct tx *tx, struct audit_look_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_AUDIT_LOOK_RUNNING, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err audit_look_page(struct tx *tx, struct str before, size_t max,
                           struct row_list *ret_list) {
    struct str from = before.len > 0 ? before : STR("~");
    return row_list(tx, &type, ROW_QUERY(Q_AUDIT_LOOK_PAGE, db_text(from), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err audit_oldest_at(struct tx *tx, int64_t *ret_at) {
    bool is_found = false;
    TRY(row_get(tx, &instant_type, (struct row_query){Q_AUDIT_OLDEST_AT, DB_NO_ARGS}, ret_at,
                &is_found));
    *ret_at = is_found ? *ret_at : ROW_NONE;
    return OK;
}
