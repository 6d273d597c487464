#include "app/usage_level.h"

#include "store/usage.h"

static struct err read_level(const struct totals *totals, struct tx *tx, struct total *level) {
    struct usage_level_row row;
    TRY(usage_level_get(tx, level->key.user_id, level->key.metric, &row));
    totals_set_level(totals, level, (struct level){row.value, row.period_start});
    level->stored = (uint64_t)row.batch;
    return OK;
}

struct err usage_level_find(struct app *app, struct tx *tx, struct gate_handle customer,
                            const struct usage_record *record, struct total **ret_level) {
    struct totals *totals = usage_group_totals(app);
    struct total_key key = usage_total_key(customer, record, TOTAL_LEVEL);
    TRY(totals_row(totals, &key, ret_level));
    return totals_knows_level(totals, *ret_level) ? OK : read_level(totals, tx, *ret_level);
}

struct err usage_level_add(struct app *app, struct total *level,
                           const struct usage_counted *counted, bool is_late) {
    struct totals *totals = usage_group_totals(app);
    const struct usage_record *record = counted->record;
    struct level from = totals_level(level);
    struct total_key hour_key = usage_total_key(counted->customer, record, TOTAL_HOUR);
    struct total_key period_key = usage_total_key(counted->customer, record, TOTAL_PERIOD);
    int64_t start = counted->period_start.ms;
    period_key.start = start > from.period_start ? start : from.period_start;
    struct total *hour = NULL;
    struct total *period = NULL;
    TRY(totals_row(totals, &hour_key, &hour));
    TRY(totals_row(totals, &period_key, &period));
    struct sums sums = {
        .value = record->is_set ? record->value : total_sum(from.value, record->value),
        .counted = 1,
        .adjusted_events = is_late,
        .last_at = record->time.ms,
        .heard_at = counted->heard_at.ms,
        .is_level = true,
    };
    totals_add(totals, hour, &sums);
    totals_add(totals, period, &sums);
    sums.last_at = period_key.start;
    totals_add(totals, level, &sums);
    return OK;
}
