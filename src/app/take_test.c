/* Guards: a take counts all or nothing and never lets the sum pass the hard limit; its id answers
 * the same for ever; what the store refuses was not taken; a release gives back what was taken and
 * no more. */
#include "app/take.h"

#include "app/test_take.h"
#include "base/check.h"
#include "base/json.h"
#include "base/testing.h"

/* --- take --- */

static void takes_stop_at_the_hard_limit_exactly(void **state) {
    struct world *world = *state;
    static const struct {
        int64_t amount;
        bool is_allowed;
        const char *reason, *state;
        int64_t used;
    } rows[] = {
        {7999, true, "within_limit", "ok", 7999},
        {1, true, "within_limit", "warning", 8000},
        {3001, false, "hard_limit", "blocked", 8000},
        {2000, true, "within_limit", "warning", 10000},
        {999, true, "within_grace", "over", 10999},
        {2, false, "hard_limit", "blocked", 10999},
        {1, true, "within_grace", "blocked", 11000},
        {1, false, "hard_limit", "blocked", 11000},
        {0, true, "within_grace", "blocked", 11000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct take_command take = world_take(world, of(METRIC_API_REQUESTS, rows[i].amount, ""));
        assert_int_equal(take.command.outcome, OUTCOME_DONE);
        assert_int_equal(take.answer.allowed, rows[i].is_allowed);
        if (take.answer.allowed && i + 1 < ARRAY_LEN(rows)) {
            assert_text(take.answer.reason, rows[i].reason);
        }
        assert_used(world, METRIC_API_REQUESTS, rows[i].used);
    }
    world_check_gate(world);
}

static void a_denial_says_what_would_lift_it(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 5000, ""));
    struct take_command take = world_take(world, of(METRIC_API_REQUESTS, 7000, ""));
    assert_false(take.answer.allowed);
    assert_text(take.answer.upgrade_to, "starter");
    assert_text(take.answer.detail,
                "API requests: this would pass the hard limit of 11000 (110 % of 10000). To go on: "
                "upgrade to starter, or wait until 2015-06-17T00:00:00Z, when the usage period "
                "ends.");
    struct take_command huge = world_take(world, of(METRIC_API_REQUESTS, 11001, ""));
    assert_text(huge.answer.detail, /* waiting would not help */
                "API requests: this would pass the hard limit of 11000 (110 % of 10000). To go on: "
                "upgrade to starter.");
    struct take_command gauge = world_take(world, of(METRIC_MODULES, 26, ""));
    assert_text(gauge.answer.upgrade_to, "professional");
    assert_false(gauge.answer.has_resets_at);
}

static void a_check_counts_nothing(void **state) {
    struct world *world = *state;
    struct take_answer answer;
    struct take_request ask = of(METRIC_API_REQUESTS, 11000, "");
    assert_int_equal(take_check(&world->app, &ask, &world->arena, &answer), OUTCOME_DONE);
    assert_true(answer.allowed);
    ask.amount.amount = 11001;
    assert_int_equal(take_check(&world->app, &ask, &world->arena, &answer), OUTCOME_DONE);
    assert_false(answer.allowed);
    assert_used(world, METRIC_API_REQUESTS, 0);
    ask.user_id = STR("nobody");
    assert_int_equal(take_check(&world->app, &ask, &world->arena, &answer),
                     OUTCOME_CUSTOMER_NOT_FOUND);
}

static void strangers_are_turned_away(void **state) {
    struct world *world = *state;
    struct take_request nobody = of(METRIC_API_REQUESTS, 1, "");
    nobody.user_id = STR("nobody");
    assert_int_equal(world_take(world, nobody).command.outcome, OUTCOME_CUSTOMER_NOT_FOUND);
    assert_int_equal(world_release(world, nobody).command.outcome, OUTCOME_CUSTOMER_NOT_FOUND);
}

static void an_id_answers_the_same_for_ever(void **state) {
    struct world *world = *state;
    struct take_command first = world_take(world, of(METRIC_API_REQUESTS, 600, "t1"));
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "e", 9000), USAGE_ACCEPTED);
    world_close(world);
    assert_ok(world_open(world));
    struct take_command again = world_take(world, of(METRIC_API_REQUESTS, 600, "t1"));
    assert_true(again.is_repeated);
    assert_true(str_equal(again.body, first.body));
    assert_used(world, METRIC_API_REQUESTS, 9600);
    assert_int_equal(world_take(world, of(METRIC_API_REQUESTS, 601, "t1")).command.outcome,
                     OUTCOME_TAKE_CONFLICT);
    assert_int_equal(world_take(world, of(METRIC_BANDWIDTH, 600, "t1")).command.outcome,
                     OUTCOME_TAKE_CONFLICT);
    assert_used(world, METRIC_API_REQUESTS, 9600);
    assert_used(world, METRIC_BANDWIDTH, 0);
}

static void a_denied_id_stays_denied(void **state) {
    struct world *world = *state;
    struct take_command first = world_take(world, of(METRIC_MODULES, 4, "t1"));
    assert_false(first.answer.allowed);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH); /* there would be room now */
    struct take_command again = world_take(world, of(METRIC_MODULES, 4, "t1"));
    assert_true(str_equal(again.body, first.body));
    assert_used(world, METRIC_MODULES, 0);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE); /* nothing was taken */
}

static void taken(struct take_command *take) {
    (void)take;
}

static void many_at_once_share_what_is_left(void **state) {
    struct world *world = *state;
    static struct take_command takes[40];
    int allowed = 0;
    for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
        takes[i] = (struct take_command){
            .request = of(METRIC_API_REQUESTS, 300, ""), .arena = &world->arena, .finished = taken};
        take_start(&world->app, &takes[i]);
    }
    world_run(world);
    for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
        allowed += takes[i].answer.allowed;
    }
    assert_int_equal(allowed, 11000 / 300);
    assert_used(world, METRIC_API_REQUESTS, 300 * (11000 / 300));
}

static void the_grace_ends_after_48_hours(void **state) {
    struct world *world = *state;
    struct take_command over = world_take(world, of(METRIC_API_REQUESTS, 10001, ""));
    assert_true(over.answer.has_grace);
    assert_int_equal(over.answer.grace_ends_at, world_time("2015-05-19T00:00:00Z").ms);
    world_set_time(world, "2015-05-18T23:59:59.999Z");
    assert_true(world_take(world, of(METRIC_API_REQUESTS, 1, "")).answer.allowed);
    world_close(world);
    assert_ok(world_open(world)); /* which does not begin it anew */
    world_set_time(world, "2015-05-19T00:00:00Z");
    struct take_command denied = world_take(world, of(METRIC_API_REQUESTS, 1, ""));
    assert_false(denied.answer.allowed);
    assert_text(denied.answer.reason, "grace_ended");
}

static void a_take_that_cannot_be_stored_was_not_taken(void **state) {
    struct world *world = *state;
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(world_take(world, of(METRIC_API_REQUESTS, 11000, "t1")).command.outcome,
                     OUTCOME_STORE_FULL);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_used(world, METRIC_API_REQUESTS, 0);
    struct take_command again = world_take(world, of(METRIC_API_REQUESTS, 11000, "t1"));
    assert_false(again.is_repeated);
    assert_true(again.answer.allowed);
    assert_used(world, METRIC_API_REQUESTS, 11000);
}

/* --- release --- */

static void a_release_gives_back_what_its_take_took(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3, "t1"));
    static const struct released rows[] = {
        {4, "t1", OUTCOME_RELEASE_TOO_LARGE, 3},
        {2, "t1", OUTCOME_DONE, 1},
        {2, "t1", OUTCOME_RELEASE_TOO_LARGE, 1},
        {1, "t2", OUTCOME_TAKE_NOT_FOUND, 1},
        {1, "t1", OUTCOME_DONE, 0},
        {1, "t1", OUTCOME_RELEASE_TOO_LARGE, 0},
    };
    assert_released(world, rows, ARRAY_LEN(rows));
    assert_int_equal(world_release(world, of(METRIC_STORAGE, 1, "t1")).command.outcome,
                     OUTCOME_TAKE_NOT_FOUND); /* of another metric */
}

static void without_an_id_what_is_used_is_given_back_or_nothing(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 2, ""));
    assert_int_equal(world_release(world, of(METRIC_MODULES, 3, "")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE);
    assert_used(world, METRIC_MODULES, 2);
    struct release_command release = world_release(world, of(METRIC_MODULES, 2, ""));
    assert_int_equal(release.command.outcome, OUTCOME_DONE);
    assert_int_equal(release.answer.used, 0);
    assert_used(world, METRIC_MODULES, 0);
}

static void a_release_that_cannot_be_stored_gives_nothing_back(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3, "t1"));
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_STORE_FULL);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_used(world, METRIC_MODULES, 3);
    world_check_gate(world);
}

static void a_named_release_gives_back_once(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3, "t1"));
    static const struct {
        int64_t amount;
        const char *take, *id;
        enum outcome outcome;
        int64_t used;
    } rows[] = {
        {4, "t1", "r1", OUTCOME_RELEASE_TOO_LARGE, 3},
        {1, "t1", "r1", OUTCOME_DONE, 2}, /* a refusal is not remembered */
        {1, "t1", "r1", OUTCOME_DONE, 2},
        {2, "t1", "r1", OUTCOME_RELEASE_CONFLICT, 2},
        {1, "", "r1", OUTCOME_RELEASE_CONFLICT, 2},
        {1, "t2", "r1", OUTCOME_RELEASE_CONFLICT, 2},
        {1, "", "r2", OUTCOME_DONE, 1},
        {1, "", "r2", OUTCOME_DONE, 1},
        {1, "t1", "t1", OUTCOME_DONE, 0}, /* takes have names of their own */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct take_request request = of(METRIC_MODULES, rows[i].amount, rows[i].take);
        struct release_command release = world_release_named(world, request, rows[i].id);
        assert_string_equal(outcome_code(release.command.outcome), outcome_code(rows[i].outcome));
        assert_used(world, METRIC_MODULES, rows[i].used);
        if (rows[i].outcome == OUTCOME_DONE) {
            assert_int_equal(release.answer.used, rows[i].used);
        }
    }
    assert_int_equal(world_release_named(world, of(METRIC_STORAGE, 1, ""), "r1").command.outcome,
                     OUTCOME_RELEASE_CONFLICT);
    world_close(world);
    assert_ok(world_open(world));
    assert_int_equal(world_release_named(world, of(METRIC_MODULES, 1, ""), "r2").command.outcome,
                     OUTCOME_DONE);
    assert_used(world, METRIC_MODULES, 0);
    world_check_gate(world);
}

/* The name of what was never given back is free. */
static void a_named_release_that_cannot_be_stored_may_come_again(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3, "t1"));
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    struct take_request request = of(METRIC_MODULES, 2, "t1");
    assert_int_equal(world_release_named(world, request, "r1").command.outcome, OUTCOME_STORE_FULL);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_used(world, METRIC_MODULES, 3);
    assert_int_equal(world_release_named(world, request, "r1").command.outcome, OUTCOME_DONE);
    assert_used(world, METRIC_MODULES, 1);
}

/* Its period is over: the release is booked there and frees nothing in the present one. */
static void a_late_release_belongs_to_the_period_of_its_take(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 100, "t1"));
    world_set_time(world, "2015-06-18T00:00:00Z");
    (void)world_take(world, of(METRIC_API_REQUESTS, 50, "t2"));
    assert_int_equal(world_release(world, of(METRIC_API_REQUESTS, 40, "t1")).command.outcome,
                     OUTCOME_DONE);
    assert_used(world, METRIC_API_REQUESTS, 50);
    struct tx tx = world_totals(world);
    int64_t first = 0;
    assert_ok(usage_total(&tx, STR("alice"), METRIC_API_REQUESTS,
                          world_time("2015-05-17T00:00:00Z").ms, &first));
    assert_int_equal(first, 60);
    world_check_gate(world);
}

/* A level is the present one, whenever its take was. */
static void a_late_release_moves_the_present_level(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 2, "t1"));
    world_set_time(world, "2015-06-18T00:00:00Z");
    (void)world_take(world, of(METRIC_MODULES, 1, "t2"));
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_DONE);
    assert_used(world, METRIC_MODULES, 2);
    world_check_gate(world);
}

static void set_modules(struct world *world, const char *id, int64_t level) {
    struct usage_event event = {
        .record = {.identity = {STR("alice"), STR("test"), str_from_cstr(id)},
                   .metric = METRIC_MODULES,
                   .is_set = true,
                   .value = level,
                   .time = app_now(&world->app)},
    };
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
}

/* The level was set meanwhile to less than the take took: no less than nothing is left. */
static void a_release_of_a_gauge_gives_back_what_there_is(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3, "t1"));
    set_modules(world, "s1", 1);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 3, "t1")).command.outcome,
                     OUTCOME_DONE);
    assert_used(world, METRIC_MODULES, 0);
    set_modules(world, "s2", 5);
    assert_used(world, METRIC_MODULES, 5);
    world_check_gate(world);
}

/* A machine whose clock was wrong for a while starts again all the same. */
static void a_clock_that_goes_back_for_months_hinders_no_start(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 1, "t1"));
    env_sim_set_wall(world->sim, world_time("2014-12-24T00:00:00Z").ms);
    struct take_command gauge = world_take(world, of(METRIC_MODULES, 1, "t2"));
    struct take_command counter = world_take(world, of(METRIC_API_REQUESTS, 5, "t3"));
    assert_int_equal(gauge.command.outcome, OUTCOME_DONE);
    assert_int_equal(counter.command.outcome, OUTCOME_DONE);
    world_close(world);
    env_sim_set_wall(world->sim, world_time("2015-05-18T00:00:00Z").ms);
    assert_ok(world_open(world));
    assert_used(world, METRIC_MODULES, 2);
    world_check_gate(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TAKE_TEST(takes_stop_at_the_hard_limit_exactly),
        TAKE_TEST(a_denial_says_what_would_lift_it),
        TAKE_TEST(a_check_counts_nothing),
        TAKE_TEST(strangers_are_turned_away),
        TAKE_TEST(an_id_answers_the_same_for_ever),
        TAKE_TEST(a_denied_id_stays_denied),
        TAKE_TEST(many_at_once_share_what_is_left),
        TAKE_TEST(the_grace_ends_after_48_hours),
        TAKE_TEST(a_take_that_cannot_be_stored_was_not_taken),
        TAKE_TEST(a_release_gives_back_what_its_take_took),
        TAKE_TEST(without_an_id_what_is_used_is_given_back_or_nothing),
        TAKE_TEST(a_release_that_cannot_be_stored_gives_nothing_back),
        TAKE_TEST(a_named_release_gives_back_once),
        TAKE_TEST(a_named_release_that_cannot_be_stored_may_come_again),
        TAKE_TEST(a_late_release_belongs_to_the_period_of_its_take),
        TAKE_TEST(a_late_release_moves_the_present_level),
        TAKE_TEST(a_release_of_a_gauge_gives_back_what_there_is),
        TAKE_TEST(a_clock_that_goes_back_for_months_hinders_no_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
