/* Guards: how many customers a signal counts for is a sum of steps on every day, whatever came
 * before it; an upgrade is one; and no share or ratio is made up of nothing. */
#include "core/adoption.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DAYS = 80 };

static void signals_of_a_customer_count_once_on_each_day(void **state) {
    (void)state;
    static const int64_t days[] = {3, 3, 4, 10, 23, 24, 37, 60};
    int64_t deltas[DAYS] = {0};
    int64_t last = ADOPTION_NEVER;
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        struct adoption_steps steps = adoption_steps(days[i], last, ADOPTION_DRIVER_DAYS);
        for (int s = 0; s < steps.count; s++) {
            deltas[steps.of[s].day] += steps.of[s].delta;
        }
        last = days[i];
    }
    int64_t there = 0;
    for (int64_t day = 0; day < DAYS; day++) {
        bool expected = false;
        for (size_t i = 0; i < ARRAY_LEN(days); i++) {
            expected |= days[i] <= day && day < days[i] + ADOPTION_DRIVER_DAYS;
        }
        there += deltas[day];
        assert_int_equal(there, expected ? 1 : 0);
    }
    assert_int_equal(adoption_steps(5, 6, 14).count, 0); /* a clock that was set back */
    assert_int_equal(adoption_span(ADOPTION_BLOCK), 14);
    assert_int_equal(adoption_span(ADOPTION_USED_FEATURE), 28);
    assert_string_equal(adoption_kind_name(ADOPTION_DENIED_FEATURE), "denied_feature");
}

static struct revenue_row moved(enum tier before, int64_t arr_before, enum tier after,
                                int64_t arr_after) {
    struct revenue_row row = {
        .kind = REVENUE_EXPANSION,
        .reason = REVENUE_UPGRADE,
        .before = {.place = REVENUE_PAYING, .tier = before, .arr = {arr_before}},
        .after = {.place = REVENUE_PAYING, .tier = after, .arr = {arr_after}},
    };
    return row;
}

static void a_larger_plan_that_brings_more_is_an_upgrade(void **state) {
    (void)state;
    struct revenue_row row = moved(TIER_STARTER, 5, TIER_PROFESSIONAL, 9);
    assert_true(adoption_is_upgrade(&row));
    row.reason = REVENUE_CORRECTION;
    assert_false(adoption_is_upgrade(&row));
    row = moved(TIER_FREE, 0, TIER_STARTER, 5);
    row.before.place = REVENUE_GONE;
    assert_false(adoption_is_upgrade(&row));
    row = moved(TIER_STARTER, 5, TIER_STARTER, 9);
    assert_false(adoption_is_upgrade(&row));
    row = moved(TIER_STARTER, 5, TIER_PROFESSIONAL, 5);
    assert_false(adoption_is_upgrade(&row));
}

static void assert_figure(struct revenue_figure figure, enum revenue_known known, int64_t value) {
    assert_int_equal(figure.known, known);
    assert_int_equal(figure.value, value);
}

static void shares_have_a_base_or_say_so(void **state) {
    (void)state;
    assert_figure(adoption_share(1, 4), REVENUE_KNOWN, 2500);
    assert_figure(adoption_share(5, 4), REVENUE_KNOWN, 10000);
    assert_figure(adoption_share(0, 0), REVENUE_NO_BASE, 0);
    assert_figure(adoption_daily(28), REVENUE_KNOWN, 1);
    assert_figure(adoption_daily(13), REVENUE_KNOWN, 0);
    assert_figure(adoption_stickiness(14, 1), REVENUE_KNOWN, 5000);
    assert_figure(adoption_stickiness(0, 0), REVENUE_NO_BASE, 0);
}

static void lift_is_the_share_of_upgrades_by_that_of_others(void **state) {
    (void)state;
    struct adoption_driver driver = {40, 30, 1040, 130}; /* 75 % against 100 of 1000 days */
    assert_figure(adoption_driven(&driver), REVENUE_KNOWN, 7500);
    assert_figure(adoption_base(&driver), REVENUE_KNOWN, 1000);
    assert_figure(adoption_lift(&driver), REVENUE_KNOWN, 750);
    driver = (struct adoption_driver){20, 1, 120, 9}; /* 5 % against 8 %: 62.5, to even */
    assert_figure(adoption_lift(&driver), REVENUE_KNOWN, 62);
    driver = (struct adoption_driver){20, 3, 120, 11}; /* 15 % against 8 %: 187.5 */
    assert_figure(adoption_lift(&driver), REVENUE_KNOWN, 188);
    driver = (struct adoption_driver){20, 2, 120, 5}; /* 10 % against 3 %: 333.3 */
    assert_figure(adoption_lift(&driver), REVENUE_KNOWN, 333);
    driver = (struct adoption_driver){19, 9, 1000, 100};
    assert_figure(adoption_lift(&driver), REVENUE_FEW_DATA, 0);
    driver = (struct adoption_driver){40, 30, 1000, 30};
    assert_figure(adoption_lift(&driver), REVENUE_FEW_DATA, 0);
    driver = (struct adoption_driver){40, 30, 1000, 20}; /* upgraded twice on one day */
    assert_figure(adoption_base(&driver), REVENUE_KNOWN, 0);
    driver = (struct adoption_driver){0, 0, 0, 3};
    assert_figure(adoption_driven(&driver), REVENUE_NO_BASE, 0);
    assert_figure(adoption_base(&driver), REVENUE_NO_BASE, 0);
    assert_figure(adoption_lift(&driver), REVENUE_FEW_DATA, 0);
    driver = (struct adoption_driver){2, 1, 3, 9}; /* the account is gone, its signal counts on */
    assert_figure(adoption_base(&driver), REVENUE_KNOWN, 10000);
    driver = (struct adoption_driver){20, 20, INT64_MAX, 21};
    assert_figure(adoption_lift(&driver), REVENUE_INFINITE, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_of_a_customer_count_once_on_each_day),
        cmocka_unit_test(a_larger_plan_that_brings_more_is_an_upgrade),
        cmocka_unit_test(shares_have_a_base_or_say_so),
        cmocka_unit_test(lift_is_the_share_of_upgrades_by_that_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
