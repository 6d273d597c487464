/* What follows from a subscription's row at an instant: plan, access, periods, entitlements. */
#include "app/subscription.h"

#include "base/check.h"
#include "core/price.h"

/* Up to here before the customer was known, usage belongs to the first period: a platform may
 * register a customer after its first traffic. */
enum { EARLY_DAYS = 31 };

/* A case of dunning has the last word, also over a status that is active: a bank debit that failed
 * leaves Stripe's subscription active. Without a case yet, the policy's days count from when the
 * subscription was first seen to owe. */
enum access subscription_row_access(const struct app *app, const struct subscription_row *row,
                                    struct instant now) {
    enum subscription_status status = (enum subscription_status)row->status;
    bool has_case = row->access_until != ROW_NONE;
    struct instant until = INSTANT_MIN;
    if (has_case) {
        until = (struct instant){row->access_until};
    } else if (row->past_due_since != ROW_NONE) {
        until = instant_add((struct instant){row->past_due_since},
                            duration_days(app->catalogue->dunning.access_days));
    }
    enum access access = subscription_access(status, until, now);
    bool has_ended = has_case && !instant_is_before(now, until);
    return has_ended && access == ACCESS_FULL ? ACCESS_RESTRICTED : access;
}

static struct err plan_of(const struct app *app, struct cx *cx, const struct subscription_row *row,
                          const struct plan **ret_plan) {
    *ret_plan =
        catalogue_plan_version(app->catalogue, (enum tier)row->tier, (int32_t)row->plan_version);
    return *ret_plan != NULL
               ? OK
               : cx_fail(cx, ERR(ERR_CORRUPT),
                         "plan %s version %lld was sold but is not in the catalogue",
                         tier_name((enum tier)row->tier), (long long)row->plan_version);
}

/* What the provider's schedule will bill; where the version was not kept yet, what is sold now. */
const struct plan *subscription_pending_plan(const struct app *app,
                                             const struct subscription_row *row) {
    enum tier tier = (enum tier)row->pending_tier;
    const struct plan *plan =
        row->pending_version == 0
            ? NULL
            : catalogue_plan_version(app->catalogue, tier, (int32_t)row->pending_version);
    return plan == NULL ? catalogue_plan(app->catalogue, tier) : plan;
}

static struct entitlements entitlements_of(const struct app *app, enum access access,
                                           const struct plan *plan) {
    return entitlement_of(access, plan, catalogue_plan(app->catalogue, TIER_FREE), NULL);
}

struct err subscription_entitlements(const struct app *app, struct cx *cx,
                                     const struct subscription_row *row,
                                     struct entitlements *ret_entitlements) {
    const struct plan *plan = NULL;
    TRY(plan_of(app, cx, row, &plan));
    *ret_entitlements = entitlements_of(app, subscription_row_access(app, row, app_now(app)), plan);
    return OK;
}

struct err subscription_view_of(const struct app *app, struct cx *cx,
                                const struct subscription_row *row,
                                struct subscription_view *ret_view) {
    struct instant now = app_now(app);
    const struct plan *plan = NULL;
    struct currency currency;
    TRY(plan_of(app, cx, row, &plan));
    if (!currency_parse(row->currency, &currency)) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "a subscription is in no known currency");
    }
    struct subscription_view view = {
        .row = *row,
        .plan = plan,
        .status = (enum subscription_status)row->status,
        .access = subscription_row_access(app, row, now),
        .usage_period = period_containing((struct instant){row->usage_anchor}, INTERVAL_MONTH, now),
        .current_period = {{row->current_period_start}, {row->current_period_end}},
        .has_pending_change = row->pending_tier >= 0,
        .pending_at = {row->current_period_end},
        .price = money_zero(currency),
    };
    if (row->stripe_subscription_id.len == 0) {
        view.current_period = view.usage_period; /* `free` has no other */
    }
    if (view.has_pending_change) {
        view.pending_tier = (enum tier)row->pending_tier;
        view.pending_interval = (enum interval)row->pending_interval;
        view.pending_plan = subscription_pending_plan(app, row);
    }
    struct money price;
    if (price_of(plan, (enum interval)row->interval, &price)) {
        view.price = price;
    }
    view.entitlements = entitlements_of(app, view.access, plan);
    *ret_view = view;
    return OK;
}

struct err subscription_view_read(const struct app *app, struct tx *tx, struct str user_id,
                                  struct subscription_view *ret_view, bool *ret_found) {
    struct subscription_row row;
    TRY(subscription_in_force(tx, user_id, &row, ret_found));
    return *ret_found ? subscription_view_of(app, tx->cx, &row, ret_view) : OK;
}

struct err subscription_usage_period(struct tx *tx, struct str user_id, struct instant at,
                                     struct period *ret_period) {
    int64_t anchor_ms = ROW_NONE;
    int64_t next_ms = ROW_NONE;
    TRY(subscription_anchor_at(tx, user_id, at.ms, &anchor_ms));
    if (anchor_ms == ROW_NONE) {
        return ERR(ERR_NOT_FOUND);
    }
    TRY(subscription_anchor_after(tx, user_id, anchor_ms, &next_ms));
    struct instant anchor = {anchor_ms};
    struct instant next = next_ms == ROW_NONE ? INSTANT_MAX : (struct instant){next_ms};
    if (instant_is_before(at, instant_add(anchor, duration_days(-EARLY_DAYS)))) {
        return ERR(ERR_NOT_FOUND);
    }
    struct period period = period_containing(anchor, INTERVAL_MONTH, instant_later(at, anchor));
    period.end = instant_earlier(period.end, next); /* a new stretch begins a new period */
    check(instant_is_before(period.start, period.end));
    *ret_period = period;
    return OK;
}
