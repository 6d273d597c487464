#include "store/lifecycle.h"

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
static const struct row_type type = ROW_TYPE(struct lifecycle_row, columns);

struct err lifecycle_in_force(struct tx *tx, struct str after, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_IN_FORCE, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err lifecycle_ended(struct tx *tx, const struct lifecycle_ends *which, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LIFECYCLE_ENDED, db_i64(which->from), db_i64(which->to),
                              db_text(which->after), db_i64((int64_t)max)),
                    max, ret_list);
}
