/* Pausing, resuming (changelog endive) and moving on to flexible billing.
 *
 * A paused subscription makes no invoices and its periods stand still. What was paid for and not
 * used is credited when it pauses; a resumption begins a new period, or goes on in the old chain
 * and debits what is left of the period that runs. */
#include <string.h>

#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_hold.h"

static const char *const usages[] = {"none", "now", NULL};
static const char *const unused_froms[] = {"item_current_period_start", "none", "now", NULL};
static const char *const invoicings[] = {"invoice", "pending_invoice_item", NULL};
static const char *const pause_types[] = {"subscription", NULL};
static const char *const resume_behaviors[] = {"resume_on_payment_attempt",
                                               "resume_on_payment_success", NULL};
static const char *const flexible_only[] = {"flexible", NULL};
static const char *const discountings[] = {"included", "itemized", NULL};
static const struct param usage_through[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = usages}, {.name = NULL}};
static const struct param unused_from[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = unused_froms},
    {.name = NULL}};
static const struct param bill_for[] = {
    {.name = "outstanding_usage_through", .kind = PARAM_OBJECT, .of = usage_through},
    {.name = "unused_time_from", .kind = PARAM_OBJECT, .of = unused_from},
    {.name = NULL}};
const struct param subscription_pause_params[] = {
    {.name = "bill_for", .kind = PARAM_OBJECT, .of = bill_for},
    {.name = "invoicing_behavior", .kind = PARAM_ENUM, .words = invoicings},
    {.name = "type", .kind = PARAM_ENUM, .words = pause_types},
    PARAMS_COMMON};
const struct param subscription_resume_params[] = {
    {.name = "billing_cycle_anchor", .kind = PARAM_OBJECT, .of = anchor_params},
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = resume_behaviors},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "proration_date", .kind = PARAM_INTEGER},
    PARAMS_COMMON};
static const struct param flexible[] = {
    {.name = "proration_discounts", .kind = PARAM_ENUM, .words = discountings}, {.name = NULL}};
static const struct param migrated_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = flexible_only},
    {.name = "flexible", .kind = PARAM_OBJECT, .of = flexible},
    {.name = NULL}};
const struct param subscription_migrate_params[] = {
    {.name = "billing_mode", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = migrated_mode},
    PARAMS_COMMON};

/* A subscription in one of two states; NULL with a fault otherwise. */
static json_t *find_in(struct call *call, const char *one, const char *other, const char *verb) {
    json_t *subscription = world_find(call->world, "subscription", call->id, "id");
    if (subscription == NULL) {
        return NULL;
    }
    if (!member_is(subscription, "status", one) && !member_is(subscription, "status", other)) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "Only a subscription with status %s can be %s. This one is %s.", one, verb,
                      member(subscription, "status"));
        return NULL;
    }
    return subscription;
}

/* Credits each item from where the request says. */
static void credit_unused(struct world *world, json_t *subscription, const char *from) {
    int64_t now = world_now(world, member(subscription, "customer"));
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        bool is_whole = strcmp(from, "item_current_period_start") == 0;
        prorate_credit(world, subscription, item, is_whole ? item_period(item).start : now);
    }
}

json_t *subscription_pause_now(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = find_in(call, "active", "past_due", "paused");
    if (subscription == NULL) {
        return NULL;
    }
    const char *from = member(call->params, "bill_for.unused_time_from.type");
    if (strcmp(from, "none") != 0) {
        credit_unused(world, subscription, from);
    }
    json_t *invoice = member_is(call->params, "invoicing_behavior", "invoice")
                          ? subscription_invoice_now(world, subscription, false)
                          : NULL;
    if (hold_until(subscription) != STORE_NEVER) {
        hold_expire(world, subscription);
    }
    subscription_pause(world, subscription, "pause_requested");
    if (invoice != NULL && !subscription_bill(call, subscription, invoice)) {
        return NULL;
    }
    return json_incref(subscription);
}

/* The periods that run from `at` on: new ones, or those of the old chain with what is left of them
 * debited. True when a new period begins. */
static bool begin_again(struct call *call, json_t *subscription, int64_t at) {
    bool keeps = member_is(call->params, "billing_cycle_anchor.type", "unchanged");
    json_t *items = subscription_items(subscription);
    set_text(subscription, "status", "active");
    json_object_del(subscription, "status_details");
    if (!keeps) {
        subscription_restart(call->world, subscription, at, false);
        return true;
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        struct period running = item_period(item);
        struct period cycle = item_cycle(subscription, json_object_get(item, "price"), at);
        bool is_paid = running.end > at && json_array_size(json_object_get(item, "_debits")) > 0;
        item_set_period(item, cycle);
        if (!is_paid && !member_is(call->params, "proration_behavior", "none")) {
            prorate_debit(call->world, subscription, item, at);
        }
    }
    return false;
}

/* Collects the resumption's invoice; a held resumption is put on by its payment. */
static bool collect(struct call *call, json_t *subscription, json_t *before, json_t *invoice) {
    struct world *world = call->world;
    int64_t now = world_now(world, member(subscription, "customer"));
    bool waits = member_is(call->params, "payment_behavior", "resume_on_payment_success");
    if (waits) {
        hold_begin(world, subscription, before, invoice, now + HOLD_LIFE_S);
    } else {
        event_updated(world, "customer.subscription.updated", subscription);
        event_emit(world, "customer.subscription.resumed", subscription);
    }
    return subscription_bill(call, subscription, invoice);
}

json_t *subscription_resume(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = find_in(call, "paused", "paused", "resumed");
    if (subscription == NULL) {
        return NULL;
    }
    if (hold_until(subscription) != STORE_NEVER) {
        hold_expire(world, subscription);
    }
    json_t *date = json_object_get(call->params, "proration_date");
    int64_t at = date == NULL ? world_now(world, member(subscription, "customer"))
                              : json_integer_value(date);
    json_t *before = json_deep_copy(subscription);
    bool resets = begin_again(call, subscription, at);
    bool invoices = resets || member_is(call->params, "proration_behavior", "always_invoice");
    json_t *invoice = invoices ? subscription_invoice_now(world, subscription, resets) : NULL;
    world_touch(world, subscription);
    bool is_well = true;
    if (invoice != NULL) {
        is_well = collect(call, subscription, before, invoice);
    } else {
        event_updated(world, "customer.subscription.updated", subscription);
        event_emit(world, "customer.subscription.resumed", subscription);
    }
    json_decref(before);
    return is_well ? json_incref(subscription) : NULL;
}

json_t *subscription_migrate(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "id");
    if (subscription == NULL) {
        return NULL;
    }
    if (subscription_has_ended(subscription) ||
        !member_is(subscription, "billing_mode.type", "classic")) {
        fault_invalid(&world->fault, NULL, "billing_mode[type]",
                      "Only a running subscription with `billing_mode[type]` classic can be "
                      "migrated to flexible.");
        return NULL;
    }
    const char *discounts = member(call->params, "billing_mode.flexible.proration_discounts");
    int64_t now = world_now(world, member(subscription, "customer"));
    json_object_set_new(subscription, "billing_mode",
                        json_pack("{s:s, s:I, s:{s:s}}", "type", "flexible", "updated_at",
                                  (json_int_t)now, "flexible", "proration_discounts",
                                  discounts[0] == '\0' ? "included" : discounts));
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    return json_incref(subscription);
}
