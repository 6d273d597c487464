#include "store/lifecycle.h"

#include "core/subscription.h"
#include "store/queries.h"
#include "store/words.h"

#define AT(member) offsetof(struct lifecycle_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(id), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_NAMED, AT(status), &words_subscription_status},
    {COLUMN_BOOL, AT(is_ending), NULL},
    {COLUMN_BOOL, AT(has_pending_change), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64, AT(period_end), NULL},
    {COLUMN_I64_OPT, AT(trial_ends_at), NULL},
    {COLUMN_I64_OPT, AT(past_due_since), NULL},
    {COLUMN_I64_OPT, AT(access_until), NULL},
    {COLUMN_I64_OPT, AT(ended_at), NULL},
};
#undef AT
#define AT(member) offsetof(struct lifecycle_count, member)
static const struct column count_columns[] = {
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_NAMED, AT(status), &words_subscription_status},
    {COLUMN_BOOL, AT(is_ending), NULL},
    {COLUMN_I64, AT(count), NULL},
    {COLUMN_I64, AT(case_open), NULL},
    {COLUMN_I64, AT(case_over), NULL},
    {COLUMN_I64, AT(debt_new), NULL},
    {COLUMN_I64, AT(debt_old), NULL},
};
#undef AT
static const struct row_type count_type = ROW_TYPE(struct lifecycle_count, count_columns);
static const struct row_type type = ROW_TYPE(struct lifecycle_row, columns);

struct err lifecycle_in_force(struct tx *tx, struct str after, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_IN_FORCE, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err lifecycle_counted(struct tx *tx, int64_t now, int64_t debt, struct row_list *ret_list) {
    return row_list(
        tx, &count_type,
        ROW_QUERY(Q_LIFECYCLE_COUNTED, db_i64(now), db_i64(debt), db_i64(LIFECYCLE_COUNTS_MAX)),
        LIFECYCLE_COUNTS_MAX, ret_list);
}

struct err lifecycle_overdue(struct tx *tx, const struct lifecycle_late *which, size_t max,
                             struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_OVERDUE, db_i64(which->calendar), db_i64(which->past_due),
                              db_text(which->after), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lifecycle_moves(struct tx *tx, const struct lifecycle_said *which, size_t max,
                           struct row_list *ret_list) {
    static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
    static const struct row_type text_type = ROW_TYPE(struct str, text_columns);
    return row_list(tx, &text_type,
                    ROW_QUERY(Q_LIFECYCLE_MOVES, db_text(which->action), db_text(which->id_first),
                              db_text(which->id_before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lifecycle_of_status(struct tx *tx, const struct lifecycle_part *which, size_t max,
                               struct row_list *ret_list) {
    const char *status = subscription_status_name((enum subscription_status)which->status);
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_OF_STATUS, db_text(str_from_cstr(status)),
                              db_text(which->after), db_i64(which->is_ending),
                              db_i64(which->has_case), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lifecycle_ended(struct tx *tx, const struct lifecycle_ends *which, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_ENDED, db_i64(which->from), db_i64(which->to),
                              db_text(which->after), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lifecycle_count_ended(struct tx *tx, const struct lifecycle_ends *which,
                                 int64_t *ret_count) {
    static const struct column number_columns[] = {{COLUMN_I64, 0, NULL}};
    static const struct row_type number_type = ROW_TYPE(int64_t, number_columns);
    bool is_found = false;
    return row_get(tx, &number_type,
                   ROW_QUERY(Q_LIFECYCLE_COUNT_ENDED, db_i64(which->from), db_i64(which->to)),
                   ret_count, &is_found);
}
