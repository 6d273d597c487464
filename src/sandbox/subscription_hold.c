/* Changes that wait for their money; see the header. */
#include "sandbox/subscription_hold.h"

#include "base/json.h"

/* What a change can touch and a payment can put on. */
static const char *const members[] = {"items",  "billing_cycle_anchor", "trial_start", "trial_end",
                                      "status", "status_details"};

static bool is_paused(const json_t *subscription) {
    return member_is(subscription, "status", "paused");
}

void hold_begin(struct world *world, json_t *subscription, json_t *before, const json_t *invoice,
                int64_t until) {
    json_t *wanted = json_object();
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        json_t *old = json_object_get(before, members[i]);
        json_t *value = json_object_get(subscription, members[i]);
        if (old != NULL && value != NULL && json_equal(old, value)) {
            continue;
        }
        if (old == NULL && value == NULL) {
            continue;
        }
        json_object_set(wanted, members[i], value == NULL ? json_null() : value);
        if (old == NULL) {
            json_object_del(subscription, members[i]);
        } else {
            json_object_set_new(subscription, members[i], json_deep_copy(old));
        }
    }
    json_object_set_new(subscription, "_held",
                        json_pack("{s:s, s:I, s:o}", "invoice", member(invoice, "id"), "until",
                                  (json_int_t)until, "wanted", wanted));
    world_touch(world, subscription);
}

static json_t *moment_of(json_t *wanted, const char *name) {
    json_t *value = json_object_get(wanted, name);
    return value == NULL ? json_null() : json_incref(value);
}

static json_t *items_of(json_t *wanted) {
    json_t *items = json_object_get(json_object_get(wanted, "items"), "data");
    if (items == NULL) {
        return json_null();
    }
    json_t *shown = json_array();
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_array_append_new(shown, event_render(json_array_get(items, i)));
    }
    return shown;
}

void hold_show(struct world *world, json_t *subscription) {
    json_t *held = json_object_get(subscription, "_held");
    json_t *wanted = json_object_get(held, "wanted");
    json_t *shown = json_pack(
        "{s:o, s:n, s:n, s:n, s:I, s:n, s:o, s:o, s:n}", "billing_cycle_anchor",
        moment_of(wanted, "billing_cycle_anchor"), "cancel_at_period_end", "discount", "discounts",
        "expires_at", (json_int_t)member_i64(held, "until"), "metadata", "subscription_items",
        items_of(wanted), "trial_end", moment_of(wanted, "trial_end"), "trial_from_plan");
    json_object_set_new(subscription, "pending_update", shown);
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
}

bool hold_is_for(const json_t *subscription, const json_t *invoice) {
    return json_object_get(subscription, "_held") != NULL &&
           member_is(subscription, "_held.invoice", member(invoice, "id"));
}

int64_t hold_until(const json_t *subscription) {
    return json_i64(subscription, "_held.until", STORE_NEVER);
}

static bool is_shown(const json_t *subscription) {
    return json_is_object(json_object_get(subscription, "pending_update"));
}

void hold_apply(struct world *world, json_t *subscription) {
    bool was_shown = is_shown(subscription);
    bool was_paused = is_paused(subscription);
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(json_object_get(subscription, "_held"), "wanted"), name,
                        value) {
        json_object_set(subscription, name, value);
    }
    if (json_is_null(json_object_get(subscription, "status_details"))) {
        json_object_del(subscription, "status_details");
    }
    json_object_del(subscription, "_held");
    set_null(subscription, "pending_update");
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    if (was_shown) {
        event_emit(world, "customer.subscription.pending_update_applied", subscription);
    }
    if (was_paused && !is_paused(subscription)) {
        event_emit(world, "customer.subscription.resumed", subscription);
    }
}

void hold_drop(struct world *world, json_t *subscription) {
    bool was_shown = is_shown(subscription);
    json_object_del(subscription, "_held");
    set_null(subscription, "pending_update");
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    if (was_shown) {
        event_emit(world, "customer.subscription.pending_update_expired", subscription);
    }
}

void hold_expire(struct world *world, json_t *subscription) {
    json_t *invoice = world_get(world, member(subscription, "_held.invoice"));
    bool is_live = invoice != NULL && (member_is(invoice, "status", "open") ||
                                       member_is(invoice, "status", "uncollectible"));
    if (is_live) {
        invoice_void(world, invoice);
    }
    if (hold_until(subscription) != STORE_NEVER) {
        hold_drop(world, subscription);
    }
}
