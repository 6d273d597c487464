#include "store/usage_pattern.h"

#include "store/queries.h"

static const struct column number_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type number_type = ROW_TYPE(int64_t, number_columns);
static const struct column sum_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type sum_type = ROW_TYPE(int64_t, sum_columns);
static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);

static const struct column week_columns[] = {
    {COLUMN_I64, offsetof(struct usage_week_row, hour), NULL},
    {COLUMN_I64, offsetof(struct usage_week_row, value), NULL},
};
static const struct row_type week_type = ROW_TYPE(struct usage_week_row, week_columns);
static const struct column hour_columns[] = {
    {COLUMN_I64, offsetof(struct usage_hour_row, hour), NULL},
    {COLUMN_I64, offsetof(struct usage_hour_row, value), NULL},
};
static const struct row_type hour_type = ROW_TYPE(struct usage_hour_row, hour_columns);
static const struct column region_columns[] = {
    {COLUMN_TEXT, offsetof(struct usage_region_row, region), NULL},
    {COLUMN_I64, offsetof(struct usage_region_row, value), NULL},
};
static const struct row_type region_type = ROW_TYPE(struct usage_region_row, region_columns);
static const struct column revenue_columns[] = {
    {COLUMN_I64, offsetof(struct usage_revenue_row, day), NULL},
    {COLUMN_TEXT, offsetof(struct usage_revenue_row, currency), NULL},
    {COLUMN_I64, offsetof(struct usage_revenue_row, amount), NULL},
};
static const struct row_type revenue_type = ROW_TYPE(struct usage_revenue_row, revenue_columns);

enum { WEEK_HOURS = 168 };

static struct db_value metric_text(enum metric metric) {
    return db_text(str_from_cstr(metric_name(metric)));
}

/* --- what is added --- */

struct err usage_hour_add(struct tx *tx, const struct usage_hour_sum *sum) {
    return row_change(tx, ROW_QUERY(Q_USAGE_HOUR_ADD, metric_text(sum->metric), db_text(sum->zone),
                                    db_i64(sum->hour), db_i64(sum->value)));
}

struct err usage_region_add(struct tx *tx, enum metric metric, int64_t day, struct str region,
                            int64_t value) {
    return row_change(tx, ROW_QUERY(Q_USAGE_REGION_ADD, metric_text(metric), db_i64(day),
                                    db_text(region), db_i64(value)));
}

struct err usage_reach_add(struct tx *tx, const struct usage_reach *reach) {
    return row_change(tx, ROW_QUERY(Q_USAGE_REACH_ADD, metric_text(reach->metric),
                                    db_text(reach->region), db_i64(reach->span), db_i64(reach->day),
                                    db_i64(reach->delta)));
}

static struct err hour_of(struct tx *tx, int statement, const struct usage_hours_query *query,
                          int64_t *ret_hour) {
    bool is_found = false;
    int64_t hour = ROW_NONE;
    TRY(row_get(tx, &number_type,
                ROW_QUERY(statement, db_text(query->user_id), metric_text(query->metric),
                          db_i64(query->from), db_i64(query->to), db_text(query->region)),
                &hour, &is_found));
    *ret_hour = is_found ? hour : ROW_NONE;
    return OK;
}

struct err usage_hour_last(struct tx *tx, const struct usage_hours_query *query,
                           int64_t *ret_hour) {
    return hour_of(tx, Q_USAGE_HOUR_BEFORE, query, ret_hour);
}

struct err usage_hour_first(struct tx *tx, const struct usage_hours_query *query,
                            int64_t *ret_hour) {
    return hour_of(tx, Q_USAGE_HOUR_AFTER, query, ret_hour);
}

/* --- where customers live --- */

struct err usage_zone_put(struct tx *tx, struct str user_id, int64_t since, struct str zone) {
    return row_change(tx,
                      ROW_QUERY(Q_USAGE_ZONE_PUT, db_text(user_id), db_i64(since), db_text(zone)));
}

struct err usage_zone_at(struct tx *tx, struct str user_id, int64_t at, struct str *ret_zone) {
    bool is_found = false;
    *ret_zone = STR("");
    return row_get(tx, &text_type, ROW_QUERY(Q_USAGE_ZONE_AT, db_text(user_id), db_i64(at)),
                   ret_zone, &is_found);
}

/* --- what is asked --- */

struct err usage_zone_next(struct tx *tx, enum metric metric, struct str zone,
                           struct str *ret_zone) {
    bool is_found = false;
    *ret_zone = STR("");
    return row_get(tx, &text_type, ROW_QUERY(Q_USAGE_ZONE_NEXT, metric_text(metric), db_text(zone)),
                   ret_zone, &is_found);
}

struct err usage_week(struct tx *tx, const struct usage_week_query *query,
                      struct row_list *ret_list) {
    return row_list(tx, &week_type,
                    ROW_QUERY(Q_USAGE_WEEK, metric_text(query->metric), db_text(query->zone),
                              db_i64(query->from), db_i64(query->to), db_i64(query->ahead_ms)),
                    WEEK_HOURS, ret_list);
}

struct err usage_hours_between(struct tx *tx, enum metric metric, int64_t from, int64_t to,
                               struct row_list *ret_list) {
    return row_list(tx, &hour_type,
                    ROW_QUERY(Q_USAGE_HOURS_BETWEEN, metric_text(metric), db_i64(from), db_i64(to),
                              db_i64(USAGE_HOURS_MAX)),
                    USAGE_HOURS_MAX, ret_list);
}

struct err usage_regions_between(struct tx *tx, enum metric metric, int64_t from, int64_t to,
                                 struct row_list *ret_list) {
    return row_list(tx, &region_type,
                    ROW_QUERY(Q_USAGE_REGIONS_BETWEEN, metric_text(metric), db_i64(from),
                              db_i64(to), db_i64(USAGE_REGIONS_MAX)),
                    USAGE_REGIONS_MAX, ret_list);
}

struct err usage_reach_at(struct tx *tx, enum metric metric, int64_t day,
                          struct row_list *ret_list) {
    return row_list(tx, &region_type,
                    ROW_QUERY(Q_USAGE_REACH_AT, metric_text(metric), db_i64(USAGE_REACH_DAYS),
                              db_i64(day), db_i64(USAGE_REGIONS_MAX)),
                    USAGE_REGIONS_MAX, ret_list);
}

struct err usage_reach_of(struct tx *tx, enum metric metric, int64_t day, int64_t *ret_customers) {
    bool is_found = false;
    int64_t sum = ROW_NONE;
    TRY(row_get(
        tx, &sum_type,
        ROW_QUERY(Q_USAGE_REACH_OF, metric_text(metric), db_i64(USAGE_REACH_DAYS), db_i64(day)),
        &sum, &is_found));
    *ret_customers = sum == ROW_NONE ? 0 : sum;
    return OK;
}

struct err usage_reach_daily(struct tx *tx, enum metric metric, int64_t from, int64_t to,
                             int64_t *ret_sum) {
    bool is_found = false;
    int64_t sum = ROW_NONE;
    TRY(row_get(tx, &sum_type,
                ROW_QUERY(Q_USAGE_REACH_DAILY, metric_text(metric), db_i64(from), db_i64(to)), &sum,
                &is_found));
    *ret_sum = sum == ROW_NONE ? 0 : sum;
    return OK;
}

/* --- what was billed for use --- */

struct err usage_revenue_get(struct tx *tx, struct str user_id, struct str invoice_id,
                             struct usage_revenue_row *ret_row) {
    bool is_found = false;
    *ret_row = (struct usage_revenue_row){.currency = STR("")};
    return row_get(tx, &revenue_type,
                   ROW_QUERY(Q_USAGE_REVENUE_GET, db_text(user_id), db_text(invoice_id)), ret_row,
                   &is_found);
}

struct err usage_revenue_put(struct tx *tx, struct str user_id, struct str invoice_id,
                             const struct usage_revenue_row *row) {
    return row_change(tx, ROW_QUERY(Q_USAGE_REVENUE_PUT, db_text(user_id), db_text(invoice_id),
                                    db_i64(row->day), db_text(row->currency), db_i64(row->amount)));
}

struct err usage_revenue_day_add(struct tx *tx, const struct usage_revenue_row *row,
                                 int64_t invoices) {
    return row_change(tx, ROW_QUERY(Q_USAGE_REVENUE_DAY_ADD, db_i64(row->day),
                                    db_text(row->currency), db_i64(row->amount), db_i64(invoices)));
}

struct err usage_revenue_between(struct tx *tx, int64_t from, int64_t to, size_t max,
                                 struct row_list *ret_list) {
    return row_list(
        tx, &revenue_type,
        ROW_QUERY(Q_USAGE_REVENUE_BETWEEN, db_i64(from), db_i64(to), db_i64((int64_t)max)), max,
        ret_list);
}

/* --- what the sums are held against --- */

static const struct column proof_columns[] = {
    {COLUMN_I64, offsetof(struct usage_proof_hour, hour), NULL},
    {COLUMN_TEXT, offsetof(struct usage_proof_hour, region), NULL},
    {COLUMN_I64, offsetof(struct usage_proof_hour, value), NULL},
};
static const struct row_type proof_type = ROW_TYPE(struct usage_proof_hour, proof_columns);

struct err usage_proof_users(struct tx *tx, struct str after, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &text_type,
                    ROW_QUERY(Q_USAGE_PROOF_USERS, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err usage_proof_hours(struct tx *tx, const struct usage_hours_query *query, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &proof_type,
                    ROW_QUERY(Q_USAGE_PROOF_HOURS, db_text(query->user_id),
                              metric_text(query->metric), db_i64(query->from), db_i64(query->to),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err usage_proof_add(struct tx *tx, enum metric metric, struct str name, int64_t timestamp,
                           int64_t value) {
    return row_change(tx, ROW_QUERY(Q_USAGE_PROOF_ADD, metric_text(metric), db_text(name),
                                    db_i64(timestamp), db_i64(value)));
}

struct err usage_proof_forget(struct tx *tx) {
    return row_change(tx, (struct row_query){Q_USAGE_PROOF_FORGET, DB_NO_ARGS});
}

struct err usage_proof_differing(struct tx *tx, int64_t day, int64_t *ret_count) {
    static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
    bool is_found = false;
    *ret_count = 0;
    return row_get(tx, &number_type,
                   ROW_QUERY(Q_USAGE_PROOF_DIFFERING, db_i64(day), db_i64(day * day_ms),
                             db_i64((day + 1) * day_ms)),
                   ret_count, &is_found);
}
