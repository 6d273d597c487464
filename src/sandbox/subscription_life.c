/* What invoices do to a subscription, and its end (billing/subscriptions/overview). What time does
 * is in subscription_time.c, what requests do in subscription_update.c.
 *
 * The newest invoice that is not void speaks for the subscription: paid or uncollectible is
 * settled, open and failed or overdue is not. */
#include "sandbox/subscription_life.h"

#include <string.h>

#include "sandbox/subscription_hold.h"
#include "sandbox/subscription_schedule.h"

static json_t *subscription_of(struct world *world, json_t *invoice) {
    return world_get(world, member(invoice, "parent.subscription_details.subscription"));
}

bool subscription_has_ended(const json_t *subscription) {
    return json_is_integer(json_object_get(subscription, "ended_at"));
}

void subscription_move(struct world *world, json_t *subscription, const char *status) {
    if (!member_is(subscription, "status", status)) {
        set_text(subscription, "status", status);
        world_touch(world, subscription);
        event_updated(world, "customer.subscription.updated", subscription);
    }
}

static bool has_status(const json_t *subscription, const char *const *statuses) {
    for (; *statuses != NULL; statuses++) {
        if (member_is(subscription, "status", *statuses)) {
            return true;
        }
    }
    return false;
}

static bool owes(const json_t *subscription) {
    return has_status(subscription, (const char *const[]){"past_due", "unpaid", NULL});
}

/* The newest invoice of the subscription that is not void; NULL when there is none. */
static json_t *newest_standing(struct world *world, json_t *subscription) {
    json_t *latest = world_get(world, member(subscription, "latest_invoice"));
    if (latest != NULL && !member_is(latest, "status", "void")) {
        return latest;
    }
    json_t *all = world_list(world, "invoice", member(subscription, "customer"));
    json_t *newest = NULL;
    for (size_t i = 0; i < json_array_size(all) && newest == NULL; i++) {
        json_t *invoice = json_array_get(all, i);
        bool is_its = member_is(invoice, "parent.subscription_details.subscription",
                                member(subscription, "id"));
        newest = is_its && !member_is(invoice, "status", "void") ? invoice : NULL;
    }
    json_decref(all);
    return newest;
}

static bool is_settled(const json_t *invoice) {
    return invoice == NULL || member_is(invoice, "status", "paid") ||
           member_is(invoice, "status", "uncollectible");
}

/* An unpaid subscription comes back only by a payment that is in time. */
static bool is_in_time(struct world *world, json_t *subscription, const json_t *invoice) {
    int64_t due = member_i64(invoice, "due_date");
    return due == 0 || !member_is(subscription, "status", "unpaid") ||
           world_now(world, member(subscription, "customer")) <= due;
}

static void derive(struct world *world, json_t *subscription) {
    json_t *newest = newest_standing(world, subscription);
    if (owes(subscription) && is_settled(newest) && is_in_time(world, subscription, newest)) {
        subscription_move(world, subscription, "active");
    }
}

void subscription_on_settled(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    if (subscription == NULL || subscription_has_ended(subscription)) {
        return;
    }
    if (hold_is_for(subscription, invoice)) {
        hold_apply(world, subscription);
    }
    bool is_first = member_is(subscription, "status", "incomplete") &&
                    member_is(subscription, "latest_invoice", member(invoice, "id"));
    if (is_first) {
        subscription_move(world, subscription, "active");
        return;
    }
    derive(world, subscription);
}

/* What paid stays, when that was asked for. */
static void save_method(struct world *world, json_t *subscription, const json_t *invoice) {
    const json_t *intent = world_get(world, member(invoice, "_intent"));
    bool saves_it = member_is(subscription, "payment_settings.save_default_payment_method",
                              "on_subscription") &&
                    intent != NULL && member_is(intent, "status", "succeeded");
    if (saves_it) {
        set_text(subscription, "default_payment_method", member(intent, "payment_method"));
        world_touch(world, subscription);
    }
}

void subscription_on_paid(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    if (subscription != NULL && !subscription_has_ended(subscription)) {
        save_method(world, subscription, invoice);
    }
    subscription_on_settled(world, invoice);
}

void subscription_on_failed(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    bool speaks = subscription != NULL && !hold_is_for(subscription, invoice) &&
                  member_is(subscription, "latest_invoice", member(invoice, "id"));
    if (speaks && member_is(subscription, "status", "active")) {
        subscription_move(world, subscription, "past_due");
    }
}

void subscription_expire(struct world *world, json_t *subscription) {
    set_text(subscription, "status", "incomplete_expired");
    set_i64(subscription, "ended_at", world_now(world, member(subscription, "customer")));
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    schedule_on_subscription_end(world, subscription, false);
}

void subscription_on_void(struct world *world, json_t *invoice) {
    json_t *subscription = subscription_of(world, invoice);
    if (subscription == NULL || subscription_has_ended(subscription)) {
        return;
    }
    if (hold_is_for(subscription, invoice)) {
        hold_drop(world, subscription);
    }
    bool is_first = member_is(subscription, "status", "incomplete") &&
                    member_is(subscription, "latest_invoice", member(invoice, "id"));
    if (is_first) {
        subscription_expire(world, subscription);
        return;
    }
    derive(world, subscription);
}

/* What each account setting makes of a subscription whose retries are used up. */
void subscription_on_exhausted(struct world *world, json_t *invoice, const char *setting) {
    json_t *subscription = subscription_of(world, invoice);
    if (subscription == NULL || !member_is(subscription, "status", "past_due")) {
        return;
    }
    if (strcmp(setting, "cancel") == 0) {
        subscription_end(world, subscription, "payment_failed");
    } else if (strcmp(setting, "unpaid") == 0) {
        subscription_move(world, subscription, "unpaid");
    } else if (strcmp(setting, "pause") == 0) {
        subscription_pause(world, subscription, "final_payment_failure");
    }
}

void subscription_pause(struct world *world, json_t *subscription, const char *why) {
    int64_t now = world_now(world, member(subscription, "customer"));
    set_text(subscription, "status", "paused");
    json_object_set_new(subscription, "status_details",
                        json_pack("{s:{s:{s:s}, s:I, s:s}}", "paused", "subscription", "type", why,
                                  "transitioned_at", (json_int_t)now, "type", "subscription"));
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    event_emit(world, "customer.subscription.paused", subscription);
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
            set_null(invoice, "next_payment_attempt");
            world_touch(world, invoice);
        }
    }
    json_decref(all);
}

void subscription_end(struct world *world, json_t *subscription, const char *reason) {
    int64_t now = world_now(world, member(subscription, "customer"));
    /* Asked first: the text may be the one that is about to be replaced. */
    bool is_delinquent = strcmp(reason, "payment_failed") == 0;
    if (hold_until(subscription) != STORE_NEVER) {
        hold_expire(world, subscription);
    }
    stop_collecting(world, subscription);
    set_text(subscription, "status", "canceled");
    json_object_del(subscription, "status_details");
    set_i64(subscription, "ended_at", now);
    if (!json_is_integer(json_object_get(subscription, "canceled_at"))) {
        set_i64(subscription, "canceled_at", now);
    }
    set_text(json_object_get(subscription, "cancellation_details"), "reason", reason);
    world_touch(world, subscription);
    event_emit(world, "customer.subscription.deleted", subscription);
    schedule_on_subscription_end(world, subscription, is_delinquent);
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
