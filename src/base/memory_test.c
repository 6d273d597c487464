/* Promise: arenas and buffers stay below their ceilings, remember a failure instead of crashing on
 * it, and give back all that they took. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/env_sim.h"
#include "base/testing.h"

static int set_up(void **state) {
    *state = env_sim_create(1);
    return 0;
}

/* env_sim_destroy checks that no block is left. */
static int tear_down(void **state) {
    env_sim_destroy(*state);
    return 0;
}

static void arena_gives_zeroed_aligned_memory(void **state) {
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 1 << 20);
    for (size_t size = 1; size < 40000; size = size * 3 + 1) {
        char *memory = arena_alloc(&arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
            memory[i] = 'x';
        }
    }
    assert_false(arena_failed(&arena));
    arena_finish(&arena);
    assert_int_equal(env_sim_blocks(*state), 0);
}

static void arena_copies_and_prints(void **state) {
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 1 << 20);
    struct str copy = arena_str(&arena, str_of("abcdef", 3));
    assert_text(copy, "abc");
    assert_int_equal(copy.bytes[3], 0);
    assert_string_equal(arena_cstr(&arena, STR("xyz")), "xyz");
    assert_text(arena_printf(&arena, "%d-%s", 42, "a"), "42-a");
    assert_text(arena_str(&arena, (struct str){NULL, 0}), "");
    arena_finish(&arena);
}

static void arena_stops_at_its_ceiling(void **state) {
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 100000);
    while (!arena_failed(&arena)) {
        (void)!arena_alloc(&arena, 1000);
    }
    assert_true(arena.taken <= 100000);
    assert_null(arena_alloc(&arena, 200000));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    arena_finish(&arena);
    assert_false(arena_failed(&arena));
    assert_non_null(arena_alloc(&arena, 1000));
    arena_finish(&arena);
}

static void arena_survives_exhausted_memory(void **state) {
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 1 << 20);
    env_sim_fail_alloc(*state, 1, true);
    assert_null(arena_alloc(&arena, 10));
    assert_true(arena_failed(&arena));
    assert_text(arena_printf(&arena, "%d", 1), "");
    env_sim_fail_alloc(*state, 0, false);
    assert_non_null(arena_alloc(&arena, 10));
    assert_true(arena_failed(&arena)); /* it remembers */
    arena_finish(&arena);
}

static void buf_grows_and_drops(void **state) {
    struct buf buf;
    buf_init(&buf, env_sim_env(*state), 1 << 16);
    for (int i = 0; i < 1000; i++) {
        buf_add_i64(&buf, i % 10);
    }
    buf_add(&buf, STR("end"));
    buf_add_char(&buf, '.');
    buf_printf(&buf, "%s", "!");
    assert_int_equal(buf.len, 1005);
    buf_drop(&buf, 995);
    assert_text(buf_str(&buf), "56789end.!");
    buf_drop(&buf, 10);
    assert_int_equal(buf.len, 0);
    assert_false(buf.has_failed);
    buf_finish(&buf);
    assert_int_equal(env_sim_blocks(*state), 0);
}

static void what_is_finished_in_an_arena_is_whole_or_fails_the_arena(void **state) {
    struct env *env = env_sim_env(*state);
    struct arena arena;
    struct buf buf;
    arena_init(&arena, env, 1 << 16);
    buf_init(&buf, env, 10);
    buf_add(&buf, STR("0123456789"));
    assert_text(buf_finish_in(&buf, &arena), "0123456789");
    assert_false(arena_failed(&arena));
    buf_init(&buf, env, 10);
    buf_add(&buf, STR("01234"));
    buf_add(&buf, STR("56789+"));
    assert_text(buf_finish_in(&buf, &arena), "");
    assert_true(arena_failed(&arena));
    arena_finish(&arena);
}

static void buf_stops_at_its_ceiling(void **state) {
    struct buf buf;
    buf_init(&buf, env_sim_env(*state), 10);
    buf_add(&buf, STR("01234"));
    buf_printf(&buf, "%s", "56789");
    assert_false(buf.has_failed);
    buf_add_char(&buf, 'x');
    assert_true(buf.has_failed);
    assert_text(buf_str(&buf), "0123456789");
    buf_clear(&buf);
    assert_false(buf.has_failed);
    buf_printf(&buf, "%s", "0123456789x");
    assert_true(buf.has_failed);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_finish(&buf);
}

static void buf_survives_exhausted_memory(void **state) {
    struct buf buf;
    buf_init(&buf, env_sim_env(*state), 1000);
    buf_add(&buf, STR("kept"));
    env_sim_fail_alloc(*state, 1, true);
    for (int i = 0; i < 300; i++) {
        buf_add(&buf, STR("x"));
    }
    assert_true(buf.has_failed);
    assert_true(str_starts_with(buf_str(&buf), STR("keptx")));
    buf_finish(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arena_gives_zeroed_aligned_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arena_copies_and_prints, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arena_stops_at_its_ceiling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arena_survives_exhausted_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(buf_grows_and_drops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_finished_in_an_arena_is_whole_or_fails_the_arena,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(buf_stops_at_its_ceiling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(buf_survives_exhausted_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
