/* After a crash: what the journal has and the totals have not (usage_totals.h).
 *
 * Every row knows up to which batch it is complete, so a record is added exactly where it is
 * missing. A gauge's rows are complete up to the same batch, which its newest period says. */
#include <stdlib.h>
#include <string.h>

#include "app/subscription.h"
#include "app/usage_level.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "core/usage_late.h"
#include "store/usage.h"
#include "store/usage_journal.h"

enum {
    ROWS_MAX = 16 * 1024, /* added up before they are written */
    PERIODS = 1024,       /* remembered; a power of two */
};

struct remembered_period {
    char user_id[LIMIT_USER_ID];
    size_t user_id_len; /* 0: none */
    struct period period;
    struct instant from;
};

struct recovery {
    struct app *app;
    struct tx *tx;
    const struct journal_row *batch;
    struct remembered_period *periods;
};

/* --- the period of a customer at an instant --- */

static struct remembered_period *place_of(const struct recovery *recovery, struct str user_id) {
    uint32_t hash = 0;
    for (size_t i = 0; i < user_id.len; i++) {
        hash = hash * 31 + (uint8_t)user_id.bytes[i];
    }
    return &recovery->periods[hash & (PERIODS - 1)];
}

static bool is_in(const struct remembered_period *known, struct str user_id, struct instant at) {
    return str_equal(str_of(known->user_id, known->user_id_len), user_id) &&
           !instant_is_before(at, known->from) && instant_is_before(at, known->period.end);
}

/* None: the clock had gone back to long before the customer was made. */
static struct err find_period(const struct recovery *recovery, struct str user_id,
                              struct instant at, struct instant *ret_start, bool *ret_found) {
    struct remembered_period *known = place_of(recovery, user_id);
    *ret_found = true;
    if (!is_in(known, user_id, at)) {
        struct period period;
        struct err err = subscription_usage_period(recovery->tx, user_id, at, &period);
        if (err.code == ERR_NOT_FOUND) {
            *ret_found = false;
            return OK;
        }
        TRY(err);
        memcpy(known->user_id, user_id.bytes, user_id.len);
        known->user_id_len = user_id.len;
        known->period = period;
        known->from = instant_earlier(at, period.start);
    }
    *ret_start = known->period.start;
    return OK;
}

/* --- one record --- */

static struct err read_stored(struct tx *tx, const struct total_key *key, uint64_t *ret_batch) {
    int64_t batch = 0;
    struct usage_source_row account = {
        .user_id = key->user_id, .metric = (int)key->metric, .source = key->name};
    struct usage_addition total = {
        .user_id = key->user_id,
        .metric = key->metric,
        .grain = key->kind == TOTAL_HOUR ? USAGE_HOUR : USAGE_PERIOD,
        .timestamp = key->start,
        .region = key->name,
        .resource = key->part,
    };
    TRY(key->kind == TOTAL_ACCOUNT ? usage_source_batch(tx, &account, &batch)
                                   : usage_batch(tx, &total, &batch));
    *ret_batch = (uint64_t)batch;
    return OK;
}

static struct err add(const struct recovery *recovery, const struct total_key *key,
                      const struct usage_record *record) {
    struct totals *totals = usage_group_totals(recovery->app);
    struct total *total = NULL;
    TRY(totals_row(totals, key, &total));
    if (!total->has_stored) {
        TRY(read_stored(recovery->tx, key, &total->stored));
        total->has_stored = true;
    }
    if (total->stored < (uint64_t)recovery->batch->batch) {
        struct instant recorded_at = {recovery->batch->recorded_at};
        struct sums sums = usage_record_sums(record, recorded_at);
        totals_add(totals, total, &sums);
    }
    return OK;
}

static struct err add_to_counter(const struct recovery *recovery,
                                 const struct usage_record *record) {
    struct gate_handle nobody = {0};
    struct total_key hour = usage_total_key(nobody, record, TOTAL_HOUR);
    struct total_key period = usage_total_key(nobody, record, TOTAL_PERIOD);
    struct instant start;
    bool has_period = false;
    TRY(find_period(recovery, record->identity.user_id, record->time, &start, &has_period));
    TRY(add(recovery, &hour, record));
    if (!has_period) {
        return OK;
    }
    period.start = start.ms;
    return add(recovery, &period, record);
}

/* It came in when its batch did. Without a period it moves the level of the newest. */
static struct err add_to_level(const struct recovery *recovery, const struct usage_record *record) {
    struct usage_counted counted = {
        .record = record,
        .heard_at = {recovery->batch->recorded_at},
    };
    struct total *level = NULL;
    struct instant start;
    bool has_period = false;
    TRY(usage_level_find(recovery->app, recovery->tx, counted.customer, record, &level));
    if (level->stored >= (uint64_t)recovery->batch->batch) {
        return OK;
    }
    TRY(find_period(recovery, record->identity.user_id, counted.heard_at, &start, &has_period));
    counted.period_start = has_period ? start : (struct instant){0};
    return usage_level_add(recovery->app, level, &counted,
                           usage_is_late(record->time, counted.heard_at));
}

static struct err add_record(void *context, const struct usage_record *record) {
    const struct recovery *recovery = context;
    struct gate_handle nobody = {0};
    struct total_key account = usage_total_key(nobody, record, TOTAL_ACCOUNT);
    TRY(metric_kind(record->metric) == METRIC_COUNTER ? add_to_counter(recovery, record)
                                                      : add_to_level(recovery, record));
    return add(recovery, &account, record);
}

/* --- all batches --- */

static struct err write_batch(const struct recovery *recovery) {
    struct totals *totals = usage_group_totals(recovery->app);
    TRY(usage_totals_write_all(recovery->app, recovery->tx, recovery->batch->batch));
    totals_committed(totals, (uint64_t)recovery->batch->batch);
    return OK;
}

static struct err add_batch(void *context, const struct journal_row *row) {
    struct recovery *recovery = context;
    recovery->batch = row;
    TRY(batch_each_counted(row->body, add_record, recovery));
    struct totals *totals = usage_group_totals(recovery->app);
    totals_keep_work(totals); /* whose texts are gone when this returns */
    return totals->count > ROWS_MAX ? write_batch(recovery) : OK;
}

struct err usage_totals_recover(struct app *app, struct tx *tx) {
    struct journal_ends ends;
    struct recovery recovery = {.app = app, .tx = tx};
    int64_t complete = 0;
    TRY(journal_ends(tx, &ends));
    TRY(usage_totals_read_complete(tx, ends.last, &complete));
    recovery.periods = arena_array(tx->cx->arena, PERIODS, sizeof *recovery.periods);
    if (recovery.periods == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < PERIODS; i++) {
        recovery.periods[i].user_id_len = 0;
    }
    if (complete < ends.last) {
        TRY(journal_each(tx, complete + 1, add_batch, &recovery));
        recovery.batch = &(struct journal_row){.batch = ends.last};
        TRY(write_batch(&recovery));
    }
    return usage_totals_note_complete(tx, complete > ends.last ? complete : ends.last);
}
