/* Charges: one attempt to take money each, with what the network said and what it left on the
 * account's balance. The routes are in charge_routes.c. */
#include <string.h>

#include "sandbox/arith.h"
#include "sandbox/balance.h"
#include "sandbox/currency.h"
#include "sandbox/payment.h"
#include "sandbox/sepa_debit.h"

enum { FEE_CARD_TENTHS = 29, FEE_CARD_FIXED = 30, FEE_BANK_TENTHS = 8, FEE_BANK_MAX = 500 };

static json_t *card_details(const json_t *method) {
    static const char *const unknown[] = {"amount_authorized",
                                          "authorization_code",
                                          "electronic_commerce_indicator",
                                          "installments",
                                          "mandate",
                                          "network_transaction_id",
                                          "three_d_secure",
                                          "transaction_link_id"};
    static const char *const of_method[] = {"networks", "display_brand", "generated_from",
                                            "three_d_secure_usage"};
    json_t *details = json_copy(json_object_get(method, "card"));
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        set_null(details, unknown[i]);
    }
    json_object_set(details, "network", json_object_get(details, "brand"));
    for (size_t i = 0; i < ARRAY_LEN(of_method); i++) {
        json_object_del(details, of_method[i]);
    }
    return details;
}

static json_t *bank_details(const json_t *method) {
    static const char *const not_shown[] = {"financial_connections_account", "networks",
                                            "status_details"};
    json_t *details = json_copy(json_object_get(method, "us_bank_account"));
    for (size_t i = 0; i < ARRAY_LEN(not_shown); i++) {
        json_object_del(details, not_shown[i]);
    }
    set_null(details, "payment_reference");
    if (!member_is(method, "_mandate", "")) {
        set_text(details, "mandate", member(method, "_mandate"));
    }
    return details;
}

/* What a charge remembers of its method; what only a network would know is empty here. */
static json_t *details_of(const json_t *method) {
    const char *type = member(method, "type");
    bool is_card = strcmp(type, "card") == 0;
    bool is_bank = strcmp(type, "us_bank_account") == 0;
    bool is_sepa = strcmp(type, "sepa_debit") == 0;
    json_t *details = is_card   ? card_details(method)
                      : is_bank ? bank_details(method)
                      : is_sepa ? sepa_charge_details(method)
                                : json_deep_copy(json_object_get(method, type));
    return json_pack("{s:s, s:o}", "type", type, type, details == NULL ? json_object() : details);
}

json_t *charge_new(struct world *world, const json_t *of, json_t *method) {
    const char *customer = member(of, "customer");
    json_t *metadata = json_object_get(of, "metadata");
    json_t *charge = world_add(world, "charge", customer[0] == '\0' ? NULL : customer);
    set_i64(charge, "amount", member_i64(of, "amount"));
    set_text(charge, "currency", member(of, "currency"));
    set_text(charge, "description", member(of, "description"));
    set_text(charge, "payment_method", member(method, "id"));
    set_text(charge, "_number", member(method, "_number"));
    set_text(charge, "receipt_email", member(of, "receipt_email"));
    if (json_is_object(metadata)) {
        json_object_set_new(charge, "metadata", json_copy(metadata));
    }
    if (json_object_get(of, "shipping") != NULL) {
        json_object_set(charge, "shipping", json_object_get(of, "shipping"));
    }
    json_object_set(charge, "billing_details", json_object_get(method, "billing_details"));
    json_object_set_new(charge, "payment_method_details", details_of(method));
    return charge;
}

json_t *charge_make(struct world *world, json_t *intent, json_t *method) {
    json_t *charge = charge_new(world, intent, method);
    set_text(charge, "payment_intent", member(intent, "id"));
    set_text(intent, "latest_charge", member(charge, "id"));
    world_touch(world, intent);
    return charge;
}

static json_t *outcome(const char *type, const char *network, const char *says,
                       const char *reason) {
    return json_pack("{s:s, s:s, s:s, s:s?, s:n, s:n, s:n}", "type", type, "network_status",
                     network, "seller_message", says, "reason", reason, "advice_code",
                     "network_advice_code", "network_decline_code");
}

/* Stripe's published prices: 2.9 % and 30 cents for a card, 0.8 % and at most $5 for a bank. */
static int64_t fee_of(const json_t *charge, int64_t amount) {
    const struct currency *currency = currency_find(member(charge, "currency"));
    bool has_cents = currency == NULL || currency->places > 0;
    if (member_is(charge, "payment_method_details.type", "card")) {
        return prorate(amount, FEE_CARD_TENTHS, 1000) + (has_cents ? FEE_CARD_FIXED : 0);
    }
    int64_t fee = prorate(amount, FEE_BANK_TENTHS, 1000);
    return fee < FEE_BANK_MAX ? fee : FEE_BANK_MAX;
}

static void book(struct world *world, json_t *charge, int64_t amount) {
    const struct test_card *card = card_by_number(str_from_cstr(member(charge, "_number")));
    bool is_card = member_is(charge, "payment_method_details.type", "card");
    bool is_at_once = card != NULL && card->after == CARD_FUNDS_AT_ONCE;
    const struct balance_entry entry = {
        .type = is_card ? "charge" : "payment",
        .category = "charge",
        .source = member(charge, "id"),
        .customer = member(charge, "customer"),
        .currency = member(charge, "currency"),
        .description = member(charge, "description"),
        .amount = amount,
        .fee = fee_of(charge, amount),
        .available_after_s = is_at_once ? 0 : BALANCE_PENDING_S,
    };
    json_t *booked = balance_add(world, &entry);
    set_text(charge, "balance_transaction", member(booked, "id"));
    if (is_at_once) {
        json_t *balance = json_pack("{s:s, s:[{s:I, s:s}], s:[], s:b}", "object", "balance",
                                    "available", "amount", (json_int_t)(amount - entry.fee),
                                    "currency", entry.currency, "pending", "livemode", 0);
        event_emit(world, "balance.available", balance);
        json_decref(balance);
    }
}

static void take(struct world *world, json_t *charge, int64_t amount) {
    set_bool(charge, "captured", true);
    set_i64(charge, "amount_captured", amount);
    set_i64(charge, "amount_refunded", member_i64(charge, "amount") - amount);
    book(world, charge, amount);
    world_touch(world, charge);
}

void charge_succeed(struct world *world, json_t *charge, bool is_captured) {
    set_text(charge, "status", "succeeded");
    set_bool(charge, "paid", true);
    json_object_set_new(charge, "outcome",
                        outcome("authorized", "approved_by_network", "Payment complete.", NULL));
    json_object_set_new(charge, "receipt_url",
                        json_sprintf("%s/receipt/%s", world->public_url, member(charge, "id")));
    world_touch(world, charge);
    if (is_captured) {
        take(world, charge, member_i64(charge, "amount"));
    }
    event_emit(world, "charge.succeeded", charge);
}

void charge_capture(struct world *world, json_t *charge, int64_t amount) {
    take(world, charge, amount);
    event_emit(world, "charge.captured", charge);
}

void charge_fail(struct world *world, json_t *charge, const struct test_card *card,
                 const char *code) {
    bool is_blocked =
        card != NULL &&
        (strcmp(code, "payment_method_provider_decline") == 0 ||
         (card->decline_code != NULL && strcmp(card->decline_code, "fraudulent") == 0));
    bool is_own = card != NULL && card->code != NULL && strcmp(card->code, code) == 0;
    const char *says = is_own ? card_sentence(card) : card_message(code);
    set_text(charge, "status", "failed");
    set_bool(charge, "paid", false);
    set_text(charge, "failure_code", code);
    set_text(charge, "failure_message", says);
    json_object_set_new(charge, "outcome",
                        outcome(is_blocked ? "blocked" : "issuer_declined",
                                is_blocked ? "not_sent_to_network" : "declined_by_network", says,
                                is_blocked ? "highest_risk_level"
                                : is_own   ? card->decline_code
                                           : NULL));
    world_touch(world, charge);
    event_emit(world, "charge.failed", charge);
}

void charge_release(struct world *world, json_t *charge) {
    set_bool(charge, "refunded", true);
    set_i64(charge, "amount_refunded", member_i64(charge, "amount"));
    world_touch(world, charge);
}
