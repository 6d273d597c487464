/* Recurring revenue: amounts of a year, what a change of them is called, and how they are summed.
 *
 * The unit is a sixth of a minor unit, a year: a price of any interval up to three years, which is
 * the longest that Stripe bills, is a whole number of them. Nothing is rounded until a total is
 * shown, and then once, half to even: a thousand customers at 100.00 a year bring 8,333.33 a month,
 * not 8,330.00. */
#ifndef CORE_REVENUE_H
#define CORE_REVENUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/int128.h"
#include "core/calendar.h"
#include "core/money.h"

/* --- an amount of a year --- */

enum revenue_step { REVENUE_DAY, REVENUE_WEEK, REVENUE_MONTH, REVENUE_YEAR };
enum { REVENUE_STEP_COUNT = REVENUE_YEAR + 1 };
/* How often it is billed: every `count` steps; a quarter is three months. */
struct revenue_cycle {
    enum revenue_step step;
    int32_t count; /* 1.. */
};

/* What the price comes to in a year, exactly: x12 of a month, x4 of a quarter, x52 of a week, x365
 * of a day, a third of three years; in lowest terms. False when the range of ratios ends. */
MUST_USE bool revenue_annualised(struct money price, struct revenue_cycle cycle,
                                 struct ratio *ret_annual);

enum { REVENUE_UNITS = 6, REVENUE_MONTHS_OF_YEAR = 12 };
/* Sixths of a minor unit, a year. */
struct annual {
    int64_t units;
};
/* False when it is no whole number of units, or too large for one. */
MUST_USE bool revenue_annual(struct ratio annual, struct annual *ret_annual);

/* --- movements --- */

enum revenue_kind {
    REVENUE_NEW,          /* the first time that an account pays */
    REVENUE_REACTIVATION, /* it pays again */
    REVENUE_EXPANSION,
    REVENUE_CONTRACTION,
    REVENUE_CHURN,    /* it pays nothing any more */
    REVENUE_SIGNUP,   /* no movement: an account is there, and pays nothing */
    REVENUE_STANDING, /* no movement: risk, a scheduled end, or the plan's name alone */
    REVENUE_LEFT,     /* no movement: the account is erased */
};
enum { REVENUE_KIND_COUNT = REVENUE_LEFT + 1, REVENUE_MOVEMENTS = REVENUE_CHURN + 1 };
const char *revenue_kind_name(enum revenue_kind kind); /* "new" */

/* The rule: nothing to something is new, or a reactivation for who has paid before; something to
 * nothing is churn; else more or less. Equal amounts are REVENUE_STANDING. Amounts are not
 * negative. */
enum revenue_kind revenue_movement(struct annual before, struct annual after, bool has_ever_paid);

enum revenue_reason {
    REVENUE_PURCHASE,
    REVENUE_TRIAL_CONVERTED,
    REVENUE_CONTRACT, /* agreed terms: begun, amended, ramped, renewed */
    REVENUE_UPGRADE,
    REVENUE_DOWNGRADE,
    REVENUE_INTERVAL,
    REVENUE_PRICE_CHANGE,
    REVENUE_DISCOUNT,
    REVENUE_DISCOUNT_EXPIRED,
    REVENUE_CANCELED,    /* the customer's own will */
    REVENUE_TO_FREE,     /* the same, as a change to the plan that costs nothing */
    REVENUE_INVOLUNTARY, /* not paid: suspended, or ended by dunning */
    REVENUE_PAUSED,
    REVENUE_RESUMED,
    REVENUE_RECOVERED, /* paid after it was suspended */
    REVENUE_CURRENCY,
    REVENUE_CORRECTION,
    REVENUE_SIGNED_UP,
    REVENUE_RISK,   /* a payment failed, or was made good; access is full */
    REVENUE_FUTURE, /* an end or a smaller plan was scheduled, or taken back */
    REVENUE_ERASED,
};
enum { REVENUE_REASON_COUNT = REVENUE_ERASED + 1 };
const char *revenue_reason_name(enum revenue_reason reason); /* "upgrade" */

/* --- sums --- */

/* Reporting currency for one minor unit of another, in millionths. */
struct revenue_rate {
    int64_t micros;
};
enum { REVENUE_RATE_PAR = 1000000 };
#define REVENUE_RATE_MAX (INT64_C(1000000) * REVENUE_RATE_PAR)

/* In the reporting currency: units times millionths. */
struct revenue_total {
    i128 value;
};
static inline struct revenue_total revenue_at(struct annual annual, struct revenue_rate rate) {
    return (struct revenue_total){(i128)annual.units * rate.micros};
}
static inline struct revenue_total revenue_plus(struct revenue_total a, struct revenue_total b) {
    return (struct revenue_total){a.value + b.value};
}
static inline struct revenue_total revenue_minus(struct revenue_total a, struct revenue_total b) {
    return (struct revenue_total){a.value - b.value};
}
static inline struct revenue_total revenue_negated(struct revenue_total a) {
    return (struct revenue_total){-a.value};
}

/* a / b, to the nearest whole number, halves to the even one; b is positive. */
i128 revenue_round_half_even(i128 numerator, i128 denominator);

/* The total in minor units of a year and of a month, rounded once. */
struct money revenue_yearly(struct revenue_total total, struct currency currency);
struct money revenue_monthly(struct revenue_total total, struct currency currency);

/* --- days and months, in UTC --- */

/* Since 1970: day 0 is the first of January. */
struct revenue_day {
    int32_t number;
};
struct revenue_month {
    int32_t number; /* 0: January 1970 */
};
struct revenue_day revenue_day_of(struct instant at);
struct revenue_month revenue_month_of(struct revenue_day day);
struct revenue_day revenue_month_first(struct revenue_month month);
struct instant revenue_day_start(struct revenue_day day);

#endif
