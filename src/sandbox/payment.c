/* Collecting money for an invoice: payment intent, charge, invoice payment, and what each test card
 * does to them (card.h). */
#include "sandbox/billing.h"

#include <string.h>

#include "sandbox/card.h"

/* Four business days, taken as calendar days: the sandbox has no bank holidays. */
enum { BANK_SETTLES_S = 4 * 86400 };

json_t *intent_make(struct world *world, json_t *invoice) {
    const char *customer = member(invoice, "customer");
    int64_t amount = member_i64(invoice, "amount_remaining");
    json_t *intent = world_add(world, "payment_intent", customer);
    char random[26];
    world_random(world, random, 25);
    set_i64(intent, "amount", amount);
    set_text(intent, "currency", member(invoice, "currency"));
    set_text(intent, "description", member(invoice, "number"));
    json_object_set_new(intent, "client_secret",
                        json_sprintf("%s_secret_%s", member(intent, "id"), random));
    set_text(intent, "_invoice", member(invoice, "id"));
    json_t *payment = world_add(world, "invoice_payment", NULL);
    set_text(payment, "_customer", customer);
    set_i64(payment, "created", world_now(world, customer));
    set_i64(payment, "amount_requested", amount);
    set_text(payment, "currency", member(invoice, "currency"));
    set_text(payment, "invoice", member(invoice, "id"));
    set_text(json_object_get(payment, "payment"), "payment_intent", member(intent, "id"));
    set_text(intent, "_payment", member(payment, "id"));
    event_emit(world, "payment_intent.created", intent);
    return intent;
}

/* What a card does when it is charged now. */
static enum pay_result verdict(const struct test_card *card, bool is_set_up, bool is_off_session) {
    switch (card->conduct) {
    case CARD_PAYS:
        return PAY_PAID;
    case CARD_DECLINES:
    case CARD_REFUSES_SETUP:
        return PAY_DECLINED;
    case CARD_ASKS_ALWAYS:
    case CARD_ASKS_THEN_DECLINES:
        return PAY_NEEDS_ACTION;
    case CARD_ASKS_UNLESS_SET_UP:
        return is_set_up && is_off_session ? PAY_PAID : PAY_NEEDS_ACTION;
    case CARD_ASKS_ON_SESSION:
        return is_off_session ? PAY_PAID : PAY_NEEDS_ACTION;
    case CARD_IS_BANK_ACCOUNT:
        return PAY_PROCESSING;
    }
    return PAY_DECLINED;
}

/* What a charge remembers of its method; the network's details are empty here. */
static json_t *details_of(const json_t *method) {
    static const char *const card_only[] = {"amount_authorized",
                                            "authorization_code",
                                            "electronic_commerce_indicator",
                                            "installments",
                                            "mandate",
                                            "network_transaction_id",
                                            "three_d_secure",
                                            "transaction_link_id"};
    static const char *const method_only[] = {"networks", "display_brand", "generated_from",
                                              "three_d_secure_usage"};
    const char *type = member(method, "type");
    json_t *details = json_copy(json_object_get(method, type));
    bool is_card = strcmp(type, "card") == 0;
    for (size_t i = 0; is_card && i < ARRAY_LEN(card_only); i++) {
        set_null(details, card_only[i]);
    }
    if (is_card) {
        json_object_set(details, "network", json_object_get(details, "brand"));
    }
    for (size_t i = 0; is_card && i < ARRAY_LEN(method_only); i++) {
        json_object_del(details, method_only[i]);
    }
    return json_pack("{s:s, s:o}", "type", type, type, details);
}

static json_t *charge_make(struct world *world, json_t *intent, json_t *method) {
    json_t *charge = world_add(world, "charge", member(intent, "customer"));
    set_i64(charge, "amount", member_i64(intent, "amount"));
    set_text(charge, "currency", member(intent, "currency"));
    set_text(charge, "description", member(intent, "description"));
    set_text(charge, "payment_intent", member(intent, "id"));
    set_text(charge, "payment_method", member(method, "id"));
    json_object_set(charge, "billing_details", json_object_get(method, "billing_details"));
    json_object_set_new(charge, "payment_method_details", details_of(method));
    set_text(intent, "latest_charge", member(charge, "id"));
    return charge;
}

static void intent_take_method(json_t *intent, json_t *method) {
    set_text(intent, "payment_method", member(method, "id"));
    json_object_set_new(intent, "payment_method_types", json_pack("[s]", member(method, "type")));
    set_null(intent, "next_action");
}

static void succeed(struct world *world, json_t *intent, json_t *method) {
    int64_t amount = member_i64(intent, "amount");
    json_t *charge = charge_make(world, intent, method);
    set_text(charge, "status", "succeeded");
    set_bool(charge, "paid", true);
    set_bool(charge, "captured", true);
    set_i64(charge, "amount_captured", amount);
    json_object_set_new(charge, "outcome",
                        json_pack("{s:s, s:s, s:s, s:n, s:n, s:n, s:n}", "type", "authorized",
                                  "network_status", "approved_by_network", "seller_message",
                                  "Payment complete.", "reason", "advice_code",
                                  "network_advice_code", "network_decline_code"));
    set_text(intent, "status", "succeeded");
    set_i64(intent, "amount_received", amount);
    set_null(intent, "last_payment_error");
    set_null(intent, "processing");
    world_touch(world, intent);
    event_emit(world, "charge.succeeded", charge);
    event_emit(world, "payment_intent.succeeded", intent);
    json_t *payment = world_get(world, member(intent, "_payment"));
    set_text(payment, "status", "paid");
    set_i64(payment, "amount_paid", amount);
    set_i64(json_object_get(payment, "status_transitions"), "paid_at",
            world_now(world, member(intent, "customer")));
    world_touch(world, payment);
    event_emit(world, "invoice_payment.paid", payment);
    invoice_on_paid(world, world_get(world, member(intent, "_invoice")), amount, true);
}

/* last_payment_error, which is also what the caller is answered. */
static void set_error(struct world *world, json_t *intent, json_t *method, const char *code,
                      const char *decline_code) {
    json_t *error = json_pack("{s:s, s:s, s:s, s:o}", "type", "card_error", "code", code, "message",
                              card_message(code), "payment_method", event_render(method));
    if (decline_code != NULL) {
        json_object_set_new(error, "decline_code", json_string(decline_code));
    }
    const char *charge = member(intent, "latest_charge");
    if (charge[0] != '\0') {
        json_object_set_new(error, "charge", json_string(charge));
    }
    json_object_set_new(intent, "last_payment_error", error);
    world_touch(world, intent);
}

static void fail(struct world *world, json_t *intent, json_t *method, const char *code,
                 const char *decline_code) {
    json_t *charge = charge_make(world, intent, method);
    set_text(charge, "failure_code", code);
    set_text(charge, "failure_message", card_message(code));
    json_object_set_new(charge, "outcome",
                        json_pack("{s:s, s:s, s:s, s:s?, s:n, s:n, s:n}", "type", "issuer_declined",
                                  "network_status", "declined_by_network", "seller_message",
                                  card_message(code), "reason", decline_code, "advice_code",
                                  "network_advice_code", "network_decline_code"));
    set_text(intent, "status", "requires_payment_method");
    set_error(world, intent, method, code, decline_code);
    set_null(intent, "payment_method");
    event_emit(world, "charge.failed", charge);
    event_emit(world, "payment_intent.payment_failed", intent);
}

/* The customer must act: on-session the page handles it, off-session it is a decline with its own
 * code (billing/subscriptions/overview). */
static void ask(struct world *world, json_t *intent, json_t *method, bool is_off_session) {
    if (is_off_session) {
        fail(world, intent, method, "authentication_required", "authentication_required");
        return;
    }
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action",
                        json_pack("{s:s, s:{s:s}}", "type", "use_stripe_sdk", "use_stripe_sdk",
                                  "type", "three_d_secure_redirect"));
    world_touch(world, intent);
    event_emit(world, "payment_intent.requires_action", intent);
}

static void process(struct world *world, json_t *intent) {
    int64_t now = world_now(world, member(intent, "customer"));
    set_text(intent, "status", "processing");
    set_i64(intent, "_settles_at", now + BANK_SETTLES_S);
    world_touch(world, intent);
    event_emit(world, "payment_intent.processing", intent);
    json_t *invoice = world_get(world, member(intent, "_invoice"));
    set_bool(invoice, "attempted", true);
    world_touch(world, invoice);
}

enum pay_result intent_confirm(struct world *world, json_t *intent, json_t *method,
                               bool is_off_session) {
    const struct test_card *card = card_by_number(str_from_cstr(member(method, "_number")));
    bool is_set_up = json_is_true(json_object_get(method, "_is_set_up"));
    enum pay_result result = card == NULL ? PAY_DECLINED : verdict(card, is_set_up, is_off_session);
    json_t *invoice = world_get(world, member(intent, "_invoice"));
    intent_take_method(intent, method);
    switch (result) {
    case PAY_PAID:
        succeed(world, intent, method);
        break;
    case PAY_PROCESSING:
        process(world, intent);
        break;
    case PAY_DECLINED:
    case PAY_NO_METHOD:
        fail(world, intent, method, card == NULL ? "card_declined" : card->code,
             card == NULL ? "generic_decline" : card->decline_code);
        invoice_on_failed(world, invoice, result);
        break;
    case PAY_NEEDS_ACTION:
        ask(world, intent, method, is_off_session);
        invoice_on_failed(world, invoice, result);
        break;
    }
    return result;
}

enum pay_result intent_approve(struct world *world, json_t *intent, json_t *method) {
    const struct test_card *card = card_by_number(str_from_cstr(member(method, "_number")));
    if (card->conduct == CARD_ASKS_THEN_DECLINES) {
        fail(world, intent, method, card->code, card->decline_code);
        invoice_on_failed(world, world_get(world, member(intent, "_invoice")), PAY_DECLINED);
        return PAY_DECLINED;
    }
    set_null(intent, "next_action");
    succeed(world, intent, method);
    return PAY_PAID;
}

void intent_on_due(struct world *world, json_t *intent) {
    json_t *method = world_get(world, member(intent, "payment_method"));
    succeed(world, intent, method);
}
