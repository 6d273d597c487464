/* Guards: what a plan includes and what lies beyond it are told apart without a unit lost. */
#include "core/usage_split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_two_parts_are_what_was_used(void **state) {
    (void)state;
    static const struct {
        enum limit_kind kind;
        int64_t limit, used, within, beyond;
        bool is_bounded;
    } cases[] = {
        {LIMIT_COUNT, 100, 0, 0, 0, true},
        {LIMIT_COUNT, 100, 99, 99, 0, true},
        {LIMIT_COUNT, 100, 100, 100, 0, true},
        {LIMIT_COUNT, 100, 101, 100, 1, true},
        {LIMIT_COUNT, 0, 7, 0, 7, true},
        {LIMIT_CAP, 5, 8, 5, 3, true},
        {LIMIT_COUNT, LIMIT_AMOUNT, INT64_MAX, LIMIT_AMOUNT, INT64_MAX - LIMIT_AMOUNT, true},
        {LIMIT_UNLIMITED, 0, 7, 7, 0, false},
        {LIMIT_CONTRACT, 0, 7, 7, 0, false},
        {LIMIT_TRACKED, 0, INT64_MAX, INT64_MAX, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct limit limit = {cases[i].kind, quantity_of(cases[i].limit), LIMIT_PERCENT_DEFAULT};
        struct usage_split split = usage_split(limit, quantity_of(cases[i].used));
        assert_int_equal(split.within.amount, cases[i].within);
        assert_int_equal(split.beyond.amount, cases[i].beyond);
        assert_int_equal(split.included.amount, cases[i].limit);
        assert_true(split.is_bounded == cases[i].is_bounded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_two_parts_are_what_was_used)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
