/* Coupons: which code lowers the price of which plan, and until when it is taken.
 *
 * What a coupon is worth on an invoice is the payment provider's arithmetic; here is only whether
 * it may be given. Source: https://docs.stripe.com/billing/subscriptions/coupons. */
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

#endif
