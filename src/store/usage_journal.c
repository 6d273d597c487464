#include "store/usage_journal.h"

#include "store/queries.h"

static const struct column ends_columns[] = {
    {COLUMN_I64, offsetof(struct journal_ends, first), NULL},
    {COLUMN_I64, offsetof(struct journal_ends, last), NULL},
};
static const struct row_type ends_type = ROW_TYPE(struct journal_ends, ends_columns);

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err journal_insert(struct tx *tx, const struct journal_row *row) {
    return row_change(tx, ROW_QUERY(Q_JOURNAL_INSERT, db_i64(row->batch), db_i64(row->recorded_at),
                                    db_i64(row->events), db_blob(row->body)));
}

struct err journal_get(struct tx *tx, int64_t batch, struct str *ret_body) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(tx->db, Q_JOURNAL_GET, DB_ARGS(db_i64(batch)), &rows));
    bool has_row = false;
    TRY(db_next(&rows, &has_row));
    if (!has_row) {
        return cx_fail(tx->cx, ERR(ERR_NOT_FOUND), "batch %lld of the usage journal is missing",
                       (long long)batch);
    }
    *ret_body = arena_str(tx->cx->arena, db_column_str(&rows, 0));
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

struct err journal_each(struct tx *tx, int64_t first, journal_visit *visit, void *context) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(tx->db, Q_JOURNAL_EACH, DB_ARGS(db_i64(first)), &rows));
    for (;;) {
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            return OK;
        }
        struct journal_row row = {
            .batch = db_column_i64(&rows, 0),
            .body = db_column_str(&rows, 1),
            .recorded_at = db_column_i64(&rows, 2),
        };
        TRY(visit(context, &row));
    }
}

struct err journal_forget(struct tx *tx, int64_t before) {
    return row_change(tx, ROW_QUERY(Q_JOURNAL_FORGET, db_i64(before)));
}

struct err journal_ends(struct tx *tx, struct journal_ends *ret_ends) {
    bool is_found = false;
    return row_get(tx, &ends_type, (struct row_query){Q_JOURNAL_ENDS, DB_NO_ARGS}, ret_ends,
                   &is_found);
}

struct err journal_events(struct tx *tx, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type, (struct row_query){Q_JOURNAL_EVENTS, DB_NO_ARGS}, ret_count,
                   &is_found);
}
