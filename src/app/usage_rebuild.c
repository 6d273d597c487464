#include "app/usage_rebuild.h"

#include <stdlib.h>

#include "app/maintenance.h"
#include "app/usage.h"
#include "app/usage_group.h"
#include "store/customer.h"
#include "store/usage_journal.h"

struct found {
    struct usage_difference difference;
    struct found *before;
};

struct audit {
    struct app *app;
    struct tx *tx;
    struct usage_rebuild *report;
    struct totals totals; /* of hours, periods and accounts */
    struct totals days;   /* by themselves: the first hour of a day begins with it */
    int64_t batch, recorded_at;
    int64_t known_since; /* what was recorded since then is in the journal */
    struct found *last;
    /* Of the customer who was asked for last. */
    struct str user_id;
    bool has_user, is_user_new;
};

const char *usage_rebuild_kind(const struct usage_stored *row) {
    static const char *const grains[] = {
        [USAGE_HOUR] = "hour", [USAGE_DAY] = "day", [USAGE_PERIOD] = "period"};
    return row->is_account ? "account" : grains[row->grain];
}

/* --- what the journal says --- */

static struct err add(struct totals *totals, const struct total_key *key, const struct sums *sums) {
    struct total *total = NULL;
    TRY(totals_row(totals, key, &total));
    totals_add(totals, total, sums);
    return OK;
}

static struct err add_counter(struct audit *audit, const struct usage_record *record,
                              const struct sums *sums) {
    struct gate_handle nobody = {0};
    struct usage_moment moment = {gate_customer(audit->app->gate, record->identity.user_id),
                                  record->identity.user_id, record->time};
    struct period period;
    bool is_found = false;
    TRY(usage_group_find_period(audit->app, audit->tx, &moment, &period, &is_found));
    if (!is_found) {
        return OK;
    }
    struct total_key hour = usage_total_key(nobody, record, TOTAL_HOUR);
    struct total_key day = hour;
    struct total_key whole = usage_total_key(nobody, record, TOTAL_PERIOD);
    day.start = period_day_containing(record->time).start.ms;
    whole.start = period.start.ms;
    TRY(add(&audit->totals, &hour, sums));
    TRY(add(&audit->days, &day, sums));
    return add(&audit->totals, &whole, sums);
}

static struct err add_record(void *context, const struct usage_record *record) {
    struct audit *audit = context;
    struct gate_handle nobody = {0};
    struct total_key account = usage_total_key(nobody, record, TOTAL_ACCOUNT);
    struct sums sums = usage_record_sums(record, (struct instant){audit->recorded_at});
    if (metric_kind(record->metric) == METRIC_COUNTER) {
        TRY(add_counter(audit, record, &sums));
    }
    sums.value = 0; /* an account counts events */
    return add(&audit->totals, &account, &sums);
}

/* Batches are numbered from 1 on, and the oldest are forgotten first. */
static int64_t known_from(const struct audit *audit, const struct journal_row *first) {
    int64_t since = first->batch == 1 ? INT64_MIN : first->recorded_at;
    return since < audit->known_since ? since : audit->known_since;
}

static struct err add_batch(void *context, const struct journal_row *row) {
    struct audit *audit = context;
    audit->known_since = audit->batch == 0 ? known_from(audit, row) : audit->known_since;
    audit->batch = row->batch;
    audit->recorded_at = row->recorded_at;
    TRY(batch_each_counted(row->body, add_record, audit));
    totals_keep_work(&audit->totals);
    totals_keep_work(&audit->days);
    return OK;
}

/* --- what is stored beside it --- */

/* Customers come one after the other. */
static struct err is_new(struct audit *audit, struct str user_id, bool *ret_is_new) {
    if (!audit->has_user || !str_equal(user_id, audit->user_id)) {
        struct customer_row customer;
        bool is_found = false;
        TRY(customer_get(audit->tx, user_id, &customer, &is_found));
        audit->user_id = arena_str(audit->tx->cx->arena, user_id);
        audit->is_user_new = is_found && customer.created_at >= audit->known_since;
        audit->has_user = true;
    }
    *ret_is_new = audit->is_user_new;
    return OK;
}

/* An event may say that it happens some minutes after it came in. */
static struct err is_whole(struct audit *audit, const struct usage_stored *row,
                           bool *ret_is_whole) {
    int64_t ahead = (int64_t)USAGE_FUTURE_MINUTES * 60 * 1000;
    if (!row->is_account && row->timestamp >= audit->known_since + ahead) {
        *ret_is_whole = true;
        return OK;
    }
    return is_new(audit, row->user_id, ret_is_whole);
}

static struct err note(struct audit *audit, const struct usage_stored *stored,
                       const struct sums *sums) {
    struct arena *arena = audit->tx->cx->arena;
    struct found *found = ARENA_NEW(arena, struct found);
    if (found == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct usage_correction rebuilt = {
        .row = *stored,
        .last_event_at = sums->last_at,
        .heard_at = sums_are_empty(sums) ? cx_now_ms(audit->tx->cx) : sums->heard_at,
        .batch = audit->batch,
    };
    rebuilt.row.user_id = arena_str(arena, stored->user_id);
    rebuilt.row.region = arena_str(arena, stored->region);
    rebuilt.row.resource = arena_str(arena, stored->resource);
    rebuilt.row.source = arena_str(arena, stored->source);
    rebuilt.row.value = sums->value;
    rebuilt.row.events = sums->counted;
    rebuilt.row.adjusted = sums->adjusted;
    rebuilt.row.adjusted_events = sums->adjusted_events;
    found->difference = (struct usage_difference){rebuilt, *stored};
    found->before = audit->last;
    audit->last = found;
    audit->report->count++;
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* Accounts have none, and of totals of before it was kept it is not known. */
static bool is_adjusted_same(const struct usage_stored *stored, const struct sums *sums) {
    return stored->is_account || stored->adjusted_events < 0 ||
           (stored->adjusted == sums->adjusted && stored->adjusted_events == sums->adjusted_events);
}

static struct err compare(struct audit *audit, const struct usage_stored *stored,
                          const struct total *total) {
    struct sums sums = totals_due(total);
    audit->report->compared++;
    bool is_same = stored->value == sums.value && stored->events == sums.counted &&
                   is_adjusted_same(stored, &sums);
    return is_same ? OK : note(audit, stored, &sums);
}

static struct total_key key_of(const struct usage_stored *row) {
    struct total_key key = {.user_id = row->user_id, .metric = row->metric};
    if (row->is_account) {
        key.kind = TOTAL_ACCOUNT;
        key.name = row->source;
    } else {
        key.kind = row->grain == USAGE_PERIOD ? TOTAL_PERIOD : TOTAL_HOUR;
        key.start = row->timestamp;
        key.name = row->region;
        key.part = row->resource;
    }
    return key;
}

static struct err compare_stored(void *context, const struct usage_stored *row) {
    struct audit *audit = context;
    bool is_day = !row->is_account && row->grain == USAGE_DAY;
    struct totals *totals = is_day ? &audit->days : &audit->totals;
    bool is_judged = false;
    struct total_key key = key_of(row);
    struct total *total = NULL;
    if (!row->is_account && metric_kind(row->metric) == METRIC_GAUGE) {
        return OK;
    }
    TRY(is_whole(audit, row, &is_judged));
    if (!is_judged) {
        audit->report->older++;
        return OK;
    }
    TRY(totals_row(totals, &key, &total));
    totals_drop_work(totals); /* nothing was added; and the texts of `key` are gone with this row */
    total->has_stored = true;
    return compare(audit, row, total);
}

/* --- what is not stored at all --- */

static struct usage_stored absent_of(const struct total_key *key, bool is_day) {
    static const enum usage_grain grains[] = {
        [TOTAL_HOUR] = USAGE_HOUR, [TOTAL_PERIOD] = USAGE_PERIOD, [TOTAL_ACCOUNT] = USAGE_HOUR};
    struct usage_stored row = {
        .user_id = key->user_id, .metric = key->metric, .is_account = key->kind == TOTAL_ACCOUNT};
    if (row.is_account) {
        row.source = key->name;
    } else {
        row.grain = is_day ? USAGE_DAY : grains[key->kind];
        row.timestamp = key->start;
        row.region = key->name;
        row.resource = key->part;
    }
    return row;
}

static struct err compare_absent(struct audit *audit, const struct totals *totals, bool is_day) {
    for (const struct total *total = totals->open; total != NULL; total = total->open_next) {
        struct usage_stored row = absent_of(&total->key, is_day);
        bool is_judged = false;
        TRY(is_whole(audit, &row, &is_judged));
        if (is_judged && !total->has_stored) {
            TRY(compare(audit, &row, total));
        }
    }
    return OK;
}

/* --- what came of it --- */

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_found(const void *a, const void *b) {
    const struct usage_stored *x = &((const struct usage_difference *)a)->rebuilt.row;
    const struct usage_stored *y = &((const struct usage_difference *)b)->rebuilt.row;
    int order = str_compare(x->user_id, y->user_id);
    order = order != 0 ? order : compare_numbers((int64_t)x->metric, (int64_t)y->metric);
    order = order != 0 ? order : compare_numbers(x->is_account, y->is_account);
    order = order != 0 ? order : compare_numbers((int64_t)x->grain, (int64_t)y->grain);
    order = order != 0 ? order : compare_numbers(x->timestamp, y->timestamp);
    order = order != 0 ? order : str_compare(x->region, y->region);
    order = order != 0 ? order : str_compare(x->resource, y->resource);
    return order != 0 ? order : str_compare(x->source, y->source);
}

static struct err list_found(struct audit *audit) {
    struct usage_rebuild *report = audit->report;
    report->differences =
        arena_array(audit->tx->cx->arena, report->count + 1, sizeof *report->differences);
    if (report->differences == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t at = 0;
    for (const struct found *found = audit->last; found != NULL; found = found->before) {
        report->differences[at++] = found->difference;
    }
    if (report->count > 1) {
        qsort(report->differences, report->count, sizeof *report->differences, compare_found);
    }
    for (size_t i = 0; report->repairs && i < report->count; i++) {
        TRY(usage_stored_put(audit->tx, &report->differences[i].rebuilt));
    }
    return OK;
}

static struct err run(struct audit *audit) {
    TRY(journal_each(audit->tx, 1, add_batch, audit));
    TRY(usage_stored_each(audit->tx, compare_stored, audit));
    TRY(compare_absent(audit, &audit->totals, false));
    TRY(compare_absent(audit, &audit->days, true));
    return list_found(audit);
}

struct err usage_rebuild(struct app *app, struct tx *tx, struct usage_rebuild *rebuild) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct audit audit = {
        .app = app,
        .tx = tx,
        .report = rebuild,
        .known_since = instant_add(now, duration_days(-RETAIN_JOURNAL_DAYS)).ms,
    };
    rebuild->compared = rebuild->older = 0;
    rebuild->count = 0;
    totals_init(&audit.totals, app->env);
    totals_init(&audit.days, app->env);
    usage_group_forget_periods(app);
    struct err err = run(&audit);
    totals_finish(&audit.totals);
    totals_finish(&audit.days);
    return err;
}
