/* The invoices that requests make: drawn, finalized and collected in the request itself. */
#include <string.h>

#include "sandbox/method.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_hold.h"

bool subscription_fault_of(struct world *world, json_t *invoice, bool keeps_changes) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *error = json_object_get(intent, "last_payment_error");
    const char *code = member(error, "code");
    const char *decline = member(error, "decline_code");
    struct fault *fault = &world->fault;
    if (code[0] == '\0') {
        return fault_invalid(fault, "resource_missing", NULL,
                             "This customer has no attached payment source or default payment "
                             "method.");
    }
    /* The words must outlive the documents: they are those of the card table. */
    const char *lasting = card_word(code);
    fault_card(fault, lasting == NULL ? "card_declined" : lasting, card_word(decline),
               member(error, "message"));
    fault->keeps_changes = keeps_changes;
    if (keeps_changes) {
        json_t *shown = event_render(intent);
        fault_detail(fault, "payment_intent", shown);
        json_decref(shown);
    }
    return false;
}

bool subscription_has_method(struct world *world, const json_t *subscription) {
    const json_t *customer = world_get(world, member(subscription, "customer"));
    return !member_is(subscription, "default_payment_method", "") ||
           !member_is(subscription, "default_source", "") ||
           !member_is(customer, "invoice_settings.default_payment_method", "") ||
           !member_is(customer, "default_source", "");
}

json_t *subscription_invoice_now(struct world *world, json_t *subscription, bool resets) {
    json_t *previous = json_incref(json_object_get(subscription, "latest_invoice"));
    json_t *invoice = invoice_draft(world, subscription, "subscription_update");
    set_bool(invoice, "auto_advance", false);
    invoice_take_pending(world, invoice, subscription);
    if (resets) {
        subscription_bill_items(world, invoice, subscription);
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

static bool is_refused(struct call *call, json_t *invoice, enum pay_result result) {
    struct world *world = call->world;
    bool insists = member_is(call->params, "payment_behavior", "error_if_incomplete");
    if (result == PAY_PAID || result == PAY_PROCESSING || !insists) {
        return false;
    }
    if (result == PAY_NEEDS_ACTION) {
        fault_card(&world->fault, "subscription_payment_intent_requires_action", NULL,
                   "Payment for this subscription requires additional user action before it can "
                   "be completed successfully.");
        return true;
    }
    (void)subscription_fault_of(world, invoice, false);
    return true;
}

bool subscription_bill(struct call *call, json_t *subscription, json_t *invoice) {
    struct world *world = call->world;
    bool waits = member_is(call->params, "payment_behavior", "default_incomplete");
    bool is_sent = member_is(subscription, "collection_method", "send_invoice");
    bool is_later =
        is_sent || (call->is_scheduled && !subscription_has_method(world, subscription));
    event_emit(world, "invoice.created", invoice);
    if (is_later && member_is(invoice, "billing_reason", "subscription_create")) {
        set_i64(invoice, "automatically_finalizes_at",
                member_i64(invoice, "created") + DRAFT_LIFE_S);
        world_touch(world, invoice);
        return true;
    }
    invoice_finalize(world, invoice);
    if (!member_is(invoice, "status", "open") || waits || is_sent) {
        return true;
    }
    bool is_request = world->request_id != NULL;
    if (is_request && !subscription_has_method(world, subscription)) {
        return fault_invalid(&world->fault, "resource_missing", NULL,
                             "This customer has no attached payment source or default payment "
                             "method. Please consider adding a default payment method.");
    }
    bool is_off_session = json_is_true(json_object_get(call->params, "off_session"));
    return !is_refused(call, invoice, invoice_collect(world, invoice, "", is_off_session));
}
