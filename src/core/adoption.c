#include "core/adoption.h"

#include "base/check.h"
#include "base/int128.h"

static const char *const kind_names[] = {
    [ADOPTION_WARNING] = "warning",
    [ADOPTION_BLOCK] = "block",
    [ADOPTION_DENIED_FEATURE] = "denied_feature",
    [ADOPTION_USED_FEATURE] = "used_feature",
};
static_assert(ARRAY_LEN(kind_names) == ADOPTION_KIND_COUNT, "every kind has its name");

const char *adoption_kind_name(enum adoption_kind kind) {
    check((unsigned)kind < ADOPTION_KIND_COUNT);
    return kind_names[kind];
}

int64_t adoption_span(enum adoption_kind kind) {
    check((unsigned)kind < ADOPTION_KIND_COUNT);
    return kind == ADOPTION_USED_FEATURE ? ADOPTION_USE_DAYS : ADOPTION_DRIVER_DAYS;
}

struct adoption_steps adoption_steps(int64_t day, int64_t last, int64_t span) {
    struct adoption_steps none = {.count = 0};
    check(span > 0 && day >= 0);
    if (last != ADOPTION_NEVER && last >= day) {
        return none;
    }
    /* Who still counts goes on where they would have ended. */
    bool counts = last != ADOPTION_NEVER && last + span > day;
    int64_t begin = counts ? last + span : day;
    check(begin < day + span);
    return (struct adoption_steps){2, {{begin, 1}, {day + span, -1}}};
}

bool adoption_is_upgrade(const struct revenue_row *row) {
    bool was_there = row->before.place != REVENUE_GONE;
    bool is_correction = row->reason == REVENUE_CORRECTION;
    return was_there && !is_correction && row->after.tier > row->before.tier &&
           row->after.arr.units > row->before.arr.units;
}

/* --- figures --- */

struct revenue_figure adoption_share(int64_t adopting, int64_t entitled) {
    check(adopting >= 0);
    int64_t of = adopting > entitled ? entitled : adopting;
    return entitled <= 0 ? revenue_unknown(REVENUE_NO_BASE) : revenue_share_of_count(of, entitled);
}

struct revenue_figure adoption_daily(int64_t daily) {
    check(daily >= 0);
    return revenue_value((daily + ADOPTION_USE_DAYS / 2) / ADOPTION_USE_DAYS);
}

struct revenue_figure adoption_stickiness(int64_t daily, int64_t monthly) {
    check(daily >= 0 && monthly >= 0 && monthly <= INT64_MAX / ADOPTION_USE_DAYS);
    return revenue_share_of_count(daily, monthly * ADOPTION_USE_DAYS);
}

struct revenue_figure adoption_driven(const struct adoption_driver *driver) {
    check(driver->preceded >= 0 && driver->preceded <= driver->upgrades);
    return revenue_share_of_count(driver->preceded, driver->upgrades);
}

/* A day on which somebody upgrades is none of those who do not. */
static int64_t base_days(const struct adoption_driver *driver) {
    return driver->days > driver->upgrades ? driver->days - driver->upgrades : 0;
}

static int64_t base_signaled(const struct adoption_driver *driver) {
    int64_t days = base_days(driver);
    int64_t signaled = driver->signaled_days - driver->preceded;
    signaled = signaled < 0 ? 0 : signaled;
    return signaled > days ? days : signaled;
}

struct revenue_figure adoption_base(const struct adoption_driver *driver) {
    return revenue_share_of_count(base_signaled(driver), base_days(driver));
}

/* (preceded / upgrades) / (signaled / days), half to even. */
struct revenue_figure adoption_lift(const struct adoption_driver *driver) {
    int64_t signaled = base_signaled(driver);
    if (driver->upgrades < ADOPTION_UPGRADES_MIN || signaled == 0) {
        return revenue_unknown(REVENUE_FEW_DATA);
    }
    i128 part = (i128)driver->preceded * base_days(driver) * REVENUE_RATIO;
    i128 whole = (i128)driver->upgrades * signaled;
    i128 value = part / whole;
    i128 rest = 2 * (part % whole);
    value += rest > whole || (rest == whole && value % 2 != 0);
    return value > INT64_MAX ? revenue_unknown(REVENUE_INFINITE) : revenue_value((int64_t)value);
}
