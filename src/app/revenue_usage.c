/* What is used, when and where, of one metric; and what is billed for use beside MRR. */
#include "app/revenue_making.h"

#include <string.h>

#include "app/zone_file.h"
#include "base/check.h"
#include "core/usage_load.h"
#include "core/zone.h"
#include "store/usage_pattern.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

enum {
    DAYS_SHOWN = 28, /* when nobody says since when */
    WEEK_DAYS = 7,
    DAY_HOURS = 24,
    WEEK_HOURS = WEEK_DAYS * DAY_HOURS,
    RUN_MONTHS = 3,
    BILLED_MAX = 12000, /* days and currencies of one report */
    ZONE_STEP_DAYS = 7, /* clocks are not moved twice in it */
};

/* --- what is billed for use --- */

/* Of each month of the book: as if of a year, and a third of that, exactly. */
struct billed {
    struct revenue_total *year, *third;
};

static struct err read_billed(struct revenue_making *making, struct billed *ret_billed) {
    enum { UNITS_OF_MONTH = REVENUE_UNITS * REVENUE_MONTHS_OF_YEAR };
    struct arena *arena = making->tx->cx->arena;
    size_t size = making->book.count * sizeof(struct revenue_total);
    struct billed billed = {arena_alloc(arena, size), arena_alloc(arena, size)};
    struct revenue_day first =
        revenue_month_first((struct revenue_month){(int32_t)making->book.first});
    struct instant end = revenue_day_start((struct revenue_day){making->query->as_of.number + 1});
    struct row_list list;
    if (billed.year == NULL || billed.third == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memset(billed.year, 0, size);
    memset(billed.third, 0, size);
    TRY(usage_revenue_between(making->tx, first.number, making->query->as_of.number, BILLED_MAX,
                              &list));
    const struct usage_revenue_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct revenue_day day = {(int32_t)rows[i].day};
        size_t at = (size_t)(revenue_month_of(day).number - making->book.first);
        struct currency currency = money_stored(0, rows[i].currency).currency;
        int64_t number = revenue_quote_at(&making->rates, currency, (struct instant){end.ms - 1});
        struct revenue_rate rate = revenue_rate_of(&making->rates, currency, number);
        struct annual year = {rows[i].amount * UNITS_OF_MONTH};
        struct annual third = {rows[i].amount * (UNITS_OF_MONTH / RUN_MONTHS)};
        billed.year[at] = revenue_plus(billed.year[at], revenue_at(year, rate));
        billed.third[at] = revenue_plus(billed.third[at], revenue_at(third, rate));
        making->report->lacks_rates |= rate.micros == 0;
    }
    *ret_billed = billed;
    return OK;
}

/* MRR of the month, and the mean of three that were over by then. */
static struct revenue_figure run_rate(const struct revenue_making *making,
                                      const struct billed *billed, size_t at) {
    size_t closed = at < making->closed || making->closed == making->last ? at : at - 1;
    struct revenue_total total = making->book.periods[at].closing.arr;
    for (size_t i = 0; i < RUN_MONTHS; i++) {
        total = revenue_plus(total, billed->third[closed - i]);
    }
    return revenue_month_money(making, total);
}

static bool is_of_some(const struct revenue_report_query *query) {
    return query->tier >= 0 || query->interval >= 0 || query->country.len > 0;
}

struct err revenue_say_billed(struct revenue_making *making) {
    struct billed billed;
    size_t at = making->last;
    if (is_of_some(making->query)) { /* it is not known of whom */
        revenue_say(making, "usageRevenue", REVENUE_IN_MONEY,
                    revenue_unknown(REVENUE_NOT_RECORDED));
        revenue_say(making, "runRate", REVENUE_IN_MONEY, revenue_unknown(REVENUE_NOT_RECORDED));
        return OK;
    }
    TRY(read_billed(making, &billed));
    revenue_say_both(making, "usageRevenue", REVENUE_IN_MONEY,
                     revenue_month_money(making, billed.year[at]),
                     revenue_month_money(making, billed.year[at - 1]));
    revenue_say_both(making, "runRate", REVENUE_IN_MONEY, run_rate(making, &billed, at),
                     run_rate(making, &billed, at - 1));
    return OK;
}

static struct err put_billed(struct revenue_making *making) {
    struct billed billed;
    TRY(read_billed(making, &billed));
    REVENUE_COLUMNS(making, {"mrr", REVENUE_IN_MONEY, false},
                    {"usageRevenue", REVENUE_IN_MONEY, true}, {"runRate", REVENUE_IN_MONEY, true});
    for (size_t i = making->first; i <= making->last; i++) {
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, making->book.first + (int64_t)i),
                            revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_month_money(making, making->book.periods[i].closing.arr);
        cells[1] = revenue_month_money(making, billed.year[i]);
        cells[2] = run_rate(making, &billed, i);
    }
    return OK;
}

/* --- how much, by hours of all --- */

/* Days from `from` to `to`, both included; `hours` of them had passed. */
struct stretch {
    int64_t from, to, hours;
};

static struct stretch stretch_of(const struct revenue_making *making, int64_t from, int64_t to) {
    int64_t now = app_now(making->app).ms / HOUR_MS + 1;
    int64_t end = (to + 1) * DAY_HOURS;
    end = end > now ? now : end;
    int64_t hours = end - from * DAY_HOURS;
    return (struct stretch){from, to, hours < 0 ? 0 : hours};
}

struct used {
    int64_t sum, peak_day;
    struct usage_load load;
};

static struct err read_used(struct revenue_making *making, enum metric metric,
                            const struct stretch *of, struct used *ret_used) {
    struct row_list list;
    struct used used = {.sum = 0};
    int64_t most = 0;
    TRY(usage_hours_between(making->tx, metric, of->from * DAY_MS, (of->to + 1) * DAY_MS, &list));
    const struct usage_hour_row *rows = list.items;
    int64_t *values = arena_array(making->tx->cx->arena, list.count, sizeof *values);
    if (values == NULL && list.count > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        values[i] = rows[i].value < 0 ? 0 : rows[i].value;
        used.sum += values[i];
        used.peak_day = rows[i].value > most ? rows[i].hour / DAY_MS : used.peak_day;
        most = rows[i].value > most ? rows[i].value : most;
    }
    size_t hours = (size_t)of->hours; /* an event may be some minutes ahead of its time */
    used.load = usage_load_of(values, list.count, hours < list.count ? list.count : hours);
    *ret_used = used;
    return OK;
}

static struct revenue_figure growth(int64_t now, int64_t before) {
    return revenue_share_of_count(now - before, before);
}

static struct stretch before_of(const struct revenue_making *making, const struct stretch *of) {
    return stretch_of(making, of->from - (of->to - of->from + 1), of->from - 1);
}

/* --- by the hours of a week, where customers live --- */

static int64_t ahead_at(struct str file, int64_t at) {
    return zone_offset(file, (struct instant){at}).ms;
}

/* Until when clocks there lie as far ahead as at `from`; to the hour. */
static int64_t even_until(struct str file, int64_t from, int64_t to) {
    int64_t ahead = ahead_at(file, from);
    int64_t at = from;
    while (at < to && ahead_at(file, at) == ahead) {
        from = at;
        at += ZONE_STEP_DAYS * DAY_MS;
    }
    at = at > to ? to : at;
    if (ahead_at(file, at) == ahead) {
        return at;
    }
    while (at - from > HOUR_MS) {
        int64_t middle = from + (at - from) / HOUR_MS / 2 * HOUR_MS;
        bool is_even = ahead_at(file, middle) == ahead;
        from = is_even ? middle : from;
        at = is_even ? at : middle;
    }
    return at;
}

static struct err add_zone(struct revenue_making *making, struct usage_week_query query,
                           int64_t week[WEEK_HOURS]) {
    int64_t end = query.to;
    struct str file = zone_file(making->tx->cx, query.zone);
    while (query.from < end) {
        struct row_list list;
        query.ahead_ms = ahead_at(file, query.from);
        query.to = even_until(file, query.from, end);
        TRY(usage_week(making->tx, &query, &list));
        const struct usage_week_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            week[rows[i].hour % WEEK_HOURS] += rows[i].value;
        }
        query.from = query.to;
    }
    return OK;
}

static struct err read_week(struct revenue_making *making, const struct stretch *of,
                            int64_t week[WEEK_HOURS]) {
    struct usage_week_query query = {.metric = (enum metric)making->query->metric,
                                     .zone = STR(""),
                                     .from = of->from * DAY_MS,
                                     .to = (of->to + 1) * DAY_MS};
    do {
        TRY(str_equal(query.zone, USAGE_ALL) ? OK : add_zone(making, query, week));
        TRY(usage_zone_next(making->tx, query.metric, query.zone, &query.zone));
    } while (query.zone.len > 0);
    return OK;
}

static void put_week(struct revenue_making *making, const int64_t week[WEEK_HOURS]) {
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    static const char *const hours[] = {"h0",  "h1",  "h2",  "h3",  "h4",  "h5",  "h6",  "h7",
                                        "h8",  "h9",  "h10", "h11", "h12", "h13", "h14", "h15",
                                        "h16", "h17", "h18", "h19", "h20", "h21", "h22", "h23"};
    for (size_t hour = 0; hour < DAY_HOURS; hour++) {
        REVENUE_COLUMNS(making, {hours[hour], REVENUE_IN_COUNT, true});
    }
    for (size_t day = 0; day < WEEK_DAYS; day++) {
        struct revenue_figure *cells = revenue_row_add(making, str_from_cstr(days[day]), false);
        for (size_t hour = 0; cells != NULL && hour < DAY_HOURS; hour++) {
            cells[hour] = revenue_value(week[day * DAY_HOURS + hour]);
        }
    }
}

/* --- by metric --- */

static struct err put_metrics(struct revenue_making *making, const struct stretch *of) {
    struct stretch before = before_of(making, of);
    REVENUE_COLUMNS(making, {"used", REVENUE_IN_COUNT, false},
                    {"usedBefore", REVENUE_IN_COUNT, false}, {"usedGrowth", REVENUE_IN_SHARE, true},
                    {"hourP50", REVENUE_IN_COUNT, false}, {"hourP95", REVENUE_IN_COUNT, false},
                    {"hourMax", REVENUE_IN_COUNT, false}, {"users", REVENUE_IN_COUNT, false});
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        struct used now;
        struct used then;
        int64_t users = 0;
        if (metric_kind((enum metric)metric) == METRIC_GAUGE) {
            continue; /* a level does not add up */
        }
        TRY(read_used(making, (enum metric)metric, of, &now));
        TRY(read_used(making, (enum metric)metric, &before, &then));
        TRY(usage_reach_of(making->tx, (enum metric)metric, of->to, &users));
        struct revenue_figure *cells =
            revenue_row_add(making, str_from_cstr(metric_name((enum metric)metric)), false);
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_value(now.sum);
        cells[1] = revenue_value(then.sum);
        cells[2] = growth(now.sum, then.sum);
        cells[3] = revenue_value(now.load.p50);
        cells[4] = revenue_value(now.load.p95);
        cells[5] = revenue_value(now.load.max);
        cells[6] = revenue_value(users);
    }
    return OK;
}

/* --- by region --- */

static int64_t users_in(const struct row_list *reach, struct str region) {
    const struct usage_region_row *rows = reach->items;
    for (size_t i = 0; i < reach->count; i++) {
        if (str_equal(rows[i].region, region)) {
            return rows[i].value;
        }
    }
    return 0;
}

static void put_region(struct revenue_making *making, struct str key, int64_t value, int64_t all,
                       struct revenue_figure users) {
    struct revenue_figure *cells = revenue_row_add(making, key, false);
    if (cells != NULL) {
        cells[0] = revenue_value(value);
        cells[1] = revenue_share_of_count(value, all);
        cells[2] = users;
    }
}

/* Those in which few customers were are told together: with a few numbers each could be told apart.
 */
static struct err put_regions(struct revenue_making *making, const struct stretch *of) {
    enum metric metric = (enum metric)making->query->metric;
    struct row_list list;
    struct row_list reach;
    int64_t all = 0;
    int64_t others = 0;
    TRY(usage_regions_between(making->tx, metric, of->from, of->to, &list));
    TRY(usage_reach_at(making->tx, metric, of->to, &reach));
    REVENUE_COLUMNS(making, {"used", REVENUE_IN_COUNT, true},
                    {"usedShare", REVENUE_IN_SHARE, false}, {"users", REVENUE_IN_COUNT, false});
    const struct usage_region_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        all += rows[i].value;
    }
    for (size_t i = 0; i < list.count; i++) {
        int64_t users = users_in(&reach, rows[i].region);
        if (users >= REVENUE_CELL_MIN) {
            struct str key = rows[i].region.len > 0 ? rows[i].region : STR("none");
            put_region(making, key, rows[i].value, all, revenue_value(users));
        } else {
            others += rows[i].value;
        }
    }
    if (others > 0) {
        put_region(making, STR("other"), others, all, revenue_unknown(REVENUE_FEW_DATA));
    }
    return OK;
}

/* --- the report --- */

static struct err say_used(struct revenue_making *making, const struct stretch *of,
                           const int64_t week[WEEK_HOURS]) {
    enum metric metric = (enum metric)making->query->metric;
    struct stretch earlier = before_of(making, of);
    struct used now;
    struct used before;
    int64_t users = 0;
    int64_t users_before = 0;
    int64_t cells[WEEK_HOURS];
    memcpy(cells, week, sizeof cells);
    for (size_t i = 0; i < WEEK_HOURS; i++) {
        cells[i] = cells[i] < 0 ? 0 : cells[i];
    }
    TRY(read_used(making, metric, of, &now));
    TRY(read_used(making, metric, &earlier, &before));
    TRY(usage_reach_of(making->tx, metric, of->to, &users));
    TRY(usage_reach_of(making->tx, metric, earlier.to, &users_before));
    struct usage_load load = usage_load_of(cells, WEEK_HOURS, WEEK_HOURS);
    revenue_say_both(making, "used", REVENUE_IN_COUNT, revenue_value(now.sum),
                     revenue_value(before.sum));
    revenue_say(making, "usedGrowth", REVENUE_IN_SHARE, growth(now.sum, before.sum));
    revenue_say_both(making, "hourP50", REVENUE_IN_COUNT, revenue_value(now.load.p50),
                     revenue_value(before.load.p50));
    revenue_say_both(making, "hourP95", REVENUE_IN_COUNT, revenue_value(now.load.p95),
                     revenue_value(before.load.p95));
    revenue_say_both(making, "hourMax", REVENUE_IN_COUNT, revenue_value(now.load.max),
                     revenue_value(before.load.max));
    revenue_say(making, "peakOn", REVENUE_IN_DAYS,
                now.load.max > 0 ? revenue_value(now.peak_day) : revenue_unknown(REVENUE_NO_BASE));
    revenue_say(making, "weekP95", REVENUE_IN_COUNT, revenue_value(load.p95));
    revenue_say_both(making, "users", REVENUE_IN_COUNT, revenue_value(users),
                     revenue_value(users_before));
    return OK;
}

/* The days that are asked for, or the last four weeks. */
static struct stretch asked(struct revenue_making *making) {
    if (!making->query->has_from) {
        making->report->from.number = making->query->as_of.number - DAYS_SHOWN + 1;
    }
    return stretch_of(making, making->report->from.number, making->query->as_of.number);
}

struct err revenue_make_usage(struct revenue_making *making) {
    int64_t week[WEEK_HOURS] = {0};
    TRY(revenue_make_months(making, false, false));
    if (making->query->by == REVENUE_USAGE_BY_MONTH) {
        TRY(revenue_say_billed(making));
        return put_billed(making);
    }
    struct stretch of = asked(making);
    TRY(read_week(making, &of, week));
    TRY(say_used(making, &of, week));
    TRY(revenue_say_billed(making));
    switch ((enum revenue_usage_by)making->query->by) {
    case REVENUE_USAGE_BY_METRIC:
        return put_metrics(making, &of);
    case REVENUE_USAGE_BY_REGION:
        return put_regions(making, &of);
    case REVENUE_USAGE_BY_HOUR:
    case REVENUE_USAGE_BY_MONTH:
        break;
    }
    put_week(making, week);
    return OK;
}

struct err revenue_put_regions(struct revenue_making *making) {
    struct stretch of = asked(making);
    return put_regions(making, &of);
}
