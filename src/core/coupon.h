/* Coupons: which code lowers the price of which plan, and until when it is taken.
 *
 * What an invoice has of it is the payment provider's arithmetic; coupon_off() is for the second
 * opinion on it. Source: https://docs.stripe.com/billing/subscriptions/coupons. */
#ifndef CORE_COUPON_H
#define CORE_COUPON_H

#include "core/catalogue.h"

/* What a code consists of. */
#define COUPON_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

const char *coupon_duration_name(enum coupon_duration duration); /* "once" */

/* NULL when the catalogue has no such code. */
const struct coupon *coupon_of(const struct catalogue *catalogue, struct str code);

enum coupon_verdict { COUPON_FITS, COUPON_EXPIRED, COUPON_OF_OTHER_PLANS };
enum coupon_verdict coupon_judge(const struct coupon *coupon, enum tier tier, struct instant now);
/* The same without the time: a coupon that was given stays until it has run out. */
bool coupon_applies(const struct coupon *coupon, enum tier tier);

/* Whether one that is given with the first invoice is still there at the next, an interval later.
 */
bool coupon_lasts(const struct coupon *coupon, enum interval interval);

/* What it takes off an amount that is not negative: a share of it, rounded half away from zero, or
 * so much, but no more than there is. False when the coupon is of another currency. */
MUST_USE bool coupon_off(const struct coupon *coupon, struct money amount, struct money *ret_off);

/* The whole periods that one invoice bills, in its order. */
struct coupon_lines {
    const struct money *amounts;
    size_t count;
};
/* The same of one line of several, which share a coupon of an amount: to each its part of it,
 * rounded down, and what is left over to the last that has room. False also when they are of
 * several currencies, or one is negative
 * (https://docs.stripe.com/billing/subscriptions/prorations). */
MUST_USE bool coupon_off_line(const struct coupon *coupon, const struct coupon_lines *lines,
                              size_t at, struct money *ret_off);

#endif
