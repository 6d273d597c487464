#include "store/usage_alert.h"

#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

#define ALERT(kind, member, words)                                                                 \
    { kind, offsetof(struct usage_alert_row, member), words }
static const struct column alert_columns[] = {
    ALERT(COLUMN_TEXT, user_id, NULL),
    ALERT(COLUMN_ID, id, NULL),
    ALERT(COLUMN_NAMED_OPT, metric, &words_metric),
    ALERT(COLUMN_NAMED, basis, &words_usage_alert_basis),
    ALERT(COLUMN_I64_OPT, amount, NULL),
    ALERT(COLUMN_TEXT_OPT, currency, NULL),
    ALERT(COLUMN_TEXT, thresholds, NULL),
    ALERT(COLUMN_TEXT, action, NULL),
    ALERT(COLUMN_TEXT, recipients, NULL),
    ALERT(COLUMN_TEXT, request_key, NULL),
    ALERT(COLUMN_I64, look_at, NULL),
    ALERT(COLUMN_I64, created_at, NULL),
    ALERT(COLUMN_I64, updated_at, NULL),
    ALERT(COLUMN_I64_OPT, seen_value, NULL),
    ALERT(COLUMN_I64_OPT, seen_cycle, NULL),
    ALERT(COLUMN_I64_OPT, seen_at, NULL),
};
static const struct row_sealed alert_members[] = {
    {offsetof(struct usage_alert_row, recipients), USAGE_ALERTS_RECIPIENTS},
};
static const struct row_seal alert_seal = {
    .table = &sealed_usage_alerts,
    .user = offsetof(struct usage_alert_row, user_id),
    .id = offsetof(struct usage_alert_row, id),
    .has_record_id = true,
    .members = alert_members,
    .count = ARRAY_LEN(alert_members),
};
static const struct row_type alert_type =
    ROW_TYPE_SEALED(struct usage_alert_row, alert_columns, alert_seal);

struct err usage_alert_insert(struct tx *tx, const struct usage_alert_row *row) {
    return row_put(tx, &alert_type, Q_USAGE_ALERT_INSERT, row);
}

struct err usage_alert_replace(struct tx *tx, const struct usage_alert_row *row) {
    return row_put(tx, &alert_type, Q_USAGE_ALERT_REPLACE, row);
}

struct err usage_alert_list(struct tx *tx, struct str user_id, size_t max,
                            struct row_list *ret_list) {
    return row_list(tx, &alert_type,
                    ROW_QUERY(Q_USAGE_ALERT_LIST, db_text(user_id), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err usage_alert_get(struct tx *tx, struct str user_id, struct str id,
                           struct usage_alert_row *ret_row, bool *ret_found) {
    return row_get(tx, &alert_type, ROW_QUERY(Q_USAGE_ALERT_GET, db_text(user_id), db_text(id)),
                   ret_row, ret_found);
}

struct err usage_alert_delete(struct tx *tx, struct str user_id, struct str id) {
    return row_change_one(tx, ROW_QUERY(Q_USAGE_ALERT_DELETE, db_text(user_id), db_text(id)));
}

/* --- when --- */

static const struct column due_columns[] = {
    {COLUMN_TEXT, offsetof(struct usage_alert_due, user_id), NULL},
    {COLUMN_I64, offsetof(struct usage_alert_due, look_at), NULL},
};
static const struct row_type due_type = ROW_TYPE(struct usage_alert_due, due_columns);

struct err usage_alert_next_due(struct tx *tx, struct usage_alert_due *ret_due, bool *ret_found) {
    return row_get(tx, &due_type, (struct row_query){Q_USAGE_ALERT_DUE, DB_NO_ARGS}, ret_due,
                   ret_found);
}

struct err usage_alert_touch(struct tx *tx, struct str user_id, int64_t at) {
    return row_change(tx, ROW_QUERY(Q_USAGE_ALERT_TOUCH, db_text(user_id), db_i64(at)));
}

static const struct column watched_columns[] = {
    {COLUMN_TEXT, offsetof(struct usage_alert_watched, user_id), NULL},
    {COLUMN_NAMED, offsetof(struct usage_alert_watched, metric), &words_metric},
};
static const struct row_type watched_type = ROW_TYPE(struct usage_alert_watched, watched_columns);

struct err usage_alert_watched_page(struct tx *tx, const struct usage_alert_watched *after,
                                    size_t max, struct row_list *ret_list) {
    bool is_first = after->user_id.len == 0;
    struct str metric = is_first ? STR("") : str_from_cstr(metric_name((enum metric)after->metric));
    return row_list(tx, &watched_type,
                    ROW_QUERY(Q_USAGE_ALERT_WATCHED, db_text(after->user_id), db_text(metric),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column cap_columns[] = {
    {COLUMN_TEXT, offsetof(struct usage_alert_cap, user_id), NULL},
    {COLUMN_NAMED, offsetof(struct usage_alert_cap, metric), &words_metric},
    {COLUMN_I64_OPT, offsetof(struct usage_alert_cap, amount), NULL},
};
static const struct row_type cap_type = ROW_TYPE(struct usage_alert_cap, cap_columns);

struct err usage_alert_caps(struct tx *tx, struct user_range range, size_t max,
                            struct row_list *ret_list) {
    return row_list(tx, &cap_type,
                    ROW_QUERY(Q_USAGE_ALERT_CAPS, db_text(range.first), db_text(range.last),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column hour_columns[] = {
    {COLUMN_I64, offsetof(struct usage_alert_hour, at), NULL},
    {COLUMN_I64, offsetof(struct usage_alert_hour, value), NULL},
};
static const struct row_type hour_type = ROW_TYPE(struct usage_alert_hour, hour_columns);

struct err usage_alert_hours(struct tx *tx, const struct usage_alert_watched *of,
                             struct usage_alert_span span, struct row_list *ret_list) {
    struct str metric = str_from_cstr(metric_name((enum metric)of->metric));
    return row_list(tx, &hour_type,
                    ROW_QUERY(Q_USAGE_ALERT_HOURS, db_text(of->user_id), db_text(metric),
                              db_i64(span.from), db_i64(span.to), db_i64(USAGE_ALERT_HOURS_MAX)),
                    USAGE_ALERT_HOURS_MAX, ret_list);
}

/* --- what was told --- */

#define FIRING(kind, member, words)                                                                \
    { kind, offsetof(struct usage_alert_firing_row, member), words }
static const struct column firing_columns[] = {
    FIRING(COLUMN_TEXT, user_id, NULL),
    FIRING(COLUMN_ID, id, NULL),
    FIRING(COLUMN_TEXT, alert_id, NULL),
    FIRING(COLUMN_NAMED_OPT, metric, &words_metric),
    FIRING(COLUMN_NAMED, basis, &words_usage_alert_basis),
    FIRING(COLUMN_I64, threshold, NULL),
    FIRING(COLUMN_I64, value, NULL),
    FIRING(COLUMN_I64, base, NULL),
    FIRING(COLUMN_TEXT_OPT, currency, NULL),
    FIRING(COLUMN_I64, cycle_start, NULL),
    FIRING(COLUMN_I64, recipients, NULL),
    FIRING(COLUMN_I64, fired_at, NULL),
    FIRING(COLUMN_I64_OPT, rearmed_at, NULL),
};
static const struct row_type firing_type = ROW_TYPE(struct usage_alert_firing_row, firing_columns);

struct err usage_alert_firing_insert(struct tx *tx, const struct usage_alert_firing_row *row) {
    return row_put(tx, &firing_type, Q_USAGE_ALERT_FIRING_INSERT, row);
}

struct err usage_alert_firing_told(struct tx *tx, const struct usage_alert_told *told,
                                   struct row_list *ret_list) {
    return row_list(tx, &firing_type,
                    ROW_QUERY(Q_USAGE_ALERT_FIRING_TOLD, db_text(told->user_id),
                              db_text(told->alert_id), db_i64(told->base),
                              db_i64(told->cycle_start), db_i64(told->is_of_any_cycle),
                              db_i64(USAGE_ALERT_THRESHOLDS_MAX)),
                    USAGE_ALERT_THRESHOLDS_MAX, ret_list);
}

struct err usage_alert_firing_rearm(struct tx *tx, struct str user_id, struct str alert_id,
                                    int64_t threshold, int64_t now) {
    return row_change(tx, ROW_QUERY(Q_USAGE_ALERT_FIRING_REARM, db_text(user_id), db_text(alert_id),
                                    db_i64(threshold), db_i64(now)));
}

struct err usage_alert_firing_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                                   struct row_list *ret_list) {
    return row_list(tx, &firing_type,
                    ROW_QUERY(Q_USAGE_ALERT_FIRING_PAGE, db_text(user_id), db_text(before),
                              db_i64((int64_t)max)),
                    max, ret_list);
}
