/* /v1/webhook_endpoints. The secret is shown once, in the answer that makes it. Rolling it has no
 * public API at Stripe (the dashboard does it); here it is under test_helpers. */
#include "sandbox/resources.h"

#include <string.h>

#include "sandbox/sandbox.h"

enum { ENDPOINTS_MAX = 16, ROLL_MAX_S = 86400, SECRET_LEN = 32 };

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
    {.name = "expires_in", .kind = PARAM_INTEGER, .min = 0, .max = ROLL_MAX_S}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};

/* Puts a fresh secret in front; older ones end at `expires_at`. The answer shows it. */
static json_t *add_secret(struct call *call, json_t *endpoint, int64_t expires_at) {
    char random[SECRET_LEN + 1];
    world_random(call->world, random, SECRET_LEN);
    json_t *secrets = json_object_get(endpoint, "_secrets");
    for (size_t i = 0; i < json_array_size(secrets); i++) {
        json_t *old = json_array_get(secrets, i);
        if (json_object_get(old, "expires_at") == NULL) {
            set_i64(old, "expires_at", expires_at);
        }
    }
    json_t *secret = json_sprintf("whsec_%s", random);
    json_array_insert_new(secrets, 0, json_pack("{s:O}", "secret", secret));
    world_touch(call->world, endpoint);
    json_t *shown = event_render(endpoint);
    json_object_set_new(shown, "secret", secret);
    return shown;
}

static bool apply(struct call *call, json_t *endpoint) {
    const char *url = param_text(call, "url");
    bool is_http = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    if (param_given(call, "url") && (!is_http || strlen(url) > 2000)) {
        return fault_invalid(&call->world->fault, "url_invalid", "url",
                             "Invalid URL: An explicit scheme (such as https) must be provided.");
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
    json_t *all = world_list(world, "webhook_endpoint", NULL);
    size_t count = json_array_size(all);
    json_decref(all);
    if (count >= ENDPOINTS_MAX) {
        fault_invalid(&world->fault, NULL, NULL,
                      "You have reached the maximum of %d test webhook endpoints.", ENDPOINTS_MAX);
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
    return apply(call, endpoint) ? add_secret(call, endpoint, 0) : NULL;
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "webhook_endpoint", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *endpoint = world_find(call->world, "webhook_endpoint", call->id, "id");
    return endpoint != NULL && apply(call, endpoint) ? json_incref(endpoint) : NULL;
}

static json_t *roll(struct call *call) {
    json_t *endpoint = world_find(call->world, "webhook_endpoint", call->id, "id");
    int64_t until = world_now(call->world, NULL) + member_i64(call->params, "expires_in");
    return endpoint == NULL ? NULL : add_secret(call, endpoint, until);
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
};
const struct route_list webhook_endpoint_routes = {routes, ARRAY_LEN(routes)};
