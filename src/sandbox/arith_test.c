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

/* From this instant on `count` periods meet, and each instant at their edges lies in one only. */
static void assert_tiles(int64_t anchor, struct interval interval, int count) {
    int64_t at = anchor;
    for (int n = 0; n < count; n++) {
        struct period period = sandbox_period_at(anchor, interval, at);
        assert_int_equal(period.start, at);
        assert_int_equal(period.end, anchor_plus(anchor, interval, n + 1));
        assert_true(period.end > period.start);
        struct period last = sandbox_period_at(anchor, interval, period.end - 1);
        assert_int_equal(last.start, period.start);
        at = period.end;
    }
}

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
            assert_tiles(anchor, intervals[i], 60);
        }
    }
}

/* Months that begin on the 28th to the 31st of any month of a common and a leap year: 48 of them
 * tile, each ends on the anchor's day or on its month's last, and years tile for eight. */
static void test_month_ends_and_leap_days_tile(void **state) {
    (void)state;
    static const struct interval monthly = {INTERVAL_MONTH, 1, 0};
    static const struct interval yearly = {INTERVAL_YEAR, 1, 0};
    for (int month = 0; month < 24; month++) {
        int year = 2015 + month / 12;
        int of_year = month % 12 + 1;
        for (int day = 28; day <= civil_days_in_month(year, of_year); day++) {
            struct civil civil = {year, of_year, day, 23, 59, 59, 0};
            int64_t anchor = civil_to_ms(civil) / 1000;
            assert_tiles(anchor, monthly, 48);
            assert_tiles(anchor, yearly, 8);
            for (int n = 1; n <= 48; n++) {
                struct civil end = civil_from_ms(anchor_plus(anchor, monthly, n) * 1000);
                int last = civil_days_in_month(end.year, end.month);
                assert_int_equal(end.day, day < last ? day : last);
                assert_int_equal(end.year * 12 + end.month, year * 12 + of_year + n);
            }
        }
    }
}

/* A day that is aimed at wins over the day on which the anchor itself could fall. */
static void test_a_configured_day_is_aimed_at(void **state) {
    (void)state;
    static const struct interval last_day = {INTERVAL_MONTH, 1, 31};
    int64_t anchor = instant("2015-02-28T06:00:00Z");
    assert_int_equal(anchor_plus(anchor, last_day, 1), instant("2015-03-31T06:00:00Z"));
    assert_int_equal(anchor_plus(anchor, last_day, 12), instant("2016-02-29T06:00:00Z"));
    assert_tiles(anchor, last_day, 48);
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

/* A debit of a Saturday, of a Thursday, and of a Monday arrives four business days later. */
static void test_business_days_leave_out_weekends(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
        int days;
    } cases[] = {
        {"2015-01-31T12:00:00Z", "2015-02-05T12:00:00Z", 4},
        {"2015-02-05T23:59:59Z", "2015-02-11T23:59:59Z", 4},
        {"2015-02-02T00:00:00Z", "2015-02-06T00:00:00Z", 4},
        {"2015-02-06T09:00:00Z", "2015-02-09T09:00:00Z", 1},
        {"2015-02-06T09:00:00Z", "2015-02-06T09:00:00Z", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(business_days_after(instant(cases[i].from), cases[i].days),
                         instant(cases[i].to));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_prorations),
        cmocka_unit_test(test_half_goes_away_from_zero),
        cmocka_unit_test(test_month_ends_are_clamped_from_the_anchor),
        cmocka_unit_test(test_periods_tile),
        cmocka_unit_test(test_month_ends_and_leap_days_tile),
        cmocka_unit_test(test_a_configured_day_is_aimed_at),
        cmocka_unit_test(test_settlement),
        cmocka_unit_test(test_business_days_leave_out_weekends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
