#include "app/usage_pattern.h"

#include <inttypes.h>
#include <string.h>

#include "app/usage.h"
#include "base/check.h"
#include "core/period.h"
#include "store/setting.h"
#include "store/usage_pattern.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

/* Of customers and metrics that were counted lately; a power of two. */
enum { SEEN = 1 << 15, REGION_SIZE = 16 };

struct seen {
    const void *customer; /* NULL: none */
    enum metric metric;
    int64_t day;
    char region[REGION_SIZE]; /* shorter ones alone, with their NUL */
    int64_t zone_hour;        /* of which `zone` holds; or ROW_NONE */
    char zone[LIMIT_TIME_ZONE + 1];
};
struct usage_patterns {
    struct seen seen[SEEN];
};

static int64_t day_of(int64_t hour) {
    return period_day_containing((struct instant){hour}).start.ms / DAY_MS;
}

/* --- memory --- */

static struct usage_patterns *patterns_of(struct app *app) {
    if (app->patterns == NULL) {
        app->patterns = env_alloc_zeroed(app->env, sizeof *app->patterns);
    }
    return app->patterns;
}

/* NULL where nothing can be remembered: then rows are asked each time. */
static struct seen *seen_of(struct app *app, const void *customer, enum metric metric) {
    struct usage_patterns *patterns = customer == NULL ? NULL : patterns_of(app);
    if (patterns == NULL) {
        return NULL;
    }
    uint64_t hash = ((uintptr_t)customer + metric) * UINT64_C(0x9e3779b97f4a7c15);
    struct seen *seen = &patterns->seen[hash >> 40 & (SEEN - 1)];
    if (seen->customer != customer || seen->metric != metric) {
        *seen = (struct seen){
            .customer = customer, .metric = metric, .day = ROW_NONE, .zone_hour = ROW_NONE};
    }
    return seen;
}

void usage_pattern_forget(struct app *app) {
    if (app->patterns != NULL) {
        memset(app->patterns, 0, sizeof *app->patterns);
    }
}

void usage_pattern_destroy(struct app *app) {
    env_free(app->env, app->patterns);
    app->patterns = NULL;
}

/* --- how many customers --- */

static struct err add_reach(struct tx *tx, struct usage_reach reach, int64_t day, int64_t delta) {
    reach.day = day;
    reach.delta = delta;
    return usage_reach_add(tx, &reach);
}

/* A day counts for itself and those behind it, until the next one of the customer or the span's
 * end. A new day between two takes over where the one before it ended. */
static struct err add_span(struct tx *tx, const struct usage_hours_query *of, int64_t day) {
    struct usage_reach reach = {of->metric, of->region, USAGE_REACH_DAYS, day, 0};
    struct usage_hours_query query = *of;
    int64_t before = ROW_NONE;
    int64_t after = ROW_NONE;
    query.from = (day - USAGE_REACH_DAYS + 1) * DAY_MS;
    query.to = day * DAY_MS;
    TRY(usage_hour_last(tx, &query, &before));
    query.from = (day + 1) * DAY_MS;
    query.to = (day + USAGE_REACH_DAYS) * DAY_MS;
    TRY(usage_hour_first(tx, &query, &after));
    int64_t end = after == ROW_NONE ? day + USAGE_REACH_DAYS : day_of(after);
    if (before == ROW_NONE) {
        TRY(add_reach(tx, reach, day, 1));
        return add_reach(tx, reach, end, -1);
    }
    int64_t ended = day_of(before) + USAGE_REACH_DAYS;
    ended = ended < end ? ended : end;
    if (ended == end) {
        return OK;
    }
    TRY(add_reach(tx, reach, ended, 1));
    return add_reach(tx, reach, end, -1);
}

/* Unless the customer was seen on that day. */
static struct err reach_in(struct tx *tx, const struct usage_addition *addition,
                           struct str region) {
    int64_t day = day_of(addition->timestamp);
    struct usage_hours_query query = {addition->user_id, addition->metric, region, day * DAY_MS,
                                      (day + 1) * DAY_MS};
    int64_t seen = ROW_NONE;
    TRY(usage_hour_last(tx, &query, &seen));
    if (seen != ROW_NONE) {
        return OK;
    }
    if (str_equal(region, USAGE_ALL)) {
        const struct usage_reach one = {addition->metric, region, 1, day, 1};
        TRY(usage_reach_add(tx, &one));
    }
    return add_span(tx, &query, day);
}

static struct err note_reach(struct tx *tx, struct seen *seen,
                             const struct usage_addition *addition) {
    int64_t day = day_of(addition->timestamp);
    bool is_short = addition->region.len < REGION_SIZE;
    if (seen != NULL && seen->day == day && is_short &&
        str_equal(str_from_cstr(seen->region), addition->region)) {
        return OK;
    }
    TRY(reach_in(tx, addition, USAGE_ALL));
    TRY(reach_in(tx, addition, addition->region));
    if (seen != NULL && is_short) {
        seen->day = day;
        memcpy(seen->region, addition->region.bytes, addition->region.len);
        seen->region[addition->region.len] = '\0';
    }
    return OK;
}

/* --- how much, and when --- */

static struct err zone_of(struct tx *tx, struct seen *seen, const struct usage_addition *addition,
                          struct str *ret_zone) {
    if (seen != NULL && seen->zone_hour == addition->timestamp) {
        *ret_zone = arena_str(tx->cx->arena, str_from_cstr(seen->zone));
        return OK;
    }
    TRY(usage_zone_at(tx, addition->user_id, addition->timestamp, ret_zone));
    if (seen != NULL && ret_zone->len < sizeof seen->zone) {
        seen->zone_hour = addition->timestamp;
        memcpy(seen->zone, ret_zone->bytes, ret_zone->len);
        seen->zone[ret_zone->len] = '\0';
    }
    return OK;
}

static bool is_of(const struct usage_pattern_sum *sum, const struct usage_pattern_sum *other) {
    return sum->metric == other->metric && sum->hour == other->hour &&
           str_equal(sum->region, other->region) && str_equal(sum->zone, other->zone);
}

static struct err add_sum(struct tx *tx, struct usage_pattern_sums *sums,
                          const struct usage_pattern_sum *sum) {
    for (size_t i = 0; i < sums->count; i++) {
        if (is_of(&sums->list[i], sum)) {
            sums->list[i].value += sum->value;
            return OK;
        }
    }
    TRY(sums->count == USAGE_PATTERN_SUMS ? usage_pattern_write(tx, sums) : OK);
    sums->list[sums->count++] = *sum;
    return OK;
}

struct err usage_pattern_note(struct app *app, struct tx *tx, struct usage_pattern_sums *sums,
                              const struct usage_addition *addition, const void *customer) {
    if (addition->grain != USAGE_HOUR) {
        return OK;
    }
    struct seen *seen = seen_of(app, customer, addition->metric);
    TRY(note_reach(tx, seen, addition));
    if (metric_kind(addition->metric) == METRIC_GAUGE) {
        return OK;
    }
    struct usage_pattern_sum sum = {.metric = addition->metric,
                                    .region = addition->region,
                                    .hour = addition->timestamp,
                                    .value = addition->value};
    TRY(zone_of(tx, seen, addition, &sum.zone));
    return add_sum(tx, sums, &sum);
}

struct err usage_pattern_write(struct tx *tx, struct usage_pattern_sums *sums) {
    for (size_t i = 0; i < sums->count; i++) {
        const struct usage_pattern_sum *sum = &sums->list[i];
        struct usage_hour_sum hour = {sum->metric, sum->zone, sum->hour, sum->value};
        TRY(usage_hour_add(tx, &hour));
        hour.zone = USAGE_ALL;
        TRY(usage_hour_add(tx, &hour));
        TRY(usage_region_add(tx, sum->metric, day_of(sum->hour), sum->region, sum->value));
    }
    sums->count = 0;
    return OK;
}

/* --- zones --- */

struct err usage_pattern_begin_zone(struct tx *tx, struct str user_id, struct str zone) {
    return zone.len == 0 ? OK : usage_zone_put(tx, user_id, 0, zone);
}

/* From the first hour on of which nothing can have been counted yet. */
struct err usage_pattern_change_zone(struct tx *tx, struct str user_id, struct str zone) {
    struct instant ahead = {cx_now_ms(tx->cx) + (int64_t)USAGE_FUTURE_MINUTES * 60 * 1000};
    return usage_zone_put(tx, user_id, period_hour_containing(ahead).end.ms, zone);
}

/* --- what is billed --- */

static bool is_billed(enum invoice_status status) {
    return status != INVOICE_DRAFT && status != INVOICE_VOID;
}

static struct err is_for_use(struct tx *tx, const struct payments_invoice *invoice,
                             const struct payments_invoice_line *line, bool *ret_is) {
    struct plan_price_row sold;
    bool is_past = !instant_is_before(invoice->created_at, line->period.end);
    *ret_is = false;
    if (!is_past || line->is_proration || line->is_extra || line->price_id.len == 0) {
        return OK;
    }
    bool is_sold = false;
    TRY(plan_price_sold(tx, line->price_id, &sold, &is_sold));
    *ret_is = !is_sold;
    return OK;
}

struct err usage_pattern_bill(struct tx *tx, struct str user_id, struct str invoice_id,
                              const struct payments_invoice *invoice) {
    struct usage_revenue_row now = {
        .currency = arena_str(tx->cx->arena, str_from_cstr(invoice->total.currency.code))};
    struct usage_revenue_row was;
    for (size_t i = 0; i < invoice->line_count && is_billed(invoice->status); i++) {
        const struct payments_invoice_line *line = &invoice->lines[i];
        bool is_it = false;
        TRY(is_for_use(tx, invoice, line, &is_it));
        now.amount += is_it ? line->amount.minor - line->discount.minor : 0;
        now.day = is_it ? day_of(line->period.end.ms - 1) : now.day;
    }
    TRY(usage_revenue_get(tx, user_id, invoice_id, &was));
    bool is_same = was.amount == now.amount && (was.day == now.day || now.amount == 0);
    if (is_same) {
        return OK;
    }
    now.day = now.amount == 0 ? was.day : now.day;
    bool was_there = was.amount != 0;
    was.amount = -was.amount;
    TRY(was_there ? usage_revenue_day_add(tx, &was, -1) : OK);
    TRY(now.amount != 0 ? usage_revenue_day_add(tx, &now, 1) : OK);
    return usage_revenue_put(tx, user_id, invoice_id, &now);
}
