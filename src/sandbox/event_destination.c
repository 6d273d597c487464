/* /v2/core/event_destinations: where events go, thin or as snapshots. Its address and its secret
 * are shown only when asked for (`include`), the secret only once. */
#include <string.h>

#include "base/rfc3339.h"
#include "sandbox/endpoint.h"
#include "sandbox/event_thin.h"
#include "sandbox/resources.h"
#include "sandbox/sandbox.h"
#include "sandbox/v2_page.h"

static const char *const payloads[] = {"snapshot", "thin", NULL};
static const char *const types[] = {"webhook_endpoint", NULL};

static const struct param address[] = {{.name = "url", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
                                       {.name = NULL}};
static const struct param create_params[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},
    {.name = "event_payload", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = payloads},
    {.name = "enabled_events", .kind = PARAM_TEXTS, .flags = PARAM_REQUIRED},
    {.name = "webhook_endpoint", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = address},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "events_from", .kind = PARAM_TEXTS},
    {.name = "snapshot_api_version", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "include", .kind = PARAM_TEXTS},
    {.name = NULL}};
static const struct param update_params[] = {
    {.name = "name", .kind = PARAM_TEXT},
    {.name = "enabled_events", .kind = PARAM_TEXTS},
    {.name = "webhook_endpoint", .kind = PARAM_OBJECT, .of = address},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "include", .kind = PARAM_TEXTS},
    {.name = NULL}};
static const struct param get_params[] = {{.name = "include", .kind = PARAM_TEXTS}, {.name = NULL}};
static const struct param no_params[] = {{.name = NULL}};
static const struct param list_params[] = {
    {.name = "limit", .kind = PARAM_INTEGER, .min = 1, .max = 100},
    {.name = "page", .kind = PARAM_TEXT},
    {.name = "include", .kind = PARAM_TEXTS},
    {.name = NULL}};
static const char TYPE[] = "v2.core.event_destination";

static bool includes(struct call *call, const char *what) {
    json_t *asked = json_object_get(call->params, "include");
    for (size_t i = 0; i < json_array_size(asked); i++) {
        if (strcmp(json_string_value(json_array_get(asked, i)), what) == 0) {
            return true;
        }
    }
    return false;
}

/* A destination as it is shown: its address only when asked for. */
static json_t *show(struct call *call, json_t *destination) {
    json_t *shown = event_render(destination);
    json_t *hook = json_object();
    if (includes(call, "webhook_endpoint.url")) {
        set_text(hook, "url", endpoint_url(destination));
    }
    json_object_set_new(shown, "webhook_endpoint", hook);
    return shown;
}

static void stamp(struct call *call, json_t *destination, const char *name) {
    char text[RFC3339_SIZE];
    rfc3339_format(call->world->env->wall_ms(call->world->env), text);
    set_text(destination, name, text);
}

/* Thin names carry the version of the API that their object is of. */
static bool takes_types(struct call *call, const json_t *destination) {
    json_t *asked = json_object_get(call->params, "enabled_events");
    bool is_thin = member_is(destination, "event_payload", "thin");
    if (asked != NULL && json_array_size(asked) == 0) {
        return fault_invalid(&call->world->fault, "parameter_missing", "enabled_events",
                             "Missing required param: enabled_events.");
    }
    for (size_t i = 0; i < json_array_size(asked); i++) {
        const char *type = json_string_value(json_array_get(asked, i));
        bool has_version = strncmp(type, "v1.", 3) == 0 || strncmp(type, "v2.", 3) == 0;
        if (strcmp(type, "*") != 0 && has_version != is_thin) {
            return fault_invalid(&call->world->fault, NULL, "enabled_events",
                                 "Event type %.80s cannot be delivered with a %s payload.", type,
                                 is_thin ? "thin" : "snapshot");
        }
    }
    return true;
}

static bool apply(struct call *call, json_t *destination) {
    const char *url = member(call->params, "webhook_endpoint.url");
    if (!takes_types(call, destination) ||
        (url[0] != '\0' && !endpoint_takes_url(call->world, url, "webhook_endpoint[url]"))) {
        return false;
    }
    if (url[0] != '\0') {
        set_text(destination, "_url", url);
    }
    copy_params(destination, call->params,
                (const char *const[]){"name", "enabled_events", "description", NULL});
    if (json_is_null(json_object_get(destination, "description"))) {
        json_object_set_new(destination, "description", json_string(""));
    }
    metadata_merge(destination, call->params);
    stamp(call, destination, "updated");
    world_touch(call->world, destination);
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *version = param_text(call, "snapshot_api_version");
    if (!endpoint_fits(world)) {
        return NULL;
    }
    if (version[0] != '\0' && strcmp(version, SANDBOX_API_VERSION) != 0) {
        fault_invalid(&world->fault, NULL, "snapshot_api_version",
                      "This sandbox renders events in version %s only.", SANDBOX_API_VERSION);
        return NULL;
    }
    json_t *destination = world_add(world, TYPE, NULL);
    copy_params(destination, call->params,
                (const char *const[]){"event_payload", "events_from", NULL});
    if (member_is(destination, "event_payload", "snapshot")) {
        set_text(destination, "snapshot_api_version", SANDBOX_API_VERSION);
    }
    json_object_set_new(destination, "_secrets", json_array());
    stamp(call, destination, "created");
    if (!apply(call, destination)) {
        return NULL;
    }
    const char *secret = endpoint_add_secret(world, destination, 0);
    json_t *shown = show(call, destination);
    if (includes(call, "webhook_endpoint.signing_secret")) {
        set_text(json_object_get(shown, "webhook_endpoint"), "signing_secret", secret);
    }
    return shown;
}

static json_t *find(struct call *call) {
    return world_find(call->world, TYPE, call->id, "id");
}

static json_t *get(struct call *call) {
    json_t *destination = find(call);
    return destination == NULL ? NULL : show(call, destination);
}

static json_t *update(struct call *call) {
    json_t *destination = find(call);
    bool is_done = destination != NULL && apply(call, destination);
    return is_done ? show(call, destination) : NULL;
}

static json_t *set_status(struct call *call, const char *status, json_t *details) {
    json_t *destination = find(call);
    if (destination == NULL) {
        json_decref(details);
        return NULL;
    }
    set_text(destination, "status", status);
    json_object_set_new(destination, "status_details", details);
    stamp(call, destination, "updated");
    world_touch(call->world, destination);
    return show(call, destination);
}

static json_t *disable(struct call *call) {
    return set_status(call, "disabled", json_pack("{s:{s:s}}", "disabled", "reason", "user"));
}

static json_t *enable(struct call *call) {
    return set_status(call, "enabled", json_object());
}

static json_t *ping(struct call *call) {
    json_t *destination = find(call);
    if (destination == NULL) {
        return NULL;
    }
    return event_emit_thin(call->world, "v2.core.event_destination.ping", destination, NULL);
}

static json_t *delete (struct call *call) {
    struct world *world = call->world;
    json_t *destination = find(call);
    if (destination == NULL) {
        return NULL;
    }
    struct err err = store_deliveries_forget(world->store, call->id);
    if (err_failed(err)) {
        world->err = err;
        fault_internal(&world->fault);
        return NULL;
    }
    world_remove(world, destination);
    return json_pack("{s:s, s:s}", "id", call->id, "object", TYPE);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = TYPE};
    return v2_page(call, &query, "/v2/core/event_destinations", show);
}

static const struct route routes[] = {
    {"POST", "/v2/core/event_destinations", create, create_params},
    {"GET", "/v2/core/event_destinations", list, list_params},
    {"GET", "/v2/core/event_destinations/:id", get, get_params},
    {"POST", "/v2/core/event_destinations/:id", update, update_params},
    {"POST", "/v2/core/event_destinations/:id/disable", disable, no_params},
    {"POST", "/v2/core/event_destinations/:id/enable", enable, no_params},
    {"POST", "/v2/core/event_destinations/:id/ping", ping, no_params},
    {"DELETE", "/v2/core/event_destinations/:id", delete, no_params},
};
const struct route_list event_destination_routes = {routes, ARRAY_LEN(routes)};
