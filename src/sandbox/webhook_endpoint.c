/* /v1/webhook_endpoints. The secret is shown once, in the answer that makes it. Rolling it has no
 * public API at Stripe (the dashboard does it); here it is under test_helpers. */
#include "sandbox/endpoint.h"
#include "sandbox/resources.h"

#include <string.h>

#include "sandbox/sandbox.h"

static const struct param create_params[] = {
    {.name = "url", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "enabled_events", .kind = PARAM_TEXTS, .flags = PARAM_REQUIRED},
    {.name = "api_version", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "url", .kind = PARAM_TEXT},
    {.name = "enabled_events", .kind = PARAM_TEXTS},
    {.name = "disabled", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param roll_params[] = {
    {.name = "expires_in", .kind = PARAM_INTEGER, .min = 0, .max = ENDPOINT_ROLL_MAX_S},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};

/* The endpoint with its new secret, which no other answer shows. */
static json_t *with_secret(struct call *call, json_t *endpoint, int64_t expires_at) {
    const char *secret = endpoint_add_secret(call->world, endpoint, expires_at);
    json_t *shown = event_render(endpoint);
    set_text(shown, "secret", secret);
    return shown;
}

static bool apply(struct call *call, json_t *endpoint) {
    if (param_given(call, "url") &&
        !endpoint_takes_url(call->world, param_text(call, "url"), "url")) {
        return false;
    }
    json_t *events = json_object_get(call->params, "enabled_events");
    if (events != NULL && json_array_size(events) == 0) {
        return fault_invalid(&call->world->fault, "parameter_missing", "enabled_events",
                             "Missing required param: enabled_events.");
    }
    copy_params(endpoint, call->params,
                (const char *const[]){"url", "enabled_events", "description", NULL});
    json_t *disabled = json_object_get(call->params, "disabled");
    if (disabled != NULL) {
        set_text(endpoint, "status", json_is_true(disabled) ? "disabled" : "enabled");
    }
    metadata_merge(endpoint, call->params);
    world_touch(call->world, endpoint);
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    if (!endpoint_fits(world)) {
        return NULL;
    }
    const char *version = param_text(call, "api_version");
    if (version[0] != '\0' && strcmp(version, SANDBOX_API_VERSION) != 0) {
        fault_invalid(&world->fault, NULL, "api_version",
                      "This sandbox renders events in version %s only.", SANDBOX_API_VERSION);
        return NULL;
    }
    json_t *endpoint = world_add(world, "webhook_endpoint", NULL);
    set_text(endpoint, "api_version", version);
    json_object_set_new(endpoint, "_secrets", json_array());
    return apply(call, endpoint) ? with_secret(call, endpoint, 0) : NULL;
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "webhook_endpoint", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *endpoint = world_find(call->world, "webhook_endpoint", call->id, "id");
    return endpoint != NULL && apply(call, endpoint) ? json_incref(endpoint) : NULL;
}

static json_t *roll_of(struct call *call, const char *type) {
    json_t *endpoint = world_find(call->world, type, call->id, "id");
    int64_t until = world_now(call->world, NULL) + member_i64(call->params, "expires_in");
    return endpoint == NULL ? NULL : with_secret(call, endpoint, until);
}

static json_t *roll(struct call *call) {
    return roll_of(call, "webhook_endpoint");
}

static json_t *roll_destination(struct call *call) {
    json_t *shown = roll_of(call, "v2.core.event_destination");
    if (shown != NULL) {
        json_object_set_new(shown, "webhook_endpoint",
                            json_pack("{s:O}", "signing_secret", json_object_get(shown, "secret")));
        json_object_del(shown, "secret");
    }
    return shown;
}

static json_t *delete (struct call *call) {
    struct world *world = call->world;
    json_t *endpoint = world_find(world, "webhook_endpoint", call->id, "id");
    if (endpoint == NULL) {
        return NULL;
    }
    struct err err = store_deliveries_forget(world->store, call->id);
    if (err_failed(err)) {
        world->err = err;
        fault_internal(&world->fault);
        return NULL;
    }
    world_remove(world, endpoint);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "webhook_endpoint", "deleted", 1);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "webhook_endpoint"};
    return list_answer(call, &query, "/v1/webhook_endpoints");
}

static const struct route routes[] = {
    {"POST", "/v1/webhook_endpoints", create, create_params},
    {"GET", "/v1/webhook_endpoints", list, list_params},
    {"GET", "/v1/webhook_endpoints/:id", get, get_params},
    {"POST", "/v1/webhook_endpoints/:id", update, update_params},
    {"DELETE", "/v1/webhook_endpoints/:id", delete, get_params},
    {"POST", "/v1/test_helpers/webhook_endpoints/:id/roll_secret", roll, roll_params},
    {"POST", "/v1/test_helpers/event_destinations/:id/roll_secret", roll_destination, roll_params},
};
const struct route_list webhook_endpoint_routes = {routes, ARRAY_LEN(routes)};
