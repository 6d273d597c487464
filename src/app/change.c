#include "app/change.h"

#include "base/check.h"
#include "core/plan_book.h"
#include "core/price.h"

static bool is_now_by_default(const struct subscription_view *view,
                              const struct planned_change *change) {
    struct sale from = {view->plan, (enum interval)view->row.interval};
    struct sale to = {change->plan, change->interval};
    switch (subscription_change(from, to)) {
    case CHANGE_UPGRADE:
        return true;
    case CHANGE_INTERVAL:
        return change->interval == INTERVAL_YEAR;
    case CHANGE_NONE:
    case CHANGE_DOWNGRADE:
        return false;
    }
    return false;
}

/* Another version of the plan they have is another plan only where it is named. */
static bool is_same(const struct subscription_view *view, const struct change_request *request,
                    const struct planned_change *change) {
    return change->plan->tier == view->plan->tier &&
           (request->version == 0 || change->plan == view->plan) &&
           change->interval == (enum interval)view->row.interval && !view->has_pending_change;
}

enum outcome change_decide(const struct app *app, const struct subscription_view *view,
                           const struct change_request *request,
                           struct planned_change *ret_change) {
    bool is_paid = view->row.stripe_subscription_id.len > 0;
    enum tier tier = request->tier >= 0 ? (enum tier)request->tier : view->plan->tier;
    const struct catalogue *offered = request->offered != NULL ? request->offered : app->catalogue;
    int32_t version =
        request->version > 0 ? request->version : catalogue_plan(offered, tier)->version;
    struct planned_change change = {
        .plan = catalogue_plan_version(app->catalogue, tier, version),
        .interval = request->interval >= 0 ? (enum interval)request->interval
                                           : (enum interval)view->row.interval,
    };
    check(change.plan != NULL); /* versions are given by contracts, not by people */
    if (request->version == 0 && plan_version_is_private(view->plan->version)) {
        return OUTCOME_CONTRACT_BINDS;
    }
    bool has_price = price_of(change.plan, change.interval, &change.price);
    if (price_is_contract(change.plan)) {
        return OUTCOME_CONTRACT_REQUIRED;
    }
    check(has_price);
    if (is_same(view, request, &change) || (!is_paid && tier == TIER_FREE)) {
        return OUTCOME_NO_CHANGE;
    }
    bool is_agreed = request->version > 0 && request->when == CHANGE_WHEN_PERIOD_END;
    if (is_paid && !is_agreed && view->status != SUBSCRIPTION_ACTIVE &&
        view->status != SUBSCRIPTION_TRIALING) {
        return OUTCOME_SUBSCRIPTION_NOT_ACTIVE;
    }
    change.is_now = request->when == CHANGE_WHEN_DEFAULT ? is_now_by_default(view, &change)
                                                         : request->when == CHANGE_WHEN_NOW;
    change.is_now |= !is_paid; /* leaving `free` has nothing to wait for */
    change.begins_period = change.is_now && (!is_paid || request->begins_period ||
                                             change.interval != (enum interval)view->row.interval);
    *ret_change = change;
    return OUTCOME_DONE;
}

struct proration change_proration(const struct subscription_view *view,
                                  const struct planned_change *change, struct instant at) {
    check(change->is_now);
    struct proration_change from_to = {
        .from = {str_from_cstr(view->plan->name), view->price, (enum interval)view->row.interval},
        .to = {str_from_cstr(change->plan->name), change->price, change->interval},
        .anchor = period_anchor(view->current_period, (enum interval)view->row.interval),
        .at = at,
        .begins_period = change->begins_period,
    };
    return proration_of(&from_to);
}
