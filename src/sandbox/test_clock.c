/* /v1/test_helpers/test_clocks: time for customers made with one. Moving is work for due.c. */
#include "sandbox/resources.h"
#include "sandbox/subscription_item.h"

enum { LIFE_S = 30 * 86400, ADVANCE_INTERVALS = 2 };

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

/* As far as the clock may be moved at once: two intervals of its shortest subscription, two years
 * when it has none. */
static int64_t furthest(struct world *world, const char *clock, int64_t now) {
    int64_t limit = anchor_plus(now, (struct interval){INTERVAL_YEAR, 1, 0}, ADVANCE_INTERVALS);
    json_t *all = world_list_clock(world, "subscription", clock, true);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *items = subscription_items(json_array_get(all, i));
        for (size_t j = 0; j < json_array_size(items); j++) {
            struct interval interval =
                price_interval(json_object_get(json_array_get(items, j), "price"));
            int64_t end = anchor_plus(now, interval, ADVANCE_INTERVALS);
            limit = end < limit ? end : limit;
        }
    }
    json_decref(all);
    return limit;
}

/* Forward, and not too far; false with a fault. */
static bool may_advance(struct world *world, const json_t *clock, int64_t target) {
    int64_t now = member_i64(clock, "frozen_time");
    if (!member_is(clock, "status", "ready")) {
        fault_invalid(&world->fault, NULL, NULL, "Test clock advancement is already underway.");
        world->fault.status = 429;
        return false;
    }
    if (target <= now) {
        return fault_invalid(&world->fault, NULL, "frozen_time",
                             "The frozen time must be after the test clock's current frozen time, "
                             "%lld.",
                             (long long)now);
    }
    int64_t limit = furthest(world, member(clock, "id"), now);
    return target <= limit ||
           fault_invalid(&world->fault, NULL, "frozen_time",
                         "You cannot advance a test clock by more than two intervals of its "
                         "shortest subscription, or two years without one. Advance to %lld at "
                         "most.",
                         (long long)limit);
}

static json_t *advance(struct call *call) {
    json_t *clock = world_find(call->world, "test_helpers.test_clock", call->id, "test_clock");
    int64_t target = member_i64(call->params, "frozen_time");
    if (clock == NULL || !may_advance(call->world, clock, target)) {
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
    json_t *customers = world_list_clock(world, "customer", call->id, false);
    for (size_t i = 0; i < json_array_size(customers); i++) {
        customer_delete(world, json_array_get(customers, i));
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
