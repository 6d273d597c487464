/* /v1/setup_intents and /v1/setup_attempts: a method made ready for later, with the customer's
 * approval where the bank wants it. */
#include "sandbox/setup.h"

#include <string.h>

#include "sandbox/payment.h"
#include "sandbox/resources.h"
#include "sandbox/sepa_debit.h"
#include "sandbox/us_bank_account.h"

static const char *const usages[] = {"off_session", "on_session", NULL};
static const char *const redirects[] = {"always", "never", NULL};
static const char *const reasons[] = {"abandoned", "duplicate", "requested_by_customer", NULL};
static const struct param automatic[] = {
    {.name = "enabled", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED},
    {.name = "allow_redirects", .kind = PARAM_ENUM, .words = redirects},
    {.name = NULL}};
#define SHARED_PARAMS                                                                              \
    {.name = "payment_method", .kind = PARAM_TEXT},                                                \
        {.name = "payment_method_data", .kind = PARAM_OBJECT, .of = method_data_params},           \
        {.name = "payment_method_types", .kind = PARAM_TEXTS},                                     \
        {.name = "allowed_payment_method_types", .kind = PARAM_TEXTS},                             \
        {.name = "excluded_payment_method_types", .kind = PARAM_TEXTS},                            \
        {.name = "return_url", .kind = PARAM_TEXT}, PARAM_MANDATE_DATA
static const struct param create_params[] = {
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "confirm", .kind = PARAM_BOOLEAN},
    {.name = "usage", .kind = PARAM_ENUM, .words = usages},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "automatic_payment_methods", .kind = PARAM_OBJECT, .of = automatic},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "use_stripe_sdk", .kind = PARAM_BOOLEAN},
    SHARED_PARAMS,
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    SHARED_PARAMS,
    PARAMS_COMMON};
static const struct param confirm_params[] = {
    {.name = "use_stripe_sdk", .kind = PARAM_BOOLEAN}, SHARED_PARAMS, PARAMS_COMMON};
static const struct param cancel_params[] = {
    {.name = "cancellation_reason", .kind = PARAM_ENUM, .words = reasons}, PARAMS_COMMON};
static const struct param read_params[] = {{.name = "client_secret", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "payment_method", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};

static json_t *find(struct call *call) {
    return world_find(call->world, "setup_intent", call->id, "intent");
}

static bool must_be_open(struct fault *fault, const json_t *intent, const char *verb) {
    bool is_over = member_is(intent, "status", "succeeded") ||
                   member_is(intent, "status", "canceled") ||
                   member_is(intent, "status", "processing");
    return !is_over || fault_invalid(fault, "setup_intent_unexpected_state", NULL,
                                     "You cannot %s this SetupIntent because it has a status of "
                                     "%s. Only a SetupIntent with one of the following statuses "
                                     "may be %sed: requires_payment_method, "
                                     "requires_confirmation, requires_action.",
                                     verb, member(intent, "status"), verb);
}

/* --- create, update --- */

static json_t *method_given(struct call *call) {
    json_t *data = json_object_get(call->params, "payment_method_data");
    if (data != NULL) {
        struct call making = {.world = call->world, .params = data, .id = ""};
        return method_create(&making);
    }
    const char *id = param_text(call, "payment_method");
    return id[0] == '\0' ? NULL : method_resolve(call->world, id, "payment_method");
}

static bool takes_type(const json_t *intent, const char *type) {
    const json_t *types = json_object_get(intent, "payment_method_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), type) == 0) {
            return true;
        }
    }
    return false;
}

/* The kinds as given, or what the account has: cards and US bank accounts. */
static bool apply_types(struct call *call, json_t *intent) {
    json_t *allowed = json_object_get(call->params, "allowed_payment_method_types");
    if (!types_check(call)) {
        return false;
    }
    copy_params(intent, call->params,
                (const char *const[]){"allowed_payment_method_types",
                                      "excluded_payment_method_types", NULL});
    if (allowed != NULL) {
        json_object_set_new(intent, "payment_method_types", json_deep_copy(allowed));
    }
    return true;
}

static bool apply(struct call *call, json_t *intent) {
    struct world *world = call->world;
    const char *back = param_text(call, "return_url");
    if (!apply_types(call, intent)) {
        return false;
    }
    copy_params(intent, call->params, (const char *const[]){"usage", "description", NULL});
    metadata_merge(intent, call->params);
    if (back[0] != '\0') {
        set_text(intent, "_return_url", back);
    }
    world_touch(world, intent);
    json_t *method = method_given(call);
    if (method == NULL) {
        return world->fault.status == 0;
    }
    if (!takes_type(intent, member(method, "type"))) {
        return fault_invalid(&world->fault, "payment_method_unsupported_type", "payment_method",
                             "The PaymentMethod provided (%s) is not allowed for this SetupIntent.",
                             member(method, "type"));
    }
    set_text(intent, "payment_method", member(method, "id"));
    set_text(intent, "status", "requires_confirmation");
    set_null(intent, "next_action");
    return true;
}

/* automatic_payment_methods as given; on unless the kinds are named. */
static void apply_automatic(struct call *call, json_t *intent) {
    bool is_named = param_given(call, "allowed_payment_method_types");
    json_t *given = json_object_get(call->params, "automatic_payment_methods");
    if (given != NULL || !is_named) {
        json_t *made = json_pack("{s:s, s:b}", "allow_redirects", "always", "enabled", 1);
        json_object_update(made, given);
        json_object_set_new(intent, "automatic_payment_methods", made);
    }
    if (!is_named) {
        json_object_set_new(intent, "payment_method_types",
                            json_pack("[s, s, s]", "card", "us_bank_account", "sepa_debit"));
    }
}

static bool confirm_call(struct call *call, json_t *intent) {
    struct world *world = call->world;
    const json_t *automatic_methods = json_object_get(intent, "automatic_payment_methods");
    bool may_redirect = json_is_true(json_object_get(automatic_methods, "enabled")) &&
                        !member_is(automatic_methods, "allow_redirects", "never");
    if (member_is(intent, "payment_method", "")) {
        return fault_invalid(&world->fault, "parameter_missing", "payment_method",
                             "You must provide a payment_method to confirm this SetupIntent.");
    }
    if (may_redirect && member_is(intent, "_return_url", "")) {
        return fault_invalid(&world->fault, NULL, "return_url",
                             "This SetupIntent is configured to accept payment methods enabled in "
                             "your Dashboard. Because some of these payment methods might redirect "
                             "your customer off of your page, you must provide a `return_url`, or "
                             "set `automatic_payment_methods[allow_redirects]` to `never`.");
    }
    json_t *method = world_get(world, member(intent, "payment_method"));
    const struct mandate_order order = {.data = json_object_get(call->params, "mandate_data"),
                                        .code = "setup_intent_mandate_invalid",
                                        .noun = "SetupIntent"};
    return sepa_payer_is_named(world, method) && mandate_ensure(world, method, &order) &&
           setup_confirm(world, intent, member(method, "id"), false);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    bool confirms = json_is_true(json_object_get(call->params, "confirm"));
    if (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL) {
        return NULL;
    }
    json_t *intent = setup_make(world, customer);
    apply_automatic(call, intent);
    if (!apply(call, intent)) {
        return NULL;
    }
    event_emit(world, "setup_intent.created", intent);
    return !confirms || confirm_call(call, intent) ? json_incref(intent) : NULL;
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    struct world *world = call->world;
    json_t *intent = find(call);
    const char *customer = param_text(call, "customer");
    if (intent == NULL || !must_be_open(&world->fault, intent, "updat") ||
        (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL)) {
        return NULL;
    }
    if (customer[0] != '\0') {
        set_text(intent, "customer", customer);
    }
    return apply(call, intent) ? json_incref(intent) : NULL;
}

static json_t *confirm(struct call *call) {
    json_t *intent = find(call);
    bool is_well = intent != NULL && must_be_open(&call->world->fault, intent, "confirm") &&
                   apply(call, intent) && confirm_call(call, intent);
    return is_well ? json_incref(intent) : NULL;
}

static json_t *cancel(struct call *call) {
    struct world *world = call->world;
    json_t *intent = find(call);
    if (intent == NULL || !must_be_open(&world->fault, intent, "cancel")) {
        return NULL;
    }
    set_text(intent, "status", "canceled");
    set_text(intent, "cancellation_reason", param_text(call, "cancellation_reason"));
    set_null(intent, "next_action");
    world_touch(world, intent);
    event_emit(world, "setup_intent.canceled", intent);
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
        fault_invalid(&world->fault, "setup_intent_unexpected_state", NULL,
                      "This SetupIntent does not wait for microdeposits to be verified.");
        return NULL;
    }
    json_t *method = world_get(world, member(intent, "payment_method"));
    switch (bank_verify(call, intent, method, &code)) {
    case BANK_VERIFIED:
        return setup_confirm(world, intent, member(method, "id"), true) ? json_incref(intent)
                                                                        : NULL;
    case BANK_OVER:
        fault_invalid(&world->fault, code, NULL, "%s", card_message(code));
        setup_refuse(world, intent, code);
        world->fault.keeps_changes = true;
        return NULL;
    case BANK_WRONG:
        return NULL;
    }
    return NULL;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "setup_intent",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/setup_intents");
}

static json_t *list_attempts(struct call *call) {
    const struct list_query query = {.type = "setup_attempt"};
    return list_answer(call, &query, "/v1/setup_attempts");
}

static const struct param attempts_params[] = {
    PARAMS_PAGE,
    {.name = "setup_intent", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "created", .kind = PARAM_RANGE},
    PARAMS_COMMON};

static const struct route routes[] = {
    {"POST", "/v1/setup_intents", create, create_params},
    {"GET", "/v1/setup_intents", list, list_params},
    {"GET", "/v1/setup_intents/:id", get, read_params},
    {"POST", "/v1/setup_intents/:id", update, update_params},
    {"POST", "/v1/setup_intents/:id/confirm", confirm, confirm_params},
    {"POST", "/v1/setup_intents/:id/cancel", cancel, cancel_params},
    {"POST", "/v1/setup_intents/:id/verify_microdeposits", verify, bank_verify_params},
    {"GET", "/v1/setup_attempts", list_attempts, attempts_params},
};
const struct route_list setup_intent_routes = {routes, ARRAY_LEN(routes)};
