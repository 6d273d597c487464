/* Changes of items, anchor and trial (billing/subscriptions/prorations, billing-cycle).
 *
 * Flexible billing never moves the anchor by itself: an item whose interval changes goes on in the
 * period of the same chain. Classic billing begins a new period at the instant of the change when
 * the interval changes or when what was free is paid for (billing-mode/compare). A trial given
 * later, or ended, begins a new period in both. */
#include "sandbox/subscription_change.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/meter.h"

enum { TRIAL_MAX_S = 730 * 86400 };

const char *const proration_behaviors[] = {"create_prorations", "always_invoice", "none", NULL};
static const char *const anchor_types[] = {"now", "unchanged", NULL};
const struct param anchor_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = anchor_types},
    {.name = NULL}};

static bool same_interval(const json_t *a, const json_t *b) {
    struct interval left = price_interval(a);
    struct interval right = price_interval(b);
    return left.unit == right.unit && left.count == right.count;
}

static bool is_trialing(const json_t *subscription) {
    return member_is(subscription, "status", "trialing");
}

/* Whether classic billing begins anew because of this change of price. A trial goes on. */
static bool moves_anchor(const json_t *subscription, const json_t *before, const json_t *after) {
    bool was_free = member_i64(before, "unit_amount") == 0 && !price_is_metered(before);
    bool is_paid = member_i64(after, "unit_amount") > 0;
    return member_is(subscription, "billing_mode.type", "classic") && !is_trialing(subscription) &&
           (!same_interval(before, after) || (was_free && is_paid));
}

/* Changes price and quantity of an item. */
static bool change_item(struct world *world, json_t *subscription, struct change *change,
                        json_t *given, json_t *item) {
    bool has_price = !member_is(given, "price", "") || json_object_get(given, "price_data") != NULL;
    json_t *quantity = json_object_get(given, "quantity");
    json_t *before = json_incref(item_price(item));
    json_t *price = has_price ? price_for_item(world, subscription, given, "items[price]") : before;
    bool is_well =
        price != NULL && (quantity == NULL || !price_is_metered(price) ||
                          fault_invalid(&world->fault, NULL, "items[quantity]",
                                        "You cannot set the quantity of a metered plan."));
    bool is_same =
        is_well && member_is(before, "id", member(price, "id")) &&
        (quantity == NULL || json_integer_value(quantity) == member_i64(item, "quantity"));
    if (!is_well || is_same) {
        json_decref(before);
        return is_well && item_apply(world, subscription, item, given);
    }
    bool resets =
        change->is_now || (moves_anchor(subscription, before, price) && !change->keeps_anchor);
    if (change->prorates) {
        prorate_credit(world, subscription, item, change->at);
    }
    meter_price_ends(world, subscription, item, change->at);
    if (quantity != NULL) {
        json_object_set(item, "quantity", quantity);
    }
    item_set_price(item, price, member(subscription, "currency"));
    bool is_applied = item_apply(world, subscription, item, given);
    bool runs_on = item_period(item).end > change->at && !is_trialing(subscription);
    if (!resets && runs_on && !same_interval(before, price)) {
        item_set_period(item, item_stretch(subscription, price, change->at));
    }
    if (change->prorates && !resets) {
        prorate_debit(world, subscription, item, change->at);
    }
    json_decref(before);
    change->has_moved = change->has_moved || resets;
    return is_applied;
}

static bool add_item(struct world *world, json_t *subscription, const struct change *change,
                     json_t *given) {
    json_t *price = price_for_item(world, subscription, given, "items[price]");
    if (price == NULL) {
        return false;
    }
    if (json_array_size(subscription_items(subscription)) >= ITEMS_MAX) {
        return fault_invalid(&world->fault, NULL, "items", "A subscription has one to %d items.",
                             ITEMS_MAX);
    }
    bool is_boundary = subscription_ends(subscription).start == change->at;
    json_t *item = item_append(world, subscription, price, given, change->at);
    if (item == NULL) {
        return false;
    }
    meter_begin(item, change->at);
    if (is_boundary) {
        /* A phase that begins with a period: the renewal that follows moves it on and bills it. */
        item_set_period(item, (struct period){change->at, change->at});
    }
    if (change->prorates && !change->is_now) {
        prorate_debit(world, subscription, item, change->at);
    }
    return true;
}

static void remove_item(struct world *world, json_t *subscription, const struct change *change,
                        json_t *item) {
    json_t *items = subscription_items(subscription);
    if (change->prorates) {
        prorate_credit(world, subscription, item, change->at);
    }
    meter_price_ends(world, subscription, item, change->at);
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (json_array_get(items, i) == item) {
            json_array_remove(items, i);
            return;
        }
    }
}

static bool apply_one(struct world *world, json_t *subscription, struct change *change,
                      json_t *given) {
    const char *id = member(given, "id");
    if (id[0] == '\0') {
        return add_item(world, subscription, change, given);
    }
    json_t *item = subscription_item_find(subscription, id);
    if (item == NULL) {
        return world_missing(world, "subscription_item", "items[id]", id);
    }
    if (json_is_true(json_object_get(given, "deleted"))) {
        remove_item(world, subscription, change, item);
        return true;
    }
    return change_item(world, subscription, change, given, item);
}

static bool apply_items(struct world *world, json_t *subscription, struct change *change) {
    for (size_t i = 0; i < json_array_size(change->items); i++) {
        json_t *given = json_array_get(change->items, i);
        if (!apply_one(world, subscription, change, given)) {
            return false;
        }
    }
    if (json_array_size(subscription_items(subscription)) == 0) {
        return fault_invalid(&world->fault, NULL, "items",
                             "A subscription must have at least one active plan.");
    }
    return subscription_intervals_fit(world, subscription);
}

void subscription_restart(struct world *world, json_t *subscription, int64_t at, bool credits) {
    json_t *items = subscription_items(subscription);
    if (credits) {
        subscription_credit_all(world, subscription, at);
    }
    meter_wait_items(world, subscription, at);
    set_i64(subscription, "billing_cycle_anchor", at);
    set_null(subscription, "billing_cycle_anchor_config");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        item_set_period(item, item_stretch(subscription, json_object_get(item, "price"), at));
    }
}

/* A trial that begins, is moved, or ends now. True when a new period begins with it. */
static bool apply_trial(struct world *world, json_t *subscription, const struct change *change) {
    bool was_trial = is_trialing(subscription);
    int64_t end = json_is_integer(change->trial_end) ? json_integer_value(change->trial_end) : 0;
    if (end == 0) {
        bool is_warned = json_is_true(json_object_get(subscription, "_warned"));
        if (!is_warned) {
            set_bool(subscription, "_warned", true);
            event_emit(world, "customer.subscription.trial_will_end", subscription);
        }
        set_i64(subscription, "trial_end", change->at);
        set_text(subscription, "status", "active");
        subscription_restart(world, subscription, change->at, false);
        return was_trial;
    }
    if (!was_trial && change->prorates) {
        subscription_credit_all(world, subscription, change->at);
    }
    set_text(subscription, "status", "trialing");
    if (!was_trial) {
        meter_wait_items(world, subscription, change->at);
        set_i64(subscription, "trial_start", change->at);
    }
    set_i64(subscription, "trial_end", end);
    set_i64(subscription, "billing_cycle_anchor", end);
    set_null(subscription, "billing_cycle_anchor_config");
    json_object_del(subscription, "_warned");
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        int64_t start = was_trial ? item_period(item).start : change->at;
        item_set_period(item, (struct period){start, end});
    }
    return !was_trial;
}

bool sandbox_subscription_change(struct world *world, json_t *subscription,
                                 const struct change *change, bool *ret_resets) {
    /* "now" without a trial ends nothing. */
    bool is_trial = change->trial_end != NULL &&
                    (json_is_integer(change->trial_end) || is_trialing(subscription));
    struct change items = *change;
    items.is_now = change->is_now || is_trial;
    if (!apply_items(world, subscription, &items)) {
        return false;
    }
    *ret_resets = change->is_now || items.has_moved;
    if (is_trial) {
        *ret_resets = apply_trial(world, subscription, change);
    } else if (*ret_resets) {
        subscription_restart(world, subscription, change->at, change->prorates);
    }
    world_touch(world, subscription);
    return true;
}

/* The trial's end lies ahead, and not more than two years. */
static bool is_trial_end(struct world *world, const json_t *given, int64_t now) {
    int64_t end = json_integer_value(given);
    if (!json_is_integer(given)) {
        return true;
    }
    return (end > now && end <= now + TRIAL_MAX_S) ||
           fault_invalid(&world->fault, NULL, "trial_end",
                         end > now ? "Invalid timestamp: can be no more than two years in the "
                                     "future."
                                   : "Invalid timestamp: must be an integer Unix timestamp in the "
                                     "future.");
}

static int64_t earliest_start(json_t *subscription) {
    json_t *items = subscription_items(subscription);
    int64_t start = INT64_MAX;
    for (size_t i = 0; i < json_array_size(items); i++) {
        int64_t other = item_period(json_array_get(items, i)).start;
        start = other < start ? other : start;
    }
    return start;
}

bool change_read(struct world *world, json_t *subscription, json_t *params,
                 struct change *ret_change) {
    struct period ends = subscription_ends(subscription);
    int64_t now = world_now(world, member(subscription, "customer"));
    json_t *date = json_object_get(params, "proration_date");
    const char *anchor = member(params, "billing_cycle_anchor.type");
    struct change change = {
        .items = json_object_get(params, "items"),
        .trial_end = json_object_get(params, "trial_end"),
        .at = date == NULL ? now : json_integer_value(date),
        .prorates = !member_is(params, "proration_behavior", "none"),
        .is_now = strcmp(anchor, "now") == 0,
        .keeps_anchor = strcmp(anchor, "unchanged") == 0,
    };
    if (date != NULL && (change.at < earliest_start(subscription) || change.at > ends.end)) {
        return fault_invalid(&world->fault, NULL, "proration_date",
                             "Cannot specify a proration date outside of the current period.");
    }
    *ret_change = change;
    return is_trial_end(world, change.trial_end, now);
}
