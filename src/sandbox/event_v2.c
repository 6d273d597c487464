/* /v2/core/events: the thin forms of the events, and of the v2 ones among them. */
#include <string.h>

#include "sandbox/event_thin.h"
#include "sandbox/resources.h"
#include "sandbox/v2_page.h"

enum { TYPES_MAX = 20 };

static const struct param list_params[] = {
    {.name = "limit", .kind = PARAM_INTEGER, .min = 1, .max = 100},
    {.name = "page", .kind = PARAM_TEXT},
    {.name = "object_id", .kind = PARAM_TEXT},
    {.name = "types", .kind = PARAM_TEXTS},
    {.name = "created", .kind = PARAM_RANGE},
    {.name = NULL}};
static const struct param get_params[] = {{.name = NULL}};

static bool has_type(json_t *wanted, json_t *thin) {
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        if (member_is(thin, "type", json_string_value(json_array_get(wanted, i)))) {
            return true;
        }
    }
    return wanted == NULL;
}

static bool keeps(struct call *call, json_t *event) {
    struct call dated = *call;
    const char *object_id = param_text(call, "object_id");
    json_t *thin = event_thin(event);
    dated.params = json_object();
    copy_params(dated.params, call->params, (const char *const[]){"created", NULL});
    bool fits = thin != NULL && has_type(json_object_get(call->params, "types"), thin) &&
                (object_id[0] == '\0' || member_is(thin, "related_object.id", object_id)) &&
                list_matches(&dated, event);
    json_decref(dated.params);
    json_decref(thin);
    return fits;
}

static json_t *view(struct call *call, json_t *event) {
    (void)call;
    return event_thin_whole(event);
}

/* A page is named by the snapshot event that it follows. */
static json_t *list(struct call *call) {
    const struct list_query query = {.type = "event", .keeps = keeps};
    if (json_array_size(json_object_get(call->params, "types")) > TYPES_MAX) {
        fault_invalid(&call->world->fault, NULL, "types", "At most %d types may be named.",
                      TYPES_MAX);
        return NULL;
    }
    return v2_page(call, &query, "/v2/core/events", view);
}

static json_t *get(struct call *call) {
    json_t *stored = event_of_thin_id(call->world, call->id);
    return stored == NULL ? NULL : event_thin_whole(stored);
}

static const struct route routes[] = {
    {"GET", "/v2/core/events", list, list_params},
    {"GET", "/v2/core/events/:id", get, get_params},
};
const struct route_list event_v2_routes = {routes, ARRAY_LEN(routes)};
