/* Payment intents from confirmation to their end: money, or a refusal, or a question to the
 * customer. An intent may stand alone or belong to an invoice ("_invoice"), which then hears of
 * each step. Routes are in payment_intent.c. */
#include "sandbox/payment.h"

#include <string.h>

#include "sandbox/checkout.h"
#include "sandbox/invoice_payment.h"
#include "sandbox/sepa_debit.h"
#include "sandbox/us_bank_account.h"

static json_t *invoice_of(struct world *world, const json_t *intent) {
    return world_get(world, member(intent, "_invoice"));
}

const struct test_card *card_of_method(const json_t *method) {
    const char *number = member(method, "_number");
    return number[0] == '\0' ? NULL : card_by_number(str_from_cstr(number));
}

json_t *intent_new(struct world *world, const char *customer, const char *currency,
                   int64_t amount) {
    json_t *intent = world_add(world, "payment_intent", customer[0] == '\0' ? NULL : customer);
    char random[26];
    world_random(world, random, 25);
    set_i64(intent, "amount", amount);
    set_text(intent, "currency", currency);
    json_object_set_new(intent, "client_secret",
                        json_sprintf("%s_secret_%s", member(intent, "id"), random));
    return intent;
}

json_t *intent_make(struct world *world, json_t *invoice) {
    const char *customer = member(invoice, "customer");
    int64_t amount = member_i64(invoice, "amount_remaining");
    json_t *intent = intent_new(world, customer, member(invoice, "currency"), amount);
    set_text(intent, "description", member(invoice, "number"));
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

static bool has_type(const json_t *intent, const char *type) {
    const json_t *types = json_object_get(intent, "payment_method_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), type) == 0) {
            return true;
        }
    }
    return false;
}

/* What an invoice wants may have changed since its intent was made: a credit note lowers it. */
static void follow_invoice(struct world *world, json_t *intent) {
    const json_t *invoice = invoice_of(world, intent);
    int64_t wanted = member_i64(invoice, "amount_remaining");
    json_t *payment = world_get(world, member(intent, "_payment"));
    if (invoice == NULL || payment == NULL || wanted <= 0) {
        return;
    }
    set_i64(intent, "amount", wanted);
    set_i64(payment, "amount_requested", wanted);
    world_touch(world, payment);
}

static void take_method(struct world *world, json_t *intent, json_t *method) {
    follow_invoice(world, intent);
    set_text(intent, "payment_method", member(method, "id"));
    if (!has_type(intent, member(method, "type"))) {
        json_object_set_new(intent, "payment_method_types",
                            json_pack("[s]", member(method, "type")));
    }
    set_null(intent, "next_action");
    world_touch(world, intent);
}

/* --- money --- */

/* What pays once is spent, unless it was to be kept for later (payments/save-and-reuse). */
static void keep_method(struct world *world, json_t *intent, json_t *method) {
    bool is_kept = !member_is(intent, "setup_future_usage", "");
    const char *customer = member(intent, "customer");
    if (member_is(intent, "setup_future_usage", "off_session")) {
        set_bool(method, "_is_set_up", true);
    }
    if (member_is(method, "customer", "")) {
        set_bool(method, "_is_detached", true);
    }
    world_touch(world, method);
    bool attaches = is_kept && customer[0] != '\0' && member_is(method, "customer", "");
    if (attaches && !member_is(method, "type", "customer_balance")) {
        set_text(method, "customer", customer);
        event_emit(world, "payment_method.attached", method);
    }
}

static void invoice_is_paid(struct world *world, json_t *intent, int64_t amount) {
    json_t *payment = world_get(world, member(intent, "_payment"));
    set_text(payment, "status", "paid");
    set_i64(payment, "amount_paid", amount);
    set_i64(json_object_get(payment, "status_transitions"), "paid_at",
            world_now(world, member(intent, "customer")));
    world_touch(world, payment);
    event_emit(world, "invoice_payment.paid", payment);
    invoice_on_paid(world, invoice_of(world, intent), amount, true);
}

/* The charge of a debit under way, or a new one. */
static json_t *charge_for(struct world *world, json_t *intent, json_t *method) {
    json_t *charge = world_get(world, member(intent, "latest_charge"));
    bool is_pending = charge != NULL && member_is(charge, "status", "pending");
    return is_pending ? charge : charge_make(world, intent, method);
}

static void authorize(struct world *world, json_t *intent, json_t *charge) {
    set_text(intent, "status", "requires_capture");
    set_i64(intent, "amount_capturable", member_i64(intent, "amount"));
    set_i64(intent, "_capture_before",
            world_now(world, member(intent, "customer")) + CAPTURE_LIFE_S);
    charge_succeed(world, charge, false);
    event_emit(world, "payment_intent.amount_capturable_updated", intent);
}

static void receive(struct world *world, json_t *intent, int64_t amount) {
    set_text(intent, "status", "succeeded");
    set_i64(intent, "amount_received", amount);
    set_i64(intent, "amount_capturable", 0);
    world_touch(world, intent);
    event_emit(world, "payment_intent.succeeded", intent);
    attached_paid(world, intent, amount);
}

static void succeed(struct world *world, json_t *intent, json_t *method) {
    int64_t amount = member_i64(intent, "amount");
    json_t *charge = charge_for(world, intent, method);
    set_null(intent, "last_payment_error");
    set_null(intent, "processing");
    set_null(intent, "next_action");
    keep_method(world, intent, method);
    world_touch(world, intent);
    bool is_manual =
        member_is(intent, "capture_method", "manual") && member_is(method, "type", "card");
    if (is_manual) {
        authorize(world, intent, charge);
        return;
    }
    charge_succeed(world, charge, true);
    receive(world, intent, amount);
    if (invoice_of(world, intent) != NULL) {
        invoice_is_paid(world, intent, amount);
    }
    dispute_open_of(world, charge);
}

void intent_capture(struct world *world, json_t *intent, int64_t amount) {
    json_t *charge = world_get(world, member(intent, "latest_charge"));
    charge_capture(world, charge, amount);
    receive(world, intent, amount);
    dispute_open_of(world, charge);
}

void intent_pay_from_cash(struct world *world, json_t *intent) {
    json_t *method = world_add(world, "payment_method", NULL);
    set_text(method, "type", "customer_balance");
    json_object_set_new(method, "customer_balance", json_object());
    take_method(world, intent, method);
    succeed(world, intent, method);
}

/* --- refusals --- */

struct refusal {
    const char *code;
    const char *decline_code; /* NULL: none */
    const char *says;
};

/* last_payment_error, which is also what the caller is answered. */
static void set_error(struct world *world, json_t *intent, json_t *method,
                      const struct refusal *refusal) {
    json_t *error = json_pack("{s:s, s:s, s:s, s:o, s:o}", "type", "card_error", "code",
                              refusal->code, "message", refusal->says, "doc_url",
                              json_sprintf("https://stripe.com/docs/error-codes/%s", refusal->code),
                              "payment_method", event_render(method));
    if (refusal->decline_code != NULL) {
        json_object_set_new(error, "decline_code", json_string(refusal->decline_code));
    }
    const char *charge = member(intent, "latest_charge");
    if (charge[0] != '\0') {
        json_object_set_new(error, "charge", json_string(charge));
    }
    json_object_set_new(intent, "last_payment_error", error);
    set_text(intent, "status", "requires_payment_method");
    set_null(intent, "payment_method");
    set_null(intent, "next_action");
    set_null(intent, "processing");
    world_touch(world, intent);
}

/* The charge is declined with a code; the card's own reason is told when it is its code. */
static void fail(struct world *world, json_t *intent, json_t *method, const char *code) {
    const struct test_card *card = card_of_method(method);
    bool is_own = card != NULL && card->code != NULL && strcmp(card->code, code) == 0;
    const struct refusal refusal = {
        .code = code,
        .decline_code = is_own                                         ? card->decline_code
                        : strcmp(code, "authentication_required") == 0 ? code
                                                                       : NULL,
        .says = is_own ? card_sentence(card) : card_message(code),
    };
    json_t *charge = charge_for(world, intent, method);
    charge_fail(world, charge, card, code);
    set_error(world, intent, method, &refusal);
    event_emit(world, "payment_intent.payment_failed", intent);
}

bool intent_fault(struct world *world, json_t *intent) {
    const json_t *error = json_object_get(intent, "last_payment_error");
    const char *code = card_word(member(error, "code"));
    fault_card(&world->fault, code == NULL ? "card_declined" : code,
               card_word(member(error, "decline_code")), member(error, "message"));
    json_t *shown = event_render(intent);
    fault_detail(&world->fault, "payment_intent", shown);
    json_decref(shown);
    fault_detail(&world->fault, "payment_method", json_object_get(error, "payment_method"));
    world->fault.keeps_changes = true;
    return false;
}

/* The method is out without a charge: refused, or never verified. */
static void give_up(struct world *world, json_t *intent, const char *code) {
    json_t *method = world_get(world, member(intent, "payment_method"));
    json_t *invoice = invoice_of(world, intent);
    const struct refusal refusal = {.code = code, .says = card_message(code)};
    set_error(world, intent, method, &refusal);
    event_emit(world, "payment_intent.payment_failed", intent);
    if (invoice != NULL) {
        invoice_on_failed(world, invoice, PAY_DECLINED);
    }
}

void intent_refuse(struct world *world, json_t *intent) {
    give_up(world, intent, "payment_intent_authentication_failure");
}

void intent_unverified(struct world *world, json_t *intent, const char *code) {
    give_up(world, intent, code);
}

void intent_cancel(struct world *world, json_t *intent, const char *reason) {
    json_t *charge = world_get(world, member(intent, "latest_charge"));
    if (member_is(intent, "status", "requires_capture")) {
        charge_release(world, charge);
        event_emit(world, strcmp(reason, "expired") == 0 ? "charge.expired" : "charge.refunded",
                   charge);
    }
    set_text(intent, "status", "canceled");
    set_text(intent, "cancellation_reason", reason);
    set_i64(intent, "canceled_at", world_now(world, member(intent, "customer")));
    set_i64(intent, "amount_capturable", 0);
    set_null(intent, "next_action");
    world_touch(world, intent);
    event_emit(world, "payment_intent.canceled", intent);
    attached_canceled(world, intent);
}

/* --- questions --- */

static json_t *authentication_of(struct world *world, const json_t *intent) {
    json_t *url = json_sprintf("%s/3ds/%s", world->public_url, member(intent, "id"));
    const char *back = member(intent, "_return_url");
    if (back[0] == '\0') {
        return json_pack("{s:s, s:{s:s, s:o}}", "type", "use_stripe_sdk", "use_stripe_sdk", "type",
                         "three_d_secure_redirect", "stripe_js", url);
    }
    return json_pack("{s:s, s:{s:s, s:o}}", "type", "redirect_to_url", "redirect_to_url",
                     "return_url", back, "url", url);
}

/* The customer must act: on-session the page handles it, off-session it is a decline with its own
 * code (billing/subscriptions/overview). */
static void ask(struct world *world, json_t *intent, json_t *method, bool is_off_session) {
    if (is_off_session) {
        fail(world, intent, method, "authentication_required");
        return;
    }
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action", authentication_of(world, intent));
    world_touch(world, intent);
    event_emit(world, "payment_intent.requires_action", intent);
}

static enum pay_result ask_to_verify(struct world *world, json_t *intent, json_t *method) {
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action", bank_verification(world, intent, method));
    world_touch(world, intent);
    event_emit(world, "payment_intent.requires_action", intent);
    return PAY_NEEDS_ACTION;
}

/* --- debits --- */

/* A US bank takes days; a SEPA test account settles as Stripe's do, at once or minutes later. */
static int64_t settles_at(const struct test_card *account, int64_t now) {
    return card_is_bank(account) ? business_days_after(now, DEBIT_BUSINESS_DAYS)
                                 : sepa_settles_at(account, now);
}

static void process(struct world *world, json_t *intent, json_t *method) {
    int64_t now = world_now(world, member(intent, "customer"));
    json_t *charge = charge_make(world, intent, method);
    json_t *invoice = invoice_of(world, intent);
    set_text(charge, "status", "pending");
    event_emit(world, "charge.pending", charge);
    set_text(intent, "status", "processing");
    set_null(intent, "last_payment_error");
    set_null(intent, "next_action");
    if (card_of_method(method)->after == CARD_NEVER_SETTLES) {
        set_null(intent, "_settles_at");
    } else {
        set_i64(intent, "_settles_at", settles_at(card_of_method(method), now));
    }
    keep_method(world, intent, method);
    world_touch(world, intent);
    event_emit(world, "payment_intent.processing", intent);
    if (invoice != NULL) {
        set_bool(invoice, "attempted", true);
        world_touch(world, invoice);
    }
}

/* A debit that fails days later: the first invoice of a subscription is voided and leaves it
 * active, any other is owed again (billing/subscriptions/overview). */
static void invoice_failed_late(struct world *world, json_t *invoice) {
    if (!member_is(invoice, "billing_reason", "subscription_create")) {
        invoice_on_failed(world, invoice, PAY_DECLINED);
        return;
    }
    event_emit(world, "invoice.payment_failed", invoice);
    invoice_void(world, invoice);
}

static void settle_debit(struct world *world, json_t *intent) {
    json_t *method = world_get(world, member(intent, "payment_method"));
    json_t *invoice = invoice_of(world, intent);
    const struct test_card *card = card_of_method(method);
    if (card->code == NULL) {
        succeed(world, intent, method);
    } else {
        fail(world, intent, method, card->code);
    }
    if (card->code != NULL && invoice != NULL) {
        invoice_failed_late(world, invoice);
    }
    checkout_settled(world, intent, card->code == NULL);
}

void intent_on_due(struct world *world, json_t *intent) {
    if (member_is(intent, "status", "processing")) {
        settle_debit(world, intent);
    } else {
        intent_cancel(world, intent, "expired");
    }
}

/* --- confirmation --- */

static enum pay_result confirm(struct world *world, json_t *intent, json_t *method,
                               bool is_off_session) {
    const struct test_card *card = card_of_method(method);
    bool is_set_up = json_is_true(json_object_get(method, "_is_set_up"));
    enum pay_result result = card == NULL ? PAY_DECLINED : verdict(card, is_set_up, is_off_session);
    if (card != NULL && card_is_bank(card) && !bank_is_verified(method)) {
        if (!is_off_session) {
            return ask_to_verify(world, intent, method);
        }
        result = PAY_DECLINED;
    }
    switch (result) {
    case PAY_PAID:
        succeed(world, intent, method);
        break;
    case PAY_PROCESSING:
        process(world, intent, method);
        break;
    case PAY_DECLINED:
    case PAY_NO_METHOD:
        fail(world, intent, method,
             card == NULL                                      ? "card_declined"
             : card_is_bank(card) && !bank_is_verified(method) ? "bank_account_unverified"
                                                               : card->code);
        break;
    case PAY_NEEDS_ACTION:
        ask(world, intent, method, is_off_session);
        break;
    }
    return result;
}

enum pay_result intent_confirm(struct world *world, json_t *intent, json_t *method,
                               bool is_off_session) {
    json_t *invoice = invoice_of(world, intent);
    take_method(world, intent, method);
    enum pay_result result = confirm(world, intent, method, is_off_session);
    bool is_failed = result == PAY_DECLINED || result == PAY_NEEDS_ACTION;
    if (invoice != NULL && is_failed) {
        invoice_on_failed(world, invoice, result);
    }
    return result;
}

enum pay_result intent_approve(struct world *world, json_t *intent, json_t *method) {
    const struct test_card *card = card_of_method(method);
    json_t *invoice = invoice_of(world, intent);
    if (card->conduct != CARD_ASKS_THEN_DECLINES) {
        succeed(world, intent, method);
        return PAY_PAID;
    }
    fail(world, intent, method, card->code);
    if (invoice != NULL) {
        invoice_on_failed(world, invoice, PAY_DECLINED);
    }
    return PAY_DECLINED;
}

void intent_verified(struct world *world, json_t *intent, json_t *method) {
    (void)intent_confirm(world, intent, method, false);
}
