#include "store/usage_stored.h"

#include "store/queries.h"

static const struct str grains[] = {
    [USAGE_HOUR] = STR_INIT("hour"),
    [USAGE_DAY] = STR_INIT("day"),
    [USAGE_PERIOD] = STR_INIT("period"),
};

static bool parse_grain(struct str word, enum usage_grain *ret_grain) {
    for (size_t i = 0; i < ARRAY_LEN(grains); i++) {
        if (str_equal(word, grains[i])) {
            *ret_grain = (enum usage_grain)i;
            return true;
        }
    }
    return false;
}

static bool read_total(const struct db_rows *rows, struct usage_stored *ret_row) {
    *ret_row = (struct usage_stored){
        .user_id = db_column_str(rows, 0),
        .timestamp = db_column_i64(rows, 3),
        .region = db_column_str(rows, 4),
        .resource = db_column_str(rows, 5),
        .value = db_column_i64(rows, 6),
        .events = db_column_i64(rows, 7),
        .adjusted = db_column_i64(rows, 8),
        .adjusted_events = db_column_i64(rows, 9),
    };
    return metric_parse(db_column_str(rows, 1), &ret_row->metric) &&
           parse_grain(db_column_str(rows, 2), &ret_row->grain);
}

static bool read_account(const struct db_rows *rows, struct usage_stored *ret_row) {
    *ret_row = (struct usage_stored){
        .user_id = db_column_str(rows, 0),
        .is_account = true,
        .source = db_column_str(rows, 2),
        .events = db_column_i64(rows, 3),
    };
    return metric_parse(db_column_str(rows, 1), &ret_row->metric);
}

static struct err visit_all(struct tx *tx, bool are_accounts, usage_stored_visit *visit,
                            void *context) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    int query = are_accounts ? Q_USAGE_SOURCE_ALL : Q_USAGE_EACH_TOTAL;
    TRY(db_query(tx->db, query, DB_NO_ARGS, &rows));
    for (;;) {
        struct usage_stored row;
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            return OK;
        }
        if (!(are_accounts ? read_account(&rows, &row) : read_total(&rows, &row))) {
            return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a total of usage bears no known name");
        }
        TRY(visit(context, &row));
    }
}

struct err usage_stored_each(struct tx *tx, usage_stored_visit *visit, void *context) {
    TRY(visit_all(tx, false, visit, context));
    return visit_all(tx, true, visit, context);
}

struct err usage_stored_put(struct tx *tx, const struct usage_correction *correction) {
    const struct usage_stored *row = &correction->row;
    struct db_value user = db_text(row->user_id);
    struct db_value metric = db_text(str_from_cstr(metric_name(row->metric)));
    if (row->is_account) {
        return row_change(tx, ROW_QUERY(Q_USAGE_SOURCE_PUT, user, metric, db_text(row->source),
                                        db_i64(row->events), db_i64(correction->last_event_at),
                                        db_i64(correction->heard_at), db_i64(correction->batch)));
    }
    return row_change(tx, ROW_QUERY(Q_USAGE_PUT, user, metric, db_text(grains[row->grain]),
                                    db_i64(row->timestamp), db_text(row->region),
                                    db_text(row->resource), db_i64(row->value), db_i64(row->events),
                                    db_i64(correction->heard_at), db_i64(correction->batch),
                                    db_i64(row->adjusted), db_i64(row->adjusted_events)));
}
