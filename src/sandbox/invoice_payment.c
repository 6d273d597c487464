/* Attaching intents to invoices, and crediting what they bring; see the header. */
#include "sandbox/invoice_payment.h"

#include "sandbox/invoice.h"

const struct param invoice_attach_params[] = {
    {.name = "payment_intent", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, PARAMS_COMMON};

static void end_payment(struct world *world, json_t *payment, const char *status,
                        const char *when) {
    set_text(payment, "status", status);
    set_i64(json_object_get(payment, "status_transitions"), when,
            world_now(world, member(payment, "_customer")));
    world_touch(world, payment);
}

/* --- crediting --- */

static int64_t owed_on(const json_t *invoice) {
    return member_i64(invoice, "amount_due") -
           member_i64(invoice, "pre_payment_credit_notes_amount");
}

/* Part of what is owed: the invoice stays as it is, and its default payment wants the rest. */
static void credit_part(struct world *world, json_t *invoice, int64_t amount) {
    int64_t paid = member_i64(invoice, "amount_paid") + amount;
    set_i64(invoice, "amount_paid", paid);
    set_i64(invoice, "amount_remaining", owed_on(invoice) - paid);
    invoice_sync_payment(world, invoice);
    world_touch(world, invoice);
    event_updated(world, "invoice.updated", invoice);
}

/* Nothing was owed any more. */
static void credit_excess(struct world *world, json_t *invoice, int64_t amount) {
    set_i64(invoice, "amount_paid", member_i64(invoice, "amount_paid") + amount);
    set_i64(invoice, "amount_overpaid", member_i64(invoice, "amount_overpaid") + amount);
    world_touch(world, invoice);
    event_emit(world, "invoice.overpaid", invoice);
}

static void credit(struct world *world, json_t *invoice, int64_t amount) {
    if (member_is(invoice, "status", "paid")) {
        credit_excess(world, invoice, amount);
    } else if (amount < member_i64(invoice, "amount_remaining")) {
        credit_part(world, invoice, amount);
    } else {
        invoice_settle_by_attached(world, invoice, amount);
    }
}

void attached_paid(struct world *world, json_t *intent, int64_t amount) {
    json_t *payment = world_get(world, member(intent, "_attachment"));
    if (payment == NULL || !member_is(payment, "status", "open")) {
        return;
    }
    end_payment(world, payment, "paid", "paid_at");
    set_i64(payment, "amount_paid", amount);
    event_emit(world, "invoice_payment.paid", payment);
    credit(world, world_get(world, member(payment, "invoice")), amount);
}

void attached_canceled(struct world *world, json_t *intent) {
    json_t *payment = world_get(world, member(intent, "_attachment"));
    if (payment != NULL && member_is(payment, "status", "open")) {
        end_payment(world, payment, "canceled", "canceled_at");
    }
}

/* The payments of an invoice, newest first; a new array. */
static json_t *payments_of(struct world *world, const json_t *invoice) {
    json_t *all = world_list(world, "invoice_payment", member(invoice, "customer"));
    for (size_t i = json_array_size(all); i-- > 0;) {
        if (!member_is(json_array_get(all, i), "invoice", member(invoice, "id"))) {
            json_array_remove(all, i);
        }
    }
    return all;
}

void attached_release(struct world *world, json_t *invoice) {
    json_t *payments = payments_of(world, invoice);
    for (size_t i = 0; i < json_array_size(payments); i++) {
        json_t *payment = json_array_get(payments, i);
        bool is_attached = !json_is_true(json_object_get(payment, "is_default"));
        if (is_attached && member_is(payment, "status", "open")) {
            end_payment(world, payment, "canceled", "canceled_at");
        }
    }
    json_decref(payments);
}

json_t *invoice_paid_intent(struct world *world, const json_t *invoice) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *payments = payments_of(world, invoice);
    for (size_t i = 0; i < json_array_size(payments) && !member_is(intent, "status", "succeeded");
         i++) {
        const json_t *payment = json_array_get(payments, i);
        if (member_is(payment, "status", "paid")) {
            intent = world_get(world, member(payment, "payment.payment_intent"));
        }
    }
    json_decref(payments);
    return intent;
}

/* --- attaching --- */

static bool refuse(struct call *call, const char *code, const char *why) {
    return fault_invalid(&call->world->fault, code, "payment_intent", "%s", why);
}

static bool fits(struct call *call, const json_t *invoice, const json_t *intent) {
    if (!member_is(intent, "customer", member(invoice, "customer"))) {
        return refuse(call, NULL,
                      "The PaymentIntent's customer must be the customer of the invoice.");
    }
    if (!member_is(intent, "currency", member(invoice, "currency"))) {
        return refuse(call, NULL, "The PaymentIntent's currency must be that of the invoice.");
    }
    if (member_is(intent, "status", "canceled")) {
        return refuse(call, "payment_intent_unexpected_state",
                      "A canceled PaymentIntent cannot be attached to an invoice.");
    }
    bool is_taken = !member_is(intent, "_invoice", "") || !member_is(intent, "_attachment", "");
    return !is_taken || refuse(call, NULL, "The PaymentIntent is already attached to an invoice.");
}

static json_t *attach(struct world *world, json_t *invoice, json_t *intent) {
    const char *customer = member(invoice, "customer");
    json_t *payment = world_add(world, "invoice_payment", NULL);
    set_text(payment, "_customer", customer);
    set_i64(payment, "created", world_now(world, customer));
    set_i64(payment, "amount_requested", member_i64(intent, "amount"));
    json_object_set(payment, "currency", json_object_get(invoice, "currency"));
    set_text(payment, "invoice", member(invoice, "id"));
    set_bool(payment, "is_default", false);
    set_text(json_object_get(payment, "payment"), "payment_intent", member(intent, "id"));
    set_text(intent, "_attachment", member(payment, "id"));
    world_touch(world, intent);
    return payment;
}

json_t *invoice_attach(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = invoice_in_state(call, "open", "attach a payment to");
    json_t *intent = invoice == NULL
                         ? NULL
                         : world_find(world, "payment_intent", param_text(call, "payment_intent"),
                                      "payment_intent");
    if (intent == NULL || !fits(call, invoice, intent)) {
        return NULL;
    }
    (void)attach(world, invoice, intent);
    if (member_is(intent, "status", "succeeded")) {
        attached_paid(world, intent, member_i64(intent, "amount_received"));
    }
    return json_incref(invoice);
}
