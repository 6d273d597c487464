/* A customer's subscription as everybody sees it: the row, and what follows from it at an instant.
 */
#ifndef APP_SUBSCRIPTION_H
#define APP_SUBSCRIPTION_H

#include "app/app.h"
#include "core/entitlement.h"
#include "store/subscription.h"

struct subscription_view {
    struct subscription_row row;
    const struct plan *plan;
    enum subscription_status status;
    enum access access;
    struct period current_period; /* of billing; for `free` that of usage */
    struct period usage_period;
    bool has_pending_change;
    enum tier pending_tier;
    enum interval pending_interval;
    const struct plan *pending_plan; /* of the version of the day it was made; NULL: none */
    struct instant pending_at;
    struct money price; /* of one interval; zero for `free` and by contract */
    struct entitlements entitlements;
};

/* Of a row with at least status, past_due_since and access_until. */
enum access subscription_row_access(const struct app *app, const struct subscription_row *row,
                                    struct instant now);

/* Of a row with a pending change: the plan that is to come. */
const struct plan *subscription_pending_plan(const struct app *app,
                                             const struct subscription_row *row);

/* What is in force for the customer now; *ret_found is false when there is no such customer. */
MUST_USE struct err subscription_view_read(const struct app *app, struct tx *tx, struct str user_id,
                                           struct subscription_view *ret_view, bool *ret_found);
/* The same from a row at hand. ERR_CORRUPT when the row's plan is not in the catalogue. */
MUST_USE struct err subscription_view_of(const struct app *app, struct cx *cx,
                                         const struct subscription_row *row,
                                         struct subscription_view *ret_view);

/* What a row of subscription_each_counted() allows now. ERR_CORRUPT as above. */
MUST_USE struct err subscription_entitlements(const struct app *app, struct cx *cx,
                                              const struct subscription_row *row,
                                              struct entitlements *ret_entitlements);

/* The usage period that `at` belongs to, whichever subscription was in force then. What happened up
 * to 31 days before the customer was known belongs to the first period. ERR_NOT_FOUND when it is
 * older, or there is no such customer. */
MUST_USE struct err subscription_usage_period(struct tx *tx, struct str user_id, struct instant at,
                                              struct period *ret_period);

#endif
