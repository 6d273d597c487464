/* Guards the sandbox's money: Stripe's published proration figures, month ends, and the balance. */
#include "sandbox/arith.h"

#include "base/rfc3339.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t instant(const char *text) {
    int64_t ms = 0;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return ms / 1000;
}

/* billing/subscriptions/prorations: 10 to 20 half way, and a third of 20.00 and 10.00. */
static void test_published_prorations(void **state) {
    (void)state;
    assert_int_equal(prorate(-1000, 15, 30), -500);
    assert_int_equal(prorate(2000, 15, 30), 1000);
    assert_int_equal(prorate(-2000, 1, 3), -667);
    assert_int_equal(prorate(1000, 1, 3), 333);
}

static void test_half_goes_away_from_zero(void **state) {
    (void)state;
    assert_int_equal(prorate(1, 1, 2), 1);
    assert_int_equal(prorate(-1, 1, 2), -1);
    assert_int_equal(prorate(3, 1, 2), 2);
    assert_int_equal(prorate(-3, 1, 2), -2);
    assert_int_equal(prorate(100, 0, 7), 0);
    assert_int_equal(prorate(100, 7, 7), 100);
    assert_int_equal(prorate((int64_t)UNIT_AMOUNT_MAX * QUANTITY_MAX, 31622399, 31622400),
                     99999995837685);
}

static void test_month_ends_are_clamped_from_the_anchor(void **state) {
    (void)state;
    static const char *const expected[] = {"2015-01-31T10:20:30Z", "2015-02-28T10:20:30Z",
                                           "2015-03-31T10:20:30Z", "2015-04-30T10:20:30Z"};
    int64_t anchor = instant(expected[0]);
    struct interval monthly = {INTERVAL_MONTH, 1, 0};
    for (int n = 0; n < 4; n++) {
        assert_int_equal(anchor_plus(anchor, monthly, n), instant(expected[n]));
    }
    assert_int_equal(anchor_plus(anchor, monthly, 13), instant("2016-02-29T10:20:30Z"));
    assert_int_equal(anchor_plus(anchor, monthly, -2), instant("2014-11-30T10:20:30Z"));
    struct interval yearly = {INTERVAL_YEAR, 1, 0};
    int64_t leap_day = instant("2016-02-29T00:00:00Z");
    assert_int_equal(anchor_plus(leap_day, yearly, 1), instant("2017-02-28T00:00:00Z"));
    assert_int_equal(anchor_plus(leap_day, yearly, 4), instant("2020-02-29T00:00:00Z"));
}

/* Every instant lies in exactly one period, and periods meet. */
static void test_periods_tile(void **state) {
    (void)state;
    static const struct interval intervals[] = {{INTERVAL_DAY, 1, 0},
                                                {INTERVAL_WEEK, 2, 0},
                                                {INTERVAL_MONTH, 1, 0},
                                                {INTERVAL_MONTH, 3, 0},
                                                {INTERVAL_YEAR, 1, 0}};
    int64_t first = instant("2015-01-28T12:00:00Z");
    for (size_t i = 0; i < ARRAY_LEN(intervals); i++) {
        for (int64_t anchor = first; anchor < first + 5 * 86400; anchor += 86400) {
            int64_t at = anchor;
            for (int n = 0; n < 60; n++) {
                struct period period = sandbox_period_at(anchor, intervals[i], at);
                assert_int_equal(period.start, at);
                assert_true(period.end > period.start);
                struct period last = sandbox_period_at(anchor, intervals[i], period.end - 1);
                assert_int_equal(last.start, period.start);
                at = period.end;
            }
        }
    }
}

static void test_settlement(void **state) {
    (void)state;
    static const struct {
        int64_t total, balance, due, ending;
    } cases[] = {
        {2900, 0, 2900, 0},    {2900, -1000, 1900, 0}, {2900, -5000, 0, -2100}, {-334, 0, 0, -334},
        {-334, -100, 0, -434}, {30, 0, 0, 30},         {2900, -2880, 0, 20},    {2900, 30, 2930, 0},
        {0, 900, 0, 900},      {50, 0, 50, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct settlement got = settle(cases[i].total, cases[i].balance, 50);
        assert_int_equal(got.amount_due, cases[i].due);
        assert_int_equal(got.ending_balance, cases[i].ending);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_prorations),
        cmocka_unit_test(test_half_goes_away_from_zero),
        cmocka_unit_test(test_month_ends_are_clamped_from_the_anchor),
        cmocka_unit_test(test_periods_tile),
        cmocka_unit_test(test_settlement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
