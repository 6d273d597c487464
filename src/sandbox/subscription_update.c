/* POST /v1/subscriptions/:id: items, trial, end, collection, words. */
#include "sandbox/subscription.h"

#include <string.h>

#include "sandbox/discount.h"
#include "sandbox/method.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_hold.h"
#include "sandbox/tax.h"

const struct param subscription_update_params[] = {
    {.name = "items", .kind = PARAM_LIST, .of = subscription_item_update_params},
    {.name = "add_invoice_items", .kind = PARAM_LIST, .of = subscription_sale_params},
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = payment_behaviors},
    {.name = "default_payment_method", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "default_source", .kind = PARAM_TEXT},
    {.name = "payment_settings", .kind = PARAM_OBJECT, .of = subscription_payment_settings},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "proration_date", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor", .kind = PARAM_OBJECT, .of = anchor_params},
    {.name = "trial_end", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "trial_settings", .kind = PARAM_OBJECT, .of = subscription_trial_settings},
    {.name = "cancel_at", .kind = PARAM_MOMENT, .flags = PARAM_EMPTYABLE, .words = cancel_at_words},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = "cancellation_details", .kind = PARAM_OBJECT, .of = subscription_cancellation_details},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},
    {.name = "days_until_due", .kind = PARAM_INTEGER, .min = 0, .max = 3650},
    {.name = "pause_collection",
     .kind = PARAM_OBJECT,
     .flags = PARAM_EMPTYABLE,
     .of = subscription_pause_collection},
    {.name = "off_session", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAM_DISCOUNTS,
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

/* An ended subscription takes metadata and cancellation_details only, an incomplete one metadata
 * and its payment method, and one under a schedule is ended by that. */
bool subscription_may_change(struct call *call, json_t *subscription) {
    static const char *const notes[] = {"metadata", "expand", NULL};
    static const char *const ended[] = {"cancellation_details", NULL};
    static const char *const incomplete[] = {"default_payment_method", "default_source", NULL};
    static const char *const ends[] = {"cancel_at", "cancel_at_period_end", NULL};
    bool has_ended = subscription_has_ended(subscription);
    bool is_incomplete = member_is(subscription, "status", "incomplete");
    bool is_scheduled = !member_is(subscription, "schedule", "");
    const char *name;
    json_t *value;
    json_object_foreach(call->params, name, value) {
        if (is_scheduled && is_one_of(name, ends)) {
            return fault_invalid(&call->world->fault, NULL, name,
                                 "The subscription is managed by the subscription schedule `%s`, "
                                 "and updating any cancelation behavior directly is not allowed. "
                                 "Please update the schedule instead.",
                                 member(subscription, "schedule"));
        }
        bool is_allowed = is_one_of(name, notes) || (!has_ended && !is_incomplete) ||
                          (has_ended && is_one_of(name, ended)) ||
                          (is_incomplete && is_one_of(name, incomplete));
        if (!is_allowed && has_ended) {
            return fault_invalid(&call->world->fault, "invalid_canceled_subscription_fields", name,
                                 "A canceled subscription can only update its "
                                 "cancellation_details and metadata.");
        }
        if (!is_allowed) {
            return fault_invalid(&call->world->fault, NULL, name,
                                 "A subscription with status %s cannot be changed in this way.",
                                 member(subscription, "status"));
        }
    }
    return true;
}

/* What an update that may have to wait can say (billing/subscriptions/pending-updates). */
static bool may_wait(struct call *call, json_t *subscription) {
    static const char *const allowed[] = {"expand",
                                          "payment_behavior",
                                          "proration_behavior",
                                          "proration_date",
                                          "billing_cycle_anchor",
                                          "items",
                                          "trial_end",
                                          "trial_from_plan",
                                          "add_invoice_items",
                                          "off_session",
                                          NULL};
    struct fault *fault = &call->world->fault;
    const char *name;
    json_t *value;
    if (!member_is(call->params, "payment_behavior", "pending_if_incomplete")) {
        return true;
    }
    json_object_foreach(call->params, name, value) {
        if (!is_one_of(name, allowed)) {
            return fault_invalid(fault, NULL, name,
                                 "When `payment_behavior` is `pending_if_incomplete`, you can only "
                                 "pass supported params; `%s` is not one of them.",
                                 name);
        }
    }
    return member_is(subscription, "collection_method", "charge_automatically") ||
           fault_invalid(fault, NULL, "payment_behavior",
                         "`pending_if_incomplete` needs a subscription that charges "
                         "automatically.");
}

static bool apply_pause(struct call *call, json_t *subscription) {
    json_t *pause = json_object_get(call->params, "pause_collection");
    json_t *resumes = json_object_get(pause, "resumes_at");
    int64_t now = world_now(call->world, member(subscription, "customer"));
    if (resumes != NULL && json_integer_value(resumes) <= now) {
        return fault_invalid(&call->world->fault, NULL, "pause_collection[resumes_at]",
                             "Invalid timestamp: must be an integer Unix timestamp in the future.");
    }
    if (pause != NULL) {
        json_object_set_new(subscription, "pause_collection", json_deep_copy(pause));
    }
    if (json_is_object(pause) && resumes == NULL) {
        set_null(json_object_get(subscription, "pause_collection"), "resumes_at");
    }
    return true;
}

static bool apply_plain(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const char *customer = member(subscription, "customer");
    const char *method = param_text(call, "default_payment_method");
    if (method[0] != '\0' &&
        method_of_customer(world, method, customer, "default_payment_method") == NULL) {
        return false;
    }
    if (!subscription_set_source(call, subscription)) {
        return false;
    }
    copy_params(subscription, call->params,
                (const char *const[]){"default_payment_method", "description", NULL});
    subscription_settings_apply(subscription, json_object_get(call->params, "payment_settings"));
    json_object_update(json_object_get(subscription, "cancellation_details"),
                       json_object_get(call->params, "cancellation_details"));
    json_object_update(
        json_object_get(json_object_get(subscription, "trial_settings"), "end_behavior"),
        json_object_get(json_object_get(call->params, "trial_settings"), "end_behavior"));
    metadata_merge(subscription, call->params);
    world_touch(world, subscription);
    return subscription_collection_apply(call, subscription) && apply_pause(call, subscription) &&
           subscription_apply_money(call, subscription);
}

/* Bank debits take days: what waits for them would be over before. */
static bool is_quick(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const json_t *customer = world_get(world, member(subscription, "customer"));
    const char *id = member(subscription, "default_payment_method");
    id = id[0] == '\0' ? member(customer, "invoice_settings.default_payment_method") : id;
    const json_t *method = world_get(world, id);
    return !method_is_debit(method) ||
           fault_invalid(&world->fault, NULL, "payment_behavior",
                         "`pending_if_incomplete` is not supported for payment methods of type "
                         "%s.",
                         member(method, "type"));
}

/* Bills a change that waits until its invoice is paid. `before` is the subscription without it. */
static bool bill_waiting(struct call *call, json_t *subscription, json_t *before, json_t *invoice) {
    int64_t now = world_now(call->world, member(subscription, "customer"));
    int64_t until = now + HOLD_LIFE_S;
    struct period ends = subscription_ends(before);
    until = ends.start < until ? ends.start : until;
    hold_begin(call->world, subscription, before, invoice, until);
    if (!is_quick(call, subscription) || !subscription_bill(call, subscription, invoice)) {
        return false;
    }
    if (hold_is_for(subscription, invoice)) {
        hold_show(call->world, subscription);
    }
    return true;
}

static bool bill_change(struct call *call, json_t *subscription, json_t *before, json_t *invoice) {
    struct world *world = call->world;
    if (invoice == NULL) {
        return true;
    }
    if (member_is(call->params, "payment_behavior", "pending_if_incomplete")) {
        return bill_waiting(call, subscription, before, invoice);
    }
    event_updated(world, "customer.subscription.updated", subscription);
    if (!subscription_bill(call, subscription, invoice)) {
        return false;
    }
    bool waits = member_is(invoice, "status", "open") &&
                 member_is(call->params, "payment_behavior", "default_incomplete");
    if (waits) {
        subscription_move(world, subscription, "past_due");
    }
    return true;
}

bool subscription_change_now(struct call *call, json_t *subscription, json_t *params) {
    struct world *world = call->world;
    struct change change;
    bool resets = false;
    if (hold_until(subscription) != STORE_NEVER) {
        hold_expire(world, subscription);
    }
    json_t *before = json_deep_copy(subscription);
    bool is_well = change_read(world, subscription, params, &change) &&
                   sandbox_subscription_change(world, subscription, &change, &resets);
    if (is_well) {
        bool invoices = resets || member_is(params, "proration_behavior", "always_invoice");
        json_t *invoice = invoices ? subscription_invoice_now(world, subscription, resets) : NULL;
        is_well = bill_change(call, subscription, before, invoice);
    }
    json_decref(before);
    return is_well;
}

/* The prorations of an end inside the period, when they are to be invoiced now. */
static bool bill_end(struct call *call, json_t *subscription) {
    bool is_asked = param_given(call, "cancel_at") &&
                    member_is(call->params, "proration_behavior", "always_invoice");
    json_t *invoice = is_asked ? subscription_invoice_now(call->world, subscription, false) : NULL;
    return invoice == NULL || subscription_bill(call, subscription, invoice);
}

/* A trial ended now, without a method and with settings for that: nothing is billed. */
static bool ends_trial_unpaid(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const char *missing =
        member(subscription, "trial_settings.end_behavior.missing_payment_method");
    return member_is(call->params, "trial_end", "now") &&
           member_is(subscription, "status", "trialing") &&
           member_is(subscription, "collection_method", "charge_automatically") &&
           (strcmp(missing, "pause") == 0 || strcmp(missing, "cancel") == 0) &&
           !subscription_has_method(world, subscription);
}

json_t *subscription_update(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "id");
    bool is_well = subscription != NULL && subscription_may_change(call, subscription) &&
                   may_wait(call, subscription) && apply_plain(call, subscription);
    if (!is_well) {
        return NULL;
    }
    if (ends_trial_unpaid(call, subscription)) {
        set_i64(subscription, "trial_end", world_now(world, member(subscription, "customer")));
        subscription_end_trial(world, subscription);
        event_updated(world, "customer.subscription.updated", subscription);
        return json_incref(subscription);
    }
    json_t *sales = json_object_get(call->params, "add_invoice_items");
    if (!subscription_add_sales(call, subscription, sales)) {
        return NULL;
    }
    bool changes =
        param_given(call, "items") || param_given(call, "billing_cycle_anchor") ||
        param_given(call, "trial_end") ||
        (sales != NULL && member_is(call->params, "proration_behavior", "always_invoice"));
    if (changes && !subscription_change_now(call, subscription, call->params)) {
        return NULL;
    }
    if (!subscription_set_end(call, subscription) || !bill_end(call, subscription)) {
        return NULL;
    }
    event_updated(world, "customer.subscription.updated", subscription);
    return json_incref(subscription);
}
