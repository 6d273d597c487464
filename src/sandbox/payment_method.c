/* /v1/payment_methods: test cards and test tokens only. */
#include "sandbox/method.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/resources.h"

enum { SHOWN_EXP_MONTH = 12, SHOWN_EXP_YEAR = 2034, LAST_DIGITS = 4 };

static const char *const types[] = {"card", "us_bank_account", NULL};
static const struct param card_params[] = {
    {.name = "number", .kind = PARAM_TEXT},       {.name = "token", .kind = PARAM_TEXT},
    {.name = "exp_month", .kind = PARAM_INTEGER}, {.name = "exp_year", .kind = PARAM_INTEGER},
    {.name = "cvc", .kind = PARAM_TEXT},          {.name = NULL}};
static const struct param billing_params[] = {
    {.name = "email", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "phone", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},
    {.name = "card", .kind = PARAM_OBJECT, .of = card_params},
    {.name = "billing_details", .kind = PARAM_OBJECT, .of = billing_params},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "billing_details", .kind = PARAM_OBJECT, .of = billing_params},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param attach_params[] = {
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
const struct param method_list_params[] = {
    PARAMS_PAGE, {.name = "type", .kind = PARAM_ENUM, .words = types}, PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "type", .kind = PARAM_ENUM, .words = types},
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

static json_t *card_shape(const struct test_card *card, int64_t exp_month, int64_t exp_year) {
    size_t len = strlen(card->number);
    return json_pack(
        "{s:s, s:{s:n, s:n, s:s}, s:s, s:s, s:I, s:I, s:s+, s:s, s:n, s:s, s:{s:[s], s:n}, s:n, "
        "s:{s:b}, s:n}",
        "brand", card->brand, "checks", "address_line1_check", "address_postal_code_check",
        "cvc_check", "pass", "country", "US", "display_brand", card->brand, "exp_month",
        (json_int_t)exp_month, "exp_year", (json_int_t)exp_year, "fingerprint", "test",
        card->number, "funding", "credit", "generated_from", "last4",
        card->number + len - LAST_DIGITS, "networks", "available", card->brand, "preferred",
        "regulated_status", "three_d_secure_usage", "supported", 1, "wallet");
}

static json_t *bank_shape(const struct test_card *card) {
    size_t len = strlen(card->number);
    return json_pack("{s:s, s:s, s:s, s:n, s:n, s:s, s:{s:n, s:[s]}, s:s, s:n}",
                     "account_holder_type", "individual", "account_type", "checking", "bank_name",
                     "STRIPE TEST BANK", "financial_connections_account", "fingerprint", "last4",
                     card->number + len - LAST_DIGITS, "networks", "preferred", "supported", "ach",
                     "routing_number", "110000000", "status_details");
}

json_t *method_make(struct world *world, const struct test_card *card, int64_t exp_month,
                    int64_t exp_year) {
    json_t *method = world_add(world, "payment_method", NULL);
    bool is_bank = card->conduct == CARD_IS_BANK_ACCOUNT;
    const char *type = is_bank ? "us_bank_account" : "card";
    set_text(method, "type", type);
    json_object_set_new(method, type,
                        is_bank ? bank_shape(card) : card_shape(card, exp_month, exp_year));
    set_text(method, "_number", card->number);
    return method;
}

const struct test_card *method_card(struct world *world, struct str number) {
    const struct test_card *card = card_by_number(number);
    if (card == NULL || card->conduct == CARD_IS_BANK_ACCOUNT) {
        fault_card(&world->fault, "incorrect_number", NULL,
                   "Your card number is incorrect. This sandbox takes Stripe's test numbers only.");
        return NULL;
    }
    return card;
}

json_t *method_resolve(struct world *world, const char *id, const char *param) {
    const struct test_card *card = card_by_token(id);
    return card != NULL ? method_make(world, card, SHOWN_EXP_MONTH, SHOWN_EXP_YEAR)
                        : world_find(world, "payment_method", id, param);
}

json_t *method_of_customer(struct world *world, const char *id, const char *customer,
                           const char *param) {
    json_t *method = world_find(world, "payment_method", id, param);
    if (method != NULL && !member_is(method, "customer", customer)) {
        fault_invalid(&world->fault, NULL, param,
                      "The customer does not have a payment method with the ID %s. The payment "
                      "method must be attached to the customer.",
                      id);
        return NULL;
    }
    return method;
}

json_t *method_attach(struct world *world, const char *id, const char *customer,
                      const char *param) {
    json_t *method = method_resolve(world, id, param);
    if (method == NULL || world_find(world, "customer", customer, "customer") == NULL) {
        return NULL;
    }
    if (member_is(method, "customer", customer)) {
        return method;
    }
    const struct test_card *card = card_by_number(str_from_cstr(member(method, "_number")));
    bool is_spent =
        !member_is(method, "customer", "") || json_is_true(json_object_get(method, "_is_detached"));
    if (is_spent) {
        fault_invalid(&world->fault, NULL, param,
                      "This PaymentMethod was previously used or attached to a customer and may "
                      "not be used again.");
        return NULL;
    }
    if (card->conduct == CARD_REFUSES_SETUP) {
        fault_card(&world->fault, card->code, card->decline_code, card_message(card->code));
        return NULL;
    }
    set_text(method, "customer", customer);
    world_touch(world, method);
    return method;
}

static bool is_expiry(struct call *call, int64_t month, int64_t year) {
    struct fault *fault = &call->world->fault;
    if (month < 1 || month > 12) {
        return fault_card(fault, "invalid_expiry_month", NULL,
                          "Your card's expiration month is invalid.");
    }
    if (year < 2000 || year > 2100) {
        return fault_card(fault, "invalid_expiry_year", NULL,
                          "Your card's expiration year is invalid.");
    }
    return true;
}

static bool is_cvc(struct call *call, struct str cvc) {
    bool is_well = cvc.len == 0 || ((cvc.len == 3 || cvc.len == 4) && str_only(cvc, "0123456789"));
    return is_well || fault_card(&call->world->fault, "invalid_cvc", NULL,
                                 "Your card's security code is invalid.");
}

/* Stripe's test tokens are the names of the test methods in another coat: tok_visa, pm_card_visa.
 */
static json_t *create_from_token(struct call *call, const char *token) {
    char name[128];
    bool is_token = strncmp(token, "tok_", 4) == 0;
    (void)snprintf(name, sizeof name, "pm_card_%.100s", is_token ? token + 4 : "");
    const struct test_card *card = card_by_token(name);
    if (card == NULL) {
        world_missing(call->world, "token", "card[token]", token);
        return NULL;
    }
    return method_make(call->world, card, SHOWN_EXP_MONTH, SHOWN_EXP_YEAR);
}

static json_t *create_from_number(struct call *call) {
    json_t *given = json_object_get(call->params, "card");
    const struct test_card *card =
        method_card(call->world, str_from_cstr(param_text(call, "card.number")));
    int64_t month = member_i64(given, "exp_month");
    int64_t year = member_i64(given, "exp_year");
    bool is_well = card != NULL && is_expiry(call, month, year) &&
                   is_cvc(call, str_from_cstr(param_text(call, "card.cvc")));
    return is_well ? method_make(call->world, card, month, year) : NULL;
}

static void apply(struct call *call, json_t *method) {
    json_object_update(json_object_get(method, "billing_details"),
                       json_object_get(call->params, "billing_details"));
    metadata_merge(method, call->params);
    world_touch(call->world, method);
}

static json_t *create(struct call *call) {
    if (!member_is(call->params, "type", "card")) {
        fault_invalid(&call->world->fault, NULL, "type",
                      "This sandbox makes bank accounts from the token pm_usBankAccount_success "
                      "only.");
        return NULL;
    }
    if (!param_given(call, "card")) {
        fault_invalid(&call->world->fault, "parameter_missing", "card",
                      "Missing required param: card.");
        return NULL;
    }
    const char *token = param_text(call, "card.token");
    json_t *method = token[0] == '\0' ? create_from_number(call) : create_from_token(call, token);
    if (method == NULL) {
        return NULL;
    }
    apply(call, method);
    return json_incref(method);
}

static json_t *get(struct call *call) {
    return json_incref(method_resolve(call->world, call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *method = world_find(call->world, "payment_method", call->id, "id");
    if (method == NULL) {
        return NULL;
    }
    apply(call, method);
    event_updated(call->world, "payment_method.updated", method);
    return json_incref(method);
}

static json_t *attach(struct call *call) {
    json_t *method =
        method_attach(call->world, call->id, param_text(call, "customer"), "payment_method");
    if (method == NULL) {
        return NULL;
    }
    event_emit(call->world, "payment_method.attached", method);
    return json_incref(method);
}

/* Nothing may go on pointing at a method that can never be used again. */
static void forget_default(struct world *world, json_t *method) {
    json_t *customer = world_get(world, member(method, "customer"));
    json_t *settings = json_object_get(customer, "invoice_settings");
    if (member_is(settings, "default_payment_method", member(method, "id"))) {
        set_null(settings, "default_payment_method");
        world_touch(world, customer);
        event_updated(world, "customer.updated", customer);
    }
    json_t *subscriptions = world_list(world, "subscription", member(method, "customer"));
    for (size_t i = 0; i < json_array_size(subscriptions); i++) {
        json_t *subscription = json_array_get(subscriptions, i);
        if (member_is(subscription, "default_payment_method", member(method, "id"))) {
            set_null(subscription, "default_payment_method");
            world_touch(world, subscription);
            event_updated(world, "customer.subscription.updated", subscription);
        }
    }
    json_decref(subscriptions);
}

static json_t *detach(struct call *call) {
    json_t *method = world_find(call->world, "payment_method", call->id, "id");
    if (method == NULL) {
        return NULL;
    }
    if (member_is(method, "customer", "")) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "The payment method you provided is not attached to a customer so "
                      "detachment is impossible.");
        return NULL;
    }
    forget_default(call->world, method);
    set_null(method, "customer");
    set_bool(method, "_is_detached", true);
    world_touch(call->world, method);
    event_updated(call->world, "payment_method.detached", method);
    return json_incref(method);
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "payment_method",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    bool is_known =
        customer[0] == '\0' || world_find(call->world, "customer", customer, "customer") != NULL;
    return is_known ? list_answer(call, &query, "/v1/payment_methods") : NULL;
}

json_t *method_list_of_customer(struct call *call) {
    const struct list_query query = {.type = "payment_method", .customer = call->id};
    bool is_known = world_find(call->world, "customer", call->id, "id") != NULL;
    return is_known ? list_answer(call, &query, "/v1/payment_methods") : NULL;
}

static const struct route routes[] = {
    {"POST", "/v1/payment_methods", create, create_params},
    {"GET", "/v1/payment_methods", list, list_params},
    {"GET", "/v1/payment_methods/:id", get, get_params},
    {"POST", "/v1/payment_methods/:id", update, update_params},
    {"POST", "/v1/payment_methods/:id/attach", attach, attach_params},
    {"POST", "/v1/payment_methods/:id/detach", detach, get_params},
};
const struct route_list payment_method_routes = {routes, ARRAY_LEN(routes)};
