/* Guards: of one seed a world draws the same bytes however they are asked for, its clocks go on
 * when told to alone, and only warnings are heard of it. */
#include "base/env_seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static char logged[256];

static void keep_line(struct env *env, struct str line) {
    (void)env;
    (void)snprintf(logged, sizeof logged, STR_FMT, STR_ARG(line));
}

static void the_same_seed_draws_the_same(void **state) {
    (void)state;
    struct env posix;
    struct env_seeded a, b, other;
    uint8_t from_a[64], from_b[64], from_other[64];
    env_posix_init(&posix);
    env_seeded_init(&a, &posix, 5, 0);
    env_seeded_init(&b, &posix, 5, 0);
    env_seeded_init(&other, &posix, 6, 0);
    a.env.random(&a.env, from_a, sizeof from_a);
    b.env.random(&b.env, from_b, sizeof from_b);
    other.env.random(&other.env, from_other, sizeof from_other);
    assert_memory_equal(from_a, from_b, sizeof from_a);
    assert_memory_not_equal(from_a, from_other, sizeof from_a);
    a.env.random(&a.env, from_a, 7); /* not a whole word */
    b.env.random(&b.env, from_b, 7);
    assert_memory_equal(from_a, from_b, 7);
}

static void time_stands_still_until_it_is_told(void **state) {
    (void)state;
    struct env posix;
    struct env_seeded seeded;
    env_posix_init(&posix);
    env_seeded_init(&seeded, &posix, 1, 1234);
    uint64_t before = seeded.env.mono_ns(&seeded.env);
    assert_int_equal(seeded.env.wall_ms(&seeded.env), 1234);
    assert_int_equal(seeded.env.mono_ns(&seeded.env), before);
    env_seeded_pass(&seeded, 10);
    assert_int_equal(seeded.env.mono_ns(&seeded.env), before + 10);
    assert_int_equal(seeded.env.wall_ms(&seeded.env), 1234);
}

static void only_warnings_are_heard(void **state) {
    (void)state;
    struct env posix;
    struct env_seeded seeded;
    env_posix_init(&posix);
    posix.log = keep_line;
    env_seeded_init(&seeded, &posix, 1, 0);
    log_event(&seeded.env, LOG_INFO, "test.news", "a=%d", 1);
    assert_string_equal(logged, "");
    log_event(&seeded.env, LOG_WARNING, "test.trouble", "a=%d", 2);
    assert_non_null(strstr(logged, "test.trouble a=2"));
    seeded.logs_all = true;
    log_event(&seeded.env, LOG_INFO, "test.news", "a=%d", 3);
    assert_non_null(strstr(logged, "test.news a=3"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_draws_the_same),
        cmocka_unit_test(time_stands_still_until_it_is_told),
        cmocka_unit_test(only_warnings_are_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
