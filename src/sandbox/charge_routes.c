/* /v1/charges: to read what intents made, and to charge a token directly, as before intents. */
#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/method.h"
#include "sandbox/payment.h"
#include "sandbox/resources.h"

static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "payment_intent", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};
static const struct param create_params[] = {
    {.name = "amount",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "source", .kind = PARAM_TEXT},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "capture", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "receipt_email", .kind = PARAM_TEXT},
    {.name = "statement_descriptor_suffix", .kind = PARAM_TEXT},
    {.name = "shipping", .kind = PARAM_OBJECT, .of = shipping_params},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const char *const reports[] = {"fraudulent", "safe", NULL};
static const struct param fraud_params[] = {
    {.name = "user_report", .kind = PARAM_ENUM, .words = reports}, {.name = NULL}};
static const struct param update_params[] = {
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "receipt_email", .kind = PARAM_TEXT},
    {.name = "fraud_details", .kind = PARAM_OBJECT, .of = fraud_params},
    {.name = "shipping", .kind = PARAM_OBJECT, .of = shipping_params},
    {.name = "transfer_group", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param capture_params[] = {
    {.name = "amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "receipt_email", .kind = PARAM_TEXT},
    {.name = "statement_descriptor_suffix", .kind = PARAM_TEXT},
    PARAMS_COMMON};

static json_t *find(struct call *call) {
    return world_find(call->world, "charge", call->id, "charge");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "charge",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/charges");
}

/* The named token or source, or the customer's default source; NULL with a fault. */
static json_t *method_of(struct call *call) {
    struct world *world = call->world;
    const char *source = param_text(call, "source");
    const char *customer = param_text(call, "customer");
    json_t *owner = NULL;
    if (customer[0] != '\0') {
        owner = world_find(world, "customer", customer, "customer");
        if (owner == NULL) {
            return NULL;
        }
    }
    if (source[0] == '\0' && owner != NULL) {
        source = member(owner, "default_source");
    }
    if (source[0] == '\0') {
        fault_invalid(&world->fault, owner == NULL ? "parameter_missing" : "missing",
                      owner == NULL ? "source" : "card",
                      owner == NULL ? "Must provide source or customer."
                                    : "Cannot charge a customer that has no active card");
        return NULL;
    }
    return method_of_source(world, source, "source");
}

static bool is_amount(struct call *call) {
    const char *currency = param_text(call, "currency");
    struct fault *fault = &call->world->fault;
    return currency_check(fault, currency, "currency") &&
           intent_amount_check(fault, currency, member_i64(call->params, "amount"), "amount");
}

/* Cards that ask cannot be asked here: before intents they were declined. */
static bool is_paid_by(const struct test_card *card) {
    return card != NULL && (card->conduct == CARD_PAYS || card->conduct == CARD_ASKS_ON_SESSION);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *method = is_amount(call) ? method_of(call) : NULL;
    if (method == NULL) {
        return NULL;
    }
    const struct test_card *card = card_of_method(method);
    json_t *charge = charge_new(world, call->params, method);
    if (!is_paid_by(card)) {
        const char *code = card == NULL || card->code == NULL ? "card_declined" : card->code;
        charge_fail(world, charge, card, code);
        fault_card(&world->fault, code, card == NULL ? NULL : card->decline_code,
                   member(charge, "failure_message"));
        fault_detail(&world->fault, "charge", json_object_get(charge, "id"));
        world->fault.keeps_changes = true;
        return NULL;
    }
    bool captures = !json_is_false(json_object_get(call->params, "capture"));
    charge_succeed(world, charge, captures);
    if (captures) {
        dispute_open_of(world, charge);
    }
    return json_incref(charge);
}

static json_t *update(struct call *call) {
    json_t *charge = find(call);
    if (charge == NULL) {
        return NULL;
    }
    copy_params(charge, call->params,
                (const char *const[]){"description", "receipt_email", "fraud_details", "shipping",
                                      "transfer_group", NULL});
    metadata_merge(charge, call->params);
    world_touch(call->world, charge);
    event_updated(call->world, "charge.updated", charge);
    return json_incref(charge);
}

/* A charge of an intent is captured through it; false with a fault when it cannot be. */
static bool may_capture(struct call *call, const json_t *charge, int64_t amount) {
    struct fault *fault = &call->world->fault;
    if (json_is_true(json_object_get(charge, "captured"))) {
        return fault_invalid(fault, "charge_already_captured", NULL,
                             "Charge %s has already been captured.", member(charge, "id"));
    }
    if (!member_is(charge, "status", "succeeded") ||
        json_is_true(json_object_get(charge, "refunded"))) {
        return fault_invalid(fault, "charge_expired_for_capture", NULL,
                             "Charge %s cannot be captured any more.", member(charge, "id"));
    }
    return amount <= member_i64(charge, "amount") ||
           fault_invalid(fault, "amount_too_large", "amount",
                         "You cannot capture a charge for an amount greater than it already has.");
}

static json_t *capture(struct call *call) {
    json_t *charge = find(call);
    if (charge == NULL) {
        return NULL;
    }
    int64_t amount = param_given(call, "amount") ? member_i64(call->params, "amount")
                                                 : member_i64(charge, "amount");
    if (!may_capture(call, charge, amount)) {
        return NULL;
    }
    json_t *intent = world_get(call->world, member(charge, "payment_intent"));
    if (intent != NULL) {
        intent_capture(call->world, intent, amount);
    } else {
        charge_capture(call->world, charge, amount);
        dispute_open_of(call->world, charge);
    }
    return json_incref(charge);
}

static const struct route routes[] = {
    {"POST", "/v1/charges", create, create_params},
    {"GET", "/v1/charges", list, list_params},
    {"GET", "/v1/charges/:id", get, get_params},
    {"POST", "/v1/charges/:id", update, update_params},
    {"POST", "/v1/charges/:id/capture", capture, capture_params},
};
const struct route_list charge_routes = {routes, ARRAY_LEN(routes)};
