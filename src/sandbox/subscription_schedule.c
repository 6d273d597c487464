/* /v1/subscription_schedules. */
#include "sandbox/subscription_schedule.h"

#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/tax.h"

static const char *const end_behaviors[] = {"cancel", "release", "none", "renew", NULL};
static const char *const anchors[] = {"automatic", "phase_start", NULL};
static const char *const modes[] = {"classic", "flexible", NULL};
static const struct param billing_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes}, {.name = NULL}};
static const struct param default_settings[] = {
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "billing_cycle_anchor", .kind = PARAM_ENUM, .words = anchors},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},
    {.name = "default_payment_method", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "from_subscription", .kind = PARAM_TEXT},
    {.name = "start_date", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "end_behavior", .kind = PARAM_ENUM, .words = end_behaviors},
    {.name = "billing_mode", .kind = PARAM_OBJECT, .of = billing_mode},
    {.name = "default_settings", .kind = PARAM_OBJECT, .of = default_settings},
    {.name = "phases", .kind = PARAM_LIST, .of = schedule_phase_params},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "end_behavior", .kind = PARAM_ENUM, .words = end_behaviors},
    {.name = "default_settings", .kind = PARAM_OBJECT, .of = default_settings},
    {.name = "phases", .kind = PARAM_LIST, .of = schedule_phase_params},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param cancel_params[] = {{.name = "invoice_now", .kind = PARAM_BOOLEAN},
                                             {.name = "prorate", .kind = PARAM_BOOLEAN},
                                             PARAMS_COMMON};
static const struct param release_params[] = {
    {.name = "preserve_cancel_date", .kind = PARAM_BOOLEAN}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "canceled_at", .kind = PARAM_RANGE},
                                           {.name = "completed_at", .kind = PARAM_RANGE},
                                           {.name = "released_at", .kind = PARAM_RANGE},
                                           {.name = "scheduled", .kind = PARAM_BOOLEAN},
                                           PARAMS_COMMON};

static json_t *find(struct call *call) {
    return world_find(call->world, "subscription_schedule", call->id, "schedule");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static bool is_open(const json_t *schedule) {
    return member_is(schedule, "status", "active") || member_is(schedule, "status", "not_started");
}

/* A schedule that is not over; NULL with a fault. */
static json_t *find_open(struct call *call, const char *verb) {
    json_t *schedule = find(call);
    if (schedule != NULL && !is_open(schedule)) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "You cannot %s a subscription schedule that is currently in the `%s` status. "
                      "It must be `not_started` or `active`.",
                      verb, member(schedule, "status"));
        return NULL;
    }
    return schedule;
}

static void apply_settings(json_t *settings, json_t *given) {
    json_t *tax = json_incref(json_object_get(settings, "automatic_tax"));
    json_object_update(tax, json_object_get(given, "automatic_tax"));
    json_object_update(settings, given);
    json_object_set_new(settings, "automatic_tax", tax);
}

static bool apply_words(struct call *call, json_t *schedule) {
    apply_settings(json_object_get(schedule, "default_settings"),
                   json_object_get(call->params, "default_settings"));
    copy_params(schedule, call->params, (const char *const[]){"end_behavior", NULL});
    metadata_merge(schedule, call->params);
    if (member_is(schedule, "end_behavior", "none") ||
        member_is(schedule, "end_behavior", "renew")) {
        return fault_invalid(&call->world->fault, NULL, "end_behavior",
                             "Invalid end_behavior: must be one of release, cancel.");
    }
    return true;
}

static json_t *from_subscription(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "from_subscription");
    static const char *const others[] = {"customer", "phases", "start_date", "default_settings",
                                         "end_behavior"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (param_given(call, others[i])) {
            fault_invalid(&world->fault, NULL, others[i],
                          "You cannot set `%s` if `from_subscription` is set.", others[i]);
            return NULL;
        }
    }
    json_t *subscription = world_find(world, "subscription", id, "from_subscription");
    if (subscription == NULL) {
        return NULL;
    }
    if (!member_is(subscription, "schedule", "") || subscription_has_ended(subscription)) {
        fault_invalid(&world->fault, NULL, "from_subscription",
                      "You cannot migrate a subscription that is already attached to a schedule or "
                      "has ended: %s.",
                      member(subscription, "id"));
        return NULL;
    }
    json_t *schedule = world_add(world, "subscription_schedule", member(subscription, "customer"));
    json_array_append_new(json_object_get(schedule, "phases"), schedule_phase_of(subscription));
    json_object_set(schedule, "test_clock", json_object_get(subscription, "test_clock"));
    json_object_set_new(schedule, "billing_mode",
                        json_deep_copy(json_object_get(subscription, "billing_mode")));
    set_text(schedule, "status", "active");
    set_text(schedule, "subscription", member(subscription, "id"));
    schedule_set_current(schedule, member_i64(schedule, "created"));
    set_text(subscription, "schedule", member(schedule, "id"));
    world_touch(world, subscription);
    if (!apply_words(call, schedule)) {
        return NULL;
    }
    event_updated(world, "customer.subscription.updated", subscription);
    return schedule;
}

static json_t *from_phases(struct call *call) {
    struct world *world = call->world;
    json_t *customer = world_find(world, "customer", param_text(call, "customer"), "customer");
    if (customer == NULL) {
        return NULL;
    }
    json_t *schedule = world_add(world, "subscription_schedule", member(customer, "id"));
    int64_t now = member_i64(schedule, "created");
    json_t *date = json_object_get(call->params, "start_date");
    int64_t start = json_is_integer(date) ? json_integer_value(date) : now;
    if (start < now) {
        fault_invalid(&world->fault, NULL, "start_date",
                      "The start date of a subscription schedule cannot lie in the past.");
        return NULL;
    }
    json_t *phases = schedule_phases_read(call, start, now);
    if (phases == NULL || !apply_words(call, schedule)) {
        json_decref(phases);
        return NULL;
    }
    json_object_set_new(schedule, "phases", phases);
    json_object_set(schedule, "test_clock", json_object_get(customer, "test_clock"));
    if (member_is(call->params, "billing_mode.type", "classic")) {
        json_object_set_new(schedule, "billing_mode",
                            json_pack("{s:s, s:n}", "type", "classic", "flexible"));
    }
    return start > now || schedule_begin(call, schedule) ? schedule : NULL;
}

static json_t *create(struct call *call) {
    bool is_from = param_given(call, "from_subscription");
    if (!is_from && !param_given(call, "customer")) {
        fault_invalid(&call->world->fault, "parameter_missing", "customer",
                      "Missing required param: customer.");
        return NULL;
    }
    json_t *schedule = is_from ? from_subscription(call) : from_phases(call);
    if (schedule == NULL) {
        return NULL;
    }
    event_emit(call->world, "subscription_schedule.created", schedule);
    return json_incref(schedule);
}

/* Where the phases that are given begin: a phase that there is, now, or, before the schedule has
 * begun, any time ahead. */
static bool read_start(struct call *call, const json_t *schedule, int64_t now, int64_t *ret_start) {
    const json_t *first = json_array_get(json_object_get(call->params, "phases"), 0);
    json_t *date = json_object_get(first, "start_date");
    const json_t *phases = json_object_get(schedule, "phases");
    if (first != NULL && date == NULL) {
        return fault_invalid(&call->world->fault, "parameter_missing", "phases[0][start_date]",
                             "The first phase must have a start_date.");
    }
    *ret_start = json_is_integer(date) ? json_integer_value(date) : now;
    bool is_known =
        json_is_string(date) || (member_is(schedule, "status", "not_started") && *ret_start >= now);
    for (size_t i = 0; i < json_array_size(phases) && !is_known; i++) {
        is_known = member_i64(json_array_get(phases, i), "start_date") == *ret_start;
    }
    return is_known || fault_invalid(&call->world->fault, NULL, "phases[0][start_date]",
                                     "You can not modify the start date of the current phase.");
}

/* Puts the phases given in the place of those from the first one's start on. */
static bool replace_phases(struct call *call, json_t *schedule, int64_t now) {
    int64_t start = now;
    if (!read_start(call, schedule, now, &start)) {
        return false;
    }
    json_t *given = schedule_phases_read(call, start, now);
    if (given == NULL) {
        return false;
    }
    json_t *kept = json_array();
    json_t *phases = json_object_get(schedule, "phases");
    for (size_t i = 0; i < json_array_size(phases); i++) {
        json_t *phase = json_array_get(phases, i);
        if (member_i64(phase, "start_date") >= start) {
            break;
        }
        if (member_i64(phase, "end_date") > start) {
            set_i64(phase, "end_date", start);
        }
        json_array_append(kept, phase);
    }
    json_array_extend(kept, given);
    json_decref(given);
    json_object_set_new(schedule, "phases", kept);
    json_object_del(schedule, "_warned");
    return true;
}

static json_t *update(struct call *call) {
    struct world *world = call->world;
    json_t *schedule = find_open(call, "update");
    if (schedule == NULL || !apply_words(call, schedule)) {
        return NULL;
    }
    int64_t now = world_now(world, member(schedule, "customer"));
    const char *behavior = param_text(call, "proration_behavior");
    if (param_given(call, "phases")) {
        if (!replace_phases(call, schedule, now)) {
            return NULL;
        }
        bool is_active = member_is(schedule, "status", "active");
        if (is_active) {
            schedule_set_current(schedule, now);
        }
        if (is_active && !json_is_object(json_object_get(schedule, "current_phase"))) {
            fault_invalid(&world->fault, NULL, "phases",
                          "An active subscription schedule must have a phase that is current.");
            return NULL;
        }
        bool is_well = !is_active ||
                       schedule_apply_phase(call, schedule,
                                            behavior[0] == '\0' ? "create_prorations" : behavior);
        if (!is_well) {
            return NULL;
        }
    }
    schedule_set_end(world, schedule);
    world_touch(world, schedule);
    event_updated(world, "subscription_schedule.updated", schedule);
    return json_incref(schedule);
}

static json_t *release(struct call *call) {
    json_t *schedule = find_open(call, "release");
    if (schedule == NULL) {
        return NULL;
    }
    schedule_release(call->world, schedule,
                     json_is_true(json_object_get(call->params, "preserve_cancel_date")));
    return json_incref(schedule);
}

static json_t *cancel(struct call *call) {
    struct world *world = call->world;
    json_t *schedule = find_open(call, "cancel");
    if (schedule == NULL) {
        return NULL;
    }
    json_t *subscription = world_get(world, member(schedule, "subscription"));
    set_text(schedule, "status", "canceled");
    set_i64(schedule, "canceled_at", world_now(world, member(schedule, "customer")));
    set_null(schedule, "current_phase");
    world_touch(world, schedule);
    if (subscription != NULL && !subscription_has_ended(subscription)) {
        subscription_cancel_now(world, subscription,
                                !json_is_false(json_object_get(call->params, "prorate")),
                                !json_is_false(json_object_get(call->params, "invoice_now")));
    }
    event_emit(world, "subscription_schedule.canceled", schedule);
    return json_incref(schedule);
}

static bool keeps(struct call *call, json_t *schedule) {
    struct call rest = *call;
    json_t *scheduled = json_object_get(call->params, "scheduled");
    bool has_not_begun = member_is(schedule, "status", "not_started");
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "scheduled");
    bool is_kept = (scheduled == NULL || json_is_true(scheduled) == has_not_begun) &&
                   list_matches(&rest, schedule);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "subscription_schedule",
                                     .customer = customer[0] == '\0' ? NULL : customer,
                                     .keeps = keeps};
    return list_answer(call, &query, "/v1/subscription_schedules");
}

static const struct route routes[] = {
    {"POST", "/v1/subscription_schedules", create, create_params},
    {"GET", "/v1/subscription_schedules", list, list_params},
    {"GET", "/v1/subscription_schedules/:id", get, get_params},
    {"POST", "/v1/subscription_schedules/:id", update, update_params},
    {"POST", "/v1/subscription_schedules/:id/cancel", cancel, cancel_params},
    {"POST", "/v1/subscription_schedules/:id/release", release, release_params},
};
const struct route_list subscription_schedule_routes = {routes, ARRAY_LEN(routes)};
