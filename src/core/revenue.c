#include "core/revenue.h"

#include "base/check.h"
#include "base/rfc3339.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* --- an amount of a year --- */

static int64_t common_divisor(int64_t a, int64_t b) {
    a = a < 0 ? -a : a;
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a == 0 ? 1 : a;
}

bool revenue_annualised(struct money price, struct revenue_cycle cycle, struct ratio *ret_annual) {
    static const int64_t a_year[REVENUE_STEP_COUNT] = {
        [REVENUE_DAY] = 365, [REVENUE_WEEK] = 52, [REVENUE_MONTH] = 12, [REVENUE_YEAR] = 1};
    check((unsigned)cycle.step < REVENUE_STEP_COUNT);
    check(cycle.count > 0);
    check(money_is_valid(price));
    int64_t numerator = 0;
    if (__builtin_mul_overflow(price.minor, a_year[cycle.step], &numerator)) {
        return false;
    }
    int64_t divisor = common_divisor(numerator, cycle.count);
    *ret_annual = (struct ratio){numerator / divisor, cycle.count / divisor};
    check(ret_annual->denominator > 0);
    return true;
}

bool revenue_annual(struct ratio annual, struct annual *ret_annual) {
    check(annual.denominator > 0);
    int64_t divisor = common_divisor(REVENUE_UNITS, annual.denominator);
    int64_t units = 0;
    if (annual.denominator != divisor ||
        __builtin_mul_overflow(annual.numerator, REVENUE_UNITS / divisor, &units)) {
        return false;
    }
    ret_annual->units = units;
    return true;
}

/* --- movements --- */

const char *revenue_kind_name(enum revenue_kind kind) {
    static const char *const names[REVENUE_KIND_COUNT] = {
        "new", "reactivation", "expansion", "contraction", "churn", "signup", "standing", "left"};
    check((unsigned)kind < REVENUE_KIND_COUNT);
    return names[kind];
}

const char *revenue_reason_name(enum revenue_reason reason) {
    static const char *const names[REVENUE_REASON_COUNT] = {
        [REVENUE_PURCHASE] = "purchase",
        [REVENUE_TRIAL_CONVERTED] = "trial_converted",
        [REVENUE_CONTRACT] = "contract",
        [REVENUE_UPGRADE] = "upgrade",
        [REVENUE_DOWNGRADE] = "downgrade",
        [REVENUE_INTERVAL] = "interval",
        [REVENUE_PRICE_CHANGE] = "price_change",
        [REVENUE_DISCOUNT] = "discount",
        [REVENUE_DISCOUNT_EXPIRED] = "discount_expired",
        [REVENUE_CANCELED] = "canceled",
        [REVENUE_TO_FREE] = "to_free",
        [REVENUE_INVOLUNTARY] = "involuntary",
        [REVENUE_PAUSED] = "paused",
        [REVENUE_RESUMED] = "resumed",
        [REVENUE_RECOVERED] = "recovered",
        [REVENUE_CURRENCY] = "currency",
        [REVENUE_CORRECTION] = "correction",
        [REVENUE_SIGNED_UP] = "signed_up",
        [REVENUE_RISK] = "risk",
        [REVENUE_FUTURE] = "future",
        [REVENUE_ERASED] = "erased",
    };
    check((unsigned)reason < REVENUE_REASON_COUNT);
    return names[reason];
}

enum revenue_kind revenue_movement(struct annual before, struct annual after, bool has_ever_paid) {
    check(before.units >= 0);
    check(after.units >= 0);
    if (before.units == after.units) {
        return REVENUE_STANDING;
    }
    if (before.units == 0) {
        return has_ever_paid ? REVENUE_REACTIVATION : REVENUE_NEW;
    }
    if (after.units == 0) {
        return REVENUE_CHURN;
    }
    return after.units > before.units ? REVENUE_EXPANSION : REVENUE_CONTRACTION;
}

/* --- sums --- */

i128 revenue_round_half_even(i128 numerator, i128 denominator) {
    check(denominator > 0);
    check(denominator <= (i128)1 << 126); /* twice the rest is a number still */
    i128 whole = numerator / denominator;
    i128 rest = numerator % denominator;
    if (rest < 0) { /* division rounds toward zero; the whole is to lie below */
        whole -= 1;
        rest += denominator;
    }
    check(rest >= 0);
    check(rest < denominator);
    bool is_above = rest > denominator - rest;
    bool is_half = rest == denominator - rest;
    return whole + (is_above || (is_half && whole % 2 != 0) ? 1 : 0);
}

/* What no amount can hold is shown as the largest: a sum of all customers is no one's price. */
static struct money shown(i128 minor, struct currency currency) {
    i128 most = MONEY_MINOR_MAX;
    minor = minor > most ? most : minor;
    minor = minor < -most ? -most : minor;
    check(minor >= -most);
    check(minor <= most);
    return money_of((int64_t)minor, currency);
}

struct money revenue_yearly(struct revenue_total total, struct currency currency) {
    i128 parts = (i128)REVENUE_UNITS * REVENUE_RATE_PAR;
    return shown(revenue_round_half_even(total.value, parts), currency);
}

struct money revenue_monthly(struct revenue_total total, struct currency currency) {
    i128 parts = (i128)REVENUE_UNITS * REVENUE_RATE_PAR * REVENUE_MONTHS_OF_YEAR;
    return shown(revenue_round_half_even(total.value, parts), currency);
}

/* --- days and months --- */

static int64_t divide_down(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

struct revenue_day revenue_day_of(struct instant at) {
    check(instant_is_valid(at));
    return (struct revenue_day){(int32_t)divide_down(at.ms, DAY_MS)};
}

struct revenue_month revenue_month_of(struct revenue_day day) {
    struct civil civil = civil_from_ms((int64_t)day.number * DAY_MS);
    check(civil.month >= 1);
    check(civil.month <= REVENUE_MONTHS_OF_YEAR);
    return (struct revenue_month){(civil.year - 1970) * REVENUE_MONTHS_OF_YEAR + civil.month - 1};
}

struct revenue_day revenue_month_first(struct revenue_month month) {
    int64_t year = divide_down(month.number, REVENUE_MONTHS_OF_YEAR);
    const struct civil first = {.year = (int)(1970 + year),
                                .month = (int)(month.number - year * REVENUE_MONTHS_OF_YEAR) + 1,
                                .day = 1};
    check(first.month >= 1);
    check(first.month <= REVENUE_MONTHS_OF_YEAR);
    return (struct revenue_day){(int32_t)divide_down(civil_to_ms(first), DAY_MS)};
}

struct instant revenue_day_start(struct revenue_day day) {
    return (struct instant){(int64_t)day.number * DAY_MS};
}
