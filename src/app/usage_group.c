#include "app/usage_group.h"

#include "app/subscription.h"
#include "app/usage.h"
#include "base/check.h"
#include "gate/journal.h"

/* Of customers that were heard of lately; a power of two. */
enum { PERIODS = 1 << 14 };

/* What happened before the first period counts in it, so it may reach back further than its start.
 */
struct period_memo {
    const void *customer; /* NULL: none */
    uint64_t version;     /* of the rows that it was read from */
    struct period period;
    struct instant from;
};

struct usage_group {
    struct totals totals;
    uint64_t version;
    struct period_memo periods[PERIODS];
};

struct err usage_group_create(struct app *app) {
    struct usage_group *group = env_alloc(app->env, sizeof *group);
    if (group == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < PERIODS; i++) {
        group->periods[i] = (struct period_memo){0};
    }
    group->version = 0;
    totals_init(&group->totals, app->env);
    app->usage = group;
    return OK;
}

void usage_group_destroy(struct app *app) {
    if (app->usage != NULL) {
        totals_finish(&app->usage->totals);
        env_free(app->env, app->usage);
        app->usage = NULL;
    }
}

/* --- adding --- */

struct err usage_group_reserve(struct app *app, size_t records) {
    return totals_reserve(&app->usage->totals, 3 * records); /* an hour, a period, an account */
}

struct err usage_group_may_add(const struct tx *tx) {
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct total_key key_of(struct gate_handle customer, const struct usage_record *record,
                               enum total_kind kind) {
    return (struct total_key){
        .customer = customer.entries,
        .user_id = record->identity.user_id,
        .kind = kind,
        .metric = record->metric,
    };
}

struct total *usage_group_period(struct app *app, struct gate_handle customer,
                                 const struct usage_record *record, struct instant period_start) {
    struct total_key key = key_of(customer, record, TOTAL_PERIOD);
    key.start = period_start.ms;
    return totals_at(&app->usage->totals, &key);
}

struct total *usage_group_hour(struct app *app, struct gate_handle customer,
                               const struct usage_record *record) {
    struct total_key key = key_of(customer, record, TOTAL_HOUR);
    key.start = period_hour_containing(record->time).start.ms;
    key.name = record->region;
    key.part = record->resource;
    return totals_at(&app->usage->totals, &key);
}

struct total *usage_group_account(struct app *app, struct gate_handle customer,
                                  const struct usage_record *record) {
    struct total_key key = key_of(customer, record, TOTAL_ACCOUNT);
    key.name = record->identity.source;
    return totals_at(&app->usage->totals, &key);
}

static void add(struct total *total, int64_t value) {
    total->value = total_sum(total->value, value);
    total->counted++;
}

void usage_group_add(struct app *app, struct gate_handle customer,
                     const struct usage_record *record, struct instant period_start) {
    check(metric_kind(record->metric) == METRIC_COUNTER);
    add(usage_group_hour(app, customer, record), record->value);
    add(usage_group_period(app, customer, record, period_start), record->value);
}

/* --- writing --- */

static struct err write_sum(struct tx *tx, const struct total *total) {
    struct usage_addition addition = {
        .user_id = total->key.user_id,
        .metric = total->key.metric,
        .grain = total->key.kind == TOTAL_HOUR ? USAGE_HOUR : USAGE_PERIOD,
        .timestamp = total->key.start,
        .region = total->key.name,
        .resource = total->key.part,
        .value = total->value,
        .events = total->counted,
    };
    return total->counted == 0 ? OK : usage_add(tx, &addition);
}

static struct err write_account(struct tx *tx, const struct total *total) {
    struct usage_source_row row = {
        .user_id = total->key.user_id,
        .metric = (int)total->key.metric,
        .source = total->key.name,
        .received = total->counted + total->duplicate + total->rejected,
        .counted = total->counted,
        .duplicate = total->duplicate,
        .rejected = total->rejected,
        .last_event_at = total->last_at,
        .last_heard_at = cx_now_ms(tx->cx),
    };
    return row.received == 0 ? OK : usage_source_add(tx, &row);
}

static struct err write_totals(struct app *app, struct tx *tx) {
    struct totals *totals = &app->usage->totals;
    totals_sort(totals);
    for (size_t i = 0; i < totals->count; i++) {
        const struct total *total = totals->rows[i];
        TRY(total->key.kind == TOTAL_ACCOUNT ? write_account(tx, total) : write_sum(tx, total));
    }
    totals_clear(totals);
    return OK;
}

struct err usage_group_settle(struct app *app, struct tx *tx) {
    app->usage->version++;
    return write_totals(app, tx);
}

void usage_group_abandoned(struct app *app) {
    app->usage->version++;
    totals_clear(&app->usage->totals);
}

struct err usage_close_group(struct app *app, struct tx *tx, bool *ret_has_row) {
    *ret_has_row = false;
    TRY(write_totals(app, tx));
    struct journal_batch batch = journal_close_group(app->journal);
    *ret_has_row = batch.count > 0;
    if (batch.count == 0) {
        return OK;
    }
    struct journal_row row = {
        .batch = (int64_t)batch.number,
        .recorded_at = cx_now_ms(tx->cx),
        .events = batch.count,
        .body = batch.blob,
    };
    TRY(journal_insert(tx, &row));
    /* A text that was cut short may be in a row of any work. */
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- periods --- */

static struct period_memo *memo_of(struct app *app, struct gate_handle customer) {
    uint64_t hash = (uintptr_t)customer.entries * UINT64_C(0x9e3779b97f4a7c15);
    return &app->usage->periods[hash >> 32 & (PERIODS - 1)];
}

static bool memo_has(const struct app *app, const struct period_memo *memo,
                     const struct usage_moment *moment) {
    return memo->customer == moment->customer.entries && memo->version == app->usage->version &&
           !instant_is_before(moment->at, memo->from) &&
           instant_is_before(moment->at, memo->period.end);
}

struct err usage_group_find_period(struct app *app, struct tx *tx,
                                   const struct usage_moment *moment, struct period *ret_period,
                                   bool *ret_found) {
    struct period_memo *memo = memo_of(app, moment->customer);
    if (!memo_has(app, memo, moment)) {
        struct period period;
        struct err err = subscription_usage_period(tx, moment->user_id, moment->at, &period);
        if (err.code == ERR_NOT_FOUND) {
            *ret_found = false;
            return OK;
        }
        TRY(err);
        *memo = (struct period_memo){
            .customer = moment->customer.entries,
            .version = app->usage->version,
            .period = period,
            .from = instant_earlier(moment->at, period.start),
        };
    }
    *ret_period = memo->period;
    *ret_found = true;
    return OK;
}
