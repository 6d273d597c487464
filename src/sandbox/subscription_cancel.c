/* Ends: DELETE, cancel_at, cancel_at_period_end (billing/subscriptions/cancel).
 *
 * An end inside the period that runs is a proration: what lies behind it is credited when it is
 * set, and debited again when it is taken back. An end in a later period shortens that period's
 * bill (proration.c). */
#include <string.h>

#include "sandbox/meter.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"

const struct param subscription_cancel_params[] = {
    {.name = "invoice_now", .kind = PARAM_BOOLEAN},
    {.name = "prorate", .kind = PARAM_BOOLEAN},
    {.name = "cancellation_details", .kind = PARAM_OBJECT, .of = subscription_cancellation_details},
    PARAMS_COMMON};

/* cancel_at as an instant: a time, or the word for one; 0 takes an end back. */
static int64_t end_asked(json_t *subscription, const json_t *given) {
    struct period ends = subscription_ends(subscription);
    const char *word = json_is_string(given) ? json_string_value(given) : "";
    if (word[0] == '\0') {
        return json_integer_value(given);
    }
    return strcmp(word, "min_period_end") == 0 ? ends.start : ends.end;
}

static void credit_behind(struct world *world, json_t *subscription, int64_t end) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        prorate_shorten(world, subscription, json_array_get(items, i), end);
    }
}

static void debit_behind(struct world *world, json_t *subscription, int64_t from) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        prorate_debit(world, subscription, json_array_get(items, i), from);
    }
}

/* Moves the end from one instant to another (0: none), with the prorations that follow. */
static void move_end(struct world *world, json_t *subscription, int64_t end, bool prorates) {
    struct period ends = subscription_ends(subscription);
    int64_t before = member_i64(subscription, "cancel_at");
    bool is_new = json_array_size(json_object_get(
                      json_array_get(subscription_items(subscription), 0), "_debits")) == 0;
    set_null(subscription, "cancel_at");
    if (prorates && !is_new && before > 0 && before < ends.end) {
        debit_behind(world, subscription, before);
    }
    if (end == 0) {
        return;
    }
    if (prorates && !is_new && end < ends.end) {
        credit_behind(world, subscription, end);
    }
    set_i64(subscription, "cancel_at", end);
}

bool subscription_set_end(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    int64_t now = world_now(world, member(subscription, "customer"));
    json_t *at = json_object_get(call->params, "cancel_at");
    json_t *at_end = json_object_get(call->params, "cancel_at_period_end");
    json_t *details = json_object_get(subscription, "cancellation_details");
    bool prorates = !member_is(call->params, "proration_behavior", "none");
    if (at == NULL && at_end == NULL) {
        return true;
    }
    if (at != NULL && !json_is_null(at) && json_is_true(at_end)) {
        return fault_invalid(&world->fault, NULL, "cancel_at",
                             "You may only specify one of these parameters: cancel_at, "
                             "cancel_at_period_end.");
    }
    int64_t end = json_is_true(at_end) ? subscription_ends(subscription).end
                  : at == NULL         ? 0
                                       : end_asked(subscription, at);
    if (end != 0 && end <= now) {
        return fault_invalid(&world->fault, NULL, "cancel_at",
                             "Invalid timestamp: must be an integer Unix timestamp in the future.");
    }
    move_end(world, subscription, end, prorates);
    set_bool(subscription, "cancel_at_period_end", json_is_true(at_end));
    if (end == 0) {
        set_null(subscription, "canceled_at");
        set_null(details, "reason");
    } else {
        set_i64(subscription, "canceled_at", now);
        set_text(details, "reason", "cancellation_requested");
    }
    world_touch(world, subscription);
    return true;
}

static void bill_the_end(struct world *world, json_t *subscription, bool prorates, bool invoices) {
    if (prorates) {
        subscription_credit_all(world, subscription,
                                world_now(world, member(subscription, "customer")));
    }
    if (!invoices && !prorates) {
        pending_drop(world, subscription);
    }
    if (invoices) {
        meter_wait_items(world, subscription, world_now(world, member(subscription, "customer")));
    }
    json_t *invoice = invoices ? subscription_invoice_now(world, subscription, false) : NULL;
    if (invoice == NULL) {
        return;
    }
    event_emit(world, "invoice.created", invoice);
    invoice_finalize(world, invoice);
    bool collects = member_is(invoice, "status", "open") &&
                    member_is(subscription, "collection_method", "charge_automatically");
    if (collects) {
        (void)invoice_collect(world, invoice, "", true);
    }
}

void subscription_cancel_now(struct world *world, json_t *subscription, bool prorates,
                             bool invoices) {
    bill_the_end(world, subscription, prorates, invoices);
    subscription_end(world, subscription, "cancellation_requested");
}

json_t *subscription_delete(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "id");
    if (subscription == NULL) {
        return NULL;
    }
    if (subscription_has_ended(subscription)) {
        world_missing(world, "subscription", "id", call->id);
        return NULL;
    }
    json_object_update(json_object_get(subscription, "cancellation_details"),
                       json_object_get(call->params, "cancellation_details"));
    subscription_cancel_now(world, subscription,
                            json_is_true(json_object_get(call->params, "prorate")),
                            json_is_true(json_object_get(call->params, "invoice_now")));
    return json_incref(subscription);
}
