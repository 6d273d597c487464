/* /v1/test_helpers/test_clocks: time for customers made with one. Moving is work for due.c. */
#include "sandbox/resources.h"

/* Stripe allows two intervals of the shortest subscription, two years without; here two years. */
enum { ADVANCE_MAX_S = 2 * 366 * 86400, LIFE_S = 30 * 86400 };

static const struct param create_params[] = {{.name = "frozen_time",
                                              .kind = PARAM_INTEGER,
                                              .flags = PARAM_REQUIRED,
                                              .min = 1,
                                              .max = 253402300799},
                                             {.name = "name", .kind = PARAM_TEXT},
                                             PARAMS_COMMON};
static const struct param advance_params[] = {{.name = "frozen_time",
                                               .kind = PARAM_INTEGER,
                                               .flags = PARAM_REQUIRED,
                                               .min = 1,
                                               .max = 253402300799},
                                              PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};

static json_t *create(struct call *call) {
    json_t *clock = world_add(call->world, "test_helpers.test_clock", NULL);
    int64_t created = world_now(call->world, NULL);
    set_i64(clock, "created", created);
    set_i64(clock, "deletes_after", created + LIFE_S);
    copy_params(clock, call->params, (const char *const[]){"frozen_time", "name", NULL});
    event_emit(call->world, "test_helpers.test_clock.created", clock);
    return json_incref(clock);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "test_helpers.test_clock", call->id, "test_clock"));
}

static json_t *advance(struct call *call) {
    struct fault *fault = &call->world->fault;
    json_t *clock = world_find(call->world, "test_helpers.test_clock", call->id, "test_clock");
    if (clock == NULL) {
        return NULL;
    }
    int64_t now = member_i64(clock, "frozen_time");
    int64_t target = member_i64(call->params, "frozen_time");
    if (!member_is(clock, "status", "ready")) {
        fault_invalid(fault, NULL, NULL, "Test clock advancement is already underway.");
        fault->status = 429;
        return NULL;
    }
    if (target <= now || target > now + ADVANCE_MAX_S) {
        fault_invalid(fault, NULL, "frozen_time",
                      "A test clock moves forward only, and at most two years at a time.");
        return NULL;
    }
    set_text(clock, "status", "advancing");
    json_object_set_new(
        clock, "status_details",
        json_pack("{s:{s:I}}", "advancing", "target_frozen_time", (json_int_t)target));
    world_touch(call->world, clock);
    event_emit(call->world, "test_helpers.test_clock.advancing", clock);
    return json_incref(clock);
}

static json_t *delete (struct call *call) {
    struct world *world = call->world;
    json_t *clock = world_find(world, "test_helpers.test_clock", call->id, "test_clock");
    if (clock == NULL) {
        return NULL;
    }
    json_t *customers = world_list(world, "customer", NULL);
    for (size_t i = 0; i < json_array_size(customers); i++) {
        json_t *customer = json_array_get(customers, i);
        if (member_is(customer, "test_clock", call->id)) {
            customer_delete(world, customer);
        }
    }
    json_decref(customers);
    event_emit(world, "test_helpers.test_clock.deleted", clock);
    world_remove(world, clock);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "test_helpers.test_clock",
                     "deleted", 1);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "test_helpers.test_clock"};
    return list_answer(call, &query, "/v1/test_helpers/test_clocks");
}

static const struct route routes[] = {
    {"POST", "/v1/test_helpers/test_clocks", create, create_params},
    {"GET", "/v1/test_helpers/test_clocks", list, list_params},
    {"GET", "/v1/test_helpers/test_clocks/:id", get, get_params},
    {"POST", "/v1/test_helpers/test_clocks/:id/advance", advance, advance_params},
    {"DELETE", "/v1/test_helpers/test_clocks/:id", delete, get_params},
};
const struct route_list test_clock_routes = {routes, ARRAY_LEN(routes)};
