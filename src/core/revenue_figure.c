#include "core/revenue_figure.h"

#include "base/check.h"

const char *revenue_known_name(enum revenue_known known) {
    static const char *const names[REVENUE_KNOWN_COUNT] = {"",           "no_base",     "infinite",
                                                           "few_data",   "no_spend",    "no_margin",
                                                           "too_recent", "not_recorded"};
    check((unsigned)known < REVENUE_KNOWN_COUNT);
    return names[known];
}

/* --- exact fractions --- */

struct fraction {
    i128 numerator, denominator; /* positive */
    bool is_too_large;           /* for 128 bits */
};

static i128 common_divisor(i128 a, i128 b) {
    a = a < 0 ? -a : a;
    while (b != 0) {
        i128 rest = a % b;
        a = b;
        b = rest;
    }
    return a == 0 ? 1 : a;
}

/* numerator / denominator, in lowest terms; the denominator is positive. */
static struct fraction fraction_of(i128 numerator, i128 denominator) {
    check(denominator > 0);
    i128 divisor = common_divisor(numerator, denominator);
    check(divisor > 0);
    check(numerator % divisor == 0);
    check(denominator % divisor == 0);
    return (struct fraction){numerator / divisor, denominator / divisor, false};
}

static struct fraction times(struct fraction a, i128 numerator, i128 denominator) {
    check(a.is_too_large || a.denominator > 0);
    struct fraction b = fraction_of(numerator, denominator);
    i128 one = common_divisor(a.numerator, b.denominator);
    i128 two = common_divisor(b.numerator, a.denominator);
    struct fraction product = {.is_too_large = a.is_too_large};
    bool is_over =
        __builtin_mul_overflow(a.numerator / one, b.numerator / two, &product.numerator) ||
        __builtin_mul_overflow(a.denominator / two, b.denominator / one, &product.denominator);
    product.is_too_large |= is_over;
    return product;
}

static struct revenue_figure rounded(struct fraction fraction) {
    if (fraction.is_too_large) {
        return revenue_unknown(REVENUE_NO_BASE);
    }
    check(fraction.denominator > 0);
    i128 whole = revenue_round_half_even(fraction.numerator, fraction.denominator);
    bool fits = whole <= MONEY_MINOR_MAX && whole >= -MONEY_MINOR_MAX;
    return fits ? revenue_value((int64_t)whole) : revenue_unknown(REVENUE_NO_BASE);
}

static struct revenue_figure share(i128 part, i128 whole, int64_t scale) {
    check(scale > 0);
    return whole <= 0 ? revenue_unknown(REVENUE_NO_BASE)
                      : rounded(times(fraction_of(part, whole), scale, 1));
}

struct revenue_figure revenue_share(struct revenue_total part, struct revenue_total whole) {
    return share(part.value, whole.value, REVENUE_SHARE);
}

struct revenue_figure revenue_share_of_count(int64_t part, int64_t whole) {
    return share(part, whole, REVENUE_SHARE);
}

/* --- what moved --- */

static i128 gains(const struct revenue_moves *moves) {
    return moves->of[REVENUE_NEW].value + moves->of[REVENUE_REACTIVATION].value +
           moves->of[REVENUE_EXPANSION].value;
}

static i128 losses(const struct revenue_moves *moves) {
    return moves->of[REVENUE_CONTRACTION].value + moves->of[REVENUE_CHURN].value;
}

struct revenue_total revenue_net_new(const struct revenue_moves *moves) {
    return (struct revenue_total){gains(moves) - losses(moves)};
}

struct revenue_figure revenue_gross_churn(const struct revenue_moves *moves) {
    return share(losses(moves), moves->opening.value, REVENUE_SHARE);
}

struct revenue_figure revenue_net_churn(const struct revenue_moves *moves) {
    i128 back = moves->of[REVENUE_EXPANSION].value + moves->of[REVENUE_REACTIVATION].value;
    return share(losses(moves) - back, moves->opening.value, REVENUE_SHARE);
}

struct revenue_figure revenue_grr(const struct revenue_moves *moves) {
    return share(moves->opening.value - losses(moves), moves->opening.value, REVENUE_SHARE);
}

struct revenue_figure revenue_nrr(const struct revenue_moves *of_opening) {
    check(of_opening->of[REVENUE_NEW].value == 0); /* none of them was there */
    i128 now = of_opening->opening.value + gains(of_opening) - losses(of_opening);
    return share(now, of_opening->opening.value, REVENUE_SHARE);
}

struct revenue_figure revenue_expansion_rate(const struct revenue_moves *moves) {
    return share(moves->of[REVENUE_EXPANSION].value, moves->opening.value, REVENUE_SHARE);
}

struct revenue_figure revenue_quick_ratio(const struct revenue_moves *moves) {
    if (losses(moves) > 0) {
        return share(gains(moves), losses(moves), REVENUE_RATIO);
    }
    return revenue_unknown(gains(moves) > 0 ? REVENUE_INFINITE : REVENUE_NO_BASE);
}

/* --- customers --- */

/* A plan to which more have come back than left it has lost nobody. */
struct revenue_figure revenue_logo_churn(struct revenue_churn churn) {
    return revenue_share_of_count(churn.lost > 0 ? churn.lost : 0, churn.opening);
}

struct revenue_figure revenue_logo_churn_of_year(struct revenue_churn month) {
    const i128 one = (i128)1000000000000000; /* fifteen digits of a share */
    if (month.opening <= 0) {
        return revenue_unknown(REVENUE_NO_BASE);
    }
    i128 stay = revenue_round_half_even((month.opening - month.lost) * one, month.opening);
    i128 all = one;
    for (int i = 0; i < REVENUE_MONTHS_OF_YEAR; i++) {
        all = revenue_round_half_even(all * stay, one);
    }
    return share(one - all, one, REVENUE_SHARE);
}

/* Minor units a month of units a year. */
static const i128 month_parts = (i128)REVENUE_UNITS * REVENUE_RATE_PAR * REVENUE_MONTHS_OF_YEAR;

static struct fraction per_head(struct revenue_total total, int64_t heads) {
    check(heads > 0);
    return times(fraction_of(total.value, month_parts), 1, heads);
}

struct revenue_figure revenue_per_head(struct revenue_total total, int64_t heads) {
    return heads <= 0 ? revenue_unknown(REVENUE_NO_BASE) : rounded(per_head(total, heads));
}

static enum revenue_known churn_known(struct revenue_churn churn) {
    return churn.opening <= 0                      ? REVENUE_NO_BASE
           : churn.lost < REVENUE_CHURN_EVENTS_MIN ? REVENUE_FEW_DATA
                                                   : REVENUE_KNOWN;
}

struct revenue_figure revenue_lifetime(struct revenue_churn churn) {
    enum revenue_known known = churn_known(churn);
    return known == REVENUE_KNOWN ? share(churn.opening, churn.lost, REVENUE_TENTHS)
                                  : revenue_unknown(known);
}

static enum revenue_known worth_known(const struct revenue_worth *worth) {
    if (worth->margin <= 0) {
        return REVENUE_NO_MARGIN;
    }
    return worth->paying <= 0 ? REVENUE_NO_BASE : churn_known(worth->churn);
}

/* ARPA x margin. */
static struct fraction earned(const struct revenue_worth *worth) {
    check(worth->margin > 0);
    check(worth->margin <= REVENUE_SHARE);
    return times(per_head(worth->total, worth->paying), worth->margin, REVENUE_SHARE);
}

static struct fraction ltv(const struct revenue_worth *worth) {
    check(worth->churn.opening > 0);
    check(worth->churn.lost >= REVENUE_CHURN_EVENTS_MIN);
    return times(earned(worth), worth->churn.opening, worth->churn.lost);
}

struct revenue_figure revenue_ltv(const struct revenue_worth *worth) {
    enum revenue_known known = worth_known(worth);
    return known == REVENUE_KNOWN ? rounded(ltv(worth)) : revenue_unknown(known);
}

struct revenue_figure revenue_cac_max(const struct revenue_worth *worth) {
    enum { WANTED = 3 };
    enum revenue_known known = worth_known(worth);
    return known == REVENUE_KNOWN ? rounded(times(ltv(worth), 1, WANTED)) : revenue_unknown(known);
}

static enum revenue_known spend_known(const struct revenue_spend *spend) {
    return !spend->is_known        ? REVENUE_NO_SPEND
           : spend->customers <= 0 ? REVENUE_NO_BASE
                                   : REVENUE_KNOWN;
}

struct revenue_figure revenue_cac(const struct revenue_spend *spend) {
    enum revenue_known known = spend_known(spend);
    return known == REVENUE_KNOWN ? share(spend->minor, spend->customers, 1)
                                  : revenue_unknown(known);
}

struct revenue_figure revenue_payback(const struct revenue_worth *worth,
                                      const struct revenue_spend *spend) {
    enum revenue_known known = spend_known(spend);
    if (known != REVENUE_KNOWN) {
        return revenue_unknown(known);
    }
    if (worth->margin <= 0) {
        return revenue_unknown(REVENUE_NO_MARGIN);
    }
    struct fraction earns = worth->paying <= 0 ? (struct fraction){0, 1, false} : earned(worth);
    if (earns.is_too_large || earns.numerator <= 0) {
        return revenue_unknown(REVENUE_NO_BASE);
    }
    check(spend->customers > 0);
    struct fraction cost = times(fraction_of(spend->minor, spend->customers), REVENUE_TENTHS, 1);
    return rounded(times(cost, earns.denominator, earns.numerator));
}

struct revenue_figure revenue_ltv_to_cac(const struct revenue_worth *worth,
                                         const struct revenue_spend *spend) {
    enum revenue_known known = spend_known(spend);
    known = known == REVENUE_KNOWN ? worth_known(worth) : known;
    if (known != REVENUE_KNOWN) {
        return revenue_unknown(known);
    }
    if (spend->minor <= 0) {
        return revenue_unknown(REVENUE_INFINITE);
    }
    struct fraction worth_of_one = times(ltv(worth), REVENUE_RATIO, 1);
    return rounded(times(worth_of_one, spend->customers, spend->minor));
}

struct revenue_figure revenue_converted(const struct revenue_conversion *conversion) {
    check(conversion->window >= 0);
    if (conversion->as_of.number < conversion->last.number + conversion->window) {
        return revenue_unknown(REVENUE_TOO_RECENT);
    }
    return revenue_share_of_count(conversion->converted, conversion->signups);
}
