#include "store/usage.h"

#include <string.h>

#include "core/period.h"
#include "store/queries.h"
#include "store/words.h"

static const struct column total_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type total_type = ROW_TYPE(int64_t, total_columns);

static const struct column level_columns[] = {
    {COLUMN_I64, offsetof(struct usage_level_row, value), NULL},
    {COLUMN_I64, offsetof(struct usage_level_row, period_start), NULL},
    {COLUMN_I64, offsetof(struct usage_level_row, batch), NULL},
};
static const struct row_type level_type = ROW_TYPE(struct usage_level_row, level_columns);

static const struct column point_columns[] = {
    {COLUMN_I64, offsetof(struct usage_point, timestamp), NULL},
    {COLUMN_TEXT, offsetof(struct usage_point, region), NULL},
    {COLUMN_TEXT, offsetof(struct usage_point, resource), NULL},
    {COLUMN_I64, offsetof(struct usage_point, value), NULL},
    {COLUMN_I64, offsetof(struct usage_point, events), NULL},
    {COLUMN_I64, offsetof(struct usage_point, adjusted), NULL},
    {COLUMN_I64, offsetof(struct usage_point, adjusted_events), NULL},
};
static const struct row_type point_type = ROW_TYPE(struct usage_point, point_columns);

static const struct column source_columns[] = {
    {COLUMN_TEXT, offsetof(struct usage_source_row, user_id), NULL},
    {COLUMN_NAMED, offsetof(struct usage_source_row, metric), &words_metric},
    {COLUMN_TEXT, offsetof(struct usage_source_row, source), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, received), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, counted), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, duplicate), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, rejected), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, last_event_at), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, last_heard_at), NULL},
    {COLUMN_I64, offsetof(struct usage_source_row, batch), NULL},
};
static const struct row_type source_type = ROW_TYPE(struct usage_source_row, source_columns);

static const struct column heard_columns[] = {
    {COLUMN_NAMED, offsetof(struct usage_heard, metric), &words_metric},
    {COLUMN_I64, offsetof(struct usage_heard, at), NULL},
};
static const struct row_type heard_type = ROW_TYPE(struct usage_heard, heard_columns);

static const struct column take_columns[] = {
    {COLUMN_TEXT, offsetof(struct take_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct take_row, id), NULL},
    {COLUMN_NAMED, offsetof(struct take_row, metric), &words_metric},
    {COLUMN_I64, offsetof(struct take_row, amount), NULL},
    {COLUMN_I64, offsetof(struct take_row, released), NULL},
    {COLUMN_TEXT, offsetof(struct take_row, answer), NULL},
    {COLUMN_I64, offsetof(struct take_row, created_at), NULL},
};
static const struct row_type take_type = ROW_TYPE(struct take_row, take_columns);

static struct str grain_word(enum usage_grain grain) {
    static const struct str words[] = {
        [USAGE_HOUR] = STR_INIT("hour"),
        [USAGE_DAY] = STR_INIT("day"),
        [USAGE_PERIOD] = STR_INIT("period"),
    };
    return words[grain];
}

static struct str metric_word(enum metric metric) {
    return str_from_cstr(metric_name(metric));
}

static struct err add(struct tx *tx, const struct usage_addition *addition) {
    return row_change(tx,
                      ROW_QUERY(addition->is_set ? Q_USAGE_SET : Q_USAGE_ADD,
                                db_text(addition->user_id), db_text(metric_word(addition->metric)),
                                db_text(grain_word(addition->grain)), db_i64(addition->timestamp),
                                db_text(addition->region), db_text(addition->resource),
                                db_i64(addition->value), db_i64(addition->events),
                                db_i64(addition->updated_at), db_i64(addition->batch),
                                db_i64(addition->adjusted), db_i64(addition->adjusted_events)));
}

struct err usage_add(struct tx *tx, const struct usage_addition *addition) {
    TRY(add(tx, addition));
    if (addition->grain != USAGE_HOUR || metric_kind(addition->metric) == METRIC_GAUGE) {
        return OK;
    }
    struct usage_addition day = *addition;
    day.grain = USAGE_DAY;
    day.timestamp = period_day_containing((struct instant){addition->timestamp}).start.ms;
    return add(tx, &day);
}

struct err usage_batch(struct tx *tx, const struct usage_addition *total, int64_t *ret_batch) {
    bool is_found = false;
    *ret_batch = 0;
    return row_get(tx, &total_type,
                   ROW_QUERY(Q_USAGE_BATCH, db_text(total->user_id),
                             db_text(metric_word(total->metric)), db_text(grain_word(total->grain)),
                             db_i64(total->timestamp), db_text(total->region),
                             db_text(total->resource)),
                   ret_batch, &is_found);
}

struct err usage_total(struct tx *tx, struct str user_id, enum metric metric, int64_t period_start,
                       int64_t *ret_value) {
    int64_t value = 0;
    bool is_found = false;
    TRY(row_get(tx, &total_type,
                ROW_QUERY(Q_USAGE_TOTAL, db_text(user_id), db_text(metric_word(metric)),
                          db_i64(period_start)),
                &value, &is_found));
    *ret_value = value;
    return OK;
}

struct err usage_sum(struct tx *tx, struct str user_id, enum metric metric, struct usage_span span,
                     int64_t *ret_value) {
    bool is_found = false;
    *ret_value = 0;
    return row_get(tx, &total_type,
                   ROW_QUERY(Q_USAGE_SUM, db_text(user_id), db_text(metric_word(metric)),
                             db_text(grain_word(span.grain)), db_i64(span.from), db_i64(span.to)),
                   ret_value, &is_found);
}

#define AT(member) offsetof(struct usage_day, member)
static const struct column day_columns[] = {
    {COLUMN_I64, AT(day), NULL},        {COLUMN_I64, AT(sum), NULL},
    {COLUMN_I64, AT(highest), NULL},    {COLUMN_I64, AT(events), NULL},
    {COLUMN_I64, AT(counted_at), NULL},
};
#undef AT
static const struct row_type day_type = ROW_TYPE(struct usage_day, day_columns);

struct err usage_days(struct tx *tx, struct str user_id, enum metric metric, struct usage_span span,
                      struct row_list *ret_list) {
    return row_list(tx, &day_type,
                    ROW_QUERY(Q_USAGE_DAYS, db_text(user_id), db_text(metric_word(metric)),
                              db_i64(span.from), db_i64(span.to), db_i64(USAGE_DAYS_MAX)),
                    USAGE_DAYS_MAX, ret_list);
}

struct err usage_level_get(struct tx *tx, struct str user_id, enum metric metric,
                           struct usage_level_row *ret_row) {
    bool is_found = false;
    *ret_row = (struct usage_level_row){0};
    return row_get(tx, &level_type,
                   ROW_QUERY(Q_USAGE_LEVEL, db_text(user_id), db_text(metric_word(metric))),
                   ret_row, &is_found);
}

struct err usage_level(struct tx *tx, struct str user_id, enum metric metric, int64_t *ret_value) {
    struct usage_level_row row;
    TRY(usage_level_get(tx, user_id, metric, &row));
    *ret_value = row.value;
    return OK;
}

struct err usage_changed_at(struct tx *tx, struct str user_id, enum metric metric,
                            int64_t *ret_at) {
    bool is_found = false;
    int64_t at = ROW_NONE;
    TRY(row_get(tx, &total_type,
                ROW_QUERY(Q_USAGE_NEWEST, db_text(user_id), db_text(metric_word(metric))), &at,
                &is_found));
    *ret_at = is_found ? at : ROW_NONE;
    return OK;
}

struct err usage_move_period(struct tx *tx, struct str user_id, int64_t from, int64_t to) {
    return row_change(tx,
                      ROW_QUERY(Q_USAGE_MOVE_PERIOD, db_text(user_id), db_i64(from), db_i64(to)));
}

/* --- the totals of periods of many customers --- */

/* By their index each of them is looked for in the table, which takes as long as passing over so
 * many rows of hours and days. */
enum { ROWS_A_PERIOD = 12, ROWS_AT_FIRST = 256 };

/* How far a walk has come. */
struct period_walk {
    struct tx *tx;
    usage_period_each *each;
    void *context;
    char user_id[LIMIT_USER_ID]; /* of the last total that was told, if any was */
    size_t user_id_len;
    size_t rows, periods;
};

static struct err tell_period(struct period_walk *walk, const struct db_rows *rows, int first) {
    struct usage_period_total total = {
        .user_id = db_column_str(rows, first),
        .period_start = db_column_i64(rows, first + 2),
        .value = db_column_i64(rows, first + 3),
    };
    if (!metric_parse(db_column_str(rows, first + 1), &total.metric) ||
        total.user_id.len > LIMIT_USER_ID) {
        return cx_fail(walk->tx->cx, ERR(ERR_CORRUPT), "a total of usage is of no known metric");
    }
    walk->each(walk->context, &total);
    memcpy(walk->user_id, total.user_id.bytes, total.user_id.len);
    walk->user_id_len = total.user_id.len;
    walk->periods++;
    return OK;
}

/* Row by row as they lie, until there are none left or too many of others among them. */
static struct err walk_table(struct period_walk *walk, struct user_range range,
                             bool *ret_complete) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    struct str period = grain_word(USAGE_PERIOD);
    TRY(db_query(walk->tx->db, Q_USAGE_EACH_BETWEEN,
                 DB_ARGS(db_text(range.first), db_text(range.last)), &rows));
    *ret_complete = false;
    while (walk->rows <= ROWS_AT_FIRST + walk->periods * ROWS_A_PERIOD) {
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            *ret_complete = true;
            break;
        }
        walk->rows++;
        if (str_equal(db_column_str(&rows, 0), period)) {
            TRY(tell_period(walk, &rows, 1));
        }
    }
    return OK;
}

static struct err walk_index(struct period_walk *walk, struct user_range range) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(walk->tx->db, Q_USAGE_EACH_PERIOD,
                 DB_ARGS(db_text(range.first), db_text(range.last)), &rows));
    for (;;) {
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            return OK;
        }
        TRY(tell_period(walk, &rows, 0));
    }
}

struct err usage_each_period(struct tx *tx, struct user_range range, usage_period_each *each,
                             void *context) {
    struct period_walk walk = {.tx = tx, .each = each, .context = context};
    bool is_complete = false;
    TRY(walk_table(&walk, range, &is_complete));
    if (is_complete) {
        return OK;
    }
    struct str from = walk.periods == 0 ? range.first : str_of(walk.user_id, walk.user_id_len);
    return walk_index(&walk, (struct user_range){from, range.last});
}

/* One list behind another. */
static struct err join(struct arena *arena, struct row_list more, struct row_list *list) {
    if (list->count == 0 || more.count == 0) {
        *list = list->count == 0 ? more : *list;
        return OK;
    }
    struct usage_point *points = arena_array(arena, list->count + more.count, sizeof *points);
    if (points == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memcpy(points, list->items, list->count * sizeof *points);
    memcpy(points + list->count, more.items, more.count * sizeof *points);
    *list = (struct row_list){points, list->count + more.count};
    return OK;
}

struct err usage_series_of(struct tx *tx, struct str user_id, enum metric metric,
                           struct usage_span span, struct row_list *list) {
    struct row_list more = {NULL, 0};
    if (list->count >= USAGE_SERIES_MAX) {
        return OK;
    }
    size_t max = USAGE_SERIES_MAX - list->count;
    TRY(row_list(tx, &point_type,
                 ROW_QUERY(Q_USAGE_SERIES, db_text(user_id), db_text(metric_word(metric)),
                           db_text(grain_word(span.grain)), db_i64(span.from), db_i64(span.to),
                           db_i64((int64_t)max)),
                 max, &more));
    struct usage_point *points = more.items;
    for (size_t i = 0; i < more.count; i++) {
        points[i].metric = (int)metric;
    }
    return join(tx->cx->arena, more, list);
}

struct err usage_series_has(struct tx *tx, struct str user_id, enum metric metric,
                            struct usage_span span, bool *ret_has) {
    struct usage_point point;
    return row_get(tx, &point_type,
                   ROW_QUERY(Q_USAGE_SERIES, db_text(user_id), db_text(metric_word(metric)),
                             db_text(grain_word(span.grain)), db_i64(span.from), db_i64(span.to),
                             db_i64(1)),
                   &point, ret_has);
}

struct err usage_series(struct tx *tx, struct str user_id, struct usage_span span,
                        struct row_list *list) {
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        TRY(usage_series_of(tx, user_id, (enum metric)metric, span, list));
    }
    return OK;
}

struct err usage_source_add(struct tx *tx, const struct usage_source_row *row) {
    return row_put(tx, &source_type, Q_USAGE_SOURCE_ADD, row);
}

struct err usage_source_batch(struct tx *tx, const struct usage_source_row *row,
                              int64_t *ret_batch) {
    bool is_found = false;
    *ret_batch = 0;
    return row_get(tx, &total_type,
                   ROW_QUERY(Q_USAGE_SOURCE_BATCH, db_text(row->user_id),
                             db_text(metric_word((enum metric)row->metric)), db_text(row->source)),
                   ret_batch, &is_found);
}

struct err usage_source_list(struct tx *tx, struct str user_id, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &source_type,
                    ROW_QUERY(Q_USAGE_SOURCE_EACH, db_text(user_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err usage_heard_list(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return row_list(tx, &heard_type, ROW_QUERY(Q_USAGE_HEARD_EACH, db_text(user_id)), METRIC_COUNT,
                    ret_list);
}

struct err take_get(struct tx *tx, struct str user_id, struct str id, struct take_row *ret_row,
                    bool *ret_found) {
    return row_get(tx, &take_type, ROW_QUERY(Q_TAKE_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err take_put(struct tx *tx, const struct take_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_TAKE_PUT, db_text(row->user_id), db_text(row->id),
                                        db_text(metric_word((enum metric)row->metric)),
                                        db_i64(row->amount), db_i64(row->released),
                                        db_text(row->answer), db_i64(row->created_at)));
}

struct err take_has_answers(struct tx *tx, bool *ret_has) {
    int64_t count = 0;
    bool is_found = false;
    TRY(row_get(tx, &total_type, (struct row_query){Q_TAKE_HAS_ANSWERS, DB_NO_ARGS}, &count,
                &is_found));
    *ret_has = count > 0;
    return OK;
}

struct err take_prune(struct tx *tx, int64_t before, int64_t answered_before) {
    return row_change(tx, ROW_QUERY(Q_TAKE_PRUNE, db_i64(before), db_i64(answered_before)));
}
