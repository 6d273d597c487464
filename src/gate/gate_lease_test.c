/* Guards: what is out on lease is held against the limit like use, and is no use to be seen. */
#include "base/env_sim.h"
#include "base/rfc3339.h"
#include "base/testing.h"
#include "gate/gate_lease.h"

/* "ada" with a limit of 100 requests, 110 hard. */
struct world {
    struct env env;
    struct gate *gate;
    struct gate_handle ada;
    struct gate_settings settings;
    struct instant now;
};

static void put_ada(struct world *world) {
    world->settings.now = world->now;
    assert_ok(gate_put(world->gate, STR("ada"), &world->settings));
}

static int open_world(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    struct gate_options options = {.env = &world->env, .customers_max = 10};
    assert_ok(gate_create(&options, &world->gate));
    assert_true(rfc3339_parse(STR("2026-01-31T10:00:00Z"), &world->now.ms));
    world->settings.anchor = world->now;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        world->settings.metrics[i].limit = (struct limit){LIMIT_COUNT, {100}, 110};
    }
    put_ada(world);
    world->ada = gate_customer(world->gate, STR("ada"));
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    gate_destroy(world->gate);
    test_free(world);
    return 0;
}

static struct gate_verdict take(struct world *world, int64_t amount) {
    return gate_take(world->ada, METRIC_API_REQUESTS, quantity_of(amount), world->now);
}
static struct gate_verdict look(struct world *world) {
    return gate_check(world->ada, METRIC_API_REQUESTS, quantity_of(0), world->now);
}
static struct gate_verdict grant(struct world *world, int64_t amount) {
    return gate_grant(world->ada, METRIC_API_REQUESTS, quantity_of(amount), world->now);
}
static struct gate_verdict settle(struct world *world, int64_t used, int64_t leased) {
    struct gate_settlement settlement = {
        METRIC_API_REQUESTS, look(world).period.start, {used}, {leased}};
    return gate_settle(world->ada, &settlement, world->now);
}

static void assert_stands(struct world *world, int64_t used, int64_t leased, int64_t allowance) {
    struct gate_verdict verdict = look(world);
    assert_int_equal(verdict.used.amount, used);
    assert_int_equal(verdict.leased.amount, leased);
    assert_int_equal(verdict.allowance.amount, allowance);
}

static void what_is_out_is_out_of_reach(void **state) {
    struct world *world = *state;
    assert_true(grant(world, 60).is_allowed);
    assert_stands(world, 0, 60, 50);
    assert_true(take(world, 50).is_allowed);
    assert_stands(world, 50, 60, 0);
    assert_false(take(world, 1).is_allowed);
    assert_false(grant(world, 1).is_allowed);
    assert_stands(world, 50, 60, 0);
    (void)settle(world, 40, -40);
    assert_stands(world, 90, 20, 0);
    (void)settle(world, 0, -20); /* given back */
    assert_stands(world, 90, 0, 20);
    assert_false(grant(world, 21).is_allowed);
    assert_true(take(world, 20).is_allowed);
}

static void it_is_no_use_before_it_is_used(void **state) {
    struct world *world = *state;
    struct gate_verdict verdict = grant(world, 110);
    assert_int_equal(verdict.state, LIMIT_STATE_OK);
    assert_int_equal(verdict.notices, 0);
    assert_int_equal(verdict.remaining.amount, 100);
    verdict = take(world, 1); /* denied, but by what may come back: nobody is told */
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.notices, 0);
    assert_int_equal(verdict.leased.amount, 110);
    verdict = settle(world, 80, -80);
    assert_int_equal(verdict.notices, LIMIT_NOTICE_WARNING);
    assert_int_equal(verdict.state, LIMIT_STATE_WARNING);
    verdict = settle(world, 21, -21);
    assert_int_equal(verdict.notices, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
    assert_true(verdict.grace_started);
    verdict = settle(world, 9, -9);
    assert_int_equal(verdict.state, LIMIT_STATE_OVER);
    verdict = take(world, 1);
    assert_int_equal(verdict.notices,
                     LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED | LIMIT_NOTICE_BLOCKED);
}

static void recorded_use_and_releases_move_it_too(void **state) {
    struct world *world = *state;
    (void)grant(world, 30);
    (void)settle(world, 200, 0); /* had happened: even past the limit */
    assert_stands(world, 200, 30, 0);
    (void)settle(world, -150, 10);
    assert_stands(world, 50, 40, 20);
    /* A release by others does not reach into it. */
    struct gate_use use = {.metric = METRIC_API_REQUESTS, .value = {90}, .time = world->now};
    assert_int_equal(gate_release(world->ada, &use, world->now).counted.amount, -50);
    assert_stands(world, 0, 40, 70);
}

static void it_ends_with_its_period(void **state) {
    struct world *world = *state;
    struct instant start = look(world).period.start;
    (void)grant(world, 110);
    world->now = look(world).period.end;
    assert_stands(world, 0, 0, 110);
    struct gate_settlement late = {METRIC_API_REQUESTS, start, {7}, {-7}};
    struct gate_verdict verdict = gate_settle(world->ada, &late, world->now);
    assert_true(verdict.is_late);
    assert_stands(world, 0, 0, 110);
    assert_true(grant(world, 110).is_allowed);
}

static void a_change_of_plan_keeps_it(void **state) {
    struct world *world = *state;
    (void)grant(world, 60);
    (void)take(world, 10);
    struct gate_metric_settings *metric = &world->settings.metrics[METRIC_API_REQUESTS];
    metric->keeps_used = true;
    metric->limit.amount = quantity_of(50);
    for (int i = 0; i < 5; i++) { /* past the four versions that a stamp tells apart */
        put_ada(world);
        assert_stands(world, 10, 60, 0);
    }
    assert_int_equal(look(world).state, LIMIT_STATE_OK);
    assert_false(take(world, 1).is_allowed);
    (void)settle(world, 0, -60);
    assert_true(take(world, 45).is_allowed);
}

static void a_start_finds_it(void **state) {
    struct world *world = *state;
    struct gate_metric_settings *metric = &world->settings.metrics[METRIC_API_REQUESTS];
    metric->used = quantity_of(20);
    metric->leased = quantity_of(80);
    put_ada(world);
    assert_stands(world, 20, 80, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_out_is_out_of_reach, open_world, close_world),
        cmocka_unit_test_setup_teardown(it_is_no_use_before_it_is_used, open_world, close_world),
        cmocka_unit_test_setup_teardown(recorded_use_and_releases_move_it_too, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(it_ends_with_its_period, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_change_of_plan_keeps_it, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_start_finds_it, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
