/* What a request to change a subscription comes to: the plan, when, and what it costs. Pure; shared
 * by the preview and by the change itself. */
#ifndef APP_CHANGE_H
#define APP_CHANGE_H

#include "app/subscription.h"
#include "core/entitlement.h"
#include "core/proration.h"

enum change_when { CHANGE_WHEN_DEFAULT, CHANGE_WHEN_NOW, CHANGE_WHEN_PERIOD_END };

/* What is asked of a subscription; -1 leaves tier or interval as they are. */
struct change_request {
    int tier, interval;
    enum change_when when;
    int32_t version;    /* of a contract; 0: the newest */
    bool begins_period; /* of a contract: a billing period begins with it */
    const struct catalogue
        *offered; /* what they may buy (app/experiment_offer.h); NULL: the app's */
};

struct planned_change {
    const struct plan *plan; /* the newest version of the tier, or that of a contract */
    enum interval interval;
    struct money price; /* of one interval; zero for `free` */
    bool is_now;
    bool begins_period; /* a new billing period begins with it */
};

/* DONE; NO_CHANGE, CONTRACT_REQUIRED, CONTRACT_BINDS, SUBSCRIPTION_NOT_ACTIVE, unless a contract
 * says what follows the period. Upgrades, and
 * changes from month to year, take effect now; the rest at the period's end, unless asked
 * otherwise. */
enum outcome change_decide(const struct app *app, const struct subscription_view *view,
                           const struct change_request *request, struct planned_change *ret_change);

/* The lines and the amount due of a change that takes effect at `at`. */
struct proration change_proration(const struct subscription_view *view,
                                  const struct planned_change *change, struct instant at);

#endif
