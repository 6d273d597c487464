/* Guards: the gate in memory is always what the rows say. Whatever a customer has lived through, a
 * gate built from the rows answers as the live one does, and so does one after a restart. */
#include "app/gate_update.h"

#include "app/test_world.h"
#include "base/check.h"
#include "base/prng.h"
#include "base/testing.h"

enum { HISTORIES = 12, STEPS = 60, CUSTOMERS = 3 };

static const char *const customers[CUSTOMERS] = {"alice", "bob", "carol"};

/* --- one random step --- */

static void use(struct world *world, struct prng *prng, const char *user) {
    struct usage_event event = {
        .record = {.identity = {str_from_cstr(user), STR("test"),
                                arena_printf(&world->arena, "%llu",
                                             (unsigned long long)prng_below(prng, 1000))},
                   .metric = (enum metric)prng_below(prng, METRIC_COUNT),
                   .value = (int64_t)prng_below(prng, 4000),
                   .time = {world->env->wall_ms(world->env) -
                            (int64_t)prng_below(prng, 10) * 3600 * 1000}},
    };
    if (metric_kind(event.record.metric) == METRIC_GAUGE) {
        event.record.is_set = prng_chance(prng, 30);
        event.record.value = (int64_t)prng_below(prng, 6) - (event.record.is_set ? 0 : 2);
    }
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
}

static void take(struct world *world, struct prng *prng, const char *user) {
    struct take_request request = {
        .user_id = str_from_cstr(user),
        .metric = (enum metric)prng_below(prng, METRIC_COUNT),
        .amount = quantity_of((int64_t)prng_below(prng, 3)),
        .id = arena_printf(&world->arena, "t%d", (int)prng_below(prng, 20)),
    };
    if (prng_chance(prng, 30)) {
        (void)world_release(world, request);
    } else {
        (void)world_take(world, request);
    }
}

static void operate(struct world *world, struct prng *prng, const char *user) {
    static const enum operation_kind kinds[] = {OPERATION_SUBSCRIBE, OPERATION_CHANGE,
                                                OPERATION_CANCEL, OPERATION_RESUME};
    struct operation_request request = {
        .kind = kinds[prng_below(prng, ARRAY_LEN(kinds))],
        .user_id = str_from_cstr(user),
        .tier = (int)prng_below(prng, TIER_ENTERPRISE),
        .interval = INTERVAL_MONTH,
        .when = (enum change_when)prng_below(prng, 3),
    };
    (void)world_operate(world, &request);
}

static void live_on(struct world *world, struct prng *prng) {
    const char *user = customers[prng_below(prng, CUSTOMERS)];
    switch (prng_below(prng, 10)) {
    case 0:
    case 1:
    case 2:
    case 3:
        use(world, prng, user);
        return;
    case 4:
    case 5:
        take(world, prng, user);
        return;
    case 6:
        if (world->payments.subscription_count < TEST_OBJECTS_MAX - 1 &&
            world->payments.invoice_count < TEST_OBJECTS_MAX - 1) {
            operate(world, prng, user);
        }
        return;
    default:
        env_sim_advance(world->sim, (int64_t)prng_below(prng, 40) * 3600 * 1000);
        return;
    }
}

static void a_gate_from_the_rows_equals_the_live_one_after_any_history(void **state) {
    (void)state;
    world_live(
        &(struct world_history){HISTORIES, STEPS, customers, CUSTOMERS, live_on, world_check_gate});
}

/* --- moments at which two works of one group meet --- */

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    world_set_time(*state, "2015-05-20T12:00:00Z");
    return result;
}
#define GATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

/* Goes up to the moment when the answer to a purchase is queued, but not yet written. */
static void buy_up_to_the_answer(struct world *world, struct operation_command *command) {
    struct operation_request card = {.kind = OPERATION_METHOD_ATTACH,
                                     .user_id = STR("alice"),
                                     .method_id = STR("pm_1"),
                                     .tier = -1,
                                     .interval = -1};
    assert_int_equal(world_operate(world, &card).outcome, OUTCOME_DONE);
    operation_start(&world->app, command);
    while (test_payments_count(&world->payments, PAYMENTS_SUBSCRIPTION_CREATE) == 0) {
        assert_true(world_step(world));
    }
    assert_true(test_payments_step(&world->payments));
    assert_int_equal(writer_pending(world->app.writer), 1);
}

static void finished(struct operation_command *command) {
    (void)command;
}

static void ingested(struct usage_ingest *ingest) {
    (void)ingest;
}

static void usage_in_the_group_that_begins_a_period_counts_in_it(void **state) {
    struct world *world = *state;
    struct operation_command buy = {.request = {.kind = OPERATION_SUBSCRIBE,
                                                .user_id = STR("alice"),
                                                .tier = TIER_STARTER,
                                                .interval = -1},
                                    .arena = &world->arena,
                                    .finished = finished};
    buy_up_to_the_answer(world, &buy);
    struct usage_event events[] = {
        {.record = {.identity = {STR("alice"), STR("test"), STR("1")},
                    .metric = METRIC_API_REQUESTS,
                    .value = 500,
                    .time = app_now(&world->app)}},
        {.record = {.identity = {STR("alice"), STR("test"), STR("2")},
                    .metric = METRIC_MODULES,
                    .value = 2,
                    .time = app_now(&world->app)}},
    };
    struct usage_ingest ingest = {
        .events = events, .count = 2, .arena = &world->arena, .finished = ingested};
    usage_ingest(&world->app, &ingest);
    world_run(world);
    assert_int_equal(ingest.accepted, 2);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_STARTER);
    assert_int_equal(world_stored(world, "alice", METRIC_API_REQUESTS), 500);
    assert_int_equal(world_used(world, "alice", METRIC_API_REQUESTS), 500);
    world_check_gate(world);
}

static void taken(struct take_command *take) {
    (void)take;
}

static void a_gauge_taken_while_the_plan_changes_keeps_its_level(void **state) {
    struct world *world = *state;
    struct operation_command buy = {.request = {.kind = OPERATION_SUBSCRIBE,
                                                .user_id = STR("alice"),
                                                .tier = TIER_STARTER,
                                                .interval = -1},
                                    .arena = &world->arena,
                                    .finished = finished};
    buy_up_to_the_answer(world, &buy);
    struct take_command take = {.request = {STR("alice"), METRIC_MODULES, quantity_of(2), STR("")},
                                .arena = &world->arena,
                                .finished = taken};
    take_start(&world->app, &take);
    world_run(world);
    assert_true(take.answer.allowed);
    assert_int_equal(world_used(world, "alice", METRIC_MODULES), 2);
    world_check_gate(world);
}

/* The grace of a counter ends with the purchase; a restart must not bring it back. */
static void a_purchase_ends_the_grace_for_good(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "1", 10500), USAGE_ACCEPTED);
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "2", 4), USAGE_ACCEPTED);
    world_check_gate(world);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct take_command take = world_take(
        world, (struct take_request){STR("alice"), METRIC_API_REQUESTS, quantity_of(1), STR("")});
    assert_false(take.answer.has_grace);
    assert_int_equal(take.answer.used, 1);
    world_check_gate(world);
    world_close(world);
    assert_ok(world_open(world));
    world_check_gate(world);
    assert_int_equal(world_used(world, "alice", METRIC_MODULES), 4);
}

static enum outcome change(struct world *world, enum tier tier) {
    struct operation_request request = {.kind = OPERATION_CHANGE,
                                        .user_id = STR("alice"),
                                        .tier = (int)tier,
                                        .interval = -1,
                                        .when = CHANGE_WHEN_NOW};
    return world_operate(world, &request).outcome;
}

/* A smaller plan begins a grace by itself: nobody has used anything. */
static void a_grace_that_a_smaller_plan_begins_outlives_a_restart(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_PROFESSIONAL, INTERVAL_MONTH);
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "1", 26), USAGE_ACCEPTED);
    assert_int_equal(change(world, TIER_STARTER), OUTCOME_DONE);
    world_check_gate(world);
    world_set_time(world, "2015-05-25T00:00:00Z"); /* the 48 hours are over */
    world_check_gate(world);
}

/* An old grace, forgotten by a larger plan, must not come back with a smaller one. */
static void a_grace_that_was_forgotten_is_not_found_again(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "1", 4), USAGE_ACCEPTED);
    world_subscribe(world, "alice", TIER_PROFESSIONAL, INTERVAL_MONTH);
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "2", 22), USAGE_ACCEPTED);
    world_set_time(world, "2015-05-25T00:00:00Z");
    assert_int_equal(change(world, TIER_STARTER), OUTCOME_DONE);
    world_check_gate(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_from_the_rows_equals_the_live_one_after_any_history),
        GATE_TEST(usage_in_the_group_that_begins_a_period_counts_in_it),
        GATE_TEST(a_gauge_taken_while_the_plan_changes_keeps_its_level),
        GATE_TEST(a_purchase_ends_the_grace_for_good),
        GATE_TEST(a_grace_that_a_smaller_plan_begins_outlives_a_restart),
        GATE_TEST(a_grace_that_was_forgotten_is_not_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
