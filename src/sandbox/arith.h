/* The sandbox's own arithmetic of money and time: deliberately not core's.
 *
 * Amounts are minor units, instants are UTC seconds (Stripe's resolution). Amounts are bounded by
 * AMOUNT_MAX and lengths of time by a few centuries, so that every product fits 128 bits. */
#ifndef SANDBOX_ARITH_H
#define SANDBOX_ARITH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* Stripe's largest unit amount, and a quantity that keeps any line under 2^53. */
enum { UNIT_AMOUNT_MAX = 99999999, QUANTITY_MAX = 1000000 };

/* amount * part / whole, rounded half away from zero; whole > 0. Stripe's published figures round
 * each proration line by itself to the nearest cent (billing/subscriptions/prorations). */
int64_t prorate(int64_t amount, int64_t part, int64_t whole);

enum interval_unit { INTERVAL_DAY, INTERVAL_WEEK, INTERVAL_MONTH, INTERVAL_YEAR };

struct interval {
    enum interval_unit unit;
    int64_t count; /* 1 to 1095 */
    int day;       /* the day of the month that is aimed at; 0: the anchor's */
};

/* Half open: start is in it, end is not. */
struct period {
    int64_t start;
    int64_t end;
};

/* "day", "week", "month", "year"; false for anything else. */
MUST_USE bool interval_unit_parse(const char *name, enum interval_unit *ret_unit);
/* The instant `n` intervals (n may be negative) from the anchor. Months and years are clamped to
 * the month's last day from the anchor, never from the step before: 31 Jan, 28 Feb, 31 Mar
 * (billing/subscriptions/billing-cycle). */
int64_t anchor_plus(int64_t anchor, struct interval interval, int64_t n);
/* The one period of the chain through `anchor` that has `at` in it. */
struct period sandbox_period_at(int64_t anchor, struct interval interval, int64_t at);

/* The same time of day `days` business days later: Monday to Friday, no bank holidays. */
int64_t business_days_after(int64_t from_s, int days);

/* What becomes of a total when it meets the customer's balance at finalization. */
struct settlement {
    int64_t amount_due;
    int64_t ending_balance; /* negative: in the customer's favour */
};
/* A negative total becomes credit, credit lowers what is due, and what is left under the least
 * chargeable amount is carried on the balance instead of charged. */
struct settlement settle(int64_t total, int64_t balance, int64_t least_charge);

#endif
