/* The cash balance and its movements. Which payments the money goes to is bank_transfer.c's
 * business; the routes are in cash_routes.c. */
#include "sandbox/cash_balance.h"

#include <string.h>

#include "sandbox/payment.h"

enum { RETURN_BUSINESS_DAYS = 2, RETURN_ASKS_S = 45 * 86400 };

int64_t cash_available(const json_t *customer, const char *currency) {
    return json_integer_value(json_object_get(json_object_get(customer, "_cash"), currency));
}

bool cash_is_automatic(const json_t *customer) {
    return !member_is(customer, "_reconciliation", "manual");
}

json_t *cash_balance_of(struct world *world, json_t *customer) {
    json_t *stored = world_get(world, member(customer, "id"));
    json_t *cash = json_object_get(stored, "_cash");
    bool is_default = member_is(stored, "_reconciliation", "");
    return json_pack("{s:s, s:o, s:s, s:n, s:b, s:{s:s, s:b}}", "object", "cash_balance",
                     "available", cash == NULL ? json_null() : json_deep_copy(cash), "customer",
                     member(customer, "id"), "customer_account", "livemode", 0, "settings",
                     "reconciliation_mode", cash_is_automatic(stored) ? "automatic" : "manual",
                     "using_merchant_default", is_default);
}

json_t *cash_move(struct world *world, const struct cash_movement *movement) {
    json_t *customer = movement->customer;
    json_t *cash = json_object_get(customer, "_cash");
    if (cash == NULL) {
        cash = json_object();
        json_object_set_new(customer, "_cash", cash);
    }
    int64_t after = cash_available(customer, movement->currency) + movement->amount;
    set_i64(cash, movement->currency, after);
    world_touch(world, customer);
    json_t *moved = world_add(world, "customer_cash_balance_transaction", member(customer, "id"));
    set_text(moved, "currency", movement->currency);
    set_text(moved, "type", movement->type);
    set_i64(moved, "net_amount", movement->amount);
    set_i64(moved, "ending_balance", after);
    if (movement->detail != NULL) {
        json_object_set_new(moved, movement->type, movement->detail);
    }
    event_emit(world, "customer_cash_balance_transaction.created", moved);
    return moved;
}

void cash_refund(struct world *world, const json_t *refund) {
    const struct cash_movement movement = {
        .customer = world_get(world, member(refund, "customer")),
        .currency = member(refund, "currency"),
        .amount = member_i64(refund, "amount"),
        .type = "refunded_from_payment",
        .detail = json_pack("{s:s}", "refund", member(refund, "id")),
    };
    (void)cash_move(world, &movement);
}

/* The parameters that a return must have; NULL with a fault, else the customer. */
static json_t *return_customer(struct call *call) {
    static const char *const needed[] = {"customer", "amount", "currency", "instructions_email"};
    struct fault *fault = &call->world->fault;
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (!param_given(call, needed[i])) {
            fault_invalid(fault, "parameter_missing", needed[i],
                          "Missing required param: %s. A refund of the cash balance needs it.",
                          needed[i]);
            return NULL;
        }
    }
    json_t *customer =
        world_find(call->world, "customer", param_text(call, "customer"), "customer");
    int64_t amount = member_i64(call->params, "amount");
    const char *currency = param_text(call, "currency");
    if (customer != NULL && cash_available(customer, currency) < amount) {
        fault_invalid(fault, "insufficient_funds", "amount",
                      "The customer's cash balance has %lld %s, less than the %lld to refund.",
                      (long long)cash_available(customer, currency), currency, (long long)amount);
        return NULL;
    }
    return customer;
}

static json_t *next_action(const char *email, int64_t now) {
    return json_pack("{s:s, s:{s:{s:I, s:s}, s:I}}", "type", "display_details", "display_details",
                     "email_sent", "email_sent_at", (json_int_t)now, "email_sent_to", email,
                     "expires_at", (json_int_t)(now + RETURN_ASKS_S));
}

json_t *cash_return(struct call *call) {
    struct world *world = call->world;
    json_t *customer = return_customer(call);
    if (customer == NULL) {
        return NULL;
    }
    const char *id = member(customer, "id");
    const char *email = param_text(call, "instructions_email");
    int64_t now = world_now(world, id);
    json_t *refund = world_add(world, "refund", id);
    set_i64(refund, "amount", member_i64(call->params, "amount"));
    set_text(refund, "currency", param_text(call, "currency"));
    set_text(refund, "reason", param_text(call, "reason"));
    set_text(refund, "status", "requires_action");
    set_text(refund, "instructions_email", email);
    json_object_set_new(refund, "next_action", next_action(email, now));
    set_i64(refund, "_due_at", business_days_after(now, RETURN_BUSINESS_DAYS));
    metadata_merge(refund, call->params);
    const struct cash_movement movement = {
        .customer = customer,
        .currency = member(refund, "currency"),
        .amount = -member_i64(refund, "amount"),
        .type = "return_initiated",
    };
    event_emit(world, "refund.created", refund);
    (void)cash_move(world, &movement);
    return refund;
}

void cash_return_undo(struct world *world, json_t *refund, const char *status) {
    const struct cash_movement movement = {
        .customer = world_get(world, member(refund, "customer")),
        .currency = member(refund, "currency"),
        .amount = member_i64(refund, "amount"),
        .type = "return_canceled",
    };
    set_text(refund, "status", status);
    json_object_del(refund, "next_action");
    if (strcmp(status, "failed") == 0) {
        set_text(refund, "failure_reason", "unknown");
    }
    world_touch(world, refund);
    event_emit(world, "refund.updated", refund);
    if (strcmp(status, "failed") == 0) {
        event_emit(world, "refund.failed", refund);
    }
    (void)cash_move(world, &movement);
}
