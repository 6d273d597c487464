/* /v1/payment_methods: test cards, test bank accounts and test tokens only. A number that is not on
 * the list is refused before anything is kept of it. */
#include "sandbox/method.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/payment.h"
#include "sandbox/resources.h"
#include "sandbox/sepa_debit.h"
#include "sandbox/us_bank_account.h"

enum { SHOWN_EXP_MONTH = 12, SHOWN_EXP_YEAR = 2034, LAST_DIGITS = 4, CARD_DIGITS_MIN = 12 };

static const char *const types[] = {"card", "us_bank_account", "customer_balance", "sepa_debit",
                                    NULL};
static const char *const redisplays[] = {"always", "limited", "unspecified", NULL};
static const char *const holders[] = {"individual", "company", NULL};
static const char *const accounts[] = {"checking", "savings", NULL};
static const struct param nothing[] = {{.name = NULL}};
static const struct param bank_params[] = {
    {.name = "account_holder_type", .kind = PARAM_ENUM, .words = holders},
    {.name = "account_type", .kind = PARAM_ENUM, .words = accounts},
    {.name = "account_number", .kind = PARAM_TEXT},
    {.name = "routing_number", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param sepa_params[] = {
    {.name = "iban", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param address_params[] = {
    {.name = "city", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line1", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line2", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "postal_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param card_params[] = {
    {.name = "number", .kind = PARAM_TEXT},       {.name = "token", .kind = PARAM_TEXT},
    {.name = "exp_month", .kind = PARAM_INTEGER}, {.name = "exp_year", .kind = PARAM_INTEGER},
    {.name = "cvc", .kind = PARAM_TEXT},          {.name = NULL}};
static const struct param card_update_params[] = {{.name = "exp_month", .kind = PARAM_INTEGER},
                                                  {.name = "exp_year", .kind = PARAM_INTEGER},
                                                  {.name = NULL}};
const struct param method_billing_params[] = {
    {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = address_params},
    {.name = "email", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "phone", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "tax_id", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
#define NEW_METHOD_PARAMS                                                                          \
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},                 \
        {.name = "card", .kind = PARAM_OBJECT, .of = card_params},                                 \
        {.name = "us_bank_account", .kind = PARAM_OBJECT, .of = bank_params},                      \
        {.name = "customer_balance", .kind = PARAM_OBJECT, .of = nothing},                         \
        {.name = "sepa_debit", .kind = PARAM_OBJECT, .of = sepa_params},                           \
        {.name = "allow_redisplay", .kind = PARAM_ENUM, .words = redisplays}, {                    \
        .name = "billing_details", .kind = PARAM_OBJECT, .of = method_billing_params               \
    }
const struct param method_data_params[] = {
    NEW_METHOD_PARAMS, {.name = "metadata", .kind = PARAM_MAP}, {.name = NULL}};
static const struct param create_params[] = {
    NEW_METHOD_PARAMS,
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "allow_redisplay", .kind = PARAM_ENUM, .words = redisplays},
    {.name = "billing_details", .kind = PARAM_OBJECT, .of = method_billing_params},
    {.name = "card", .kind = PARAM_OBJECT, .of = card_update_params},
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

json_t *method_make(struct world *world, const struct test_card *card, int64_t exp_month,
                    int64_t exp_year) {
    json_t *method = world_add(world, "payment_method", NULL);
    const char *type = card_type(card);
    set_text(method, "type", type);
    json_object_set_new(method, type,
                        card_is_bank(card)    ? bank_shape(card, "", "")
                        : card_is_debit(card) ? sepa_shape(card)
                                              : card_shape(card, exp_month, exp_year));
    set_text(method, "_number", card->number);
    return method;
}

/* The check digit of card numbers (ISO/IEC 7812). */
static bool is_luhn(struct str number) {
    int sum = 0;
    int digits = 0;
    for (size_t i = number.len; i-- > 0;) {
        char c = number.bytes[i];
        if (c == ' ' || c == '-') {
            continue;
        }
        if (c < '0' || c > '9') {
            return false;
        }
        int twice = (c - '0') * 2;
        sum += digits % 2 == 0 ? c - '0' : twice > 9 ? twice - 9 : twice;
        digits++;
    }
    return digits >= CARD_DIGITS_MIN && sum % 10 == 0;
}

bool method_is_debit(const json_t *method) {
    return member_is(method, "type", "us_bank_account") || member_is(method, "type", "sepa_debit");
}

const struct test_card *method_card(struct world *world, struct str number) {
    const struct test_card *card = card_by_number(number);
    if (card != NULL && !card_is_debit(card)) {
        return card;
    }
    if (is_luhn(number)) {
        fault_card(&world->fault, "card_declined", "test_mode_live_card",
                   "Your card was declined. This sandbox takes Stripe's test numbers only: see "
                   "https://docs.stripe.com/testing.");
    } else {
        fault_card(&world->fault, "incorrect_number", NULL,
                   "Your card number is incorrect. This sandbox takes Stripe's test numbers only.");
    }
    return NULL;
}

json_t *method_resolve(struct world *world, const char *id, const char *param) {
    const struct test_card *card = card_by_token(id);
    if (card == NULL) {
        return world_find(world, "payment_method", id, param);
    }
    json_t *method = method_make(world, card, SHOWN_EXP_MONTH, SHOWN_EXP_YEAR);
    bool is_known_good = strcmp(id, "pm_usBankAccount_success") == 0;
    if (is_known_good) {
        set_bool(method, "_is_verified", true);
    }
    if (member_is(method, "type", "sepa_debit")) {
        json_t *details = json_object_get(method, "billing_details");
        set_text(details, "name", "Jenny Rosen");
        set_text(details, "email", "jenny@example.com");
    }
    return method;
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
    const struct test_card *card = card_of_method(method);
    bool is_spent =
        !member_is(method, "customer", "") || json_is_true(json_object_get(method, "_is_detached"));
    if (is_spent) {
        fault_invalid(&world->fault, NULL, param,
                      "This PaymentMethod was previously used or attached to a customer and may "
                      "not be used again.");
        return NULL;
    }
    if (card != NULL && card->conduct == CARD_REFUSES_SETUP) {
        fault_card(&world->fault, card->code, card->decline_code, card_sentence(card));
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
json_t *method_of_source(struct world *world, const char *source, const char *param) {
    char name[128];
    bool is_token = strncmp(source, "tok_", 4) == 0;
    (void)snprintf(name, sizeof name, "pm_card_%.100s", is_token ? source + 4 : "");
    const struct test_card *card = card_by_token(name);
    if (card != NULL) {
        return method_make(world, card, SHOWN_EXP_MONTH, SHOWN_EXP_YEAR);
    }
    if (strncmp(source, "pm_", 3) == 0 || strncmp(source, "card_", 5) == 0) {
        return world_find(world, "payment_method", source, param);
    }
    world_missing(world, "token", param, source);
    return NULL;
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

static json_t *create_card(struct call *call) {
    const char *token = param_text(call, "card.token");
    return token[0] == '\0' ? create_from_number(call)
                            : method_of_source(call->world, token, "card[token]");
}

static json_t *create_bank(struct call *call) {
    struct fault *fault = &call->world->fault;
    const struct test_card *account =
        card_by_number(str_from_cstr(param_text(call, "us_bank_account.account_number")));
    if (account == NULL || !card_is_bank(account)) {
        fault_invalid(fault, "account_number_invalid", "us_bank_account[account_number]",
                      "The bank account number provided is invalid. This sandbox takes Stripe's "
                      "test accounts only.");
        return NULL;
    }
    if (strcmp(param_text(call, "us_bank_account.routing_number"), "110000000") != 0) {
        fault_invalid(fault, "routing_number_invalid", "us_bank_account[routing_number]",
                      "The bank routing number provided is invalid. This sandbox takes 110000000.");
        return NULL;
    }
    json_t *method = method_make(call->world, account, 0, 0);
    json_object_set_new(method, "us_bank_account",
                        bank_shape(account, param_text(call, "us_bank_account.account_holder_type"),
                                   param_text(call, "us_bank_account.account_type")));
    return method;
}

static json_t *create_sepa(struct call *call) {
    const struct test_card *account =
        sepa_account(call->world, param_text(call, "sepa_debit.iban"), "sepa_debit[iban]");
    return account == NULL ? NULL : method_make(call->world, account, 0, 0);
}

static json_t *create_cash(struct call *call) {
    json_t *method = world_add(call->world, "payment_method", NULL);
    set_text(method, "type", "customer_balance");
    json_object_set_new(method, "customer_balance", json_object());
    return method;
}

static const struct maker {
    const char *type;
    json_t *(*make)(struct call *call);
    bool needs_details;
} makers[] = {
    {"card", create_card, true},
    {"us_bank_account", create_bank, true},
    {"customer_balance", create_cash, false},
    {"sepa_debit", create_sepa, true},
};

static void apply(struct call *call, json_t *method) {
    json_t *details = json_object_get(method, "billing_details");
    json_t *given = json_object_get(call->params, "billing_details");
    json_t *address = json_object_get(details, "address");
    json_object_update(address, json_object_get(given, "address"));
    json_incref(address);
    json_object_update(details, given);
    json_object_set_new(details, "address", address);
    copy_params(method, call->params, (const char *const[]){"allow_redisplay", NULL});
    metadata_merge(method, call->params);
    world_touch(call->world, method);
}

json_t *method_create(struct call *call) {
    const char *type = param_text(call, "type");
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (strcmp(makers[i].type, type) != 0) {
            continue;
        }
        if (makers[i].needs_details && !param_given(call, type)) {
            fault_invalid(&call->world->fault, "parameter_missing", type,
                          "Missing required param: %s.", type);
            return NULL;
        }
        json_t *method = makers[i].make(call);
        if (method != NULL) {
            apply(call, method);
        }
        return method;
    }
    return NULL;
}

static json_t *create(struct call *call) {
    return json_incref(method_create(call));
}

static json_t *get(struct call *call) {
    return json_incref(method_resolve(call->world, call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *method = world_find(call->world, "payment_method", call->id, "id");
    if (method == NULL) {
        return NULL;
    }
    json_t *card = json_object_get(call->params, "card");
    json_t *shown = json_object_get(method, "card");
    if (card != NULL && shown != NULL) {
        json_object_update(shown, card);
        if (!is_expiry(call, member_i64(shown, "exp_month"), member_i64(shown, "exp_year"))) {
            return NULL;
        }
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

static json_t *get_of_customer(struct call *call) {
    struct world *world = call->world;
    if (world_find(world, "customer", call->parent, "customer") == NULL) {
        return NULL;
    }
    json_t *method = world_find(world, "payment_method", call->id, "payment_method");
    if (method != NULL && !member_is(method, "customer", call->parent)) {
        world_missing(world, "PaymentMethod", "payment_method", call->id);
        return NULL;
    }
    return json_incref(method);
}

static const struct route routes[] = {
    {"POST", "/v1/payment_methods", create, create_params},
    {"GET", "/v1/payment_methods", list, list_params},
    {"GET", "/v1/payment_methods/:id", get, get_params},
    {"POST", "/v1/payment_methods/:id", update, update_params},
    {"POST", "/v1/payment_methods/:id/attach", attach, attach_params},
    {"POST", "/v1/payment_methods/:id/detach", detach, get_params},
    {"GET", "/v1/customers/:parent/payment_methods/:id", get_of_customer, get_params},
};
const struct route_list payment_method_routes = {routes, ARRAY_LEN(routes)};
