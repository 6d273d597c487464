/* Guards: pages are counted by arm, a slow one from 200 milliseconds on, and the oldest experiment
 * makes room for a new one. */
#include "core/experiment_speed.h"

#include <stdio.h>

#include "base/testing.h"

#define ID STR("expt_1")
static const uint64_t ms = 1000000;

static void test_counted(void **state) {
    (void)state;
    struct experiment_speeds speeds = {.next = 0};
    assert_int_equal(experiment_speed_of(&speeds, ID, 0).pages, 0);
    experiment_speed_add(&speeds, ID, 1, 200 * ms);
    experiment_speed_add(&speeds, ID, 1, 200 * ms + 1);
    experiment_speed_add(&speeds, ID, 1, 2 * ms);
    experiment_speed_add(&speeds, ID, 0, 10 * ms);
    struct experiment_speed arm = experiment_speed_of(&speeds, ID, 1);
    assert_int_equal(arm.pages, 3);
    assert_int_equal(arm.slow, 1);
    assert_int_equal(experiment_speed_slow_ppm(&arm), 333333);
    assert_int_equal(experiment_speed_mean_us(&arm), 134000);
    assert_int_equal(experiment_speed_of(&speeds, ID, 0).pages, 1);
    assert_int_equal(experiment_speed_of(&speeds, STR("expt_2"), 1).pages, 0);
}

static void test_nobody(void **state) {
    (void)state;
    const struct experiment_speed none = {.pages = 0};
    assert_int_equal(experiment_speed_slow_ppm(&none), 0);
    assert_int_equal(experiment_speed_mean_us(&none), 0);
    assert_false(experiment_speed_breaks(&none, &none, 10000));
}

static void test_breaks(void **state) {
    (void)state;
    const struct experiment_speed control = {.pages = 100, .slow = 1};
    const struct experiment_speed arm = {.pages = 100, .slow = 3};
    assert_true(experiment_speed_breaks(&control, &arm, 19999));
    assert_false(experiment_speed_breaks(&control, &arm, 20000));
    assert_false(experiment_speed_breaks(&control, &arm, 0));
    assert_false(experiment_speed_breaks(&arm, &control, 1));
}

static void test_room(void **state) {
    (void)state;
    struct experiment_speeds speeds = {.next = 0};
    for (int i = 0; i <= EXPERIMENT_SPEEDS_MAX; i++) {
        char id[16];
        int length = snprintf(id, sizeof id, "expt_%d", i);
        experiment_speed_add(&speeds, str_of(id, (size_t)length), 0, ms);
    }
    assert_int_equal(experiment_speed_of(&speeds, STR("expt_0"), 0).pages, 0);
    assert_int_equal(experiment_speed_of(&speeds, STR("expt_1"), 0).pages, 1);
    assert_int_equal(experiment_speed_of(&speeds, STR("expt_8"), 0).pages, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
