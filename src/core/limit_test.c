/* Guards: the hard limit is never passed by takes, the grace lasts 48 hours and once, and nobody is
 * told the same thing twice in a period. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/limit.h"

#define HOUR INT64_C(3600000)

static struct limit count_of(int64_t amount) {
    return (struct limit){LIMIT_COUNT, {amount}, LIMIT_PERCENT_DEFAULT};
}

/* A customer's metric as the gate keeps it. */
struct meter {
    struct limit_query query;
    unsigned notices; /* of the last step */
};

static struct meter meter_of(enum metric_kind kind, int64_t limit) {
    return (struct meter){.query = {.limit = count_of(limit), .kind = kind, .now = {1000 * HOUR}}};
}

static void step(struct meter *meter, enum limit_cause cause) {
    meter->query.watch = limit_step(&meter->query, cause, &meter->notices);
}

static void set_used(struct meter *meter, int64_t used) {
    meter->query.used = quantity_of(used);
    step(meter, LIMIT_CAUSE_USED);
}

static void pass_hours(struct meter *meter, int64_t hours) {
    meter->query.now = instant_add(meter->query.now, duration_hours(hours));
    step(meter, LIMIT_CAUSE_TIME_PASSED);
}

static struct limit_decision ask(const struct meter *meter, int64_t amount) {
    struct limit_query query = meter->query;
    query.amount = quantity_of(amount);
    return limit_decide(&query);
}

static bool take(struct meter *meter, int64_t amount) {
    if (!ask(meter, amount).is_allowed) {
        step(meter, LIMIT_CAUSE_DENIED);
        return false;
    }
    set_used(meter, meter->query.used.amount + amount);
    return true;
}

static enum limit_state state_of(const struct meter *meter) {
    return ask(meter, 0).state;
}

static void hard_limits_are_rounded_down(void **state) {
    (void)state;
    static const int64_t cases[][3] = {
        {3, 110, 3},
        {10, 110, 11},
        {25, 110, 27},
        {10000, 110, 11000},
        {0, 110, 0},
        {1, 110, 1},
        {9, 110, 9},
        {100, 100, 100},
        {7, 1000, 70},
        {99, 101, 99},
        {100, 101, 101},
        {LIMIT_AMOUNT, 1000, LIMIT_AMOUNT * 10},
        {LIMIT_AMOUNT, 110, 9907919180215091},
        {1000000000, 110, 1100000000},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct limit limit = {LIMIT_COUNT, {cases[i][0]}, (int32_t)cases[i][1]};
        assert_int_equal(limit_hard(limit).amount, cases[i][2]);
    }
}

static void states_change_exactly_at_their_thresholds(void **state) {
    (void)state;
    static const struct {
        int64_t limit, used;
        enum limit_state state;
    } cases[] = {
        {10000, 0, LIMIT_STATE_OK},
        {10000, 7999, LIMIT_STATE_OK},
        {10000, 8000, LIMIT_STATE_WARNING},
        {10000, 9999, LIMIT_STATE_WARNING},
        {10000, 10000, LIMIT_STATE_WARNING},
        {10000, 10001, LIMIT_STATE_OVER},
        {10000, 11000, LIMIT_STATE_OVER},
        {10000, 11001, LIMIT_STATE_BLOCKED},
        {3, 2, LIMIT_STATE_OK},
        {3, 3, LIMIT_STATE_WARNING},
        {3, 4, LIMIT_STATE_BLOCKED},
        {1, 0, LIMIT_STATE_OK},
        {1, 1, LIMIT_STATE_WARNING},
        {0, 0, LIMIT_STATE_BLOCKED},
        {0, 1, LIMIT_STATE_BLOCKED},
        {10, -5, LIMIT_STATE_OK},
        {1000000000, INT64_C(2747282505), LIMIT_STATE_BLOCKED},
        {LIMIT_AMOUNT, LIMIT_AMOUNT, LIMIT_STATE_WARNING},
        {LIMIT_AMOUNT, INT64_MAX, LIMIT_STATE_BLOCKED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct meter meter = meter_of(METRIC_COUNTER, cases[i].limit);
        set_used(&meter, cases[i].used);
        assert_int_equal(state_of(&meter), cases[i].state);
    }
}

static void takes_reach_the_hard_limit_and_not_one_more(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 10000);
    set_used(&meter, 9999);
    assert_true(take(&meter, 1001));
    assert_int_equal(state_of(&meter), LIMIT_STATE_OVER);
    struct limit_decision denied = ask(&meter, 1);
    assert_false(denied.is_allowed);
    assert_int_equal(denied.denial, LIMIT_DENIAL_HARD_LIMIT);
    assert_int_equal(denied.state, LIMIT_STATE_BLOCKED);
    assert_int_equal(denied.remedies, LIMIT_REMEDY_UPGRADE | LIMIT_REMEDY_NEW_PERIOD);
    assert_int_equal(denied.remaining.amount, 0);
    assert_int_equal(denied.allowance.amount, 0);
    assert_true(denied.has_grace);
    assert_true(denied.is_bounded);
    assert_int_equal(ask(&meter, 11001).remedies, LIMIT_REMEDY_UPGRADE);
    assert_int_equal(ask(&meter, 11000).remedies, LIMIT_REMEDY_UPGRADE | LIMIT_REMEDY_NEW_PERIOD);
    assert_int_equal(ask(&meter, INT64_MAX).denial, LIMIT_DENIAL_HARD_LIMIT);
    assert_true(ask(&meter, 0).is_allowed);
}

static void used_never_passes_the_hard_limit_through_takes(void **state) {
    (void)state;
    uint64_t random = 42;
    for (int round = 0; round < 400; round++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t limit = (int64_t)(random >> 33) % 2000;
        struct meter meter = meter_of(round % 2 == 0 ? METRIC_COUNTER : METRIC_GAUGE, limit);
        int64_t hard = limit_hard(meter.query.limit).amount;
        for (int i = 0; i < 200; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int64_t amount = (int64_t)(random >> 33) % (limit / 20 + 2);
            int64_t before = meter.query.used.amount;
            struct limit_decision decision = ask(&meter, amount);
            assert_int_equal(take(&meter, amount), decision.is_allowed);
            assert_int_equal(meter.query.used.amount, before + (decision.is_allowed ? amount : 0));
            assert_true(meter.query.used.amount <= hard);
            pass_hours(&meter, i % 7 == 0);
        }
    }
}

static void after_the_grace_the_limit_itself_holds(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    assert_true(take(&meter, 101));
    struct instant began = meter.query.now;
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, began.ms + 48 * HOUR);
    pass_hours(&meter, 47);
    assert_true(take(&meter, 1));
    meter.query.now = (struct instant){began.ms + 48 * HOUR - 1};
    assert_int_equal(state_of(&meter), LIMIT_STATE_OVER);
    assert_int_equal(ask(&meter, 0).allowance.amount, 8);
    meter.query.now = (struct instant){began.ms + 48 * HOUR};
    assert_int_equal(state_of(&meter), LIMIT_STATE_BLOCKED);
    struct limit_decision denied = ask(&meter, 1);
    assert_int_equal(denied.denial, LIMIT_DENIAL_GRACE_ENDED);
    assert_int_equal(denied.allowance.amount, 0);
    assert_int_equal(denied.remedies, LIMIT_REMEDY_UPGRADE | LIMIT_REMEDY_NEW_PERIOD);
}

static void a_correction_does_not_restart_the_grace(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 105);
    struct instant ends_at = ask(&meter, 0).grace_ends_at;
    pass_hours(&meter, 60);
    set_used(&meter, 90);
    assert_false(ask(&meter, 0).has_grace); /* nothing to show at or below the limit */
    assert_int_equal(ask(&meter, 0).allowance.amount, 10);
    set_used(&meter, 100);
    assert_false(ask(&meter, 0).has_grace);
    set_used(&meter, 90);
    assert_int_equal(ask(&meter, 11).denial, LIMIT_DENIAL_GRACE_ENDED);
    assert_true(ask(&meter, 10).is_allowed);
    set_used(&meter, 105);
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, ends_at.ms);
    assert_int_equal(state_of(&meter), LIMIT_STATE_BLOCKED);
}

static void a_new_period_clears_a_counter(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 105);
    pass_hours(&meter, 60);
    meter.query.used = quantity_of(0);
    step(&meter, LIMIT_CAUSE_PERIOD_BEGAN);
    assert_int_equal(meter.notices, 0);
    assert_true(take(&meter, 110));
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
    assert_int_equal(state_of(&meter), LIMIT_STATE_OVER);
}

static void a_new_period_leaves_a_gauge_as_it_is(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 100);
    set_used(&meter, 105);
    struct instant ends_at = ask(&meter, 0).grace_ends_at;
    pass_hours(&meter, 20);
    step(&meter, LIMIT_CAUSE_PERIOD_BEGAN);
    assert_int_equal(meter.notices, 0);
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, ends_at.ms);
}

static void an_upgrade_ends_the_grace_and_a_downgrade_begins_it(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 25);
    set_used(&meter, 27);
    pass_hours(&meter, 50);
    assert_int_equal(state_of(&meter), LIMIT_STATE_BLOCKED);
    meter.query.limit = count_of(26); /* not enough: the clock goes on */
    step(&meter, LIMIT_CAUSE_LIMIT_CHANGED);
    assert_int_equal(state_of(&meter), LIMIT_STATE_BLOCKED);
    meter.query.limit = count_of(100);
    step(&meter, LIMIT_CAUSE_LIMIT_CHANGED);
    assert_int_equal(state_of(&meter), LIMIT_STATE_OK);
    assert_int_equal(meter.query.watch.sent, 0); /* 80 % of the new limit may be told again */
    meter.query.limit = count_of(25);
    step(&meter, LIMIT_CAUSE_LIMIT_CHANGED);
    assert_int_equal(state_of(&meter), LIMIT_STATE_OVER);
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, meter.query.now.ms + 48 * HOUR);
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
    meter.query.limit = (struct limit){.kind = LIMIT_UNLIMITED, .soft_limit_percent = 110};
    step(&meter, LIMIT_CAUSE_LIMIT_CHANGED);
    assert_false(meter.query.watch.has_grace);
}

static void a_gauge_that_dips_for_a_moment_wins_nothing(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 25);
    set_used(&meter, 26);
    struct instant ends_at = ask(&meter, 0).grace_ends_at;
    pass_hours(&meter, 40);
    set_used(&meter, 25);
    pass_hours(&meter, 1);
    set_used(&meter, 24); /* still below: counted from the first moment */
    set_used(&meter, 26);
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, ends_at.ms);
    pass_hours(&meter, 10);
    assert_int_equal(state_of(&meter), LIMIT_STATE_BLOCKED);
    assert_int_equal(ask(&meter, 1).remedies, LIMIT_REMEDY_UPGRADE | LIMIT_REMEDY_REDUCE);
}

static void a_gauge_that_stays_low_has_its_grace_again(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 25);
    set_used(&meter, 26);
    pass_hours(&meter, 50);
    set_used(&meter, 25);
    assert_int_equal(ask(&meter, 1).denial, LIMIT_DENIAL_GRACE_ENDED);
    pass_hours(&meter, 47);
    assert_false(ask(&meter, 1).is_allowed);
    meter.query.now = instant_add(meter.query.now, duration_hours(1)); /* with no step between */
    assert_true(take(&meter, 1));
    assert_int_equal(ask(&meter, 0).grace_ends_at.ms, meter.query.now.ms + 48 * HOUR);
}

static void each_notice_comes_once_a_period(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 79);
    assert_int_equal(meter.notices, 0);
    set_used(&meter, 80);
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING);
    set_used(&meter, 80);
    assert_int_equal(meter.notices, 0);
    set_used(&meter, 70); /* a correction does not re-arm a counter */
    set_used(&meter, 100);
    assert_int_equal(meter.notices, LIMIT_NOTICE_REACHED);
    set_used(&meter, 101);
    assert_int_equal(meter.notices, 0);
    pass_hours(&meter, 35);
    assert_int_equal(meter.notices, 0);
    pass_hours(&meter, 1);
    assert_int_equal(meter.notices, LIMIT_NOTICE_GRACE_ENDING);
    pass_hours(&meter, 11);
    assert_int_equal(meter.notices, 0);
    pass_hours(&meter, 1);
    assert_int_equal(meter.notices, LIMIT_NOTICE_BLOCKED);
    assert_false(take(&meter, 1));
    assert_int_equal(meter.notices, 0);
}

static void the_smallest_limit_has_its_notices(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 1);
    set_used(&meter, 0);
    assert_int_equal(meter.notices, 0);
    set_used(&meter, 1);
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
}

static void a_denial_is_told(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 110);
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED);
    assert_false(take(&meter, 1));
    assert_int_equal(meter.notices, LIMIT_NOTICE_BLOCKED);
    assert_false(take(&meter, 1));
    assert_int_equal(meter.notices, 0);
}

static void a_recorded_excess_is_told_at_once(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 500);
    assert_int_equal(meter.notices,
                     LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED | LIMIT_NOTICE_BLOCKED);
    pass_hours(&meter, 40); /* that the grace ends is no news to the blocked */
    assert_int_equal(meter.notices, 0);
}

static void gauges_re_arm_five_points_below(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 100);
    set_used(&meter, 80);
    set_used(&meter, 76);
    set_used(&meter, 80);
    assert_int_equal(meter.notices, 0);
    set_used(&meter, 75);
    set_used(&meter, 80);
    assert_int_equal(meter.notices, LIMIT_NOTICE_WARNING);
    set_used(&meter, 110);
    assert_int_equal(meter.notices, LIMIT_NOTICE_REACHED);
    assert_false(take(&meter, 1));
    assert_int_equal(meter.notices, LIMIT_NOTICE_BLOCKED);
    set_used(&meter, 96);
    set_used(&meter, 100);
    assert_int_equal(meter.notices, 0);
    set_used(&meter, 95);
    set_used(&meter, 100);
    assert_int_equal(meter.notices, LIMIT_NOTICE_REACHED);
}

static void asking_a_gauge_for_far_too_much_is_no_news(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_GAUGE, 100);
    set_used(&meter, 50);
    assert_false(take(&meter, 100));
    assert_int_equal(meter.notices, 0);
}

static void a_limit_of_nothing_blocks_without_a_word(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 0);
    set_used(&meter, 0);
    assert_int_equal(meter.notices, 0);
    assert_int_equal(ask(&meter, 1).remedies, LIMIT_REMEDY_UPGRADE);
    set_used(&meter, 1);
    assert_int_equal(meter.notices, LIMIT_NOTICE_BLOCKED);
}

static void what_is_not_bounded_is_never_held(void **state) {
    (void)state;
    static const enum limit_kind kinds[] = {LIMIT_UNLIMITED, LIMIT_CONTRACT, LIMIT_TRACKED};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct meter meter = meter_of(METRIC_COUNTER, 0);
        meter.query.limit = (struct limit){.kind = kinds[i], .soft_limit_percent = 110};
        set_used(&meter, INT64_MAX);
        assert_int_equal(meter.notices, 0);
        struct limit_decision decision = ask(&meter, INT64_MAX);
        assert_true(decision.is_allowed);
        assert_false(decision.is_bounded);
        assert_int_equal(decision.state, LIMIT_STATE_OK);
        struct instant at;
        assert_false(limit_next_step_at(&meter.query, &at));
    }
}

static void the_clock_is_asked_for_only_while_a_grace_runs(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    struct instant at;
    assert_false(limit_next_step_at(&meter.query, &at));
    set_used(&meter, 101);
    assert_true(limit_next_step_at(&meter.query, &at));
    assert_int_equal(at.ms, meter.query.now.ms + 36 * HOUR);
    pass_hours(&meter, 36);
    assert_true(limit_next_step_at(&meter.query, &at));
    assert_int_equal(at.ms, meter.query.now.ms + 12 * HOUR);
    pass_hours(&meter, 12);
    assert_false(limit_next_step_at(&meter.query, &at));
    struct meter above = meter_of(METRIC_COUNTER, 100);
    set_used(&above, 500);
    assert_false(limit_next_step_at(&above.query, &at));
}

/* The first step of a grace was lost, as when a process dies between counting and noting. */
static void over_without_a_noted_grace_is_over(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    meter.query.used = quantity_of(105);
    assert_int_equal(state_of(&meter), LIMIT_STATE_OVER);
    struct instant at;
    assert_false(limit_next_step_at(&meter.query, &at));
    step(&meter, LIMIT_CAUSE_TIME_PASSED);
    assert_true(limit_next_step_at(&meter.query, &at));
}

static void names_are_those_of_the_api(void **state) {
    (void)state;
    assert_string_equal(limit_state_name(LIMIT_STATE_OK), "ok");
    assert_string_equal(limit_state_name(LIMIT_STATE_BLOCKED), "blocked");
    assert_string_equal(limit_denial_name(LIMIT_DENIAL_HARD_LIMIT), "hard_limit");
    assert_string_equal(limit_denial_name(LIMIT_DENIAL_GRACE_ENDED), "grace_ended");
}

/* What others hold to spend is out of reach, and neither used nor a state. */
static void what_is_leased_is_held_and_not_used(void **state) {
    (void)state;
    struct meter meter = meter_of(METRIC_COUNTER, 100);
    set_used(&meter, 50);
    meter.query.leased = quantity_of(60);
    struct limit_decision stands = ask(&meter, 0);
    assert_true(stands.is_allowed);
    assert_int_equal(stands.state, LIMIT_STATE_OK);
    assert_int_equal(stands.remaining.amount, 50);
    assert_int_equal(stands.allowance.amount, 0);
    assert_int_equal(ask(&meter, 1).denial, LIMIT_DENIAL_HARD_LIMIT);
    meter.query.leased = quantity_of(59);
    assert_true(ask(&meter, 1).is_allowed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_limits_are_rounded_down),
        cmocka_unit_test(states_change_exactly_at_their_thresholds),
        cmocka_unit_test(takes_reach_the_hard_limit_and_not_one_more),
        cmocka_unit_test(used_never_passes_the_hard_limit_through_takes),
        cmocka_unit_test(what_is_leased_is_held_and_not_used),
        cmocka_unit_test(after_the_grace_the_limit_itself_holds),
        cmocka_unit_test(a_correction_does_not_restart_the_grace),
        cmocka_unit_test(a_new_period_clears_a_counter),
        cmocka_unit_test(a_new_period_leaves_a_gauge_as_it_is),
        cmocka_unit_test(an_upgrade_ends_the_grace_and_a_downgrade_begins_it),
        cmocka_unit_test(a_gauge_that_dips_for_a_moment_wins_nothing),
        cmocka_unit_test(a_gauge_that_stays_low_has_its_grace_again),
        cmocka_unit_test(each_notice_comes_once_a_period),
        cmocka_unit_test(the_smallest_limit_has_its_notices),
        cmocka_unit_test(a_denial_is_told),
        cmocka_unit_test(a_recorded_excess_is_told_at_once),
        cmocka_unit_test(gauges_re_arm_five_points_below),
        cmocka_unit_test(asking_a_gauge_for_far_too_much_is_no_news),
        cmocka_unit_test(a_limit_of_nothing_blocks_without_a_word),
        cmocka_unit_test(what_is_not_bounded_is_never_held),
        cmocka_unit_test(the_clock_is_asked_for_only_while_a_grace_runs),
        cmocka_unit_test(over_without_a_noted_grace_is_over),
        cmocka_unit_test(names_are_those_of_the_api),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
