#include "store/subscription.h"

#include "store/queries.h"
#include "store/touched.h"
#include "store/words.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct subscription_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct subscription_row, id), NULL},
    {COLUMN_NAMED, offsetof(struct subscription_row, tier), &words_tier},
    {COLUMN_I64, offsetof(struct subscription_row, plan_version), NULL},
    {COLUMN_NAMED, offsetof(struct subscription_row, interval), &words_interval},
    {COLUMN_NAMED, offsetof(struct subscription_row, status), &words_subscription_status},
    {COLUMN_TEXT, offsetof(struct subscription_row, currency), NULL},
    {COLUMN_I64, offsetof(struct subscription_row, current_period_start), NULL},
    {COLUMN_I64, offsetof(struct subscription_row, current_period_end), NULL},
    {COLUMN_I64, offsetof(struct subscription_row, usage_anchor), NULL},
    {COLUMN_BOOL, offsetof(struct subscription_row, cancel_at_period_end), NULL},
    {COLUMN_NAMED_OPT, offsetof(struct subscription_row, pending_tier), &words_tier},
    {COLUMN_NAMED_OPT, offsetof(struct subscription_row, pending_interval), &words_interval},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, past_due_since), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct subscription_row, stripe_subscription_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct subscription_row, stripe_item_id), NULL},
    {COLUMN_I64, offsetof(struct subscription_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, ended_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, access_until), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct subscription_row, stripe_schedule_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct subscription_row, coupon), NULL},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, trial_ends_at), NULL},
    {COLUMN_I64, offsetof(struct subscription_row, pending_version), NULL},
};
static const struct row_type type = ROW_TYPE(struct subscription_row, columns);

static const struct column counted_columns[] = {
    {COLUMN_TEXT, offsetof(struct subscription_row, user_id), NULL},
    {COLUMN_NAMED, offsetof(struct subscription_row, tier), &words_tier},
    {COLUMN_I64, offsetof(struct subscription_row, plan_version), NULL},
    {COLUMN_NAMED, offsetof(struct subscription_row, status), &words_subscription_status},
    {COLUMN_I64, offsetof(struct subscription_row, usage_anchor), NULL},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, past_due_since), NULL},
    {COLUMN_I64_OPT, offsetof(struct subscription_row, access_until), NULL},
};
static const struct row_type counted_type = ROW_TYPE(struct subscription_row, counted_columns);

static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);

struct err subscription_in_force(struct tx *tx, struct str user_id,
                                 struct subscription_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_SUBSCRIPTION_IN_FORCE, db_text(user_id)), ret_row,
                   ret_found);
}

struct err subscription_get(struct tx *tx, struct str user_id, struct str id,
                            struct subscription_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_SUBSCRIPTION_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err subscription_stretches(struct tx *tx, struct str user_id, size_t max,
                                  struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SUBSCRIPTION_STRETCHES, db_text(user_id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err subscription_anchor_at(struct tx *tx, struct str user_id, int64_t at,
                                  int64_t *ret_anchor) {
    bool is_found = false;
    return row_get(tx, &instant_type,
                   ROW_QUERY(Q_SUBSCRIPTION_ANCHOR_AT, db_text(user_id), db_i64(at)), ret_anchor,
                   &is_found);
}

struct err subscription_anchor_after(struct tx *tx, struct str user_id, int64_t anchor,
                                     int64_t *ret_next) {
    bool is_found = false;
    return row_get(tx, &instant_type,
                   ROW_QUERY(Q_SUBSCRIPTION_ANCHOR_AFTER, db_text(user_id), db_i64(anchor)),
                   ret_next, &is_found);
}

struct err subscription_insert(struct tx *tx, const struct subscription_row *row) {
    touched_add(tx, row->user_id);
    return row_put(tx, &type, Q_SUBSCRIPTION_INSERT, row);
}

struct err subscription_replace(struct tx *tx, const struct subscription_row *row) {
    touched_add(tx, row->user_id);
    return row_put(tx, &type, Q_SUBSCRIPTION_REPLACE, row);
}

struct err subscription_each_counted(struct tx *tx, struct str after, size_t max,
                                     struct row_list *ret_list) {
    return row_list(tx, &counted_type,
                    ROW_QUERY(Q_SUBSCRIPTION_EACH_COUNTED, db_text(after), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err subscription_counted(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return row_list(tx, &counted_type, ROW_QUERY(Q_SUBSCRIPTION_COUNTED, db_text(user_id)), 1,
                    ret_list);
}

struct err subscription_past_due(struct tx *tx, int64_t since, size_t max,
                                 struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SUBSCRIPTION_PAST_DUE, db_i64(since), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err subscription_access_ends(struct tx *tx, int64_t since, size_t max,
                                    struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SUBSCRIPTION_ACCESS_ENDS, db_i64(since), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err subscription_count_paid(struct tx *tx, struct str user_id, int64_t *ret_count) {
    static const struct column columns_of_count[] = {{COLUMN_I64, 0, NULL}};
    static const struct row_type count_type = ROW_TYPE(int64_t, columns_of_count);
    bool is_found = false;
    return row_get(tx, &count_type, ROW_QUERY(Q_SUBSCRIPTION_COUNT_PAID, db_text(user_id)),
                   ret_count, &is_found);
}

struct err subscription_ending(struct tx *tx, const struct subscription_ending *which, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SUBSCRIPTION_ENDING, db_i64(which->from), db_i64(which->until),
                              db_text(which->after), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err subscription_of_tier(struct tx *tx, int tier, struct str after, size_t max,
                                struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_SUBSCRIPTION_OF_TIER, db_text(str_from_cstr(words_tier.word(tier))),
                              db_text(after), db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column holders_columns[] = {
    {COLUMN_NAMED, offsetof(struct subscription_holders, tier), &words_tier},
    {COLUMN_I64, offsetof(struct subscription_holders, version), NULL},
    {COLUMN_NAMED, offsetof(struct subscription_holders, interval), &words_interval},
    {COLUMN_I64, offsetof(struct subscription_holders, count), NULL},
};
static const struct row_type holders_type = ROW_TYPE(struct subscription_holders, holders_columns);

struct err subscription_holders(struct tx *tx, int64_t version_max, struct row_list *ret_list) {
    return row_list(
        tx, &holders_type,
        ROW_QUERY(Q_SUBSCRIPTION_HOLDERS, db_i64(version_max), db_i64(SUBSCRIPTION_HOLDERS_MAX)),
        SUBSCRIPTION_HOLDERS_MAX, ret_list);
}
