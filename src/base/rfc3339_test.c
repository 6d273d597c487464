/* Promise: every day of 400 years is one civil date and one text, and only RFC 3339 is read. */
#include "base/rfc3339.h"
#include "base/testing.h"

#define MS_PER_DAY INT64_C(86400000)

static struct civil next_day(struct civil day) {
    if (day.day < civil_days_in_month(day.year, day.month)) {
        day.day++;
    } else if (day.month < 12) {
        day = (struct civil){.year = day.year, .month = day.month + 1, .day = 1};
    } else {
        day = (struct civil){.year = day.year + 1, .month = 1, .day = 1};
    }
    return day;
}

/* Counts the days one by one, so that the arithmetic has an independent witness. */
static void walks_400_years_day_by_day(void **state) {
    (void)state;
    struct civil day = {.year = 1900, .month = 1, .day = 1};
    int64_t ms = INT64_C(-2208988800000); /* 1900-01-01, RFC 868 */
    for (; day.year < 2300; day = next_day(day), ms += MS_PER_DAY) {
        assert_true(civil_to_ms(day) == ms);
        struct civil back = civil_from_ms(ms);
        assert_memory_equal(&back, &day, sizeof day);
        int64_t late = ms + (ms % 86399999 + 86399999) % 86399999; /* some instant of the day */
        char text[RFC3339_SIZE];
        rfc3339_format(late, text);
        int64_t parsed = 0;
        assert_true(rfc3339_parse(str_from_cstr(text), &parsed));
        assert_true(parsed == late);
    }
    assert_true(ms - INT64_C(-2208988800000) == 146097 * MS_PER_DAY);
}

static void knows_some_instants(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2000-02-29T12:00:00Z", 951825600000},
        {"2015-05-17T10:05:03.123Z", 1431857103123},
        {"2038-01-19T03:14:08Z", INT64_C(2147483648000)},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ms = 1;
        assert_true(rfc3339_parse(str_from_cstr(cases[i].text), &ms));
        assert_true(ms == cases[i].ms);
        char text[RFC3339_SIZE];
        rfc3339_format(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void reads_other_spellings(void **state) {
    (void)state;
    static const char *const same[] = {
        "2015-05-17t10:05:03z",      "2015-05-17T12:05:03+02:00", "2015-05-17T00:20:03-09:45",
        "2015-05-17T10:05:03-00:00", "2015-05-17T10:05:03.0Z",    "2015-05-17T10:05:03.000999999Z",
        "2015-05-18T10:04:03+23:59",
    };
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        int64_t ms = 0;
        assert_true(rfc3339_parse(str_from_cstr(same[i]), &ms));
        assert_true(ms == INT64_C(1431857103000));
    }
}

static void refuses_the_rest(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "2015-05-17",
        "2015-05-17T10:05:03",   /* no zone */
        "2015-05-17 10:05:03Z",  /* a blank */
        "2015-05-17T10:05Z",     /* no seconds */
        "2015-05-17T10:05:03.Z", /* a point and nothing */
        "2015-05-17T10:05:03.1234567890Z",
        "2015-05-17T10:05:03,5Z",
        "2015-05-17T24:00:00Z",
        "2015-05-17T10:60:00Z",
        "2015-05-17T10:05:60Z", /* a leap second */
        "2015-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2015-04-31T00:00:00Z",
        "2015-13-01T00:00:00Z",
        "2015-00-01T00:00:00Z",
        "2015-01-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "15-05-17T10:05:03Z",
        "12015-05-17T10:05:03Z",
        "+2015-05-17T10:05:03Z",
        "2015-5-17T10:05:03Z",
        "2015-05-17T10:05:03+0200",
        "2015-05-17T10:05:03+24:00",
        "2015-05-17T10:05:03+02:60",
        "2015-05-17T10:05:03ZZ",
        "2015-05-17T10:05:03Z ",
        " 2015-05-17T10:05:03Z",
        "0001-01-01T00:00:00+00:01", /* falls out of year 1 */
        "9999-12-31T23:59:59-00:01", /* falls out of year 9999 */
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        int64_t ms = 77;
        assert_false(rfc3339_parse(str_from_cstr(bad[i]), &ms));
        assert_true(ms == 77);
    }
    int64_t ms = 0;
    assert_false(rfc3339_parse(str_of("2015-05-17T10:05:03Z\0", 21), &ms));
}

static void knows_the_lengths_of_months(void **state) {
    (void)state;
    assert_int_equal(civil_days_in_month(2000, 2), 29);
    assert_int_equal(civil_days_in_month(1900, 2), 28);
    assert_int_equal(civil_days_in_month(2024, 2), 29);
    assert_int_equal(civil_days_in_month(2023, 2), 28);
    assert_int_equal(civil_days_in_month(2023, 12), 31);
    assert_int_equal(civil_days_in_month(2023, 9), 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_400_years_day_by_day),  cmocka_unit_test(knows_some_instants),
        cmocka_unit_test(reads_other_spellings),       cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(knows_the_lengths_of_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
