/* Completing a checkout session: a payment, a subscription, or a method saved for later, each by
 * the same functions and routes as through the API. */
#include <string.h>

#include "sandbox/checkout.h"
#include "sandbox/payment.h"
#include "sandbox/setup.h"
#include "sandbox/us_bank_account.h"

enum { SHOWN_EXP_MONTH = 12, SHOWN_EXP_YEAR = 2034 };

/* The page's button is the acceptance of the mandate. */
static void accept_mandate(struct world *world, json_t *method) {
    json_t *data = json_pack("{s:{s:s}}", "customer_acceptance", "type", "online");
    const struct mandate_order order = {.data = data, .code = "", .noun = ""};
    (void)mandate_ensure(world, method, &order);
    json_decref(data);
}

json_t *checkout_method(struct world *world, const struct test_card *card) {
    json_t *method = method_make(world, card, SHOWN_EXP_MONTH, SHOWN_EXP_YEAR);
    set_bool(method, "_is_verified", true); /* the page stands in for the bank's own */
    accept_mandate(world, method);
    return method;
}

static bool asks_on_session(const struct test_card *card) {
    return card != NULL &&
           (card->conduct == CARD_ASKS_ALWAYS || card->conduct == CARD_ASKS_UNLESS_SET_UP ||
            card->conduct == CARD_ASKS_ON_SESSION || card->conduct == CARD_ASKS_THEN_DECLINES);
}

static bool succeeded(struct world *world, json_t *session) {
    set_text(session, "status", "complete");
    set_null(session, "url");
    world_touch(world, session);
    event_emit(world, "checkout.session.completed", session);
    return true;
}

/* --- the customer --- */

static void set_customer_details(struct world *world, json_t *session) {
    json_t *customer = world_get(world, member(session, "customer"));
    const char *email = member(session, "customer_email");
    if (email[0] == '\0') {
        email = member(customer, "email");
    }
    json_object_set_new(session, "customer_details",
                        json_pack("{s:n, s:n, s:s?, s:n, s:n, s:n, s:s, s:[]}", "address",
                                  "business_name", "email", email[0] == '\0' ? NULL : email,
                                  "individual_name", "name", "phone", "tax_exempt", "none",
                                  "tax_ids"));
}

/* Who buys: the session's customer, or a new one where one is needed. */
static void ensure_customer(struct world *world, json_t *session, bool is_needed) {
    if (is_needed && member_is(session, "customer", "")) {
        json_t *customer = world_add(world, "customer", NULL);
        char prefix[9];
        world_random(world, prefix, 8);
        set_text(customer, "invoice_prefix", prefix);
        set_text(customer, "email", member(session, "customer_email"));
        set_text(session, "customer", member(customer, "id"));
        event_emit(world, "customer.created", customer);
    }
    set_customer_details(world, session);
    world_touch(world, session);
}

/* --- setup --- */

static bool complete_setup(struct world *world, json_t *session, json_t *method, bool is_answered) {
    json_t *intent = world_get(world, member(session, "setup_intent"));
    if (!setup_confirm(world, intent, member(method, "id"), is_answered)) {
        return false;
    }
    return !member_is(intent, "status", "succeeded") || succeeded(world, session);
}

/* --- payment --- */

static json_t *payment_of(struct world *world, json_t *session) {
    json_t *intent = world_get(world, member(session, "payment_intent"));
    if (intent != NULL) {
        return intent;
    }
    json_t *data = json_object_get(session, "_payment_data");
    intent = intent_new(world, member(session, "customer"), member(session, "currency"),
                        member_i64(session, "amount_total"));
    set_null(intent, "setup_future_usage");
    copy_params(intent, data,
                (const char *const[]){"description", "receipt_email", "capture_method",
                                      "setup_future_usage", "transfer_group", NULL});
    metadata_merge(intent, data);
    json_object_set(intent, "payment_method_types",
                    json_object_get(session, "payment_method_types"));
    set_text(intent, "_session", member(session, "id"));
    set_text(session, "payment_intent", member(intent, "id"));
    world_touch(world, intent);
    world_touch(world, session);
    event_emit(world, "payment_intent.created", intent);
    return intent;
}

static bool complete_payment(struct world *world, json_t *session, json_t *method,
                             bool is_answered) {
    const json_t *data = json_object_get(session, "_payment_data");
    bool keeps = !member_is(data, "setup_future_usage", "") ||
                 member_is(session, "customer_creation", "always");
    ensure_customer(world, session, keeps);
    json_t *intent = payment_of(world, session);
    enum pay_result result = intent_confirm(world, intent, method, false);
    if (result == PAY_NEEDS_ACTION && is_answered) {
        result = intent_approve(world, intent, method);
    }
    if (result == PAY_NEEDS_ACTION) {
        return true;
    }
    if (result == PAY_DECLINED) {
        return intent_fault(world, intent);
    }
    bool is_paid = member_is(intent, "status", "succeeded"); /* an authorization is not */
    set_text(session, "payment_status", is_paid ? "paid" : "unpaid");
    return checkout_redeem(world, session) && succeeded(world, session);
}

/* --- subscription --- */

/* The lines that return, or the others, as they were given; a new array. */
static json_t *given_of(const json_t *session, bool returns) {
    json_t *items = json_object_get(session, "_items");
    json_t *all = json_object_get(session, "_given_items");
    json_t *given = json_array();
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (checkout_item_returns(json_array_get(items, i)) == returns) {
            json_array_append(given, json_array_get(all, i));
        }
    }
    return given;
}

/* The session as POST /v1/subscriptions takes it; a new reference. */
static json_t *subscription_order(const json_t *session, const json_t *method, bool is_answered) {
    json_t *order =
        json_pack("{s:s, s:s, s:o, s:o, s:s}", "customer", member(session, "customer"),
                  "default_payment_method", member(method, "id"), "items", given_of(session, true),
                  "add_invoice_items", given_of(session, false), "payment_behavior",
                  is_answered ? "allow_incomplete" : "error_if_incomplete");
    json_t *data = json_object_get(session, "_subscription_data");
    json_object_set(order, "currency", json_object_get(session, "currency"));
    json_t *discounts = json_object_get(session, "_given_discounts");
    if (json_array_size(discounts) > 0) {
        json_object_set(order, "discounts", discounts);
    }
    const char *name;
    json_t *value;
    json_object_foreach(data, name, value) {
        json_object_set(order, name, value);
    }
    return order;
}

/* POST /v1/subscriptions with it; NULL with the refusal. */
static json_t *subscribe(struct world *world, json_t *order) {
    json_t *made = route_call(world, "POST", "/v1/subscriptions", order);
    json_t *subscription = made == NULL ? NULL : world_get(world, member(made, "id"));
    json_decref(made);
    return subscription;
}

static enum pay_result paid_how(struct world *world, json_t *intent, json_t *method) {
    if (intent == NULL || member_is(intent, "status", "succeeded")) {
        return PAY_PAID;
    }
    if (member_is(intent, "status", "processing")) {
        return PAY_PROCESSING;
    }
    return member_is(intent, "status", "requires_action") ? intent_approve(world, intent, method)
                                                          : PAY_DECLINED;
}

static bool complete_subscription(struct world *world, json_t *session, json_t *method,
                                  bool is_answered) {
    if (asks_on_session(card_of_method(method)) && !is_answered) {
        return true;
    }
    ensure_customer(world, session, true);
    if (method_attach(world, member(method, "id"), member(session, "customer"), "payment_method") ==
        NULL) {
        return false;
    }
    set_bool(method, "_is_set_up", true);
    event_emit(world, "payment_method.attached", method);
    json_t *order = subscription_order(session, method, is_answered);
    json_t *subscription = subscribe(world, order);
    json_decref(order);
    if (subscription == NULL) {
        return false;
    }
    json_t *invoice = world_get(world, member(subscription, "latest_invoice"));
    json_t *intent = world_get(world, member(invoice, "_intent"));
    enum pay_result result = paid_how(world, intent, method);
    if (result == PAY_DECLINED) {
        return fault_card(&world->fault, "card_declined", "generic_decline",
                          card_message("card_declined"));
    }
    set_text(session, "subscription", member(subscription, "id"));
    set_text(session, "invoice", member(subscription, "latest_invoice"));
    if (member_i64(session, "amount_total") > 0) {
        set_text(session, "payment_status", result == PAY_PAID ? "paid" : "unpaid");
    }
    if (intent != NULL) {
        set_text(intent, "_session", member(session, "id"));
        world_touch(world, intent);
    }
    return succeeded(world, session);
}

bool checkout_complete(struct world *world, json_t *session, json_t *method, bool is_answered) {
    accept_mandate(world, method);
    if (member_is(session, "mode", "payment")) {
        return complete_payment(world, session, method, is_answered);
    }
    return member_is(session, "mode", "subscription")
               ? complete_subscription(world, session, method, is_answered)
               : complete_setup(world, session, method, is_answered);
}

void checkout_settled(struct world *world, const json_t *intent, bool is_paid) {
    json_t *session = world_get(world, member(intent, "_session"));
    if (session == NULL) {
        return;
    }
    if (is_paid) {
        set_text(session, "payment_status", "paid");
        world_touch(world, session);
    }
    event_emit(world,
               is_paid ? "checkout.session.async_payment_succeeded"
                       : "checkout.session.async_payment_failed",
               session);
}
