/* Guards: a day is one of the calendar, and countries are found by their code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/accessibility.h"

static bool is_day(const char *text) {
    return accessibility_is_day(str_from_cstr(text));
}

static void every_day_of_400_years_and_no_other(void **state) {
    (void)state;
    int count = 0;
    for (int year = 2000; year < 2400; year++) {
        for (int month = 0; month <= 13; month++) {
            for (int day = 0; day <= 32; day++) {
                char text[16];
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                count += is_day(text) ? 1 : 0;
            }
        }
    }
    assert_int_equal(count, 146097); /* of the Gregorian cycle */
}

static void what_is_no_day(void **state) {
    (void)state;
    static const char *const texts[] = {"",           "2026",        "2026-11-2",  "2026-11-029",
                                        "2026/11/29", "20a6-11-29",  "2026-1x-29", "2026-11-x9",
                                        "1969-12-31", "2026-11-29 ", "29-11-2026", "-026-11-29"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(is_day(texts[i]));
    }
    assert_true(is_day("1970-01-01"));
    assert_true(is_day("2024-02-29"));
    assert_false(is_day("2100-02-29"));
}

static void authorities_are_found_by_country(void **state) {
    (void)state;
    for (size_t i = 0; i < accessibility_authority_count; i++) {
        const struct accessibility_authority *authority = &accessibility_authorities[i];
        assert_ptr_equal(accessibility_authority_of(str_from_cstr(authority->country)), authority);
        assert_int_equal(strncmp(authority->url, "https://", 8), 0);
        if (i > 0) {
            assert_true(strcmp(accessibility_authorities[i - 1].country, authority->country) < 0);
        }
    }
    assert_null(accessibility_authority_of(STR("US")));
    assert_null(accessibility_authority_of(STR("de")));
    assert_null(accessibility_authority_of(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_400_years_and_no_other),
        cmocka_unit_test(what_is_no_day),
        cmocka_unit_test(authorities_are_found_by_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
