/* Guards: periods tile time. No anchor, month or leap year leaves a gap, an overlap or a period too
 * few; that is proved by trying every anchor day over 400 years, the whole Gregorian cycle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/rfc3339.h"
#include "core/period.h"

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static void assert_period(struct period period, const char *start, const char *end) {
    assert_int_equal(period.start.ms, at(start).ms);
    assert_int_equal(period.end.ms, at(end).ms);
}

/* The day that period n of the anchor must start on, by the rule and nothing else. */
static void assert_follows_anchor(struct instant start, struct civil anchor,
                                  int64_t month_of_time) {
    struct civil civil = civil_from_ms(start.ms);
    assert_int_equal((int64_t)civil.year * 12 + civil.month - 1, month_of_time);
    int last = civil_days_in_month(civil.year, civil.month);
    assert_int_equal(civil.day, anchor.day < last ? anchor.day : last);
    assert_int_equal(civil.hour, anchor.hour);
    assert_int_equal(civil.minute, anchor.minute);
    assert_int_equal(civil.second, anchor.second);
    assert_int_equal(civil.millisecond, anchor.millisecond);
}

static void assert_contains(struct instant anchor, enum interval interval, struct instant instant,
                            int64_t n) {
    assert_int_equal(period_number_containing(anchor, interval, instant).value, n);
}

/* Walks 400 years of periods: each begins where the last ended, on the anchor's own day, and its
 * first and last milliseconds are found in it. */
static void walk(struct instant anchor, enum interval interval, int months, int count) {
    struct civil civil = civil_from_ms(anchor.ms);
    int64_t first = (int64_t)civil.year * 12 + civil.month - 1;
    struct instant expected = anchor;
    for (int n = 0; n < count; n++) {
        struct period period = period_at(anchor, interval, (struct period_number){n});
        assert_int_equal(period.start.ms, expected.ms);
        assert_true(instant_is_before(period.start, period.end));
        assert_follows_anchor(period.start, civil, first + (int64_t)n * months);
        assert_contains(anchor, interval, period.start, n);
        assert_contains(anchor, interval, (struct instant){period.end.ms - 1}, n);
        expected = period.end;
    }
}

static void months_tile_for_every_anchor_day_over_400_years(void **state) {
    (void)state;
    struct instant day = at("2024-01-01T13:14:15.167Z");
    for (int i = 0; i < 31; i++) { /* January has every anchor day */
        walk(day, INTERVAL_MONTH, 1, 400 * 12);
        day = instant_add(day, duration_days(1));
    }
}

static void years_tile_for_every_anchor_day_over_400_years(void **state) {
    (void)state;
    struct instant day = at("2024-01-01T23:59:59.999Z");
    for (int i = 0; i < 366; i++) { /* a leap year: 29 February among them */
        walk(day, INTERVAL_YEAR, 12, 400);
        day = instant_add(day, duration_days(1));
    }
}

static void periods_tile_before_the_anchor_too(void **state) {
    (void)state;
    struct instant anchor = at("2024-03-31T06:00:00Z");
    for (int n = -4800; n < 0; n++) {
        struct period month = period_at(anchor, INTERVAL_MONTH, (struct period_number){n});
        struct period next = period_at(anchor, INTERVAL_MONTH, (struct period_number){n + 1});
        assert_int_equal(month.end.ms, next.start.ms);
        assert_contains(anchor, INTERVAL_MONTH, month.start, n);
        assert_contains(anchor, INTERVAL_MONTH, (struct instant){month.end.ms - 1}, n);
    }
}

static void a_yearly_anchor_of_29_february_has_every_year(void **state) {
    (void)state;
    struct instant anchor = at("2024-02-29T12:00:00Z");
    static const char *const starts[] = {"2024-02-29T12:00:00Z", "2025-02-28T12:00:00Z",
                                         "2026-02-28T12:00:00Z", "2027-02-28T12:00:00Z",
                                         "2028-02-29T12:00:00Z"};
    for (int n = 0; n + 1 < (int)ARRAY_LEN(starts); n++) {
        struct period period = period_at(anchor, INTERVAL_YEAR, (struct period_number){n});
        assert_period(period, starts[n], starts[n + 1]);
    }
}

static void monthly_from_30_january_is_clamped_from_the_anchor(void **state) {
    (void)state;
    struct instant anchor = at("2024-01-30T00:00:00Z");
    assert_period(period_containing(anchor, INTERVAL_MONTH, at("2024-02-29T00:00:00Z")),
                  "2024-02-29T00:00:00Z", "2024-03-30T00:00:00Z");
    assert_period(period_containing(anchor, INTERVAL_MONTH, at("2024-02-28T23:59:59Z")),
                  "2024-01-30T00:00:00Z", "2024-02-29T00:00:00Z");
}

static void created_on_31_march_is_billed_on_31_may(void **state) {
    (void)state;
    struct instant anchor = at("2023-03-31T08:00:00Z");
    assert_period(period_containing(anchor, INTERVAL_MONTH, at("2023-05-30T23:00:00Z")),
                  "2023-04-30T08:00:00Z", "2023-05-31T08:00:00Z");
}

static void periods_are_half_open(void **state) {
    (void)state;
    struct period period = {.start = {10}, .end = {20}};
    assert_false(period_contains(period, (struct instant){9}));
    assert_true(period_contains(period, (struct instant){10}));
    assert_true(period_contains(period, (struct instant){19}));
    assert_false(period_contains(period, (struct instant){20}));
    assert_int_equal(period_length(period).ms, 10);
    assert_true(period_equal(period, period));
    assert_false(period_equal(period, (struct period){.start = {10}, .end = {21}}));
    assert_false(period_equal(period, (struct period){.start = {9}, .end = {20}}));
}

static void the_ends_of_time_are_periods_too(void **state) {
    (void)state;
    assert_period(period_containing(INSTANT_MAX, INTERVAL_YEAR, INSTANT_MAX),
                  "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z");
    struct period first =
        period_containing(at("2024-01-31T00:00:00Z"), INTERVAL_MONTH, INSTANT_MIN);
    assert_period(first, "0001-01-01T00:00:00Z", "0001-01-31T00:00:00Z");
    assert_period(period_hour_containing(INSTANT_MAX), "9999-12-31T23:00:00Z",
                  "9999-12-31T23:59:59.999Z");
}

static void hours_are_whole(void **state) {
    (void)state;
    assert_period(period_hour_containing(at("2015-05-17T10:05:03.123Z")), "2015-05-17T10:00:00Z",
                  "2015-05-17T11:00:00Z");
    assert_period(period_hour_containing(at("2015-05-17T10:00:00Z")), "2015-05-17T10:00:00Z",
                  "2015-05-17T11:00:00Z");
    assert_period(period_hour_containing(at("1969-12-31T23:59:59.999Z")), "1969-12-31T23:00:00Z",
                  "1970-01-01T00:00:00Z");
}

static void days_are_whole(void **state) {
    (void)state;
    assert_period(period_day_containing(at("2015-05-17T10:05:03.123Z")), "2015-05-17T00:00:00Z",
                  "2015-05-18T00:00:00Z");
    assert_period(period_day_containing(at("2015-05-17T00:00:00Z")), "2015-05-17T00:00:00Z",
                  "2015-05-18T00:00:00Z");
    assert_period(period_day_containing(at("1969-12-31T23:59:59.999Z")), "1969-12-31T00:00:00Z",
                  "1970-01-01T00:00:00Z");
    assert_period(period_day_containing(INSTANT_MAX), "9999-12-31T00:00:00Z",
                  "9999-12-31T23:59:59.999Z");
}

static void intervals_have_names(void **state) {
    (void)state;
    enum interval interval = INTERVAL_MONTH;
    assert_true(interval_parse(STR("year"), &interval));
    assert_int_equal(interval, INTERVAL_YEAR);
    assert_true(interval_parse(str_from_cstr(interval_name(INTERVAL_MONTH)), &interval));
    assert_int_equal(interval, INTERVAL_MONTH);
    assert_false(interval_parse(STR("week"), &interval));
    assert_false(interval_parse(STR("Month"), &interval));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_tile_for_every_anchor_day_over_400_years),
        cmocka_unit_test(years_tile_for_every_anchor_day_over_400_years),
        cmocka_unit_test(periods_tile_before_the_anchor_too),
        cmocka_unit_test(a_yearly_anchor_of_29_february_has_every_year),
        cmocka_unit_test(monthly_from_30_january_is_clamped_from_the_anchor),
        cmocka_unit_test(created_on_31_march_is_billed_on_31_may),
        cmocka_unit_test(periods_are_half_open),
        cmocka_unit_test(the_ends_of_time_are_periods_too),
        cmocka_unit_test(hours_are_whole),
        cmocka_unit_test(days_are_whole),
        cmocka_unit_test(intervals_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
