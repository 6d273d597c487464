/* Guards: peaks are those of all hours, idle ones too, whatever order they come in. */
#include "core/usage_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_load_of_hours_is_by_nearest_rank(void **state) {
    (void)state;
    int64_t hundred[100];
    for (int64_t i = 0; i < 100; i++) {
        hundred[i] = (i * 37) % 100 + 1;
    }
    struct usage_load load = usage_load_of(hundred, 100, 100);
    assert_int_equal(load.p50, 50);
    assert_int_equal(load.p95, 95);
    assert_int_equal(load.max, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(hundred[i], i + 1);
    }
}

static void hours_of_no_use_count(void **state) {
    (void)state;
    int64_t few[] = {7, 3};
    struct usage_load load = usage_load_of(few, 2, 24);
    assert_int_equal(load.p50, 0);
    assert_int_equal(load.p95, 3);
    assert_int_equal(load.max, 7);
    load = usage_load_of(NULL, 0, 24);
    assert_int_equal(load.max, 0);
    load = usage_load_of(NULL, 0, 0);
    assert_int_equal(load.max, 0);
    int64_t same[] = {5, 5, 5};
    load = usage_load_of(same, 3, 3);
    assert_int_equal(load.p50, 5);
    assert_int_equal(load.max, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_load_of_hours_is_by_nearest_rank),
        cmocka_unit_test(hours_of_no_use_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
