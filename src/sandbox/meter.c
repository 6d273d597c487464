/* /v1/billing/meters: what is counted under which name, and how
 * (billing/subscriptions/usage-based).
 */
#include "sandbox/meter.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/decimal.h"
#include "sandbox/resources.h"

enum { NAME_MAX_LENGTH = 100, NAME_SHOWN_MAX = 250, HOUR_S = 3600, DAY_S = 86400 };

static const char *const formulas[] = {"count", "last", "sum", NULL};
static const char *const windows[] = {"day", "hour", NULL};
static const char *const mapping_types[] = {"by_id", NULL};
static const char *const statuses[] = {"active", "inactive", NULL};
static const struct param aggregation[] = {
    {.name = "formula", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = formulas},
    {.name = NULL}};
static const struct param mapping[] = {
    {.name = "event_payload_key", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = mapping_types},
    {.name = NULL}};
static const struct param value_settings[] = {
    {.name = "event_payload_key", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param create_params[] = {
    {.name = "default_aggregation",
     .kind = PARAM_OBJECT,
     .flags = PARAM_REQUIRED,
     .of = aggregation},
    {.name = "display_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "event_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "customer_mapping", .kind = PARAM_OBJECT, .of = mapping},
    {.name = "event_time_window", .kind = PARAM_ENUM, .words = windows},
    {.name = "value_settings", .kind = PARAM_OBJECT, .of = value_settings},
    PARAMS_COMMON};
static const struct param update_params[] = {{.name = "display_name", .kind = PARAM_TEXT},
                                             PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE, {.name = "status", .kind = PARAM_ENUM, .words = statuses}, PARAMS_COMMON};
static const struct param summary_params[] = {
    PARAMS_PAGE,
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "start_time", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "end_time", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "value_grouping_window", .kind = PARAM_ENUM, .words = windows},
    PARAMS_COMMON};

/* No two active meters count the same events. */
static bool is_name_free(struct world *world, const char *name, const json_t *but) {
    json_t *all = world_list(world, "billing.meter", NULL);
    bool is_free = true;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *other = json_array_get(all, i);
        is_free = is_free && (other == but || !member_is(other, "event_name", name) ||
                              !member_is(other, "status", "active"));
    }
    json_decref(all);
    return is_free || fault_invalid(&world->fault, "resource_already_exists", "event_name",
                                    "An active meter with the event name %s exists already.", name);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *name = param_text(call, "event_name");
    if (strlen(name) > NAME_MAX_LENGTH ||
        strlen(param_text(call, "display_name")) > NAME_SHOWN_MAX) {
        fault_invalid(&world->fault, NULL, "event_name",
                      "A meter's event name has at most %d characters, its display name %d.",
                      NAME_MAX_LENGTH, NAME_SHOWN_MAX);
        return NULL;
    }
    if (!is_name_free(world, name, NULL)) {
        return NULL;
    }
    json_t *meter = world_add(world, "billing.meter", NULL);
    copy_params(meter, call->params,
                (const char *const[]){"default_aggregation", "display_name", "event_name",
                                      "customer_mapping", "event_time_window", "value_settings",
                                      NULL});
    json_object_set(meter, "updated", json_object_get(meter, "created"));
    event_emit(world, "billing.meter.created", meter);
    return json_incref(meter);
}

static json_t *find(struct call *call) {
    return world_find(call->world, "billing.meter", call->id, "id");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *changed(struct call *call, json_t *meter, const char *event) {
    set_i64(meter, "updated", world_now(call->world, NULL));
    world_touch(call->world, meter);
    event_emit(call->world, event, meter);
    return json_incref(meter);
}

static json_t *update(struct call *call) {
    json_t *meter = find(call);
    if (meter == NULL) {
        return NULL;
    }
    copy_params(meter, call->params, (const char *const[]){"display_name", NULL});
    return changed(call, meter, "billing.meter.updated");
}

static json_t *deactivate(struct call *call) {
    json_t *meter = find(call);
    if (meter == NULL) {
        return NULL;
    }
    if (!member_is(meter, "status", "active")) {
        fault_invalid(&call->world->fault, NULL, "id", "The meter is inactive already.");
        return NULL;
    }
    set_text(meter, "status", "inactive");
    set_i64(json_object_get(meter, "status_transitions"), "deactivated_at",
            world_now(call->world, NULL));
    return changed(call, meter, "billing.meter.deactivated");
}

static json_t *reactivate(struct call *call) {
    json_t *meter = find(call);
    if (meter == NULL || !is_name_free(call->world, member(meter, "event_name"), meter)) {
        return NULL;
    }
    if (member_is(meter, "status", "active")) {
        fault_invalid(&call->world->fault, NULL, "id", "The meter is active already.");
        return NULL;
    }
    set_text(meter, "status", "active");
    set_null(json_object_get(meter, "status_transitions"), "deactivated_at");
    return changed(call, meter, "billing.meter.reactivated");
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "billing.meter"};
    return list_answer(call, &query, "/v1/billing/meters");
}

/* --- summaries --- */

static void add_summary(struct call *call, const json_t *meter, struct period period,
                        json_t *data) {
    i128 value = meter_usage(call->world, meter, param_text(call, "customer"), period);
    json_t *summary = world_part(call->world, "billing.meter_event_summary");
    json_object_set_new(summary, "aggregated_value", decimal_number(value, DECIMAL_PLACES));
    set_i64(summary, "start_time", period.start);
    set_i64(summary, "end_time", period.end);
    set_text(summary, "meter", member(meter, "id"));
    json_array_append_new(data, summary);
}

/* Newest window first; the whole stretch is one when no window is asked for. */
static json_t *summaries(struct call *call) {
    enum { WINDOWS_MAX = 1000 };
    struct fault *fault = &call->world->fault;
    json_t *meter = find(call);
    struct period whole = {member_i64(call->params, "start_time"),
                           member_i64(call->params, "end_time")};
    if (meter == NULL ||
        world_find(call->world, "customer", param_text(call, "customer"), "customer") == NULL) {
        return NULL;
    }
    if (whole.end <= whole.start || whole.start % 60 != 0 || whole.end % 60 != 0) {
        fault_invalid(fault, NULL, "end_time",
                      "The times must be whole minutes, and the end behind the start.");
        return NULL;
    }
    const char *window = param_text(call, "value_grouping_window");
    int64_t step = strcmp(window, "day") == 0    ? DAY_S
                   : strcmp(window, "hour") == 0 ? HOUR_S
                                                 : whole.end - whole.start;
    if ((whole.end - whole.start) / step > WINDOWS_MAX) {
        fault_invalid(fault, NULL, "end_time", "At most %d windows at once.", WINDOWS_MAX);
        return NULL;
    }
    json_t *data = json_array();
    for (int64_t end = whole.end; end > whole.start; end -= step) {
        int64_t start = end - step > whole.start ? end - step : whole.start;
        add_summary(call, meter, (struct period){start, end}, data);
    }
    char url[STORE_ID + 48];
    (void)snprintf(url, sizeof url, "/v1/billing/meters/%s/event_summaries", call->id);
    json_t *answer = list_cut(call, data, url);
    json_decref(data);
    return answer;
}

static const struct route routes[] = {
    {"POST", "/v1/billing/meters", create, create_params},
    {"GET", "/v1/billing/meters", list, list_params},
    {"GET", "/v1/billing/meters/:id", get, get_params},
    {"POST", "/v1/billing/meters/:id", update, update_params},
    {"POST", "/v1/billing/meters/:id/deactivate", deactivate, get_params},
    {"POST", "/v1/billing/meters/:id/reactivate", reactivate, get_params},
    {"GET", "/v1/billing/meters/:id/event_summaries", summaries, summary_params},
};
const struct route_list meter_routes = {routes, ARRAY_LEN(routes)};
