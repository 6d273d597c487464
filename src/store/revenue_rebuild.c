#include "store/revenue_rebuild.h"

#include "base/check.h"
#include "store/queries.h"

static const char *status_word(int value) {
    static const char *const words[REVENUE_REBUILD_STATUS_COUNT] = {"running", "done", "cancelled"};
    check((unsigned)value < REVENUE_REBUILD_STATUS_COUNT);
    return words[value];
}
static const struct column_words words_status = {status_word, REVENUE_REBUILD_STATUS_COUNT};

#define AT(member) offsetof(struct revenue_rebuild_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_BOOL, AT(is_dry_run), NULL},
    {COLUMN_I64_OPT, AT(month), NULL},
    {COLUMN_TEXT, AT(user_cursor), NULL},
    {COLUMN_I64, AT(done), NULL},
    {COLUMN_I64, AT(total), NULL},
    {COLUMN_I64, AT(days), NULL},
    {COLUMN_I64, AT(months), NULL},
    {COLUMN_I64, AT(cohorts), NULL},
    {COLUMN_I64, AT(accounts), NULL},
    {COLUMN_I64, AT(corrected), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct revenue_rebuild_row, columns);

struct err revenue_rebuild_put(struct tx *tx, const struct revenue_rebuild_row *row) {
    return row_put(tx, &type, Q_REVENUE_REBUILD_PUT, row);
}

struct err revenue_rebuild_get(struct tx *tx, struct str id, struct revenue_rebuild_row *ret_row,
                               bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_REVENUE_REBUILD_GET, db_text(id)), ret_row, ret_found);
}

struct err revenue_rebuild_running(struct tx *tx, struct revenue_rebuild_row *ret_row,
                                   bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_REVENUE_REBUILD_RUNNING, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err revenue_rebuild_page(struct tx *tx, struct str before, size_t max,
                                struct row_list *ret_list) {
    struct str id = before.len > 0 ? before : STR("~");
    return row_list(tx, &type, ROW_QUERY(Q_REVENUE_REBUILD_PAGE, db_text(id), db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err revenue_accounts_count(struct tx *tx, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type, (struct row_query){Q_REVENUE_ACCOUNTS_COUNT, DB_NO_ARGS},
                   ret_count, &is_found);
}
