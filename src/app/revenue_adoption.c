/* How many customers use what they may, and what precedes upgrades. */
#include "app/revenue_making.h"

#include "base/check.h"
#include "core/metric.h"
#include "store/adoption.h"
#include "store/usage_pattern.h"

/* What the rows of a report are made of. */
struct read {
    const struct catalogue *catalogue;
    int64_t day;
    bool is_kept;  /* since some day of the stretch, or before */
    int64_t total; /* days of accounts, of those on which signals were kept */
    int64_t accounts[TIER_COUNT];
    struct row_list sums;
};

static struct err read_accounts(struct tx *tx, int64_t from, struct read *read) {
    struct row_list list;
    TRY(adoption_accounts(tx, from, read->day, &list));
    const struct adoption_accounts *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        read->accounts[rows[i].tier] = rows[i].accounts;
        read->total += rows[i].days;
    }
    return OK;
}

/* Days before anything was kept say nothing of who gave no signal. */
static struct err read_all(struct revenue_making *making, struct read *ret_read) {
    struct read read = {.catalogue = making->app->catalogue, .day = making->query->as_of.number};
    int64_t from = making->report->from.number;
    int64_t begun = ROW_NONE;
    TRY(adoption_begun(making->tx, &begun));
    read.is_kept = begun != ROW_NONE && begun <= read.day;
    from = read.is_kept && begun > from ? begun : from;
    TRY(adoption_sums(making->tx, from, read.day, &read.sums));
    TRY(read_accounts(making->tx, from, &read));
    read.total = read.total < 0 ? 0 : read.total;
    *ret_read = read;
    return OK;
}

static struct adoption_sum sum_of(const struct read *read, struct str kind, struct str name) {
    const struct adoption_sum *sums = read->sums.items;
    for (size_t i = 0; i < read->sums.count; i++) {
        if (str_equal(sums[i].kind, kind) && str_equal(sums[i].name, name)) {
            return sums[i];
        }
    }
    return (struct adoption_sum){.kind = kind, .name = name};
}

/* --- what precedes upgrades --- */

static struct adoption_driver driver_of(const struct read *read, const struct adoption_sum *sum) {
    return (struct adoption_driver){
        .upgrades = sum_of(read, ADOPTION_UPGRADE, STR("")).upgrades,
        .preceded = sum->upgrades,
        .days = read->total,
        .signaled_days = sum->days,
    };
}

static struct adoption_driver driver_named(const struct read *read, const char *kind) {
    struct adoption_sum sum = sum_of(read, str_from_cstr(kind), STR(""));
    return driver_of(read, &sum);
}

static void say_drivers(struct revenue_making *making, const struct read *read) {
    struct adoption_driver any = driver_named(read, "any");
    struct adoption_driver warning = driver_named(read, adoption_kind_name(ADOPTION_WARNING));
    struct adoption_driver block = driver_named(read, adoption_kind_name(ADOPTION_BLOCK));
    struct adoption_driver feature =
        driver_named(read, adoption_kind_name(ADOPTION_DENIED_FEATURE));
    revenue_say(making, "upgrades", REVENUE_IN_COUNT, revenue_value(any.upgrades));
    revenue_say(making, "driven", REVENUE_IN_SHARE, adoption_driven(&any));
    revenue_say(making, "drivenByWarning", REVENUE_IN_SHARE, adoption_driven(&warning));
    revenue_say(making, "drivenByBlock", REVENUE_IN_SHARE, adoption_driven(&block));
    revenue_say(making, "drivenByFeature", REVENUE_IN_SHARE, adoption_driven(&feature));
    revenue_say(making, "baseRate", REVENUE_IN_SHARE,
                read->is_kept ? adoption_base(&any) : revenue_unknown(REVENUE_NOT_RECORDED));
    revenue_say(making, "lift", REVENUE_IN_RATIO, adoption_lift(&any));
}

static bool is_driver(const struct adoption_sum *sum) {
    return !str_equal(sum->kind, ADOPTION_UPGRADE) &&
           !str_equal(sum->kind, str_from_cstr(adoption_kind_name(ADOPTION_USED_FEATURE)));
}

/* By kind, each with its names behind it. */
static void put_drivers(struct revenue_making *making, const struct read *read) {
    const struct adoption_sum *sums = read->sums.items;
    REVENUE_COLUMNS(making, {"upgradesWith", REVENUE_IN_COUNT, false},
                    {"driven", REVENUE_IN_SHARE, true}, {"baseRate", REVENUE_IN_SHARE, true},
                    {"lift", REVENUE_IN_RATIO, false});
    for (size_t i = 0; i < read->sums.count; i++) {
        if (!is_driver(&sums[i])) {
            continue;
        }
        struct adoption_driver driver = driver_of(read, &sums[i]);
        struct str key = sums[i].name.len == 0
                             ? sums[i].kind
                             : arena_printf(making->tx->cx->arena, STR_FMT " " STR_FMT,
                                            STR_ARG(sums[i].kind), STR_ARG(sums[i].name));
        struct revenue_figure *cells = revenue_row_add(making, key, false);
        if (cells == NULL) {
            return;
        }
        cells[0] = revenue_value(driver.preceded);
        cells[1] = adoption_driven(&driver);
        cells[2] = adoption_base(&driver);
        cells[3] = adoption_lift(&driver);
    }
}

/* --- who uses what they may --- */

/* Accounts of plans that have it, as they are sold now. */
static int64_t entitled_to(const struct read *read,
                           bool (*has)(const struct plan *plan, const void *what),
                           const void *what) {
    int64_t count = 0;
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        const struct plan *plan = catalogue_plan(read->catalogue, (enum tier)tier);
        count += plan != NULL && has(plan, what) ? read->accounts[tier] : 0;
    }
    return count;
}

static bool has_metric(const struct plan *plan, const void *what) {
    struct limit limit = plan->limits[*(const enum metric *)what];
    return !limit_is_bounded(limit) || limit.amount.amount > 0;
}

static bool has_feature(const struct plan *plan, const void *what) {
    return feature_set_has(plan->features, *(const struct feature_set *)what);
}

static void put_use(struct revenue_figure *cells, int64_t entitled, int64_t adopting) {
    adopting = adopting < 0 ? 0 : adopting;
    cells[0] = revenue_value(entitled);
    cells[1] = revenue_value(adopting);
    cells[2] = adoption_share(adopting, entitled);
}

static struct err put_metric(struct revenue_making *making, const struct read *read,
                             enum metric metric) {
    int64_t adopting = 0;
    int64_t daily = 0;
    TRY(usage_reach_of(making->tx, metric, read->day, &adopting));
    TRY(usage_reach_daily(making->tx, metric, read->day - ADOPTION_USE_DAYS + 1, read->day,
                          &daily));
    struct revenue_figure *cells =
        revenue_row_add(making, str_from_cstr(metric_name(metric)), false);
    if (cells == NULL) {
        return OK;
    }
    put_use(cells, entitled_to(read, has_metric, &metric), adopting);
    cells[3] = adoption_daily(daily);
    cells[4] = adoption_stickiness(daily, adopting);
    return OK;
}

/* Of a feature that nobody ever asked for by name it is not known who uses it. */
static bool was_asked_for(const struct read *read, struct str name) {
    const struct adoption_sum *sums = read->sums.items;
    for (size_t i = 0; i < read->sums.count; i++) {
        bool is_of_feature =
            str_equal(sums[i].kind, str_from_cstr(adoption_kind_name(ADOPTION_USED_FEATURE))) ||
            str_equal(sums[i].kind, str_from_cstr(adoption_kind_name(ADOPTION_DENIED_FEATURE)));
        if (is_of_feature && str_equal(sums[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void put_feature(struct revenue_making *making, const struct read *read,
                        const char *feature) {
    struct str name = str_from_cstr(feature);
    struct feature_set one = {0};
    check(catalogue_feature(read->catalogue, name, &one));
    struct adoption_sum used =
        sum_of(read, str_from_cstr(adoption_kind_name(ADOPTION_USED_FEATURE)), name);
    struct revenue_figure *cells = revenue_row_add(making, name, false);
    if (cells == NULL) {
        return;
    }
    put_use(cells, entitled_to(read, has_feature, &one), used.customers);
    if (!was_asked_for(read, name)) {
        cells[1] = cells[2] = revenue_unknown(REVENUE_NOT_RECORDED);
    }
}

static struct err put_subjects(struct revenue_making *making, const struct read *read) {
    REVENUE_COLUMNS(making, {"entitled", REVENUE_IN_COUNT, false},
                    {"adopting", REVENUE_IN_COUNT, false}, {"adoption", REVENUE_IN_SHARE, true},
                    {"daily", REVENUE_IN_COUNT, false}, {"stickiness", REVENUE_IN_SHARE, true});
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        TRY(put_metric(making, read, (enum metric)metric));
    }
    for (size_t i = 0; i < read->catalogue->feature_count; i++) {
        put_feature(making, read, read->catalogue->features[i].name);
    }
    return OK;
}

struct err revenue_make_adoption(struct revenue_making *making) {
    struct read read;
    TRY(read_all(making, &read));
    say_drivers(making, &read);
    if (making->query->by == REVENUE_ADOPTION_BY_DRIVER) {
        put_drivers(making, &read);
        return OK;
    }
    return put_subjects(making, &read);
}
