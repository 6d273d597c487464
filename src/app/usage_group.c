#include "app/usage_group.h"

#include "app/subscription.h"
#include "base/check.h"

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

struct totals *usage_group_totals(const struct app *app) {
    return &app->usage->totals;
}

void usage_group_end_work(struct app *app, bool is_kept) {
    if (is_kept) {
        totals_keep_work(&app->usage->totals);
    } else {
        totals_drop_work(&app->usage->totals);
    }
}

/* --- adding --- */

struct total_key usage_total_key(struct gate_handle customer, const struct usage_record *record,
                                 enum total_kind kind) {
    struct total_key key = {
        .customer = customer.entries,
        .user_id = record->identity.user_id,
        .kind = kind,
        .metric = record->metric,
    };
    if (kind == TOTAL_HOUR) {
        key.start = period_hour_containing(record->time).start.ms;
        key.name = record->region;
        key.part = record->resource;
    } else if (kind == TOTAL_ACCOUNT) {
        key.name = record->identity.source;
    }
    return key;
}

static struct err add(struct app *app, const struct total_key *key, const struct sums *sums) {
    struct total *total = NULL;
    TRY(totals_row(&app->usage->totals, key, &total));
    totals_add(&app->usage->totals, total, sums);
    return OK;
}

struct err usage_group_count(struct app *app, const struct usage_counted *counted) {
    const struct usage_record *record = counted->record;
    struct sums sums = {
        .value = record->value,
        .counted = 1,
        .last_at = record->time.ms,
        .heard_at = counted->heard_at.ms,
    };
    if (metric_kind(record->metric) == METRIC_COUNTER) {
        struct total_key hour = usage_total_key(counted->customer, record, TOTAL_HOUR);
        struct total_key period = usage_total_key(counted->customer, record, TOTAL_PERIOD);
        period.start = counted->period_start.ms;
        TRY(add(app, &hour, &sums));
        TRY(add(app, &period, &sums));
    }
    struct total_key account = usage_total_key(counted->customer, record, TOTAL_ACCOUNT);
    return add(app, &account, &sums);
}

struct err usage_group_note(struct app *app, const struct usage_uncounted *uncounted) {
    struct sums sums = {
        .duplicate = uncounted->is_duplicate,
        .rejected = !uncounted->is_duplicate,
        .last_at = uncounted->record->time.ms,
        .heard_at = uncounted->heard_at.ms,
    };
    struct total_key account =
        usage_total_key(uncounted->customer, uncounted->record, TOTAL_ACCOUNT);
    return add(app, &account, &sums);
}

/* --- periods --- */

void usage_group_forget_periods(struct app *app) {
    app->usage->version++;
}

static struct period_memo *memo_of(struct app *app, struct gate_handle customer) {
    uint64_t hash = (uintptr_t)customer.entries * UINT64_C(0x9e3779b97f4a7c15);
    return &app->usage->periods[hash >> 32 & (PERIODS - 1)];
}

static bool memo_has(const struct app *app, const struct period_memo *memo,
                     const struct usage_moment *moment) {
    return memo->customer != NULL && memo->customer == moment->customer.entries &&
           memo->version == app->usage->version && !instant_is_before(moment->at, memo->from) &&
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
