/* Refunds: a card's at once, a bank's days later, a bank transfer's into the customer's cash
 * balance. The test cards that refund late, or fail to, do so a day later on the customer's clock.
 * Fees are not given back. Routes are in refund_routes.c. */
#include "sandbox/refund.h"

#include "base/json.h"
#include "sandbox/balance.h"
#include "sandbox/cash_balance.h"
#include "sandbox/currency.h"
#include "sandbox/payment.h"

enum { LATER_S = 86400 };

int64_t refund_due(const json_t *refund) {
    bool is_over = member_is(refund, "status", "failed") || member_is(refund, "status", "canceled");
    return is_over ? STORE_NEVER : json_i64(refund, "_due_at", STORE_NEVER);
}

static bool may_refund(struct fault *fault, const json_t *charge, int64_t amount) {
    int64_t left = member_i64(charge, "amount") - member_i64(charge, "amount_refunded");
    const char *id = member(charge, "id");
    if (!member_is(charge, "status", "succeeded")) {
        return fault_invalid(fault, "charge_not_refundable", NULL,
                             "Charge %s cannot be refunded: its status is %s.", id,
                             member(charge, "status"));
    }
    if (!json_is_true(json_object_get(charge, "captured"))) {
        return fault_invalid(fault, "charge_not_refundable", NULL,
                             "Charge %s has not been captured. Cancel its PaymentIntent instead.",
                             id);
    }
    if (json_is_true(json_object_get(charge, "refunded")) || left == 0) {
        return fault_invalid(fault, "charge_already_refunded", NULL,
                             "Charge %s has already been refunded.", id);
    }
    if (json_is_true(json_object_get(charge, "disputed")) &&
        !json_is_true(json_object_get(charge, "_is_refundable"))) {
        return fault_invalid(fault, "charge_disputed", NULL,
                             "Charge %s has been charged back; cannot issue a refund.", id);
    }
    if (amount > left) {
        char asked[48], there[48];
        currency_text(member(charge, "currency"), amount, asked, sizeof asked);
        currency_text(member(charge, "currency"), left, there, sizeof there);
        return fault_invalid(fault, NULL, "amount",
                             "Refund amount (%s) is greater than unrefunded amount on charge (%s)",
                             asked, there);
    }
    return true;
}

/* The movement on our own balance; negative gives, positive comes back. */
static const char *book(struct world *world, const json_t *refund, int64_t amount) {
    const json_t *charge = world_get(world, member(refund, "charge"));
    bool is_card = member_is(charge, "payment_method_details.type", "card");
    bool comes_back = amount > 0;
    const struct balance_entry entry = {
        .type = comes_back ? (is_card ? "refund_failure" : "payment_failure_refund")
                           : (is_card ? "refund" : "payment_refund"),
        .category = comes_back ? "refund_failure" : "refund",
        .source = member(refund, "id"),
        .customer = member(refund, "customer"),
        .currency = member(refund, "currency"),
        .description = comes_back ? "REFUND FAILURE" : "REFUND FOR CHARGE",
        .amount = amount,
    };
    return member(balance_add(world, &entry), "id");
}

/* How it begins, and when the rest of it follows. */
static void begin(struct world *world, json_t *refund, const json_t *charge) {
    const struct test_card *card = card_by_number(str_from_cstr(member(charge, "_number")));
    const char *customer = member(refund, "customer");
    int64_t now = world_now(world, customer[0] == '\0' ? NULL : customer);
    bool is_bank = card != NULL && card_is_debit(card);
    bool is_late = card != NULL && card->after == CARD_REFUNDS_LATE;
    bool fails = card != NULL && card->after == CARD_REFUNDS_FAIL;
    set_text(refund, "status", is_bank || is_late ? "pending" : "succeeded");
    if (is_bank || is_late) {
        set_text(refund, "pending_reason", "processing");
    }
    if (is_bank) {
        set_i64(refund, "_due_at", business_days_after(now, REFUND_BUSINESS_DAYS));
    } else if (is_late || fails) {
        set_i64(refund, "_due_at", now + LATER_S);
    }
}

static void set_destination(json_t *refund, const json_t *charge) {
    if (member_is(charge, "payment_method_details.type", "card")) {
        json_object_set_new(refund, "destination_details",
                            json_pack("{s:{s:s, s:s, s:s}, s:s}", "card", "reference_status",
                                      "pending", "reference_type", "acquirer_reference_number",
                                      "type", "refund", "type", "card"));
    }
}

static void take_from_charge(struct world *world, json_t *charge, int64_t amount) {
    int64_t refunded = member_i64(charge, "amount_refunded") + amount;
    set_i64(charge, "amount_refunded", refunded);
    set_bool(charge, "refunded", refunded == member_i64(charge, "amount"));
    world_touch(world, charge);
}

json_t *refund_make(struct world *world, const struct refund_order *order) {
    json_t *charge = order->charge;
    int64_t left = member_i64(charge, "amount") - member_i64(charge, "amount_refunded");
    int64_t amount = order->amount == 0 ? left : order->amount;
    if (!may_refund(&world->fault, charge, amount)) {
        return NULL;
    }
    const char *customer = member(charge, "customer");
    json_t *refund = world_add(world, "refund", customer[0] == '\0' ? NULL : customer);
    set_i64(refund, "amount", amount);
    set_text(refund, "currency", member(charge, "currency"));
    set_text(refund, "charge", member(charge, "id"));
    set_text(refund, "payment_intent", member(charge, "payment_intent"));
    set_text(refund, "payment_method", member(charge, "payment_method"));
    set_text(refund, "reason", order->reason);
    if (order->params != NULL) {
        metadata_merge(refund, order->params);
    }
    begin(world, refund, charge);
    set_destination(refund, charge);
    set_text(refund, "balance_transaction", book(world, refund, -amount));
    take_from_charge(world, charge, amount);
    event_emit(world, "refund.created", refund);
    event_emit(world, "charge.refunded", charge);
    if (member_is(charge, "payment_method_details.type", "customer_balance")) {
        cash_refund(world, refund);
    }
    return refund;
}

static void tell(struct world *world, json_t *refund) {
    event_updated(world, "charge.refund.updated", refund);
    event_emit(world, "refund.updated", refund);
}

static void refund_fail(struct world *world, json_t *refund) {
    json_t *charge = world_get(world, member(refund, "charge"));
    set_text(refund, "status", "failed");
    set_text(refund, "failure_reason", "expired_or_canceled_card");
    set_text(refund, "failure_balance_transaction",
             book(world, refund, member_i64(refund, "amount")));
    world_touch(world, refund);
    tell(world, refund);
    event_emit(world, "refund.failed", refund);
    take_from_charge(world, charge, -member_i64(refund, "amount"));
    event_updated(world, "charge.updated", charge);
}

void refund_on_due(struct world *world, json_t *refund) {
    json_object_del(refund, "_due_at");
    if (member_is(refund, "status", "succeeded")) {
        refund_fail(world, refund);
        return;
    }
    set_text(refund, "status", "succeeded");
    json_object_del(refund, "pending_reason");
    json_object_del(refund, "next_action");
    world_touch(world, refund);
    tell(world, refund);
}
