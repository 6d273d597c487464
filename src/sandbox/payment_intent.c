/* /v1/payment_intents and /v1/invoice_payments. */
#include <string.h>

#include "sandbox/cash_balance.h"
#include "sandbox/currency.h"
#include "sandbox/intent_api.h"
#include "sandbox/resources.h"
#include "sandbox/us_bank_account.h"

static const char *const reasons[] = {"abandoned", "duplicate", "fraudulent",
                                      "requested_by_customer", NULL};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param read_params[] = {{.name = "client_secret", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};
static const struct param capture_params[] = {
    {.name = "amount_to_capture", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "final_capture", .kind = PARAM_BOOLEAN},
    {.name = "statement_descriptor", .kind = PARAM_TEXT},
    {.name = "statement_descriptor_suffix", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param cancel_params[] = {
    {.name = "cancellation_reason", .kind = PARAM_ENUM, .words = reasons}, PARAMS_COMMON};
static const struct param increment_params[] = {{.name = "amount",
                                                 .kind = PARAM_INTEGER,
                                                 .flags = PARAM_REQUIRED,
                                                 .min = 1,
                                                 .max = UNIT_AMOUNT_MAX},
                                                {.name = "description", .kind = PARAM_TEXT},
                                                {.name = "metadata", .kind = PARAM_MAP},
                                                PARAMS_COMMON};
static const struct param cash_params[] = {
    {.name = "amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT},
    PARAMS_COMMON};
static const char *const payment_statuses[] = {"open", "paid", "canceled", NULL};
static const char *const payment_kinds[] = {"payment_intent", "payment_record", NULL};
static const struct param paid_by_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .words = payment_kinds, .flags = PARAM_REQUIRED},
    {.name = "payment_intent", .kind = PARAM_TEXT},
    {.name = "payment_record", .kind = PARAM_TEXT},
    PARAMS_COMMON};
static const struct param payment_list_params[] = {
    PARAMS_PAGE,
    {.name = "invoice", .kind = PARAM_TEXT},
    {.name = "payment", .kind = PARAM_OBJECT, .of = paid_by_params},
    {.name = "status", .kind = PARAM_ENUM, .words = payment_statuses},
    {.name = "created", .kind = PARAM_RANGE},
    PARAMS_COMMON};

static json_t *find(struct call *call) {
    return world_find(call->world, "payment_intent", call->id, "intent");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "payment_intent",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/payment_intents");
}

/* --- create, update, confirm --- */

/* automatic_payment_methods as given; on unless the kinds are named. */
static void apply_automatic(struct call *call, json_t *intent) {
    json_t *given = json_object_get(call->params, "automatic_payment_methods");
    if (given != NULL) {
        json_t *automatic = json_pack("{s:s}", "allow_redirects", "always");
        json_object_update(automatic, given);
        json_object_set_new(intent, "automatic_payment_methods", automatic);
    } else if (!param_given(call, "allowed_payment_method_types")) {
        json_object_set_new(intent, "automatic_payment_methods",
                            json_pack("{s:s, s:b}", "allow_redirects", "always", "enabled", 1));
    }
}

static bool may_create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    const char *currency = param_text(call, "currency");
    bool confirms = json_is_true(json_object_get(call->params, "confirm"));
    if (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL) {
        return false;
    }
    if (!currency_check(&world->fault, currency, "currency") ||
        !intent_amount_check(&world->fault, currency, member_i64(call->params, "amount"),
                             "amount")) {
        return false;
    }
    return confirms || !param_given(call, "off_session") ||
           fault_invalid(&world->fault, NULL, "off_session",
                         "You may only pass `off_session` when `confirm` is true.");
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    if (!may_create(call)) {
        return NULL;
    }
    json_t *intent = intent_new(world, param_text(call, "customer"), param_text(call, "currency"),
                                member_i64(call->params, "amount"));
    set_null(intent, "setup_future_usage");
    copy_params(intent, call->params, (const char *const[]){"confirmation_method", NULL});
    apply_automatic(call, intent);
    if (!intent_types(call, intent, member(intent, "currency")) || !intent_apply(call, intent)) {
        return NULL;
    }
    event_emit(world, "payment_intent.created", intent);
    bool confirms = json_is_true(json_object_get(call->params, "confirm"));
    return !confirms || intent_confirm_call(call, intent) ? json_incref(intent) : NULL;
}

/* An invoice's intent is the invoice's to change. */
static bool is_own(struct fault *fault, const json_t *intent, const char *verb) {
    return member_is(intent, "_invoice", "") ||
           fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                         "You cannot %s this PaymentIntent because it belongs to the invoice %s. "
                         "Change, pay or void the invoice instead.",
                         verb, member(intent, "_invoice"));
}

static bool is_before_payment(const json_t *intent) {
    return member_is(intent, "status", "requires_payment_method") ||
           member_is(intent, "status", "requires_confirmation") ||
           member_is(intent, "status", "requires_action");
}

/* The parameters that only an intent before its payment may change. */
static bool may_update(struct call *call, const json_t *intent) {
    static const char *const early[] = {"amount",
                                        "currency",
                                        "customer",
                                        "payment_method",
                                        "payment_method_data",
                                        "allowed_payment_method_types",
                                        "capture_method",
                                        "setup_future_usage"};
    struct fault *fault = &call->world->fault;
    for (size_t i = 0; i < ARRAY_LEN(early); i++) {
        if (!param_given(call, early[i])) {
            continue;
        }
        if (!is_before_payment(intent)) {
            return fault_invalid(fault, "payment_intent_unexpected_state", early[i],
                                 "This PaymentIntent's %s could not be updated because it has a "
                                 "status of %s. You may only update it with one of the following "
                                 "statuses: requires_payment_method, requires_confirmation, "
                                 "requires_action.",
                                 early[i], member(intent, "status"));
        }
        if (i < 3 && !is_own(fault, intent, "update")) {
            return false;
        }
    }
    return true;
}

/* Amount, currency and customer; false with a refusal. */
static bool apply_terms(struct call *call, json_t *intent) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    copy_params(intent, call->params, (const char *const[]){"amount", "currency", NULL});
    const char *currency = member(intent, "currency");
    if (customer[0] != '\0') {
        if (world_find(world, "customer", customer, "customer") == NULL) {
            return false;
        }
        set_text(intent, "customer", customer);
    }
    return currency_check(&world->fault, currency, "currency") &&
           intent_amount_check(&world->fault, currency, member_i64(intent, "amount"), "amount");
}

static json_t *update(struct call *call) {
    json_t *intent = find(call);
    if (intent == NULL || !may_update(call, intent) || !apply_terms(call, intent)) {
        return NULL;
    }
    bool has_types = param_given(call, "allowed_payment_method_types");
    if (!types_check(call) ||
        (has_types && !intent_types(call, intent, member(intent, "currency")))) {
        return NULL;
    }
    return intent_apply(call, intent) ? json_incref(intent) : NULL;
}

static json_t *confirm(struct call *call) {
    json_t *intent = find(call);
    bool is_well = intent != NULL && types_check(call) && intent_apply(call, intent) &&
                   intent_confirm_call(call, intent);
    return is_well ? json_incref(intent) : NULL;
}

/* --- capture and cancel --- */

static bool must_be(struct fault *fault, const json_t *intent, const char *status,
                    const char *verb) {
    return member_is(intent, "status", status) ||
           fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                         "This PaymentIntent could not be %s because it has a status of %s. Only "
                         "a PaymentIntent with one of the following statuses may be %s: %s.",
                         verb, member(intent, "status"), verb, status);
}

static json_t *capture(struct call *call) {
    struct fault *fault = &call->world->fault;
    json_t *intent = find(call);
    if (intent == NULL || !must_be(fault, intent, "requires_capture", "captured")) {
        return NULL;
    }
    int64_t there = member_i64(intent, "amount_capturable");
    int64_t amount = param_given(call, "amount_to_capture")
                         ? member_i64(call->params, "amount_to_capture")
                         : there;
    if (amount > there) {
        fault_invalid(fault, "amount_too_large", "amount_to_capture",
                      "The amount_to_capture (%lld) must be at most the capturable amount (%lld).",
                      (long long)amount, (long long)there);
        return NULL;
    }
    metadata_merge(intent, call->params);
    intent_capture(call->world, intent, amount);
    return json_incref(intent);
}

/* What a transfer put into the intent goes back to the cash balance. */
static void return_funds(struct world *world, json_t *intent) {
    int64_t funded = member_i64(intent, "_funded");
    if (funded == 0) {
        return;
    }
    const struct cash_movement movement = {
        .customer = world_get(world, member(intent, "customer")),
        .currency = member(intent, "currency"),
        .amount = funded,
        .type = "unapplied_from_payment",
        .detail = json_pack("{s:s}", "payment_intent", member(intent, "id")),
    };
    (void)cash_move(world, &movement);
    set_i64(intent, "_funded", 0);
}

static json_t *cancel(struct call *call) {
    struct fault *fault = &call->world->fault;
    json_t *intent = find(call);
    if (intent == NULL || !is_own(fault, intent, "cancel")) {
        return NULL;
    }
    if (!is_before_payment(intent) && !member_is(intent, "status", "requires_capture")) {
        fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                      "You cannot cancel this PaymentIntent because it has a status of %s. Only a "
                      "PaymentIntent with one of the following statuses may be canceled: "
                      "requires_payment_method, requires_capture, requires_confirmation, "
                      "requires_action.",
                      member(intent, "status"));
        return NULL;
    }
    intent_cancel(call->world, intent, param_text(call, "cancellation_reason"));
    return_funds(call->world, intent);
    return json_incref(intent);
}

static json_t *increment(struct call *call) {
    struct world *world = call->world;
    json_t *intent = find(call);
    if (intent == NULL || !must_be(&world->fault, intent, "requires_capture", "incremented")) {
        return NULL;
    }
    int64_t amount = member_i64(call->params, "amount");
    if (amount <= member_i64(intent, "amount")) {
        fault_invalid(&world->fault, "amount_too_small", "amount",
                      "The amount must be greater than the currently authorized amount.");
        return NULL;
    }
    json_t *charge = world_get(world, member(intent, "latest_charge"));
    set_i64(intent, "amount", amount);
    set_i64(intent, "amount_capturable", amount);
    set_i64(charge, "amount", amount);
    copy_params(intent, call->params, (const char *const[]){"description", NULL});
    metadata_merge(intent, call->params);
    world_touch(world, intent);
    world_touch(world, charge);
    event_emit(world, "payment_intent.amount_capturable_updated", intent);
    return json_incref(intent);
}

/* --- bank transfers and bank accounts --- */

static json_t *apply_cash(struct call *call) {
    struct world *world = call->world;
    json_t *intent = find(call);
    if (intent == NULL || !must_be(&world->fault, intent, "requires_action", "funded")) {
        return NULL;
    }
    int64_t amount = param_given(call, "amount") ? member_i64(call->params, "amount")
                                                 : member_i64(intent, "amount");
    bool awaits = member_is(intent, "next_action.type", "display_bank_transfer_instructions");
    if (!awaits || !transfer_into_intent(world, intent, amount)) {
        fault_invalid(&world->fault, "balance_insufficient", NULL,
                      "The customer's cash balance has nothing for this PaymentIntent.");
        return NULL;
    }
    return json_incref(intent);
}

static json_t *verify(struct call *call) {
    struct world *world = call->world;
    json_t *intent = find(call);
    const char *code = NULL;
    if (intent == NULL) {
        return NULL;
    }
    if (!member_is(intent, "next_action.type", "verify_with_microdeposits")) {
        fault_invalid(&world->fault, "payment_intent_unexpected_state", NULL,
                      "This PaymentIntent does not wait for microdeposits to be verified.");
        return NULL;
    }
    json_t *method = world_get(world, member(intent, "payment_method"));
    switch (bank_verify(call, intent, method, &code)) {
    case BANK_VERIFIED:
        intent_verified(world, intent, method);
        return json_incref(intent);
    case BANK_OVER:
        intent_unverified(world, intent, code);
        fault_invalid(&world->fault, code, NULL, "%s",
                      member(intent, "last_payment_error.message"));
        world->fault.keeps_changes = true;
        return NULL;
    case BANK_WRONG:
        return NULL;
    }
    return NULL;
}

/* --- invoice payments --- */

static json_t *get_payment(struct call *call) {
    return json_incref(world_find(call->world, "invoice_payment", call->id, "id"));
}

static bool keeps_payment(struct call *call, json_t *payment) {
    const char *name;
    json_t *wanted;
    json_t *paid_by = json_array_get(json_object_get(call->params, "payment"), 0);
    json_object_foreach(paid_by, name, wanted) {
        if (!json_equal(json_object_get(json_object_get(payment, "payment"), name), wanted)) {
            return false;
        }
    }
    return list_matches(call, payment);
}

/* What paid is an object; in a list of its own it is left to `keeps_payment`. */
static json_t *list_payments(struct call *call) {
    const struct list_query query = {.type = "invoice_payment", .keeps = keeps_payment};
    json_t *paid_by = json_object_get(call->params, "payment");
    if (paid_by != NULL) {
        json_object_set_new(call->params, "payment", json_pack("[O]", paid_by));
    }
    return list_answer(call, &query, "/v1/invoice_payments");
}

static const struct route routes[] = {
    {"POST", "/v1/payment_intents", create, intent_create_params},
    {"GET", "/v1/payment_intents", list, list_params},
    {"GET", "/v1/payment_intents/:id", get, read_params},
    {"POST", "/v1/payment_intents/:id", update, intent_update_params},
    {"POST", "/v1/payment_intents/:id/confirm", confirm, intent_confirm_params},
    {"POST", "/v1/payment_intents/:id/capture", capture, capture_params},
    {"POST", "/v1/payment_intents/:id/cancel", cancel, cancel_params},
    {"POST", "/v1/payment_intents/:id/increment_authorization", increment, increment_params},
    {"POST", "/v1/payment_intents/:id/apply_customer_balance", apply_cash, cash_params},
    {"POST", "/v1/payment_intents/:id/verify_microdeposits", verify, bank_verify_params},
    {"GET", "/v1/invoice_payments", list_payments, payment_list_params},
    {"GET", "/v1/invoice_payments/:id", get_payment, get_params},
};
const struct route_list payment_intent_routes = {routes, ARRAY_LEN(routes)};
