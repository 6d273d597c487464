/* What lowers a price: coupons and trials of the catalogue, and what the provider calls them. */
#ifndef APP_OFFER_H
#define APP_OFFER_H

#include "app/app.h"

/* DONE with the coupon; COUPON_UNKNOWN, COUPON_EXPIRED, COUPON_NOT_APPLICABLE. */
enum outcome offer_coupon(const struct app *app, struct str code, enum tier tier,
                          const struct coupon **ret_coupon);

/* Fills what the provider must know of the coupon with this code; nothing for an empty one, or one
 * that the catalogue no longer has. The id is made of what the coupon says, so that a code whose
 * terms have changed is another coupon there, and who has the old one keeps it. */
void offer_describe(const struct app *app, struct cx *cx, struct str code,
                    struct payments_call *call);

/* The coupon of the catalogue that the provider knows by this id; NULL when its terms are no longer
 * sold, or it is not ours. */
const struct coupon *offer_coupon_named(const struct app *app, struct cx *cx, struct str id);

/* The days of trial that the plan gives this customer: none to who has paid for a plan before. */
MUST_USE struct err offer_trial(struct tx *tx, struct str user_id, const struct plan *plan,
                                int64_t *ret_days);

#endif
