/* draft → open → paid | void, and the customer's balance on the way (billing/customer/balance). */
#include "sandbox/invoice.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "sandbox/cash_balance.h"
#include "sandbox/credit_grant.h"
#include "sandbox/currency.h"
#include "sandbox/discount.h"
#include "sandbox/invoice_payment.h"
#include "sandbox/meter.h"
#include "sandbox/subscription_life.h"

static void mark(json_t *invoice, const char *status, const char *transition, int64_t now) {
    set_text(invoice, "status", status);
    set_i64(json_object_get(invoice, "status_transitions"), transition, now);
    set_bool(invoice, "auto_advance", false);
    set_null(invoice, "automatically_finalizes_at");
    set_null(invoice, "next_payment_attempt");
}

/* Who counts: the account, if it is set to, with a prefix that it takes at its first invoice. */
static json_t *numbers_of(struct world *world, json_t *customer) {
    json_t *settings = sandbox_settings(world);
    if (!json_is_true(json_object_get(settings, "has_account_numbers"))) {
        return customer;
    }
    if (member_is(settings, "invoice_prefix", "")) {
        char prefix[9];
        world_random(world, prefix, 8);
        set_text(settings, "invoice_prefix", prefix);
        set_i64(settings, "next_invoice_sequence", 1); /* data of before may lack it */
    }
    return settings;
}

/* The number is the prefix and sequence of who counts; it is never reused. */
static void give_number(struct world *world, json_t *invoice, json_t *customer) {
    if (!member_is(invoice, "number", "")) {
        return;
    }
    json_t *owner = numbers_of(world, customer);
    int64_t sequence = member_i64(owner, "next_invoice_sequence");
    json_object_set_new(
        invoice, "number",
        json_sprintf("%s-%04lld", member(owner, "invoice_prefix"), (long long)sequence));
    set_i64(owner, "next_invoice_sequence", sequence + 1);
    world_touch(world, owner);
}

/* The days count from the finalization. */
static void set_due_date(struct world *world, json_t *invoice) {
    json_t *days = json_object_get(invoice, "_days_until_due");
    if (json_is_integer(days)) {
        int64_t now = world_now(world, member(invoice, "customer"));
        set_i64(invoice, "due_date", now + json_integer_value(days) * 86400);
    }
}

static void set_links(struct world *world, json_t *invoice) {
    const char *id = member(invoice, "id");
    const char *base = world->public_url;
    json_object_set_new(invoice, "hosted_invoice_url", json_sprintf("%s/invoice/%s", base, id));
    json_object_set_new(invoice, "invoice_pdf", json_sprintf("%s/invoice/%s/pdf", base, id));
}

static void move_balance(struct world *world, json_t *invoice, const char *type, int64_t amount) {
    const struct balance_move move = {
        .amount = amount,
        .type = type,
        .currency = member(invoice, "currency"),
        .invoice = member(invoice, "id"),
    };
    if (amount != 0) {
        (void)balance_move(world, world_get(world, member(invoice, "customer")), &move);
    }
}

/* The balance takes what is negative and gives what it can; what is too little to be charged is
 * carried on it. */
static void apply_balance(struct world *world, json_t *invoice, json_t *customer) {
    int64_t balance = member_i64(customer, "balance");
    struct settlement settlement =
        settle(member_i64(invoice, "total"), balance, currency_least(member(invoice, "currency")));
    bool is_carried = member_i64(invoice, "total") > 0 && settlement.ending_balance > 0;
    set_i64(invoice, "starting_balance", balance);
    set_i64(invoice, "ending_balance", settlement.ending_balance);
    set_i64(invoice, "amount_due", settlement.amount_due);
    set_i64(invoice, "amount_remaining", settlement.amount_due);
    move_balance(world, invoice, is_carried ? "invoice_too_small" : "applied_to_invoice",
                 settlement.ending_balance - balance);
}

/* A draft whose tax cannot be worked out stays one (tax/customer-locations). */
static void refuse_to_finalize(struct world *world, json_t *invoice) {
    json_t *subscription =
        world_get(world, member(invoice, "parent.subscription_details.subscription"));
    json_object_set_new(
        invoice, "last_finalization_error",
        json_pack("{s:s, s:s, s:s, s:s}", "type", "invalid_request_error", "code",
                  "customer_tax_location_invalid", "doc_url",
                  "https://stripe.com/docs/error-codes/customer-tax-location-invalid", "message",
                  "The customer's location isn't recognized. Set a valid customer address in order "
                  "to automatically calculate tax."));
    set_null(invoice, "automatically_finalizes_at");
    set_text(json_object_get(invoice, "automatic_tax"), "disabled_reason",
             "finalization_requires_location_inputs");
    world_touch(world, invoice);
    event_emit(world, "invoice.finalization_failed", invoice);
    if (subscription != NULL) {
        set_text(json_object_get(subscription, "automatic_tax"), "disabled_reason",
                 "requires_location_inputs");
        world_touch(world, subscription);
        event_updated(world, "customer.subscription.updated", subscription);
    }
}

/* The customer and the rates of this moment count, not those of the draft. */
static void settle_sums(struct world *world, json_t *invoice) {
    invoice_copy_customer(world, invoice);
    meter_recount(world, invoice);
    invoice_sum(world, invoice);
    if (discounts_consume(world, invoice)) {
        invoice_sum(world, invoice);
    }
    bool is_settled = !member_is(invoice, "automatic_tax.status", "requires_location_inputs");
    if (is_settled && credits_apply(world, invoice)) {
        invoice_sum(world, invoice);
    }
}

static void open_invoice(struct world *world, json_t *invoice, json_t *customer) {
    int64_t now = world_now(world, member(invoice, "customer"));
    bool is_automatic = json_is_true(json_object_get(invoice, "auto_advance"));
    mark(invoice, "open", "finalized_at", now);
    set_bool(invoice, "auto_advance", is_automatic);
    set_null(invoice, "last_finalization_error");
    set_i64(invoice, "effective_at", now);
    set_i64(invoice, "webhooks_delivered_at", now);
    world_touch(world, invoice);
    event_updated(world, "customer.updated", customer);
    event_emit(world, "invoice.finalized", invoice);
}

void invoice_finalize(struct world *world, json_t *invoice) {
    check(member_is(invoice, "status", "draft"));
    json_t *customer = world_get(world, member(invoice, "customer"));
    settle_sums(world, invoice);
    if (member_is(invoice, "automatic_tax.status", "requires_location_inputs")) {
        refuse_to_finalize(world, invoice);
        return;
    }
    give_number(world, invoice, customer);
    set_due_date(world, invoice);
    set_links(world, invoice);
    apply_balance(world, invoice, customer);
    open_invoice(world, invoice, customer);
    if (member_i64(invoice, "amount_due") == 0) {
        invoice_on_paid(world, invoice, 0, false);
        return;
    }
    json_t *intent = intent_make(world, invoice);
    set_text(invoice, "_intent", member(intent, "id"));
    transfer_covers_invoice(world, invoice);
}

/* Any settled invoice clears the mark. */
static void set_delinquent(struct world *world, json_t *invoice, bool is_delinquent) {
    json_t *customer = world_get(world, member(invoice, "customer"));
    set_bool(customer, "delinquent", is_delinquent);
    world_touch(world, customer);
    event_updated(world, "customer.updated", customer);
}

void invoice_on_paid(struct world *world, json_t *invoice, int64_t amount, bool is_charged) {
    int64_t paid = member_i64(invoice, "amount_paid") + amount;
    int64_t owed =
        member_i64(invoice, "amount_due") - member_i64(invoice, "pre_payment_credit_notes_amount");
    mark(invoice, "paid", "paid_at", world_now(world, member(invoice, "customer")));
    set_bool(invoice, "attempted", true);
    set_i64(invoice, "amount_paid", paid);
    set_i64(invoice, "amount_remaining", 0);
    set_i64(invoice, "amount_overpaid", paid > owed ? paid - owed : 0);
    world_touch(world, invoice);
    event_emit(world, "invoice.paid", invoice);
    if (is_charged) {
        event_emit(world, "invoice.payment_succeeded", invoice);
    }
    if (paid > owed) {
        event_emit(world, "invoice.overpaid", invoice);
    }
    set_delinquent(world, invoice, false);
    subscription_on_paid(world, invoice);
}

/* A payment that was asked for by hand leaves the schedule as it is. */
static bool is_manual(const json_t *invoice) {
    return json_is_true(json_object_get(invoice, "_is_manual"));
}

void invoice_on_failed(struct world *world, json_t *invoice, enum pay_result why) {
    set_bool(invoice, "attempted", true);
    if (!is_manual(invoice)) {
        set_bool(invoice, "auto_advance", false);
    }
    world_touch(world, invoice);
    if (why == PAY_NEEDS_ACTION) {
        event_emit(world, "invoice.payment_action_required", invoice);
    }
    event_emit(world, "invoice.payment_failed", invoice);
    if (!member_is(invoice, "billing_reason", "subscription_create")) {
        set_delinquent(world, invoice, true);
    }
    subscription_on_failed(world, invoice);
    if (!is_manual(invoice)) {
        invoice_plan_retry(world, invoice);
    }
}

/* The invoice's own method, then the subscription's, then the customer's
 * (billing/invoices/subscription). */
const char *invoice_method_of(struct world *world, const json_t *invoice) {
    const json_t *subscription =
        world_get(world, member(invoice, "parent.subscription_details.subscription"));
    const json_t *customer = world_get(world, member(invoice, "customer"));
    const char *const methods[] = {
        member(invoice, "default_payment_method"),
        member(subscription, "default_payment_method"),
        member(subscription, "default_source"),
        member(customer, "invoice_settings.default_payment_method"),
        member(customer, "default_source"),
    };
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (methods[i][0] != '\0') {
            return methods[i];
        }
    }
    return "";
}

/* attempt_count has the first attempt and automatic ones, not later manual ones. */
static void count_attempt(json_t *invoice) {
    bool is_first = !json_is_true(json_object_get(invoice, "attempted"));
    if (is_first || !is_manual(invoice)) {
        set_i64(invoice, "attempt_count", member_i64(invoice, "attempt_count") + 1);
        set_i64(invoice, "_automatic_attempts", member_i64(invoice, "_automatic_attempts") + 1);
    }
}

enum pay_result invoice_collect(struct world *world, json_t *invoice, const char *method,
                                bool is_off_session) {
    if (method[0] == '\0') {
        method = invoice_method_of(world, invoice);
    }
    json_t *document = method[0] == '\0' ? NULL : world_get(world, method);
    count_attempt(invoice);
    if (document == NULL) {
        invoice_on_failed(world, invoice, PAY_NO_METHOD);
        return PAY_NO_METHOD;
    }
    json_t *intent = world_get(world, member(invoice, "_intent"));
    return intent_confirm(world, intent, document, is_off_session);
}

/* The intent of an invoice that is over without it. */
static void release_intent(struct world *world, json_t *invoice, const char *reason) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    bool is_open = intent != NULL && !member_is(intent, "status", "succeeded") &&
                   !member_is(intent, "status", "canceled");
    if (!is_open) {
        return;
    }
    int64_t now = world_now(world, member(invoice, "customer"));
    set_text(intent, "status", "canceled");
    set_text(intent, "cancellation_reason", reason);
    set_i64(intent, "canceled_at", now);
    set_null(intent, "next_action");
    world_touch(world, intent);
    event_emit(world, "payment_intent.canceled", intent);
    json_t *payment = world_get(world, member(intent, "_payment"));
    set_text(payment, "status", "canceled");
    set_i64(json_object_get(payment, "status_transitions"), "canceled_at", now);
    world_touch(world, payment);
}

void invoice_sync_payment(struct world *world, json_t *invoice) {
    int64_t remaining = member_i64(invoice, "amount_remaining");
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *payment = world_get(world, member(intent, "_payment"));
    bool is_open = intent != NULL && !member_is(intent, "status", "succeeded") &&
                   !member_is(intent, "status", "canceled");
    if (!is_open) {
        return;
    }
    set_i64(intent, "amount", remaining);
    set_i64(payment, "amount_requested", remaining);
    world_touch(world, intent);
    world_touch(world, payment);
}

void invoice_settle_without_payment(struct world *world, json_t *invoice) {
    release_intent(world, invoice, "automatic");
    invoice_on_paid(world, invoice, 0, false);
}

void invoice_settle_by_attached(struct world *world, json_t *invoice, int64_t amount) {
    release_intent(world, invoice, "automatic");
    invoice_on_paid(world, invoice, amount, true);
}

void invoice_close_out_of_band(struct world *world, json_t *invoice) {
    int64_t due = member_i64(invoice, "amount_remaining");
    release_intent(world, invoice, "automatic");
    invoice_on_paid(world, invoice, due, false);
}

/* What the balance gave to a voided invoice, or took from it, goes back. */
static void return_balance(struct world *world, json_t *invoice) {
    int64_t moved = member_i64(invoice, "ending_balance") - member_i64(invoice, "starting_balance");
    move_balance(world, invoice, "unapplied_from_invoice", -moved);
    event_updated(world, "customer.updated", world_get(world, member(invoice, "customer")));
}

void invoice_write_off(struct world *world, json_t *invoice) {
    mark(invoice, "uncollectible", "marked_uncollectible_at",
         world_now(world, member(invoice, "customer")));
    world_touch(world, invoice);
    event_emit(world, "invoice.marked_uncollectible", invoice);
    set_delinquent(world, invoice, false);
    subscription_on_settled(world, invoice);
}

void invoice_void(struct world *world, json_t *invoice) {
    release_intent(world, invoice, "void_invoice");
    attached_release(world, invoice);
    return_balance(world, invoice);
    credits_return(world, invoice);
    mark(invoice, "void", "voided_at", world_now(world, member(invoice, "customer")));
    set_i64(invoice, "amount_remaining", 0);
    world_touch(world, invoice);
    event_emit(world, "invoice.voided", invoice);
    subscription_on_void(world, invoice);
}

json_t *invoice_confirmation_secret(struct world *world, json_t *invoice) {
    json_t *stored = world_get(world, member(invoice, "id"));
    const json_t *intent = world_get(world, member(stored, "_intent"));
    if (intent == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:s}", "type", "payment_intent", "client_secret",
                     member(intent, "client_secret"));
}

json_t *invoice_payments(struct world *world, json_t *invoice) {
    const char *id = member(invoice, "id");
    json_t *all = world_list(world, "invoice_payment", member(invoice, "customer"));
    json_t *data = json_array();
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *payment = json_array_get(all, i);
        if (member_is(payment, "invoice", id)) {
            json_array_append_new(data, event_render(payment));
        }
    }
    json_decref(all);
    return json_pack("{s:s, s:o, s:b, s:o}", "object", "list", "data", data, "has_more", 0, "url",
                     json_sprintf("/v1/invoice_payments?invoice=%s", id));
}
