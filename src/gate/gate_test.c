/* Guards: the gate's verdict in every state, through each of its calls; periods, grace, customers.
 */
#include "base/attr.h"
#include "base/env_sim.h"
#include "base/rfc3339.h"
#include "base/testing.h"
#include "gate/gate_told.h"

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static struct instant hours_after(struct instant from, int64_t hours) {
    return instant_add(from, duration_hours(hours));
}

/* One gate with one customer, "ada": every metric has a limit of 10 (hard limit 11) but storage,
 * which is unlimited. The anchor is a 31st. */
struct world {
    struct env env;
    struct gate *gate;
    struct gate_handle ada;
    struct gate_settings settings;
    struct instant now;
};

static void put_ada(struct world *world) {
    assert_ok(gate_put(world->gate, STR("ada"), &world->settings));
}

static int open_world(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    struct gate_options options = {.env = &world->env, .customers_max = 5000};
    assert_ok(gate_create(&options, &world->gate));
    world->now = at("2026-01-31T10:00:00Z");
    world->settings = (struct gate_settings){.anchor = world->now, .now = world->now};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        world->settings.metrics[i].limit = (struct limit){LIMIT_COUNT, {10}, 110};
    }
    world->settings.metrics[METRIC_STORAGE].limit = (struct limit){LIMIT_UNLIMITED, {0}, 110};
    put_ada(world);
    world->ada = gate_customer(world->gate, STR("ada"));
    assert_true(gate_is_known(world->ada));
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    gate_destroy(world->gate);
    test_free(world);
    return 0;
}

static struct gate_verdict take(struct world *world, enum metric metric, int64_t amount) {
    return gate_take(world->ada, metric, quantity_of(amount), world->now);
}

static struct gate_verdict look(struct world *world, enum metric metric) {
    return gate_check(world->ada, metric, quantity_of(0), world->now);
}

static struct gate_verdict record(struct world *world, enum metric metric, int64_t value) {
    struct gate_use use = {.metric = metric, .value = {value}, .time = world->now};
    return gate_record(world->ada, &use, world->now);
}

static struct gate_verdict set_level(struct world *world, enum metric metric, int64_t value) {
    struct gate_use use = {.metric = metric, .is_set = true, .value = {value}, .time = world->now};
    return gate_record(world->ada, &use, world->now);
}

static struct gate_verdict release(struct world *world, enum metric metric, int64_t value) {
    struct gate_use use = {.metric = metric, .value = {value}, .time = world->now};
    return gate_release(world->ada, &use, world->now);
}

static void takes_pass_through_every_state(void **state) {
    struct world *world = *state;
    static const struct {
        int64_t amount;
        bool is_allowed;
        int64_t used;
        enum limit_state state;
    } steps[] = {
        {7, true, 7, LIMIT_STATE_OK},        {1, true, 8, LIMIT_STATE_WARNING},
        {4, false, 8, LIMIT_STATE_BLOCKED},  {2, true, 10, LIMIT_STATE_WARNING},
        {2, false, 10, LIMIT_STATE_BLOCKED}, {1, true, 11, LIMIT_STATE_OVER},
        {1, false, 11, LIMIT_STATE_BLOCKED}, {0, true, 11, LIMIT_STATE_OVER},
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct gate_verdict expected =
            gate_check(world->ada, METRIC_API_REQUESTS, quantity_of(steps[i].amount), world->now);
        struct gate_verdict verdict = take(world, METRIC_API_REQUESTS, steps[i].amount);
        assert_int_equal(verdict.is_allowed, steps[i].is_allowed);
        assert_int_equal(expected.is_allowed, steps[i].is_allowed);
        assert_int_equal(expected.denial, verdict.denial);
        assert_int_equal(verdict.used.amount, steps[i].used);
        assert_int_equal(verdict.state, steps[i].state);
        assert_int_equal(verdict.counted.amount, steps[i].is_allowed ? steps[i].amount : 0);
        assert_int_equal(verdict.hard_limit.amount, 11);
        assert_int_equal(verdict.remaining.amount, steps[i].used < 10 ? 10 - steps[i].used : 0);
        assert_int_equal(verdict.allowance.amount, 11 - steps[i].used);
    }
    assert_int_equal(look(world, METRIC_BANDWIDTH).used.amount, 0);
}

static void records_count_past_the_hard_limit(void **state) {
    struct world *world = *state;
    struct gate_verdict verdict = record(world, METRIC_API_REQUESTS, 25);
    assert_true(verdict.is_allowed);
    assert_true(verdict.grace_started);
    assert_int_equal(verdict.used.amount, 25);
    assert_int_equal(verdict.state, LIMIT_STATE_BLOCKED);
    verdict = take(world, METRIC_API_REQUESTS, 1);
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.denial, LIMIT_DENIAL_HARD_LIMIT);
    assert_int_equal(verdict.remedies, LIMIT_REMEDY_UPGRADE | LIMIT_REMEDY_NEW_PERIOD);
}

static void releases_never_go_below_zero(void **state) {
    struct world *world = *state;
    assert_true(take(world, METRIC_BUILD_MINUTES, 6).is_allowed);
    assert_int_equal(release(world, METRIC_BUILD_MINUTES, 4).counted.amount, -4);
    struct gate_verdict verdict = release(world, METRIC_BUILD_MINUTES, 4);
    assert_int_equal(verdict.counted.amount, -2);
    assert_int_equal(verdict.used.amount, 0);
    assert_int_equal(release(world, METRIC_BUILD_MINUTES, 1).counted.amount, 0);
}

static void gauges_are_set_and_may_arrive_out_of_order(void **state) {
    struct world *world = *state;
    assert_int_equal(record(world, METRIC_MODULES, -1).used.amount, -1);
    assert_int_equal(look(world, METRIC_MODULES).state, LIMIT_STATE_OK);
    assert_int_equal(release(world, METRIC_MODULES, 1).counted.amount, 0);
    assert_int_equal(record(world, METRIC_MODULES, 1).used.amount, 0);
    struct gate_verdict verdict = set_level(world, METRIC_MODULES, 9);
    assert_int_equal(verdict.counted.amount, 9);
    assert_int_equal(verdict.state, LIMIT_STATE_WARNING);
    assert_int_equal(set_level(world, METRIC_MODULES, 3).counted.amount, -6);
}

static void the_grace_starts_once_ends_and_holds(void **state) {
    struct world *world = *state;
    struct instant start = world->now;
    assert_false(take(world, METRIC_API_REQUESTS, 10).grace_started);
    struct gate_verdict verdict = take(world, METRIC_API_REQUESTS, 1);
    assert_true(verdict.grace_started && verdict.watch_changed && verdict.has_grace);
    assert_true(instant_equal(verdict.grace_ends_at, hours_after(start, 48)));
    assert_true(instant_equal(verdict.watch.grace_ends_at, verdict.grace_ends_at));
    world->now = hours_after(start, 10);
    assert_int_equal(release(world, METRIC_API_REQUESTS, 2).used.amount, 9);
    verdict = take(world, METRIC_API_REQUESTS, 2);
    assert_false(verdict.grace_started);
    assert_true(instant_equal(verdict.grace_ends_at, hours_after(start, 48)));
    assert_int_equal(release(world, METRIC_API_REQUESTS, 2).used.amount, 9);
    world->now = hours_after(start, 48);
    verdict = take(world, METRIC_API_REQUESTS, 2);
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.denial, LIMIT_DENIAL_GRACE_ENDED);
    assert_true(take(world, METRIC_API_REQUESTS, 1).is_allowed);
    assert_false(take(world, METRIC_API_REQUESTS, 1).is_allowed);
}

static void a_gauge_must_stay_down_to_lose_its_grace(void **state) {
    struct world *world = *state;
    struct instant start = world->now;
    assert_true(set_level(world, METRIC_DEPLOYMENTS, 11).grace_started);
    world->now = hours_after(start, 1);
    assert_true(set_level(world, METRIC_DEPLOYMENTS, 5).watch.is_settling);
    world->now = hours_after(start, 2);
    struct gate_verdict verdict = set_level(world, METRIC_DEPLOYMENTS, 11);
    assert_false(verdict.watch.is_settling);
    assert_true(instant_equal(verdict.grace_ends_at, hours_after(start, 48)));
    assert_true(set_level(world, METRIC_DEPLOYMENTS, 5).watch.is_settling);
    world->now = hours_after(start, 50);
    verdict = set_level(world, METRIC_DEPLOYMENTS, 11);
    assert_true(verdict.grace_started);
    assert_true(instant_equal(verdict.grace_ends_at, hours_after(start, 98)));
}

/* As the writer does once the store holds them, of the period that the world's clock is in. */
static void tell(struct world *world, enum metric metric, unsigned notices) {
    struct gate_told told = {metric, look(world, metric).period.start, notices};
    gate_set_told(world->ada, &told, world->now);
}

static void a_notice_is_named_until_it_is_known_as_told(void **state) {
    struct world *world = *state;
    assert_int_equal(take(world, METRIC_API_REQUESTS, 7).notices, 0);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 1).notices, LIMIT_NOTICE_WARNING);
    struct gate_verdict again = take(world, METRIC_API_REQUESTS, 1); /* nobody knows of it yet */
    assert_int_equal(again.notices, LIMIT_NOTICE_WARNING);
    assert_true(again.watch_changed);
    tell(world, METRIC_API_REQUESTS, LIMIT_NOTICE_WARNING);
    assert_int_equal(record(world, METRIC_API_REQUESTS, 0).notices, 0);
    assert_false(record(world, METRIC_API_REQUESTS, 0).watch_changed);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 1).notices, LIMIT_NOTICE_REACHED);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 2).notices,
                     LIMIT_NOTICE_REACHED | LIMIT_NOTICE_BLOCKED);
    tell(world, METRIC_API_REQUESTS, 15);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 2).notices, 0);
    world->now = at("2026-02-28T10:00:00Z");
    assert_int_equal(take(world, METRIC_API_REQUESTS, 8).notices, LIMIT_NOTICE_WARNING);
}

static void what_was_told_of_a_period_that_is_over_is_not_known_of_the_next(void **state) {
    struct world *world = *state;
    (void)take(world, METRIC_API_REQUESTS, 8);
    struct gate_told late = {METRIC_API_REQUESTS, look(world, METRIC_API_REQUESTS).period.start, 1};
    world->now = at("2026-02-28T10:00:00Z");
    gate_set_told(world->ada, &late, world->now);
    assert_int_equal(look(world, METRIC_API_REQUESTS).watch.sent, 0);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 8).notices, LIMIT_NOTICE_WARNING);
    (void)set_level(world, METRIC_MODULES, 8); /* a gauge has no periods */
    struct gate_told told = {METRIC_MODULES, late.period_start, LIMIT_NOTICE_WARNING};
    gate_set_told(world->ada, &told, world->now);
    assert_int_equal(set_level(world, METRIC_MODULES, 8).notices, 0);
}

/* What a gauge's level no longer justifies is a reason to write, and the copy stays until it was.
 */
static void a_gauge_that_fell_asks_to_be_armed_until_it_is(void **state) {
    struct world *world = *state;
    (void)set_level(world, METRIC_MODULES, 8);
    tell(world, METRIC_MODULES, LIMIT_NOTICE_WARNING);
    assert_false(set_level(world, METRIC_MODULES, 8).watch_changed); /* 80 % */
    assert_true(set_level(world, METRIC_MODULES, 7).watch_changed);  /* 70 % */
    assert_true(set_level(world, METRIC_MODULES, 7).watch_changed);
    tell(world, METRIC_MODULES, 0);
    assert_false(set_level(world, METRIC_MODULES, 7).watch_changed);
    assert_int_equal(set_level(world, METRIC_MODULES, 8).notices, LIMIT_NOTICE_WARNING);
}

/* Whatever else of the plan has changed: neither the grace nor what was told begins anew. */
static void settings_with_the_same_limit_forget_nothing(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        world->settings.metrics[i].keeps_used = true;
    }
    (void)set_level(world, METRIC_MODULES, 11);
    tell(world, METRIC_MODULES, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
    (void)set_level(world, METRIC_MODULES, 10); /* the grace waits whether it stays there */
    put_ada(world);
    assert_true(look(world, METRIC_MODULES).watch.has_grace);
    assert_true(look(world, METRIC_MODULES).watch.is_settling);
    assert_int_equal(set_level(world, METRIC_MODULES, 11).notices, 0);
    world->settings.metrics[METRIC_MODULES].limit.amount.amount = 20;
    put_ada(world);
    assert_false(look(world, METRIC_MODULES).watch.has_grace);
    assert_int_equal(set_level(world, METRIC_MODULES, 16).notices, LIMIT_NOTICE_WARNING);
}

static void counters_roll_over_at_clamped_month_ends_and_gauges_stay(void **state) {
    struct world *world = *state;
    static const char *const ends[] = {"2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z",
                                       "2026-04-30T10:00:00Z", "2026-05-31T10:00:00Z"};
    assert_true(take(world, METRIC_MODULES, 4).is_allowed);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        assert_true(take(world, METRIC_API_REQUESTS, 11).is_allowed);
        struct instant end = at(ends[i]);
        world->now = (struct instant){end.ms - 1};
        struct gate_verdict verdict = look(world, METRIC_API_REQUESTS);
        assert_int_equal(verdict.used.amount, 11);
        assert_true(instant_equal(verdict.period.end, end));
        assert_false(take(world, METRIC_API_REQUESTS, 1).is_allowed);
        world->now = end;
        verdict = look(world, METRIC_API_REQUESTS);
        assert_int_equal(verdict.used.amount, 0);
        assert_false(verdict.watch.has_grace);
        assert_true(instant_equal(verdict.period.start, end));
        assert_int_equal(look(world, METRIC_MODULES).used.amount, 4);
        assert_true(instant_equal(look(world, METRIC_MODULES).period.start, end));
    }
}

static void years_may_pass_between_uses(void **state) {
    struct world *world = *state;
    assert_true(take(world, METRIC_API_REQUESTS, 11).is_allowed);
    world->now = at("2046-10-01T00:00:00Z"); /* 248 months */
    assert_int_equal(look(world, METRIC_API_REQUESTS).used.amount, 0);
    assert_int_equal(take(world, METRIC_API_REQUESTS, 2).used.amount, 2);
}

static void late_uses_leave_the_present_counter_alone(void **state) {
    struct world *world = *state;
    struct instant before = world->now;
    assert_true(take(world, METRIC_API_REQUESTS, 5).is_allowed);
    world->now = at("2026-02-28T10:00:00Z");
    assert_true(take(world, METRIC_API_REQUESTS, 2).is_allowed);
    struct gate_use use = {.metric = METRIC_API_REQUESTS, .value = {3}, .time = before};
    struct gate_verdict verdict = gate_record(world->ada, &use, world->now);
    assert_true(verdict.is_late);
    assert_int_equal(verdict.counted.amount, 0);
    assert_int_equal(verdict.used.amount, 2);
    verdict = gate_release(world->ada, &use, world->now);
    assert_true(verdict.is_late);
    assert_int_equal(verdict.used.amount, 2);
    /* From a little ahead, by a client's clock: counts now. */
    use.time = hours_after(world->now, 24 * 40);
    verdict = gate_record(world->ada, &use, world->now);
    assert_false(verdict.is_late);
    assert_int_equal(verdict.used.amount, 5);
    /* A gauge has no periods to be late for. */
    use = (struct gate_use){.metric = METRIC_MODULES, .value = {3}, .time = before};
    assert_int_equal(gate_record(world->ada, &use, world->now).used.amount, 3);
}

static void a_clock_that_lags_counts_in_the_period_that_has_begun(void **state) {
    struct world *world = *state;
    struct instant end = at("2026-02-28T10:00:00Z");
    assert_true(take(world, METRIC_API_REQUESTS, 11).is_allowed);
    world->now = end;
    assert_true(take(world, METRIC_API_REQUESTS, 4).is_allowed);
    world->now = (struct instant){end.ms - 1};
    struct gate_verdict verdict = take(world, METRIC_API_REQUESTS, 3);
    assert_int_equal(verdict.used.amount, 7);
    assert_true(instant_equal(verdict.period.start, end));
    assert_false(take(world, METRIC_API_REQUESTS, 5).is_allowed);
}

static void unlimited_metrics_are_counted_and_never_held(void **state) {
    struct world *world = *state;
    struct gate_verdict verdict = take(world, METRIC_STORAGE, LIMIT_AMOUNT / 2);
    assert_true(verdict.is_allowed);
    assert_false(verdict.is_bounded);
    assert_int_equal(verdict.state, LIMIT_STATE_OK);
    /* But a counter holds only so much, and stays there. */
    assert_false(take(world, METRIC_STORAGE, LIMIT_AMOUNT).is_allowed);
    verdict = record(world, METRIC_STORAGE, LIMIT_AMOUNT);
    assert_int_equal(verdict.used.amount, GATE_USED_MAX);
    assert_int_equal(record(world, METRIC_STORAGE, 1).counted.amount, 0);
    (void)record(world, METRIC_STORAGE, -LIMIT_AMOUNT);
    (void)record(world, METRIC_STORAGE, -LIMIT_AMOUNT);
    assert_int_equal(look(world, METRIC_STORAGE).used.amount, -GATE_USED_MAX);
}

static void a_limit_of_nothing_blocks_at_once(void **state) {
    struct world *world = *state;
    world->settings.metrics[METRIC_MODULES].limit.amount = quantity_of(0);
    put_ada(world);
    assert_int_equal(look(world, METRIC_MODULES).state, LIMIT_STATE_BLOCKED);
    assert_false(take(world, METRIC_MODULES, 1).is_allowed);
}

static void an_upgrade_keeps_what_was_used_and_clears_the_grace(void **state) {
    struct world *world = *state;
    assert_true(take(world, METRIC_API_REQUESTS, 11).grace_started);
    assert_true(take(world, METRIC_MODULES, 11).grace_started);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        world->settings.metrics[i].keeps_used = true;
    }
    world->settings.metrics[METRIC_API_REQUESTS].limit.amount = quantity_of(100);
    world->settings.now = hours_after(world->now, 1);
    put_ada(world);
    struct gate_verdict verdict = look(world, METRIC_API_REQUESTS);
    assert_int_equal(verdict.used.amount, 11);
    assert_int_equal(verdict.hard_limit.amount, 110);
    assert_false(verdict.watch.has_grace);
    verdict = look(world, METRIC_MODULES);
    assert_int_equal(verdict.used.amount, 11);
    assert_true(instant_equal(verdict.grace_ends_at, hours_after(world->now, 48)));
    assert_int_equal(take(world, METRIC_API_REQUESTS, 50).used.amount, 61);
}

static void a_downgrade_starts_the_grace_on_the_next_use_at_the_latest(void **state) {
    struct world *world = *state;
    assert_true(take(world, METRIC_MODULES, 8).is_allowed);
    world->settings.metrics[METRIC_MODULES].keeps_used = true;
    world->settings.metrics[METRIC_MODULES].limit.amount = quantity_of(3);
    put_ada(world);
    struct gate_verdict verdict = look(world, METRIC_MODULES);
    assert_int_equal(verdict.state, LIMIT_STATE_BLOCKED);
    assert_true(verdict.watch.has_grace);
}

static void a_new_anchor_begins_a_period_with_what_is_given(void **state) {
    struct world *world = *state;
    assert_true(take(world, METRIC_API_REQUESTS, 11).is_allowed);
    world->now = at("2026-02-10T00:00:00Z");
    world->settings.anchor = world->now;
    world->settings.now = world->now;
    world->settings.metrics[METRIC_BANDWIDTH].used = quantity_of(11);
    world->settings.metrics[METRIC_BANDWIDTH].watch =
        (struct limit_watch){.has_grace = true, .grace_ends_at = hours_after(world->now, -1)};
    put_ada(world);
    struct gate_verdict verdict = look(world, METRIC_API_REQUESTS);
    assert_int_equal(verdict.used.amount, 0);
    assert_true(instant_equal(verdict.period.end, at("2026-03-10T00:00:00Z")));
    verdict = take(world, METRIC_BANDWIDTH, 0);
    assert_int_equal(verdict.denial, LIMIT_DENIAL_GRACE_ENDED);
    /* Many changes later nothing of the earlier ones shines through. */
    for (int64_t i = 0; i < 20; i++) {
        world->settings.metrics[METRIC_BANDWIDTH] = (struct gate_metric_settings){
            .limit = {LIMIT_COUNT, {100}, 110}, .used = quantity_of(i)};
        put_ada(world);
        verdict = look(world, METRIC_BANDWIDTH);
        assert_int_equal(verdict.used.amount, i);
        assert_false(verdict.watch.has_grace);
    }
}

static void a_snapshot_shows_all_seven(void **state) {
    struct world *world = *state;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        assert_true(take(world, (enum metric)i, i + 1).is_allowed);
    }
    struct gate_verdict verdicts[METRIC_COUNT];
    gate_snapshot(world->ada, world->now, verdicts);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        assert_int_equal(verdicts[i].used.amount, i + 1);
    }
}

static struct str nth_name(char *text, size_t i) {
    const char digits[] = "0123456789abcdef";
    for (size_t k = 0; k < 4; k++) {
        text[k] = digits[i >> (4 * k) & 15];
    }
    return str_of(text, 4);
}

static void customers_are_found_by_their_whole_id_up_to_the_maximum(void **state) {
    struct world *world = *state;
    char text[4];
    for (size_t i = 1; i < 5000; i++) {
        world->settings.metrics[METRIC_MODULES].used = quantity_of((int64_t)i);
        assert_ok(gate_put(world->gate, nth_name(text, i), &world->settings));
    }
    assert_err(gate_put(world->gate, STR("one more"), &world->settings), ERR_TOO_LARGE);
    put_ada(world); /* known, so there is room */
    assert_int_equal(gate_count(world->gate).customers, 5000);
    for (size_t i = 1; i < 5000; i++) {
        struct gate_handle handle = gate_customer(world->gate, nth_name(text, i));
        assert_true(gate_is_known(handle));
        assert_int_equal(gate_check(handle, METRIC_MODULES, quantity_of(0), world->now).used.amount,
                         i);
    }
    assert_false(gate_is_known(gate_customer(world->gate, STR("one more"))));
    assert_false(gate_is_known(gate_customer(world->gate, STR("ad"))));
    assert_false(gate_is_known(gate_customer(world->gate, STR("ada "))));
    assert_false(gate_is_known(gate_customer(world->gate, STR(""))));
    /* The handle from before the index grew still leads to the same counters. */
    assert_ptr_equal(gate_customer(world->gate, STR("ada")).entries, world->ada.entries);
}

static void without_memory_a_put_is_refused_and_nothing_is_half_done(void **state) {
    struct world *world = *state;
    struct env_sim *sim = env_sim_create(1);
    struct gate_options options = {.env = env_sim_env(sim), .customers_max = 100};
    struct gate *gate = NULL;
    for (uint64_t i = 1; i <= 3; i++) {
        env_sim_fail_alloc(sim, i, false);
        assert_err(gate_create(&options, &gate), ERR_NO_MEMORY);
    }
    env_sim_fail_alloc(sim, 0, false);
    assert_ok(gate_create(&options, &gate));
    for (uint64_t i = 1; i <= 2; i++) {
        env_sim_fail_alloc(sim, i, false);
        assert_err(gate_put(gate, STR("ada"), &world->settings), ERR_NO_MEMORY);
        assert_false(gate_is_known(gate_customer(gate, STR("ada"))));
    }
    env_sim_fail_alloc(sim, 0, false);
    assert_ok(gate_put(gate, STR("ada"), &world->settings));
    assert_true(gate_is_known(gate_customer(gate, STR("ada"))));
    gate_destroy(gate);
    gate_destroy(NULL);
    assert_int_equal(env_sim_blocks(sim), 0);
    env_sim_destroy(sim);
}

/* --- filling while it serves --- */

struct rows {
    struct world *world;
    struct gate *gate;
    int asked;
};

static void load(void *context, struct str user_id) {
    struct rows *rows = context;
    rows->asked++;
    if (str_equal(user_id, STR("ada"))) {
        assert_ok(gate_add(rows->gate, user_id, &rows->world->settings));
    }
}

static void who_is_asked_for_before_their_turn_is_loaded_once(void **state) {
    struct world *world = *state;
    struct rows rows = {.world = world};
    struct gate_options options = {
        .env = &world->env, .customers_max = 10, .load = load, .context = &rows};
    assert_ok(gate_create(&options, &rows.gate));
    struct gate_handle ada = gate_customer(rows.gate, STR("ada"));
    assert_true(gate_is_known(ada));
    assert_true(gate_is_known(gate_customer(rows.gate, STR("ada"))));
    assert_int_equal(rows.asked, 1);
    (void)gate_take(ada, METRIC_MODULES, quantity_of(3), world->now);
    assert_ok(gate_add(rows.gate, STR("ada"), &world->settings)); /* the loader comes by later */
    assert_int_equal(gate_check(ada, METRIC_MODULES, quantity_of(0), world->now).used.amount, 3);
    assert_false(gate_is_known(gate_customer(rows.gate, STR("bob"))));
    assert_int_equal(rows.asked, 2);
    gate_complete(rows.gate);
    assert_false(gate_is_known(gate_customer(rows.gate, STR("bob"))));
    assert_int_equal(rows.asked, 2);
    assert_int_equal(gate_count(rows.gate).customers, 1);
    gate_destroy(rows.gate);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(takes_pass_through_every_state),
        STORY(records_count_past_the_hard_limit),
        STORY(releases_never_go_below_zero),
        STORY(gauges_are_set_and_may_arrive_out_of_order),
        STORY(the_grace_starts_once_ends_and_holds),
        STORY(a_gauge_must_stay_down_to_lose_its_grace),
        STORY(a_notice_is_named_until_it_is_known_as_told),
        STORY(what_was_told_of_a_period_that_is_over_is_not_known_of_the_next),
        STORY(a_gauge_that_fell_asks_to_be_armed_until_it_is),
        STORY(settings_with_the_same_limit_forget_nothing),
        STORY(counters_roll_over_at_clamped_month_ends_and_gauges_stay),
        STORY(years_may_pass_between_uses),
        STORY(late_uses_leave_the_present_counter_alone),
        STORY(a_clock_that_lags_counts_in_the_period_that_has_begun),
        STORY(unlimited_metrics_are_counted_and_never_held),
        STORY(a_limit_of_nothing_blocks_at_once),
        STORY(an_upgrade_keeps_what_was_used_and_clears_the_grace),
        STORY(a_downgrade_starts_the_grace_on_the_next_use_at_the_latest),
        STORY(a_new_anchor_begins_a_period_with_what_is_given),
        STORY(a_snapshot_shows_all_seven),
        STORY(customers_are_found_by_their_whole_id_up_to_the_maximum),
        STORY(who_is_asked_for_before_their_turn_is_loaded_once),
        STORY(without_memory_a_put_is_refused_and_nothing_is_half_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
