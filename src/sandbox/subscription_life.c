/* What time and invoices do to a subscription (billing/subscriptions/overview). The route handlers
 * are in subscription.c, changes of plan in subscription_change.c. */
#include "sandbox/billing.h"

#include <string.h>

#include "base/check.h"

static json_t *subscription_of(struct world *world, json_t *invoice) {
    return world_get(world, member(invoice, "parent.subscription_details.subscription"));
}

static void move_to(struct world *world, json_t *subscription, const char *status) {
    if (!member_is(subscription, "status", status)) {
        set_text(subscription, "status", status);
        world_touch(world, subscription);
        event_updated(world, "customer.subscription.updated", subscription);
    }
}

/* Only the newest invoice speaks for the subscription. */
static bool is_latest(json_t *subscription, json_t *invoice) {
    return subscription != NULL && member_is(subscription, "latest_invoice", member(invoice, "id"));
}

void subscription_on_paid(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    bool waits =
        is_latest(subscription, invoice) && (member_is(subscription, "status", "incomplete") ||
                                             member_is(subscription, "status", "past_due") ||
                                             member_is(subscription, "status", "unpaid"));
    if (waits) {
        move_to(world, subscription, "active");
    }
}

void subscription_on_failed(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    if (is_latest(subscription, invoice) && member_is(subscription, "status", "active")) {
        move_to(world, subscription, "past_due");
    }
}

/* The newest invoice of the subscription that is not void decides; NULL when there is none. */
static json_t *newest_standing(struct world *world, json_t *subscription) {
    json_t *all = world_list(world, "invoice", member(subscription, "customer"));
    json_t *newest = NULL;
    for (size_t i = 0; i < json_array_size(all) && newest == NULL; i++) {
        json_t *invoice = json_array_get(all, i);
        bool is_its = member_is(invoice, "parent.subscription_details.subscription",
                                member(subscription, "id"));
        bool stands =
            !member_is(invoice, "status", "void") && !member_is(invoice, "status", "draft");
        newest = is_its && stands ? invoice : NULL;
    }
    json_decref(all);
    return newest;
}

static void expire(struct world *world, json_t *subscription) {
    set_text(subscription, "status", "incomplete_expired");
    set_i64(subscription, "ended_at", world_now(world, member(subscription, "customer")));
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
}

void subscription_on_void(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    if (!is_latest(subscription, invoice)) {
        return;
    }
    if (member_is(subscription, "status", "incomplete")) {
        expire(world, subscription);
        return;
    }
    json_t *newest = newest_standing(world, subscription);
    bool is_settled = newest == NULL || !member_is(newest, "status", "open");
    if (is_settled && (member_is(subscription, "status", "past_due") ||
                       member_is(subscription, "status", "unpaid"))) {
        move_to(world, subscription, "active");
    }
}

/* Open invoices of an ended subscription are no longer collected by themselves. */
static void stop_collecting(struct world *world, json_t *subscription) {
    json_t *all = world_list(world, "invoice", member(subscription, "customer"));
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *invoice = json_array_get(all, i);
        bool is_its = member_is(invoice, "parent.subscription_details.subscription",
                                member(subscription, "id"));
        bool is_live =
            member_is(invoice, "status", "open") || member_is(invoice, "status", "draft");
        if (is_its && is_live) {
            set_bool(invoice, "auto_advance", false);
            set_null(invoice, "automatically_finalizes_at");
            world_touch(world, invoice);
        }
    }
    json_decref(all);
}

void subscription_end(struct world *world, json_t *subscription, const char *reason) {
    int64_t now = world_now(world, member(subscription, "customer"));
    stop_collecting(world, subscription);
    set_text(subscription, "status", "canceled");
    set_i64(subscription, "ended_at", now);
    if (!json_is_integer(json_object_get(subscription, "canceled_at"))) {
        set_i64(subscription, "canceled_at", now);
    }
    set_text(json_object_get(subscription, "cancellation_details"), "reason", reason);
    world_touch(world, subscription);
    event_emit(world, "customer.subscription.deleted", subscription);
}

static struct interval interval_of(json_t *item) {
    const json_t *price = json_object_get(item, "price");
    struct interval interval = {.count = member_i64(price, "recurring.interval_count")};
    bool is_known = interval_unit_parse(member(price, "recurring.interval"), &interval.unit);
    check(is_known);
    return interval;
}

void subscription_next_period(json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    int64_t anchor = member_i64(subscription, "billing_cycle_anchor");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        struct period period =
            sandbox_period_at(anchor, interval_of(item), member_i64(item, "current_period_end"));
        set_i64(item, "current_period_start", period.start);
        set_i64(item, "current_period_end", period.end);
    }
}

/* A renewal: the next period, and a draft that is finalized an hour later. The invoice's own period
 * looks back at the one that ended. */
static void renew(struct world *world, json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    int64_t start = member_i64(json_array_get(items, 0), "current_period_start");
    int64_t end = member_i64(json_array_get(items, 0), "current_period_end");
    subscription_next_period(subscription);
    json_t *invoice = invoice_draft(world, subscription, "subscription_cycle");
    set_i64(invoice, "period_start", start);
    set_i64(invoice, "period_end", end);
    set_i64(invoice, "automatically_finalizes_at", member_i64(invoice, "created") + DRAFT_LIFE_S);
    invoice_take_pending(world, invoice, subscription);
    invoice_add_items(world, invoice, subscription);
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    event_emit(world, "invoice.created", invoice);
}

void subscription_on_due(struct world *world, json_t *subscription) {
    if (member_is(subscription, "status", "incomplete")) {
        json_t *invoice = world_get(world, member(subscription, "latest_invoice"));
        if (invoice != NULL && member_is(invoice, "status", "open")) {
            invoice_void(world, invoice);
        } else {
            expire(world, subscription);
        }
        return;
    }
    if (json_is_true(json_object_get(subscription, "cancel_at_period_end"))) {
        pending_drop(world, subscription);
        subscription_end(world, subscription, member(subscription, "cancellation_details.reason"));
        return;
    }
    renew(world, subscription);
}

json_t *customer_subscriptions(struct world *world, json_t *customer) {
    const char *id = member(customer, "id");
    json_t *all = world_list(world, "subscription", id);
    json_t *data = json_array();
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *subscription = json_array_get(all, i);
        if (!member_is(subscription, "status", "canceled")) {
            json_array_append_new(data, event_render(subscription));
        }
    }
    json_decref(all);
    return json_pack("{s:s, s:o, s:b, s:o}", "object", "list", "data", data, "has_more", 0, "url",
                     json_sprintf("/v1/customers/%s/subscriptions", id));
}
