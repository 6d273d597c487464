#include "store/limit_state.h"

#include "store/queries.h"
#include "store/words.h"

static const struct column limit_columns[] = {
    {COLUMN_TEXT, offsetof(struct limit_state_row, user_id), NULL},
    {COLUMN_NAMED, offsetof(struct limit_state_row, metric), &words_metric},
    {COLUMN_I64, offsetof(struct limit_state_row, period_start), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, grace_ends_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, settled_since), NULL},
    {COLUMN_I64, offsetof(struct limit_state_row, notices), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, limit_amount), NULL},
    {COLUMN_I64, offsetof(struct limit_state_row, armings), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, given_at[0]), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, given_at[1]), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, given_at[2]), NULL},
    {COLUMN_I64_OPT, offsetof(struct limit_state_row, given_at[3]), NULL},
};
static_assert(LIMIT_NOTICE_COUNT == 4, "each notice has its column");
static const struct row_type limit_type = ROW_TYPE(struct limit_state_row, limit_columns);

struct err limit_state_get(struct tx *tx, struct str user_id, enum metric metric,
                           struct limit_state_row *ret_row, bool *ret_found) {
    return row_get(tx, &limit_type,
                   ROW_QUERY(Q_USAGE_LIMIT_STATE_GET, db_text(user_id),
                             db_text(str_from_cstr(metric_name(metric)))),
                   ret_row, ret_found);
}

struct err limit_state_list(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return row_list(tx, &limit_type, ROW_QUERY(Q_USAGE_LIMIT_STATE_EACH, db_text(user_id)),
                    METRIC_COUNT, ret_list);
}

struct err limit_state_between(struct tx *tx, struct user_range range, size_t max,
                               struct row_list *ret_list) {
    return row_list(
        tx, &limit_type,
        ROW_QUERY(Q_USAGE_LIMIT_STATE_BETWEEN, db_text(range.first), db_text(range.last)), max,
        ret_list);
}

static const struct column moment_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type moment_type = ROW_TYPE(int64_t, moment_columns);

struct err limit_state_next_end(struct tx *tx, int64_t after, int64_t *ret_at) {
    int64_t at = 0;
    bool is_found = false;
    TRY(row_get(tx, &moment_type, ROW_QUERY(Q_USAGE_LIMIT_STATE_NEXT_END, db_i64(after)), &at,
                &is_found));
    *ret_at = at == 0 ? ROW_NONE : at;
    return OK;
}

struct err limit_state_ending(struct tx *tx, const struct limit_state_span *span, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &limit_type,
                    ROW_QUERY(Q_USAGE_LIMIT_STATE_ENDING, db_i64(span->from), db_i64(span->until),
                              db_text(span->user_id), db_text(span->metric), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err limit_state_put(struct tx *tx, const struct limit_state_row *row) {
    return row_put(tx, &limit_type, Q_USAGE_LIMIT_STATE_PUT, row);
}
