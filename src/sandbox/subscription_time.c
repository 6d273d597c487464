/* What time does to a subscription: expiry, the end of a trial, renewal, the end that was agreed.
 *
 * One call does one thing, at the instant at which it is due; what remains due at the same instant
 * is done by the next call. The order is that of the checks in subscription_on_due. */
#include <string.h>

#include "base/json.h"
#include "sandbox/invoice.h"
#include "sandbox/meter.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_hold.h"
#include "sandbox/subscription_schedule.h"

enum { INCOMPLETE_LIFE_S = 23 * 3600, TRIAL_NOTICE_S = 3 * 86400 };

static bool has_status(const json_t *subscription, const char *status) {
    return member_is(subscription, "status", status);
}

static int64_t sooner(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t moment(const json_t *object, const char *path) {
    return json_i64(object, path, STORE_NEVER);
}

static bool is_warned(const json_t *subscription) {
    return json_is_true(json_object_get(subscription, "_warned"));
}

static int64_t trial_due(const json_t *subscription) {
    int64_t end = moment(subscription, "trial_end");
    return is_warned(subscription) ? end : end - TRIAL_NOTICE_S;
}

static int64_t period_due(const json_t *subscription) {
    const json_t *items = json_at(subscription, "items.data");
    int64_t due = STORE_NEVER;
    for (size_t i = 0; i < json_array_size(items); i++) {
        due = sooner(due, moment(json_array_get(items, i), "current_period_end"));
    }
    return due;
}

int64_t subscription_due_at(const json_t *subscription) {
    if (subscription_has_ended(subscription)) {
        return STORE_NEVER;
    }
    if (has_status(subscription, "incomplete")) {
        return json_i64(subscription, "created", 0) + INCOMPLETE_LIFE_S;
    }
    int64_t due = sooner(hold_until(subscription), moment(subscription, "cancel_at"));
    due = sooner(due, moment(subscription, "pause_collection.resumes_at"));
    if (has_status(subscription, "trialing")) {
        return sooner(due, trial_due(subscription));
    }
    return has_status(subscription, "paused") ? due : sooner(due, period_due(subscription));
}

/* The first invoice was not paid within 23 hours. */
static void give_up(struct world *world, json_t *subscription) {
    json_t *invoice = world_get(world, member(subscription, "latest_invoice"));
    if (invoice != NULL && member_is(invoice, "status", "open")) {
        invoice_void(world, invoice);
    }
    if (has_status(subscription, "incomplete")) {
        subscription_expire(world, subscription);
    }
}

void subscription_next_period(json_t *subscription) {
    json_t *items = subscription_items(subscription);
    int64_t due = period_due(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        int64_t end = item_period(item).end;
        if (end == due) {
            item_set_period(item, item_cycle(subscription, json_object_get(item, "price"), end));
        }
    }
}

/* What pause_collection and unpaid make of a draft that has just been made. */
static void hold_back(json_t *subscription, json_t *invoice) {
    bool is_kept = has_status(subscription, "unpaid") ||
                   member_is(subscription, "pause_collection.behavior", "keep_as_draft");
    if (is_kept) {
        set_bool(invoice, "auto_advance", false);
        set_null(invoice, "automatically_finalizes_at");
    }
}

/* What is not to be collected is written off or annulled as soon as it is drawn. */
static void write_away(struct world *world, const json_t *subscription, json_t *invoice) {
    const char *behavior = member(subscription, "pause_collection.behavior");
    if (strcmp(behavior, "void") != 0 && strcmp(behavior, "mark_uncollectible") != 0) {
        return;
    }
    invoice_finalize(world, invoice);
    if (!member_is(invoice, "status", "open")) {
        return;
    }
    if (strcmp(behavior, "void") == 0) {
        invoice_void(world, invoice);
    } else {
        invoice_write_off(world, invoice);
    }
}

/* A draft of what has just begun, finalized an hour later; its own period looks back at `past`. */
static void draft(struct world *world, json_t *subscription, struct period past,
                  int64_t renewed_at) {
    json_t *items = subscription_items(subscription);
    json_t *invoice = invoice_draft(world, subscription, "subscription_cycle");
    set_i64(invoice, "period_start", past.start);
    set_i64(invoice, "period_end", past.end);
    set_i64(invoice, "automatically_finalizes_at", member_i64(invoice, "created") + DRAFT_LIFE_S);
    invoice_take_pending(world, invoice, subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        if (item_period(item).start != renewed_at) {
            continue;
        }
        subscription_bill_item(world, invoice, subscription, item);
        meter_bill_item(world, invoice, subscription, item, renewed_at);
    }
    hold_back(subscription, invoice);
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    event_emit(world, "invoice.created", invoice);
    write_away(world, subscription, invoice);
}

/* The items whose period is over begin their next one. */
static void renew(struct world *world, json_t *subscription) {
    json_t *items = subscription_items(subscription);
    int64_t due = period_due(subscription);
    struct period past = {due, due};
    for (size_t i = 0; i < json_array_size(items); i++) {
        struct period period = item_period(json_array_get(items, i));
        past.start = period.end == due ? sooner(past.start, period.start) : past.start;
    }
    subscription_next_period(subscription);
    draft(world, subscription, past, due);
}

/* A trial is over: what it is worth is billed, unless nothing could be charged and the settings
 * say otherwise. */
void subscription_end_trial(struct world *world, json_t *subscription) {
    const char *missing =
        member(subscription, "trial_settings.end_behavior.missing_payment_method");
    int64_t end = moment(subscription, "trial_end");
    bool is_missing = !subscription_has_method(world, subscription) &&
                      member_is(subscription, "collection_method", "charge_automatically");
    if (is_missing && strcmp(missing, "cancel") == 0) {
        subscription_end(world, subscription, "");
        return;
    }
    if (is_missing && strcmp(missing, "pause") == 0) {
        subscription_pause(world, subscription, "trial_end_without_payment_method");
        return;
    }
    json_t *items = subscription_items(subscription);
    struct period past = {item_period(json_array_get(items, 0)).start, end};
    set_text(subscription, "status", "active");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        struct period stretch = item_cycle(subscription, json_object_get(item, "price"), end);
        stretch.start = end;
        item_set_period(item, stretch);
    }
    draft(world, subscription, past, end);
}

static void warn(struct world *world, json_t *subscription) {
    set_bool(subscription, "_warned", true);
    world_touch(world, subscription);
    event_emit(world, "customer.subscription.trial_will_end", subscription);
}

static void collect_again(struct world *world, json_t *subscription) {
    set_null(subscription, "pause_collection");
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
}

/* The end that was agreed: no renewal, but what still waits to be billed is. */
void subscription_end_as_agreed(struct world *world, json_t *subscription) {
    meter_wait_items(world, subscription, world_now(world, member(subscription, "customer")));
    json_t *invoice = subscription_invoice_now(world, subscription, false);
    subscription_end(world, subscription, member(subscription, "cancellation_details.reason"));
    if (invoice == NULL) {
        return;
    }
    set_text(invoice, "billing_reason", "subscription_cycle");
    set_bool(invoice, "auto_advance", true);
    set_i64(invoice, "automatically_finalizes_at", member_i64(invoice, "created") + DRAFT_LIFE_S);
    world_touch(world, invoice);
    event_emit(world, "invoice.created", invoice);
}

void subscription_on_due(struct world *world, json_t *subscription) {
    int64_t now = world_now(world, member(subscription, "customer"));
    json_t *schedule = world_get(world, member(subscription, "schedule"));
    if (has_status(subscription, "incomplete")) {
        give_up(world, subscription);
    } else if (schedule != NULL && schedule_due_at(schedule) <= now) {
        schedule_on_due(world, schedule);
    } else if (moment(subscription, "cancel_at") <= now) {
        subscription_end_as_agreed(world, subscription);
    } else if (hold_until(subscription) <= now) {
        hold_expire(world, subscription);
    } else if (moment(subscription, "pause_collection.resumes_at") <= now) {
        collect_again(world, subscription);
    } else if (has_status(subscription, "trialing") && moment(subscription, "trial_end") <= now) {
        subscription_end_trial(world, subscription);
    } else if (has_status(subscription, "trialing")) {
        warn(world, subscription);
    } else {
        renew(world, subscription);
    }
}
