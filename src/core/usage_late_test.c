/* Guards: what came late is late by its hour, not by its minute, and only after the time that
 * senders gather for. */
#include "core/usage_late.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static bool is_late(int64_t happened, int64_t received) {
    return usage_is_late((struct instant){happened}, (struct instant){received});
}

static void what_comes_in_its_hour_or_soon_after_is_not_late(void **state) {
    (void)state;
    int64_t hour = 1000 * (int64_t)HOUR;
    assert_false(is_late(hour, hour));
    assert_false(is_late(hour, hour + HOUR - 1));           /* an hour old, and of this hour */
    assert_false(is_late(hour, hour + HOUR + 15 * MINUTE)); /* exactly the minutes allowed */
    assert_false(is_late(hour + HOUR - 1, hour + HOUR + 15 * MINUTE));
    assert_false(is_late(hour + 5 * MINUTE, hour)); /* a sender's clock that is ahead */
}

static void what_comes_later_is_late(void **state) {
    (void)state;
    int64_t hour = 1000 * (int64_t)HOUR;
    assert_true(is_late(hour, hour + HOUR + 15 * MINUTE + 1));
    assert_true(is_late(hour + HOUR - 1, hour + HOUR + 15 * MINUTE + 1));
    assert_true(is_late(hour, hour + 72 * (int64_t)HOUR));
    assert_true(is_late(-HOUR - 1, 0)); /* before 1970 hours are hours, too */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_in_its_hour_or_soon_after_is_not_late),
        cmocka_unit_test(what_comes_later_is_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
