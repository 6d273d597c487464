/* Promise: a quantile of the last hour is never below the truth and at most an eighth above it, and
 * what is older is forgotten. */
#include "base/latency_window.h"

#include "base/prng.h"
#include "base/testing.h"

#define SECOND UINT64_C(1000000000)
#define MINUTE (60 * SECOND)

static void nothing_is_told_of_nothing(void **state) {
    (void)state;
    static const struct latency_window window;
    struct latency_summary sum = latency_window_summary(&window, 5 * MINUTE);
    assert_int_equal(sum.count, 0);
    assert_int_equal(sum.p50_ns, 0);
    assert_int_equal(sum.p99_ns, 0);
}

static void one_is_all_there_is(void **state) {
    (void)state;
    static struct latency_window window;
    latency_window_add(&window, 0, 123456789);
    struct latency_summary sum = latency_window_summary(&window, 0);
    assert_int_equal(sum.count, 1);
    assert_int_equal(sum.p50_ns, 123456789);
    assert_int_equal(sum.p99_ns, 123456789);
    assert_int_equal(sum.ns_max, 123456789);
}

static void quantiles_of_known_values(void **state) {
    (void)state;
    static struct latency_window window;
    for (uint64_t i = 1; i <= 1000; i++) {
        latency_window_add(&window, i * SECOND, i * 1000);
    }
    struct latency_summary sum = latency_window_summary(&window, 1000 * SECOND);
    assert_int_equal(sum.count, 1000);
    assert_in_range(sum.p50_ns, 500000, 500000 * 9 / 8);
    assert_in_range(sum.p99_ns, 990000, 1000000);
    assert_int_equal(sum.ns_max, 1000000);
}

/* One slow one of a hundred is not yet the 99th percentile; two are. */
static void the_rank_is_rounded_up(void **state) {
    (void)state;
    static struct latency_window window;
    for (int i = 0; i < 99; i++) {
        latency_window_add(&window, SECOND, 1000);
    }
    latency_window_add(&window, SECOND, SECOND);
    assert_in_range(latency_window_summary(&window, SECOND).p99_ns, 1000, 1125);
    latency_window_add(&window, SECOND, SECOND);
    assert_int_equal(latency_window_summary(&window, SECOND).p99_ns, SECOND);
}

static void what_is_older_than_the_hour_is_forgotten(void **state) {
    (void)state;
    static struct latency_window window;
    latency_window_add(&window, 10 * MINUTE, 5000);
    assert_int_equal(latency_window_summary(&window, 69 * MINUTE + 59 * SECOND).count, 1);
    assert_int_equal(latency_window_summary(&window, 70 * MINUTE).count, 0);
    latency_window_add(&window, 70 * MINUTE, 7000); /* in the place of the one that is forgotten */
    struct latency_summary sum = latency_window_summary(&window, 70 * MINUTE);
    assert_int_equal(sum.count, 1);
    assert_int_equal(sum.ns_max, 7000);
}

static void any_value_lies_within_an_eighth(void **state) {
    (void)state;
    struct prng prng = {7};
    for (int i = 0; i < 2000; i++) {
        static struct latency_window window;
        window = (struct latency_window){0};
        uint64_t ns = prng_next(&prng) >> (24 + prng_next(&prng) % 40);
        latency_window_add(&window, SECOND, ns);
        latency_window_add(&window, SECOND, UINT64_C(2000000000000)); /* no maximum helps */
        uint64_t p50 = latency_window_summary(&window, SECOND).p50_ns;
        assert_true(p50 >= ns && p50 - ns <= ns / 8);
    }
}

static void the_longest_are_as_long_as_the_longest(void **state) {
    (void)state;
    static struct latency_window window;
    latency_window_add(&window, SECOND, UINT64_MAX);
    struct latency_summary sum = latency_window_summary(&window, SECOND);
    assert_int_equal(sum.count, 1);
    assert_true(sum.p99_ns >= UINT64_C(36) * MINUTE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_of_nothing),
        cmocka_unit_test(one_is_all_there_is),
        cmocka_unit_test(quantiles_of_known_values),
        cmocka_unit_test(the_rank_is_rounded_up),
        cmocka_unit_test(what_is_older_than_the_hour_is_forgotten),
        cmocka_unit_test(any_value_lies_within_an_eighth),
        cmocka_unit_test(the_longest_are_as_long_as_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
