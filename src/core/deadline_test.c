/* Guards: whoever must answer is told 14, 7 and 1 days before and on the day, each once, and never
 * after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/deadline.h"

#define DAY (INT64_C(24) * 3600 * 1000)
enum { DUE = 100 };

static struct instant day(int64_t days) {
    return (struct instant){days * DAY};
}

static void every_moment_has_its_next(void **state) {
    (void)state;
    const struct instant due = day(DUE);
    for (int64_t now = 0; now < DUE + 3; now++) {
        int64_t next = now < DUE - 14  ? DUE - 14
                       : now < DUE - 7 ? DUE - 7
                       : now < DUE - 1 ? DUE - 1
                                       : DUE;
        struct instant found = deadline_next_notice(due, day(now));
        assert_int_equal(found.ms, now < DUE ? next * DAY : INSTANT_MAX.ms);
    }
    assert_int_equal(deadline_next_notice(due, (struct instant){DUE * DAY - 1}).ms, DUE * DAY);
    assert_int_equal(deadline_next_notice(due, day(DUE)).ms, INSTANT_MAX.ms);
}

static void walked_from_the_start_there_are_four(void **state) {
    (void)state;
    static const int64_t left[] = {14, 7, 1, 0};
    struct instant now = day(0);
    for (size_t i = 0; i < ARRAY_LEN(left); i++) {
        now = deadline_next_notice(day(DUE), now);
        assert_int_equal(deadline_days_left(day(DUE), now), left[i]);
    }
    assert_int_equal(deadline_next_notice(day(DUE), now).ms, INSTANT_MAX.ms);
}

static void a_part_of_a_day_is_a_day(void **state) {
    (void)state;
    assert_int_equal(deadline_days_left(day(2), (struct instant){1}), 2);
    assert_int_equal(deadline_days_left(day(2), (struct instant){2 * DAY - 1}), 1);
    assert_int_equal(deadline_days_left(day(2), day(5)), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_moment_has_its_next),
        cmocka_unit_test(walked_from_the_start_there_are_four),
        cmocka_unit_test(a_part_of_a_day_is_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
