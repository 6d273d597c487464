/* A second opinion on what a change costs: core's own arithmetic over what was billed before, held
 * against what the payment provider says. Where they differ nothing is charged. */
#ifndef APP_CHANGE_CHECK_H
#define APP_CHANGE_CHECK_H

#include "app/change.h"

/* What the lines of the change must add up to, before tax; unknown where a coupon or a trial has
 * its hands in the price, which is the provider's arithmetic alone. */
struct change_expected {
    bool is_known;
    int64_t total; /* minor units */
};
MUST_USE struct err change_expect(struct tx *tx, const struct subscription_view *view,
                                  const struct planned_change *change, struct instant at,
                                  struct change_expected *ret_expected);

/* Whether the provider's lines add up to it; what somebody has put on the invoice by hand is left
 * out. */
bool change_agrees(const struct change_expected *expected, const struct payments_invoice *preview);

/* Says it in the log and in the customer's history. */
MUST_USE struct err change_note_dispute(struct app *app, struct tx *tx, struct str user_id,
                                        int64_t expected, const struct payments_invoice *preview);

#endif
