/* /v1/checkout/sessions in mode setup: a page where a person enters a test card (page_pay.c). */
#include "sandbox/checkout.h"

#include <string.h>

#include "sandbox/resources.h"
#include "sandbox/setup.h"

enum { LIFE_S = 86400 };

static const char *const modes[] = {"setup", NULL};
static const char *const ui_modes[] = {"hosted_page", NULL};
static const char *const currencies[] = {"usd", NULL};
static const struct param create_params[] = {
    {.name = "mode", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes},
    {.name = "success_url", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "cancel_url", .kind = PARAM_TEXT},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "client_reference_id", .kind = PARAM_TEXT},
    {.name = "currency", .kind = PARAM_ENUM, .words = currencies},
    {.name = "allowed_payment_method_types", .kind = PARAM_TEXTS},
    {.name = "payment_method_types", .kind = PARAM_TEXTS},
    {.name = "ui_mode", .kind = PARAM_ENUM, .words = ui_modes},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};

static bool is_web_address(const char *url) {
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static bool are_urls(struct call *call) {
    static const char *const names[] = {"success_url", "cancel_url"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (param_given(call, names[i]) && !is_web_address(param_text(call, names[i]))) {
            return fault_invalid(&call->world->fault, "url_invalid", names[i], "Not a valid URL.");
        }
    }
    return true;
}

/* Endive takes allowed_payment_method_types and refuses payment_method_types. */
static bool are_types(struct call *call) {
    struct fault *fault = &call->world->fault;
    json_t *types = json_object_get(call->params, "allowed_payment_method_types");
    if (param_given(call, "payment_method_types")) {
        return fault_invalid(fault, "payment_method_types_no_longer_supported",
                             "payment_method_types",
                             "payment_method_types is no longer supported; use "
                             "allowed_payment_method_types.");
    }
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));
        if (strcmp(type, "card") != 0 && strcmp(type, "us_bank_account") != 0) {
            return fault_invalid(fault, NULL, "allowed_payment_method_types",
                                 "This sandbox has card and us_bank_account, not %s.", type);
        }
    }
    return true;
}

/* What the page offers: the allowed types, else cards. */
static void set_types(struct call *call, json_t *session) {
    json_t *types = json_object_get(call->params, "allowed_payment_method_types");
    if (json_array_size(types) > 0) {
        json_object_set(session, "allowed_payment_method_types", types);
        json_object_set(session, "payment_method_types", types);
    }
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    if (!are_urls(call) || !are_types(call) ||
        (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL)) {
        return NULL;
    }
    json_t *session = world_add(world, "checkout.session", customer[0] == '\0' ? NULL : customer);
    json_t *intent = setup_make(world, customer);
    event_emit(world, "setup_intent.created", intent);
    set_i64(session, "expires_at", member_i64(session, "created") + LIFE_S);
    set_text(session, "setup_intent", member(intent, "id"));
    copy_params(session, call->params,
                (const char *const[]){"success_url", "cancel_url", "client_reference_id",
                                      "currency", NULL});
    set_types(call, session);
    metadata_merge(session, call->params);
    json_object_set_new(session, "url",
                        json_sprintf("%s/pay/%s", world->public_url, member(session, "id")));
    return json_incref(session);
}

bool checkout_complete(struct world *world, json_t *session, const struct test_card *card,
                       bool is_answered) {
    json_t *intent = world_get(world, member(session, "setup_intent"));
    json_t *method = method_make(world, card, 12, 2034);
    set_bool(method, "_is_verified", true); /* the page stands in for the bank's own */
    if (!setup_confirm(world, intent, member(method, "id"), is_answered)) {
        return false;
    }
    if (!member_is(intent, "status", "succeeded")) {
        return true;
    }
    set_text(session, "status", "complete");
    set_null(session, "url");
    world_touch(world, session);
    event_emit(world, "checkout.session.completed", session);
    return true;
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "checkout.session", call->id, "session"));
}

static json_t *expire(struct call *call) {
    json_t *session = world_find(call->world, "checkout.session", call->id, "session");
    if (session == NULL) {
        return NULL;
    }
    if (!member_is(session, "status", "open")) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "Only Checkout Sessions with a status of open can be expired.");
        return NULL;
    }
    set_text(session, "status", "expired");
    set_null(session, "url");
    world_touch(call->world, session);
    event_emit(call->world, "checkout.session.expired", session);
    return json_incref(session);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "checkout.session"};
    return list_answer(call, &query, "/v1/checkout/sessions");
}

static const struct route routes[] = {
    {"POST", "/v1/checkout/sessions", create, create_params},
    {"GET", "/v1/checkout/sessions", list, list_params},
    {"GET", "/v1/checkout/sessions/:id", get, get_params},
    {"POST", "/v1/checkout/sessions/:id/expire", expire, get_params},
};
const struct route_list checkout_routes = {routes, ARRAY_LEN(routes)};
