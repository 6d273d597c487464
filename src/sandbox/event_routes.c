/* /v1/events */
#include <string.h>

#include "sandbox/event_thin.h"
#include "sandbox/resources.h"

enum { TYPES_MAX = 20 };

static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "type", .kind = PARAM_TEXT},
                                           {.name = "types", .kind = PARAM_TEXTS},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "delivery_success", .kind = PARAM_BOOLEAN},
                                           PARAMS_COMMON};

static int64_t pending(struct call *call, json_t *event) {
    int64_t count = 0;
    struct world *world = call->world;
    (void)world_is_well(world, store_delivery_pending(world->store, member(event, "id"), &count));
    return count;
}

static json_t *get(struct call *call) {
    json_t *event = world_find(call->world, "event", call->id, "id");
    if (event == NULL) {
        return NULL;
    }
    if (event_is_thin_only(member(event, "type"))) {
        world_missing(call->world, "event", "id", call->id);
        return NULL;
    }
    json_t *shown = event_render(event);
    set_i64(shown, "pending_webhooks", pending(call, event));
    return shown;
}

/* "invoice.*" takes every type of that resource. */
static bool is_type(json_t *event, const char *wanted) {
    size_t len = strlen(wanted);
    const char *type = member(event, "type");
    return wanted[len - 1] == '*' ? strncmp(type, wanted, len - 1) == 0 : strcmp(type, wanted) == 0;
}

static bool has_type(struct call *call, json_t *event) {
    json_t *types = json_object_get(call->params, "types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (is_type(event, json_string_value(json_array_get(types, i)))) {
            return true;
        }
    }
    const char *type = param_text(call, "type");
    return types == NULL && (type[0] == '\0' || is_type(event, type));
}

static bool keeps(struct call *call, json_t *event) {
    struct call rest = *call;
    json_t *wanted = json_object_get(call->params, "delivery_success");
    if (event_is_thin_only(member(event, "type")) || !has_type(call, event)) {
        return false;
    }
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "type");
    json_object_del(rest.params, "delivery_success");
    bool is_kept = list_matches(&rest, event);
    json_decref(rest.params);
    return is_kept && (wanted == NULL || json_is_true(wanted) == (pending(call, event) == 0));
}

static json_t *list(struct call *call) {
    json_t *types = json_object_get(call->params, "types");
    if (types != NULL && param_given(call, "type")) {
        fault_invalid(&call->world->fault, "parameters_exclusive", "types",
                      "You may only specify one of these parameters: type, types.");
        return NULL;
    }
    if (json_array_size(types) > TYPES_MAX) {
        fault_invalid(&call->world->fault, NULL, "types", "At most %d types may be named.",
                      TYPES_MAX);
        return NULL;
    }
    const struct list_query query = {.type = "event", .keeps = keeps};
    json_t *answer = list_answer(call, &query, "/v1/events");
    json_t *data = json_object_get(answer, "data");
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_t *event = json_array_get(data, i);
        set_i64(event, "pending_webhooks", pending(call, event));
    }
    return answer;
}

static const struct route routes[] = {
    {"GET", "/v1/events", list, list_params},
    {"GET", "/v1/events/:id", get, get_params},
};
const struct route_list event_routes = {routes, ARRAY_LEN(routes)};
