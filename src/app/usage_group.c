#include "app/usage_group.h"

#include <stddef.h>

#include "app/subscription.h"
#include "app/usage_level.h"
#include "app/usage_pattern.h"
#include "base/check.h"
#include "core/usage_late.h"

#include "gate/recent.h"

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

/* Of customers and metrics that were spoken of lately; a power of two. */
enum { ROWS = 1 << 12 };

enum { LINE_BYTES = 64 }; /* of the cache, as far as anything depends on it */

/* Where the last event of a counter was added: most go where the one before went. Those of a batch
 * are gathered here. */
struct rows_memo {
    const void *customer; /* NULL: none */
    enum metric metric;
    uint64_t forgotten; /* totals->forgotten, as they were found */
    struct total *hour, *period, *account;
    int64_t hour_start, period_start; /* as in their keys, which may be far */
    struct sums gathered;             /* to be added to each of them; empty but during a work */
    bool is_gathering;
    struct rows_memo *next; /* that is gathering */
    /* While it is: the texts of the last event that was added, whose neighbours mostly share them.
     */
    struct str region, resource, source;
};

struct usage_group {
    struct totals totals;
    struct rows_memo rows[ROWS];
    struct rows_memo *gathering, **gathering_end; /* the first to begin comes first */
    struct recent recent;
    uint64_t version;
    struct period_memo periods[PERIODS];
    bool has_begun; /* the group that is open */
    struct instant now;
};

struct err usage_group_create(struct app *app) {
    struct usage_group *group = env_alloc_zeroed(app->env, sizeof *group);
    if (group == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    group->gathering_end = &group->gathering;
    recent_init(&group->recent);
    totals_init(&group->totals, app->env);
    app->usage = group;
    return OK;
}

void usage_group_destroy(struct app *app) {
    if (app->usage != NULL) {
        totals_finish(&app->usage->totals);
        env_free(app->env, app->usage);
        app->usage = NULL;
        usage_pattern_destroy(app);
    }
}

struct totals *usage_group_totals(const struct app *app) {
    return &app->usage->totals;
}

static void end_gathering(struct usage_group *group) {
    for (struct rows_memo *rows = group->gathering; rows != NULL; rows = rows->next) {
        rows->gathered = (struct sums){0};
        rows->is_gathering = false;
    }
    group->gathering = NULL;
    group->gathering_end = &group->gathering;
}

void usage_group_end_work(struct app *app, bool is_kept) {
    check(!is_kept || app->usage->gathering == NULL);
    end_gathering(app->usage);
    if (is_kept) {
        totals_keep_work(&app->usage->totals);
    } else {
        totals_drop_work(&app->usage->totals);
    }
}

struct instant usage_group_now(struct app *app) {
    struct usage_group *group = app->usage;
    if (!group->has_begun) {
        group->has_begun = true;
        group->now = app_now(app);
    }
    return group->now;
}

void usage_group_end(struct app *app) {
    app->usage->has_begun = false;
}

struct gate_handle usage_group_customer(struct app *app, struct str user_id) {
    return recent_find(&app->usage->recent, app->gate, user_id);
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
    bool has_labels = metric_kind(record->metric) == METRIC_COUNTER;
    if (kind == TOTAL_HOUR) {
        key.start = period_hour_containing(record->time).start.ms;
        key.name = has_labels ? record->region : STR("");
        key.part = has_labels ? record->resource : STR("");
    } else if (kind == TOTAL_ACCOUNT) {
        key.name = record->identity.source;
    }
    return key;
}

struct gate_handle usage_total_customer(const struct total *total) {
    return (struct gate_handle){(struct gate_entry *)(uintptr_t)total->key.customer};
}

/* Of a gauge, whose records are levels, only how many came late. */
struct sums usage_record_sums(const struct usage_record *record, struct instant recorded_at) {
    bool is_late = usage_is_late(record->time, recorded_at);
    bool is_adding = metric_kind(record->metric) == METRIC_COUNTER;
    return (struct sums){
        .value = record->value,
        .counted = 1,
        .adjusted = is_late && is_adding ? record->value : 0,
        .adjusted_events = is_late,
        .last_at = record->time.ms,
        .heard_at = recorded_at.ms,
    };
}

static struct err add_to_account(struct app *app, struct gate_handle customer,
                                 const struct usage_record *record, const struct sums *sums) {
    struct total_key key = usage_total_key(customer, record, TOTAL_ACCOUNT);
    struct total *total = NULL;
    TRY(totals_row(&app->usage->totals, &key, &total));
    totals_add(&app->usage->totals, total, sums);
    return OK;
}

static void prefetch(const void *memory, size_t size) {
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        __builtin_prefetch((const char *)memory + at, 1);
    }
}

static struct rows_memo *rows_of(struct usage_group *group, struct gate_handle customer,
                                 enum metric metric) {
    return &group->rows[(gate_customer_number(customer) * METRIC_COUNT + metric) % ROWS];
}

static bool is_in_hour(struct instant instant, int64_t start_ms) {
    return instant.ms >= start_ms && instant.ms < start_ms + duration_hours(1).ms;
}

static bool rows_fit(const struct usage_group *group, const struct rows_memo *rows,
                     const struct usage_counted *counted) {
    const struct usage_record *record = counted->record;
    if (rows->customer == NULL || rows->customer != counted->customer.entries ||
        rows->metric != record->metric || rows->forgotten != group->totals.forgotten ||
        rows->period_start != counted->period_start.ms ||
        !is_in_hour(record->time, rows->hour_start)) {
        return false;
    }
    bool is_gathering = rows->is_gathering;
    struct str region = is_gathering ? rows->region : rows->hour->key.name;
    struct str resource = is_gathering ? rows->resource : rows->hour->key.part;
    struct str source = is_gathering ? rows->source : rows->account->key.name;
    return str_equal(region, record->region) && str_equal(resource, record->resource) &&
           str_equal(source, record->identity.source);
}

static struct err find_rows(struct usage_group *group, const struct usage_counted *counted,
                            struct rows_memo *rows) {
    const struct usage_record *record = counted->record;
    struct rows_memo found = {
        .customer = counted->customer.entries,
        .metric = record->metric,
        .forgotten = group->totals.forgotten,
    };
    struct total_key hour = usage_total_key(counted->customer, record, TOTAL_HOUR);
    struct total_key period = usage_total_key(counted->customer, record, TOTAL_PERIOD);
    struct total_key account = usage_total_key(counted->customer, record, TOTAL_ACCOUNT);
    period.start = counted->period_start.ms;
    TRY(totals_row(&group->totals, &hour, &found.hour));
    TRY(totals_row(&group->totals, &period, &found.period));
    TRY(totals_row(&group->totals, &account, &found.account));
    rows->customer = found.customer;
    rows->metric = found.metric;
    rows->forgotten = found.forgotten;
    rows->hour = found.hour;
    rows->period = found.period;
    rows->account = found.account;
    rows->hour_start = hour.start;
    rows->period_start = period.start;
    return OK;
}

static void add_gathered(struct usage_group *group, struct rows_memo *rows) {
    if (!sums_are_empty(&rows->gathered)) {
        totals_add(&group->totals, rows->hour, &rows->gathered);
        totals_add(&group->totals, rows->period, &rows->gathered);
        totals_add(&group->totals, rows->account, &rows->gathered);
        rows->gathered = (struct sums){0};
    }
}

void usage_group_add_gathered(struct app *app) {
    struct usage_group *group = app->usage;
    for (struct rows_memo *rows = group->gathering; rows != NULL; rows = rows->next) {
        if (rows->next != NULL) {
            prefetch(rows->next->hour, offsetof(struct total, behind));
            prefetch(rows->next->period, offsetof(struct total, behind));
            prefetch(rows->next->account, offsetof(struct total, behind));
        }
        add_gathered(group, rows);
    }
    end_gathering(group);
}

static void begin_gathering(struct usage_group *group, struct rows_memo *rows,
                            const struct usage_record *record) {
    rows->region = record->region;
    rows->resource = record->resource;
    rows->source = record->identity.source;
    if (!rows->is_gathering) {
        rows->is_gathering = true;
        rows->next = NULL;
        *group->gathering_end = rows;
        group->gathering_end = &rows->next;
    }
    /* In the order of the records, wherever the memo has its rows: memory lies elsewhere each time,
     * and notices are given in this order. */
    totals_touch(&group->totals, rows->hour);
    totals_touch(&group->totals, rows->period);
    totals_touch(&group->totals, rows->account);
}

static struct err gather_rows(struct usage_group *group, const struct usage_counted *counted,
                              const struct sums *sums) {
    struct rows_memo *rows = rows_of(group, counted->customer, counted->record->metric);
    bool fits = rows_fit(group, rows, counted);
    if (!fits) {
        add_gathered(group, rows);
        TRY(find_rows(group, counted, rows));
    }
    if (!fits || !rows->is_gathering) {
        begin_gathering(group, rows, counted->record);
    }
    sums_add(&rows->gathered, sums);
    return OK;
}

static struct err add_to_level(struct app *app, struct tx *tx,
                               const struct usage_counted *counted) {
    struct str user_id = counted->record->identity.user_id;
    struct usage_moment moment = {counted->customer, user_id, usage_group_now(app)};
    struct usage_counted present = *counted;
    struct period period = {counted->period_start, counted->period_start};
    struct total *level = NULL;
    bool has_period = false;
    TRY(usage_level_find(app, tx, counted->customer, counted->record, &level));
    TRY(usage_group_find_period(app, tx, &moment, &period, &has_period));
    present.period_start = period.start;
    return usage_level_add(app, level, &present, usage_is_late(counted->record->time, moment.at));
}

struct err usage_group_gather(struct app *app, struct tx *tx, const struct usage_counted *counted) {
    const struct usage_record *record = counted->record;
    struct sums sums = usage_record_sums(record, usage_group_now(app));
    sums.heard_at = counted->heard_at.ms;
    if (metric_kind(record->metric) == METRIC_COUNTER) {
        return gather_rows(app->usage, counted, &sums);
    }
    TRY(add_to_level(app, tx, counted));
    return add_to_account(app, counted->customer, record, &sums);
}

struct err usage_group_count(struct app *app, struct tx *tx, const struct usage_counted *counted) {
    TRY(usage_group_gather(app, tx, counted));
    usage_group_add_gathered(app);
    return OK;
}

struct err usage_group_note(struct app *app, const struct usage_uncounted *uncounted) {
    struct sums sums = {
        .duplicate = uncounted->is_duplicate,
        .rejected = !uncounted->is_duplicate,
        .last_at = uncounted->record->time.ms,
        .heard_at = uncounted->heard_at.ms,
    };
    return add_to_account(app, uncounted->customer, uncounted->record, &sums);
}

/* --- periods --- */

static struct period_memo *memo_of(struct usage_group *group, struct gate_handle customer) {
    uint64_t hash = (uintptr_t)customer.entries * UINT64_C(0x9e3779b97f4a7c15);
    return &group->periods[hash >> 32 & (PERIODS - 1)];
}

void usage_group_prefetch(const struct app *app, struct gate_handle customer, enum metric metric) {
    struct usage_group *group = app->usage;
    __builtin_prefetch(memo_of(group, customer));
    prefetch(rows_of(group, customer, metric), sizeof(struct rows_memo));
    recent_prefetch(customer, metric);
}

void usage_group_forget_periods(struct app *app) {
    app->usage->version++;
    totals_forget_levels(&app->usage->totals);
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
    struct period_memo *memo = memo_of(app->usage, moment->customer);
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
