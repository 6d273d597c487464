/* Guards: instants stay in range, months are clamped from the anchor, steps say what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/rfc3339.h"
#include "core/calendar.h"
#include "core/text.h"

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static void assert_at(struct instant instant, const char *text) {
    assert_int_equal(instant.ms, at(text).ms);
}

static void the_edges_are_those_of_rfc_3339(void **state) {
    (void)state;
    assert_at(INSTANT_MIN, "0001-01-01T00:00:00Z");
    assert_at(INSTANT_MAX, "9999-12-31T23:59:59.999Z");
    assert_true(instant_is_valid(INSTANT_MIN));
    assert_true(instant_is_valid(INSTANT_MAX));
    assert_false(instant_is_valid((struct instant){INSTANT_MIN_MS - 1}));
    assert_false(instant_is_valid((struct instant){INSTANT_MAX_MS + 1}));
}

static void instants_compare(void **state) {
    (void)state;
    struct instant a = {1};
    struct instant b = {2};
    assert_true(instant_compare(a, b) < 0 && instant_compare(b, a) > 0);
    assert_int_equal(instant_compare(a, a), 0);
    assert_true(instant_is_before(a, b) && !instant_is_before(b, a) && !instant_is_before(a, a));
    assert_true(instant_equal(a, a) && !instant_equal(a, b));
    assert_int_equal(instant_earlier(a, b).ms, 1);
    assert_int_equal(instant_earlier(b, a).ms, 1);
    assert_int_equal(instant_later(a, b).ms, 2);
    assert_int_equal(instant_later(b, a).ms, 2);
    assert_int_equal(instant_difference(b, a).ms, 1);
    assert_true(duration_compare(duration_hours(1), duration_seconds(3600)) == 0);
    assert_true(duration_compare(duration_days(1), duration_hours(23)) > 0);
    assert_true(duration_compare(duration_hours(-1), duration_seconds(0)) < 0);
}

static void sums_stay_at_the_edge(void **state) {
    (void)state;
    assert_at(instant_add(at("2024-02-28T23:00:00Z"), duration_hours(2)), "2024-02-29T01:00:00Z");
    assert_int_equal(instant_add(INSTANT_MAX, (struct duration){1}).ms, INSTANT_MAX_MS);
    assert_int_equal(instant_add(INSTANT_MIN, (struct duration){-1}).ms, INSTANT_MIN_MS);
    assert_int_equal(instant_add(INSTANT_MAX, (struct duration){INT64_MAX}).ms, INSTANT_MAX_MS);
    assert_int_equal(instant_add(INSTANT_MIN, (struct duration){INT64_MIN}).ms, INSTANT_MIN_MS);
    assert_int_equal(instant_add(INSTANT_MIN, (struct duration){INT64_MAX}).ms, INSTANT_MAX_MS);
}

static void seconds_are_rounded_down(void **state) {
    (void)state;
    static const int64_t cases[][2] = {{0, 0},   {999, 0},    {1000, 1},
                                       {-1, -1}, {-1000, -1}, {-1001, -2}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(instant_unix_seconds((struct instant){cases[i][0]}), cases[i][1]);
    }
}

static void months_are_clamped_from_the_anchor(void **state) {
    (void)state;
    struct instant anchor = at("2023-01-31T10:20:30.456Z");
    assert_at(instant_add_months(anchor, 0), "2023-01-31T10:20:30.456Z");
    assert_at(instant_add_months(anchor, 1), "2023-02-28T10:20:30.456Z");
    assert_at(instant_add_months(anchor, 2), "2023-03-31T10:20:30.456Z");
    assert_at(instant_add_months(anchor, 3), "2023-04-30T10:20:30.456Z");
    assert_at(instant_add_months(anchor, 13), "2024-02-29T10:20:30.456Z");
    assert_at(instant_add_months(anchor, -2), "2022-11-30T10:20:30.456Z");
    assert_at(instant_add_months(anchor, -12), "2022-01-31T10:20:30.456Z");
    int64_t to_last = 12 * (9999 - 2023) + 11;
    assert_at(instant_add_months(anchor, to_last), "9999-12-31T10:20:30.456Z");
    assert_int_equal(instant_add_months(anchor, to_last + 1).ms, INSTANT_MAX_MS);
    assert_at(instant_add_months(anchor, -12 * 2022), "0001-01-31T10:20:30.456Z");
    assert_int_equal(instant_add_months(anchor, -12 * 2022 - 1).ms, INSTANT_MIN_MS);
    assert_int_equal(instant_add_months(anchor, 12 * 9000).ms, INSTANT_MAX_MS);
    assert_int_equal(instant_add_months(anchor, -12 * 9000).ms, INSTANT_MIN_MS);
    assert_int_equal(instant_add_months(anchor, INT64_MAX).ms, INSTANT_MAX_MS);
    assert_int_equal(instant_add_months(anchor, INT64_MIN).ms, INSTANT_MIN_MS);
}

static void steps_are_iso_8601_durations(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t months, ms;
    } cases[] = {
        {"P1M", 1, 0},
        {"P1Y", 12, 0},
        {"P14D", 0, 1209600000},
        {"PT1H", 0, 3600000},
        {"PT90S", 0, 90000},
        {"P2W", 0, 1209600000},
        {"PT5M", 0, 300000},
        {"P0D", 0, 0},
        {"P1Y2M3W4DT5H6M7S", 14, 2178367000},
        {"P10000Y", 120000, 0},
        {"P1MT1M", 1, 60000},
        {"PT999999999S", 0, INT64_C(999999999000)},
        {"P3660000D", 0, INT64_C(316224000000000)},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct calendar_step step;
        assert_true(calendar_step_parse(str_from_cstr(cases[i].text), &step));
        assert_int_equal(step.months, cases[i].months);
        assert_int_equal(step.ms, cases[i].ms);
    }
}

static void other_texts_are_no_steps(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",      "P",      "PT",        "P1",   "1M",      "p1M",          "P1m",      "P-1M",
        "P+1M",  "P1.5M",  "P M",       "PM",   "P1MT",    "PT1D",         "P1H",      "P1D1M",
        "P1M1M", "PT1S1H", "P1MT1HT1M", "P1M ", "P10001Y", "P1000000000D", "P120001M", "P3660001D",
        "PT1H1", "P1:M",   "P1/M",
    };
    struct calendar_step step = {.months = 5, .ms = 6};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(calendar_step_parse(str_from_cstr(bad[i]), &step));
    }
    assert_int_equal(step.months, 5);
    assert_int_equal(step.ms, 6);
}

static void steps_add_months_first(void **state) {
    (void)state;
    struct instant moved;
    assert_true(instant_add_step(at("2023-01-31T00:00:00Z"),
                                 (struct calendar_step){.months = 1, .ms = 86400000}, &moved));
    assert_at(moved, "2023-03-01T00:00:00Z");
    assert_false(instant_add_step(moved, (struct calendar_step){.months = 120000}, &moved));
    struct instant last;
    assert_true(instant_add_step((struct instant){INSTANT_MAX_MS - 5},
                                 (struct calendar_step){.ms = 5}, &last));
    assert_int_equal(last.ms, INSTANT_MAX_MS);
    assert_false(instant_add_step(INSTANT_MAX, (struct calendar_step){.ms = 1}, &moved));
    assert_at(moved, "2023-03-01T00:00:00Z");
}

static void text_is_cut_at_its_array(void **state) {
    (void)state;
    char bytes[8];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    text_number(&text, 7, 3);
    assert_string_equal(bytes, "007");
    text_number(&text, 1234, 1);
    assert_string_equal(bytes, "0071234");
    text_str(&text, STR(""));
    assert_true(text_fits(&text));
    text_str(&text, STR("5"));
    assert_string_equal(bytes, "0071234");
    assert_false(text_fits(&text));
    text_str(&text, STR(""));
    assert_false(text_fits(&text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_edges_are_those_of_rfc_3339),
        cmocka_unit_test(instants_compare),
        cmocka_unit_test(sums_stay_at_the_edge),
        cmocka_unit_test(seconds_are_rounded_down),
        cmocka_unit_test(months_are_clamped_from_the_anchor),
        cmocka_unit_test(steps_are_iso_8601_durations),
        cmocka_unit_test(other_texts_are_no_steps),
        cmocka_unit_test(steps_add_months_first),
        cmocka_unit_test(text_is_cut_at_its_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
