/* /v1/setup_intents */
#include "sandbox/setup.h"

#include "sandbox/resources.h"

static const char *const usages[] = {"off_session", "on_session", NULL};
static const char *const redirects[] = {"always", "never", NULL};
static const struct param automatic[] = {
    {.name = "enabled", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED},
    {.name = "allow_redirects", .kind = PARAM_ENUM, .words = redirects},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "payment_method", .kind = PARAM_TEXT},
    {.name = "confirm", .kind = PARAM_BOOLEAN},
    {.name = "usage", .kind = PARAM_ENUM, .words = usages},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "return_url", .kind = PARAM_TEXT},
    {.name = "automatic_payment_methods", .kind = PARAM_OBJECT, .of = automatic},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param confirm_params[] = {{.name = "payment_method", .kind = PARAM_TEXT},
                                              {.name = "return_url", .kind = PARAM_TEXT},
                                              PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "payment_method", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};

json_t *setup_make(struct world *world, const char *customer) {
    json_t *intent = world_add(world, "setup_intent", customer[0] == '\0' ? NULL : customer);
    char random[26];
    world_random(world, random, 25);
    json_object_set_new(intent, "client_secret",
                        json_sprintf("%s_secret_%s", member(intent, "id"), random));
    return intent;
}

static bool asks_at_setup(const struct test_card *card) {
    return card->conduct == CARD_ASKS_ALWAYS || card->conduct == CARD_ASKS_UNLESS_SET_UP ||
           card->conduct == CARD_ASKS_THEN_DECLINES;
}

static void wait_for_customer(struct world *world, json_t *intent) {
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action",
                        json_pack("{s:s, s:{s:s}}", "type", "use_stripe_sdk", "use_stripe_sdk",
                                  "type", "three_d_secure_redirect"));
    world_touch(world, intent);
    event_emit(world, "setup_intent.requires_action", intent);
}

/* The decline is kept on the intent; the caller answers 402. */
static bool decline(struct world *world, json_t *intent) {
    struct fault *fault = &world->fault;
    set_text(intent, "status", "requires_payment_method");
    set_null(intent, "payment_method");
    json_object_set_new(intent, "last_setup_error",
                        json_pack("{s:s, s:s?, s:s?, s:s}", "type", fault->type, "code",
                                  fault->code, "decline_code", fault->decline_code, "message",
                                  fault->message));
    world_touch(world, intent);
    event_emit(world, "setup_intent.setup_failed", intent);
    fault_detail(fault, "setup_intent", intent);
    fault->keeps_changes = true;
    return false;
}

bool setup_confirm(struct world *world, json_t *intent, const char *id, bool is_answered) {
    json_t *method = method_resolve(world, id, "payment_method");
    if (method == NULL) {
        return false;
    }
    const struct test_card *card = card_by_number(str_from_cstr(member(method, "_number")));
    set_text(intent, "payment_method", member(method, "id"));
    json_object_set_new(intent, "payment_method_types", json_pack("[s]", member(method, "type")));
    if (asks_at_setup(card) && !is_answered) {
        wait_for_customer(world, intent);
        return true;
    }
    const char *customer = member(intent, "customer");
    bool is_new = customer[0] != '\0' && !member_is(method, "customer", customer);
    if (is_new && method_attach(world, member(method, "id"), customer, "payment_method") == NULL) {
        return world->fault.status == 402 ? decline(world, intent) : false;
    }
    set_bool(method, "_is_set_up", true);
    world_touch(world, method);
    set_text(intent, "status", "succeeded");
    set_null(intent, "next_action");
    set_null(intent, "last_setup_error");
    world_touch(world, intent);
    if (is_new) {
        event_emit(world, "payment_method.attached", method);
    }
    event_emit(world, "setup_intent.succeeded", intent);
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    const char *method = param_text(call, "payment_method");
    bool confirms = json_is_true(json_object_get(call->params, "confirm"));
    if (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL) {
        return NULL;
    }
    if (confirms && method[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", "payment_method",
                      "You must provide a payment_method to confirm this SetupIntent.");
        return NULL;
    }
    json_t *intent = setup_make(world, customer);
    static const char *const plain[] = {"usage", "description", "automatic_payment_methods", NULL};
    copy_params(intent, call->params, plain);
    metadata_merge(intent, call->params);
    event_emit(world, "setup_intent.created", intent);
    if (confirms) {
        return setup_confirm(world, intent, method, false) ? json_incref(intent) : NULL;
    }
    if (method[0] != '\0') {
        json_t *chosen = method_resolve(world, method, "payment_method");
        if (chosen == NULL) {
            return NULL;
        }
        set_text(intent, "payment_method", member(chosen, "id"));
        set_text(intent, "status", "requires_confirmation");
    }
    return json_incref(intent);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "setup_intent", call->id, "intent"));
}

static json_t *confirm(struct call *call) {
    struct world *world = call->world;
    json_t *intent = world_find(world, "setup_intent", call->id, "intent");
    if (intent == NULL) {
        return NULL;
    }
    if (member_is(intent, "status", "succeeded") || member_is(intent, "status", "canceled")) {
        fault_invalid(&world->fault, "setup_intent_unexpected_state", NULL,
                      "You cannot confirm this SetupIntent because it has a status of %s.",
                      member(intent, "status"));
        return NULL;
    }
    const char *given = param_text(call, "payment_method");
    const char *method = given[0] == '\0' ? member(intent, "payment_method") : given;
    if (method[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", "payment_method",
                      "You must provide a payment_method to confirm this SetupIntent.");
        return NULL;
    }
    return setup_confirm(world, intent, method, false) ? json_incref(intent) : NULL;
}

static json_t *cancel(struct call *call) {
    struct world *world = call->world;
    json_t *intent = world_find(world, "setup_intent", call->id, "intent");
    if (intent == NULL) {
        return NULL;
    }
    if (member_is(intent, "status", "succeeded") || member_is(intent, "status", "canceled")) {
        fault_invalid(&world->fault, "setup_intent_unexpected_state", NULL,
                      "You cannot cancel this SetupIntent because it has a status of %s.",
                      member(intent, "status"));
        return NULL;
    }
    set_text(intent, "status", "canceled");
    set_text(intent, "cancellation_reason", "requested_by_customer");
    world_touch(world, intent);
    event_emit(world, "setup_intent.canceled", intent);
    return json_incref(intent);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "setup_intent"};
    return list_answer(call, &query, "/v1/setup_intents");
}

static const struct route routes[] = {
    {"POST", "/v1/setup_intents", create, create_params},
    {"GET", "/v1/setup_intents", list, list_params},
    {"GET", "/v1/setup_intents/:id", get, get_params},
    {"POST", "/v1/setup_intents/:id/confirm", confirm, confirm_params},
    {"POST", "/v1/setup_intents/:id/cancel", cancel, get_params},
};
const struct route_list setup_intent_routes = {routes, ARRAY_LEN(routes)};
