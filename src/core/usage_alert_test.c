/* Guards: a threshold is told once in a cycle and for one base, on the very unit that reaches it;
 * gauges are told again once they have fallen far enough, and nothing is missed between two looks.
 * Every percent of small bases is walked through, up and down. */
#include "core/usage_alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct usage_alert_thresholds usual = {{80, 100}, 2};

static void thresholds_rise_and_are_bounded(void **state) {
    (void)state;
    static const struct {
        struct usage_alert_thresholds thresholds;
        bool is_valid;
    } cases[] = {
        {{{80, 100}, 2}, true},
        {{{1}, 1}, true},
        {{{1000}, 1}, true},
        {{{10, 20, 30, 40, 50}, 5}, true},
        {{{0}, 0}, false},
        {{{0}, 1}, false},
        {{{1001}, 1}, false},
        {{{100, 80}, 2}, false},
        {{{80, 80}, 2}, false},
        {{{-5}, 1}, false},
        {{{10, 20, 30, 40, 50}, 6}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(usage_alert_thresholds_are_valid(&cases[i].thresholds), cases[i].is_valid);
    }
    assert_string_equal(usage_alert_basis_name(USAGE_ALERT_LIMIT), "limit");
    assert_string_equal(usage_alert_basis_name(USAGE_ALERT_QUANTITY), "quantity");
    assert_string_equal(usage_alert_basis_name(USAGE_ALERT_MONEY), "money");
}

static void lines_are_the_least_unit_that_reaches(void **state) {
    (void)state;
    for (int64_t base = 1; base <= 300; base++) {
        for (int32_t percent = 1; percent <= 250; percent++) {
            int64_t line = usage_alert_line(percent, base);
            assert_true(line * 100 >= base * percent);
            assert_true((line - 1) * 100 < base * percent);
        }
    }
    assert_int_equal(usage_alert_line(1000, LIMIT_AMOUNT), 10 * LIMIT_AMOUNT);
    assert_true(usage_alert_line(1000, INT64_MAX) == INT64_MAX);
}

/* As a counter rises unit by unit each threshold is told once, in order. */
static void a_counter_is_told_of_each_once(void **state) {
    (void)state;
    for (int64_t base = 1; base <= 120; base++) {
        unsigned told = 0;
        int count = 0;
        for (int64_t value = 0; value <= 2 * base; value++) {
            struct usage_alert_level level = {value, base, false};
            struct usage_alert_judgement judged = usage_alert_judge(&usual, &level, told);
            assert_int_equal(judged.rearms, 0);
            for (unsigned i = 0; i < 2; i++) {
                bool is_reached = value * 100 >= base * usual.percents[i];
                assert_int_equal((judged.reached >> i & 1) != 0, is_reached);
                count += (judged.fires >> i & 1) != 0;
            }
            told |= judged.fires;
            assert_int_equal(told, judged.reached);
        }
        assert_int_equal(count, 2);
    }
}

/* Between two looks nothing changes inside [falls_at, rises_at), and something does at its ends. */
static void looks_are_needed_at_their_ends_alone(void **state) {
    (void)state;
    static const struct usage_alert_thresholds many = {{3, 50, 80, 100, 110}, 5};
    for (int64_t base = 1; base <= 40; base++) {
        for (unsigned told = 0; told < 32; told++) {
            for (int64_t value = 0; value <= 60; value++) {
                struct usage_alert_level level = {value, base, true};
                struct usage_alert_judgement first = usage_alert_judge(&many, &level, told);
                unsigned kept = (told | first.fires) & ~first.rearms;
                for (int64_t next = 0; next <= 60; next++) {
                    struct usage_alert_level later = {next, base, true};
                    struct usage_alert_judgement then = usage_alert_judge(&many, &later, kept);
                    bool is_inside = next >= first.falls_at && next < first.rises_at;
                    assert_int_equal((then.fires | then.rearms) == 0, is_inside);
                }
            }
        }
    }
}

static void a_gauge_rearms_five_points_below(void **state) {
    (void)state;
    struct usage_alert_level at80 = {80, 100, true};
    struct usage_alert_level at76 = {76, 100, true};
    struct usage_alert_level at75 = {75, 100, true};
    assert_int_equal(usage_alert_judge(&usual, &at80, 0).fires, 1);
    assert_int_equal(usage_alert_judge(&usual, &at80, 1).fires, 0);
    assert_int_equal(usage_alert_judge(&usual, &at76, 1).rearms, 0);
    assert_int_equal(usage_alert_judge(&usual, &at75, 1).rearms, 1);
    at75.is_gauge = false;
    assert_int_equal(usage_alert_judge(&usual, &at75, 1).rearms, 0);
}

/* No limit, one of nothing, and levels that corrections pushed below zero. */
static void what_has_no_base_is_never_reached(void **state) {
    (void)state;
    for (int64_t base = -1; base <= 0; base++) {
        struct usage_alert_level level = {LIMIT_AMOUNT, base, false};
        struct usage_alert_judgement judged = usage_alert_judge(&usual, &level, 1);
        assert_int_equal(judged.reached | judged.fires | judged.rearms, 0);
        assert_true(judged.rises_at == INT64_MAX);
    }
    struct usage_alert_level below = {-5, 1, true};
    assert_int_equal(usage_alert_judge(&usual, &below, 0).reached, 0);
}

/* Another limit has lines of its own: what was told of the old one is not told of it. */
static void another_base_is_told_of_anew(void **state) {
    (void)state;
    struct usage_alert_level level = {90, 100, false};
    assert_int_equal(usage_alert_judge(&usual, &level, 1).fires, 0);
    level.base = 110;
    assert_int_equal(usage_alert_judge(&usual, &level, 0).fires, 1);
    level.base = 1000;
    assert_int_equal(usage_alert_judge(&usual, &level, 0).fires, 0);
}

static struct limit limit_of(enum limit_kind kind, int64_t amount) {
    return (struct limit){kind, quantity_of(amount), LIMIT_PERCENT_DEFAULT};
}

/* A cap never lets more through than the plan, and beyond it nothing goes, grace or not. */
static void a_cap_is_the_lower_of_both(void **state) {
    (void)state;
    for (int64_t plan = 0; plan <= 20; plan++) {
        for (int64_t cap = 0; cap <= 25; cap++) {
            struct limit limit = usage_alert_capped(limit_of(LIMIT_COUNT, plan), &cap);
            assert_int_equal(limit.kind, cap <= plan ? LIMIT_CAP : LIMIT_COUNT);
            assert_int_equal(limit.amount.amount, cap <= plan ? cap : plan);
            for (int64_t used = 0; used <= 25; used++) {
                struct limit_query query = {.limit = limit,
                                            .kind = METRIC_COUNTER,
                                            .used = quantity_of(used),
                                            .amount = quantity_of(1)};
                struct limit_decision decision = limit_decide(&query);
                assert_true(decision.is_allowed || used + 1 > limit_hard(limit).amount);
                unsigned remedy = cap <= plan ? LIMIT_REMEDY_RAISE_CAP : LIMIT_REMEDY_UPGRADE;
                assert_true(decision.is_allowed || (decision.remedies & remedy) != 0);
                unsigned notices = 0;
                (void)limit_step(&query, LIMIT_CAUSE_USED, &notices);
                assert_true(notices == 0 || cap > plan);
            }
        }
    }
    static const enum limit_kind unbounded[] = {LIMIT_UNLIMITED, LIMIT_CONTRACT, LIMIT_TRACKED};
    int64_t cap = 7;
    for (size_t i = 0; i < sizeof unbounded / sizeof *unbounded; i++) {
        struct limit plan = limit_of(unbounded[i], 0);
        assert_int_equal(usage_alert_capped(plan, &cap).amount.amount, 7);
        assert_int_equal(usage_alert_capped(plan, NULL).kind, unbounded[i]);
    }
    struct limit at_limit = usage_alert_capped(limit_of(LIMIT_COUNT, 10), NULL);
    assert_int_equal(limit_hard(at_limit).amount, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_rise_and_are_bounded),
        cmocka_unit_test(lines_are_the_least_unit_that_reaches),
        cmocka_unit_test(a_counter_is_told_of_each_once),
        cmocka_unit_test(looks_are_needed_at_their_ends_alone),
        cmocka_unit_test(a_gauge_rearms_five_points_below),
        cmocka_unit_test(what_has_no_base_is_never_reached),
        cmocka_unit_test(another_base_is_told_of_anew),
        cmocka_unit_test(a_cap_is_the_lower_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
