/* Guards: who waits for a long import sees how far it is, on a terminal in one line, elsewhere in a
 * line every few seconds, and a short one shows nothing. */
#include "cli/progress.h"

#include <stdlib.h>

#include "cli/cli_fixture.h"

#define NS_PER_S UINT64_C(1000000000)

struct world {
    struct env env; /* first: the clock finds the world by it */
    uint64_t now_ns;
    struct cx cx;
    struct cli cli;
    char *err;
    size_t err_len;
};

static uint64_t world_now(struct env *env) {
    return ((const struct world *)(const void *)env)->now_ns;
}

static void open_world(struct world *world, bool is_terminal) {
    *world = (struct world){.env = {.mono_ns = world_now}, .now_ns = 7 * NS_PER_S};
    cx_init(&world->cx, &world->env, NULL);
    world->cli = (struct cli){.cx = &world->cx, .err_is_terminal = is_terminal};
    world->cli.err = open_memstream(&world->err, &world->err_len);
}

static void expect(struct world *world, const char *text) {
    assert_int_equal(fflush(world->cli.err), 0);
    assert_string_equal(world->err, text);
}

static void close_world(struct world *world) {
    (void)fclose(world->cli.err);
    free(world->err);
}

static void a_line_every_few_seconds(void **state) {
    (void)state;
    struct world world;
    open_world(&world, false);
    struct progress progress = progress_start(&world.cli);
    world.now_ns += 4 * NS_PER_S;
    progress_step(&progress, 10, 1000, 400);
    expect(&world, "");
    world.now_ns += NS_PER_S;
    progress_step(&progress, 250, 1000, 5000);
    expect(&world, "turnpike: 25 %, 1000 lines/s, about 15 s left\n");
    progress_step(&progress, 260, 1000, 5100);
    world.now_ns += 5 * NS_PER_S;
    progress_step(&progress, 1000, 1000, 20000);
    expect(&world, "turnpike: 25 %, 1000 lines/s, about 15 s left\n"
                   "turnpike: 100 %, 2000 lines/s, about 0 s left\n");
    assert_int_equal(progress_end(&progress), 10000);
    close_world(&world);
}

static void a_terminal_has_one_line_that_goes_away(void **state) {
    (void)state;
    struct world world;
    open_world(&world, true);
    struct progress progress = progress_start(&world.cli);
    world.now_ns += NS_PER_S / 4;
    progress_step(&progress, 1, 100, 10);
    expect(&world, "\r1 %, 40 lines/s, about 24 s left\x1b[K");
    assert_int_equal(progress_end(&progress), 250);
    expect(&world, "\r1 %, 40 lines/s, about 24 s left\x1b[K\r\x1b[K");
    close_world(&world);
}

static void large_files_do_not_overflow(void **state) {
    (void)state;
    struct world world;
    open_world(&world, false);
    struct progress progress = progress_start(&world.cli);
    world.now_ns += 100000 * NS_PER_S;
    progress_step(&progress, UINT64_C(1) << 40, UINT64_C(1) << 41, UINT64_C(5000000000));
    expect(&world, "turnpike: 50 %, 50000 lines/s, about 100000 s left\n");
    close_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_every_few_seconds),
        cmocka_unit_test(a_terminal_has_one_line_that_goes_away),
        cmocka_unit_test(large_files_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
