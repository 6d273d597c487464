/* POST /v1/subscriptions/:id: plan, payment method, end, metadata. */
#include "sandbox/subscription.h"

#include <string.h>

#include "sandbox/discount.h"
#include "sandbox/method.h"
#include "sandbox/subscription_change.h"
#include "sandbox/tax.h"

const struct param subscription_update_params[] = {
    {.name = "items", .kind = PARAM_LIST, .of = subscription_item_update_params},
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = payment_behaviors},
    {.name = "default_payment_method", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "payment_settings", .kind = PARAM_OBJECT, .of = subscription_payment_settings},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "proration_date", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor", .kind = PARAM_OBJECT, .of = anchor_params},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = "cancellation_details", .kind = PARAM_OBJECT, .of = subscription_cancellation_details},
    {.name = "off_session", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAM_DISCOUNTS,
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};

/* An ended subscription takes metadata and cancellation_details only, an incomplete one metadata
 * and its payment method. */
static bool may_change(struct call *call, json_t *subscription) {
    bool has_ended = json_is_integer(json_object_get(subscription, "ended_at"));
    bool is_incomplete = member_is(subscription, "status", "incomplete");
    const char *name;
    json_t *value;
    json_object_foreach(call->params, name, value) {
        bool is_note = strcmp(name, "metadata") == 0 || strcmp(name, "expand") == 0;
        bool is_allowed = is_note || (!has_ended && !is_incomplete) ||
                          (has_ended && strcmp(name, "cancellation_details") == 0) ||
                          (is_incomplete && strcmp(name, "default_payment_method") == 0);
        if (!is_allowed) {
            return fault_invalid(&call->world->fault, NULL, name,
                                 "A subscription with status %s cannot be changed in this way.",
                                 member(subscription, "status"));
        }
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
    copy_params(subscription, call->params,
                (const char *const[]){"default_payment_method", "description", NULL});
    json_object_update(json_object_get(subscription, "payment_settings"),
                       json_object_get(call->params, "payment_settings"));
    json_object_update(json_object_get(subscription, "cancellation_details"),
                       json_object_get(call->params, "cancellation_details"));
    json_t *cancels = json_object_get(call->params, "cancel_at_period_end");
    if (cancels != NULL) {
        subscription_cancel_at_end(subscription, json_is_true(cancels), world_now(world, customer));
    }
    metadata_merge(subscription, call->params);
    world_touch(world, subscription);
    return subscription_apply_money(call, subscription);
}

/* The invoice that a change makes at once; NULL when there is nothing on it. */
static json_t *invoice_of_change(struct world *world, json_t *subscription, bool resets) {
    json_t *previous = json_incref(json_object_get(subscription, "latest_invoice"));
    json_t *invoice = invoice_draft(world, subscription, "subscription_update");
    set_bool(invoice, "auto_advance", false);
    invoice_take_pending(world, invoice, subscription);
    if (resets) {
        invoice_add_items(world, invoice, subscription);
    }
    const json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    if (json_array_size(lines) == 0) {
        set_text(subscription, "latest_invoice", json_string_value(previous));
        world_remove(world, invoice);
        invoice = NULL;
    }
    json_decref(previous);
    return invoice;
}

static bool change_plan(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    struct change change;
    bool resets = false;
    if (!change_read(world, subscription, call->params, &change) ||
        !sandbox_subscription_change(world, subscription, &change, &resets)) {
        return false;
    }
    bool invoices = resets || member_is(call->params, "proration_behavior", "always_invoice");
    json_t *invoice = invoices ? invoice_of_change(world, subscription, resets) : NULL;
    event_updated(world, "customer.subscription.updated", subscription);
    if (invoice == NULL) {
        return true;
    }
    if (!subscription_bill(call, subscription, invoice)) {
        return false;
    }
    bool waits = member_is(invoice, "status", "open") &&
                 member_is(call->params, "payment_behavior", "default_incomplete");
    if (waits) {
        set_text(subscription, "status", "past_due");
        world_touch(world, subscription);
    }
    return true;
}

json_t *subscription_update(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "id");
    if (subscription == NULL || !may_change(call, subscription) ||
        !apply_plain(call, subscription)) {
        return NULL;
    }
    bool changes = param_given(call, "items") || param_given(call, "billing_cycle_anchor");
    if (changes && !change_plan(call, subscription)) {
        return NULL;
    }
    event_updated(world, "customer.subscription.updated", subscription);
    return json_incref(subscription);
}
