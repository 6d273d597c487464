/* Guards: every line of a file of any size comes out once, whole and with its number, in bounded
 * memory. */
#include "cli/line_reader.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

struct world {
    struct env_sim *sim;
    struct env *env;
    struct env_file *file;
    uint64_t size;
};

static void open_world(struct world *world) {
    world->sim = env_sim_create(1);
    world->env = env_sim_env(world->sim);
    world->size = 0;
    assert_ok(world->env->files.open(world->env, "log", ENV_READ_WRITE, &world->file));
}

static void close_world(struct world *world) {
    world->env->files.close(world->file);
    env_sim_destroy(world->sim);
}

static void append(struct world *world, struct str text) {
    assert_ok(world->env->files.write(world->file, world->size, text.bytes, text.len));
    world->size += text.len;
}

static void append_filler(struct world *world, size_t len) {
    char *bytes = test_malloc(len);
    memset(bytes, 'x', len);
    append(world, str_of(bytes, len));
    test_free(bytes);
}

static void lines_come_with_their_numbers(void **state) {
    (void)state;
    static const struct {
        const char *content;
        size_t count;
        const char *lines[4];
    } cases[] = {
        {"", 0, {NULL}},
        {"\n", 1, {""}},
        {"a", 1, {"a"}},
        {"a\n", 1, {"a"}},
        {"a\n\nb\r\n", 3, {"a", "", "b\r"}},
        {"a\nb", 2, {"a", "b"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world world;
        open_world(&world);
        append(&world, str_from_cstr(cases[i].content));
        struct line_reader reader;
        assert_ok(line_reader_open(&reader, world.env, "log"));
        struct line_piece piece;
        for (size_t j = 0; j < cases[i].count; j++) {
            assert_true(line_reader_next(&reader, &piece));
            assert_int_equal(piece.number, j + 1);
            assert_false(piece.is_too_long);
            assert_text(piece.text, cases[i].lines[j]);
        }
        assert_false(line_reader_next(&reader, &piece));
        assert_ok(reader.err);
        assert_int_equal(line_reader_position(&reader), strlen(cases[i].content));
        line_reader_close(&reader);
        close_world(&world);
    }
}

static void long_lines_are_passed_over_and_counted(void **state) {
    (void)state;
    static const struct {
        size_t len;
        bool is_too_long;
    } cases[] = {
        {LINE_MAX_BYTES - 1, false},
        {LINE_MAX_BYTES, false},
        {LINE_MAX_BYTES + 1, true},
        {LINE_CHUNK + 5, true},
        {LINE_CHUNK, true},
        {LINE_CHUNK + LINE_MAX_BYTES, true},
        {5 * (size_t)LINE_CHUNK, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world world;
        open_world(&world);
        append(&world, STR("first\n"));
        append_filler(&world, cases[i].len);
        append(&world, STR("\nlast"));
        struct line_reader reader;
        assert_ok(line_reader_open(&reader, world.env, "log"));
        struct line_piece piece;
        assert_true(line_reader_next(&reader, &piece));
        assert_text(piece.text, "first");
        assert_true(line_reader_next(&reader, &piece));
        assert_int_equal(piece.number, 2);
        assert_int_equal(piece.is_too_long, cases[i].is_too_long);
        assert_int_equal(piece.text.len, cases[i].is_too_long ? 0 : cases[i].len);
        assert_true(line_reader_next(&reader, &piece));
        assert_int_equal(piece.number, 3);
        assert_text(piece.text, "last");
        assert_false(line_reader_next(&reader, &piece));
        assert_ok(reader.err);
        line_reader_close(&reader);
        close_world(&world);
    }
}

static void a_long_last_line_without_an_end_is_one_line(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    append_filler(&world, 3 * (size_t)LINE_CHUNK);
    struct line_reader reader;
    assert_ok(line_reader_open(&reader, world.env, "log"));
    struct line_piece piece;
    assert_true(line_reader_next(&reader, &piece));
    assert_true(piece.is_too_long);
    assert_false(line_reader_next(&reader, &piece));
    assert_ok(reader.err);
    line_reader_close(&reader);
    close_world(&world);
}

static void many_lines_cross_the_chunks(void **state) {
    (void)state;
    enum { LINES = 2000 };
    struct world world;
    open_world(&world);
    for (size_t i = 1; i <= LINES; i++) {
        append_filler(&world, i % 701);
        append(&world, STR("\n"));
    }
    assert_true(world.size > 2 * LINE_CHUNK);
    struct line_reader reader;
    assert_ok(line_reader_open(&reader, world.env, "log"));
    struct line_piece piece = {0};
    size_t count = 0;
    while (line_reader_next(&reader, &piece)) {
        count++;
        assert_int_equal(piece.number, count);
        assert_int_equal(piece.text.len, count % 701);
    }
    assert_ok(reader.err);
    assert_int_equal(count, LINES);
    line_reader_close(&reader);
    close_world(&world);
}

static void what_is_appended_meanwhile_is_for_the_next_reading(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    append(&world, STR("a\nb\n"));
    struct line_reader reader;
    assert_ok(line_reader_open(&reader, world.env, "log"));
    append(&world, STR("c\n"));
    struct line_piece piece;
    assert_true(line_reader_next(&reader, &piece));
    assert_true(line_reader_next(&reader, &piece));
    assert_text(piece.text, "b");
    assert_false(line_reader_next(&reader, &piece));
    line_reader_close(&reader);
    close_world(&world);
}

static void failures_are_told(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    append(&world, STR("a\n"));
    struct line_reader reader;
    assert_err(line_reader_open(&reader, world.env, "other"), ERR_NOT_FOUND);
    env_sim_fail_alloc(world.sim, 1, true);
    assert_err(line_reader_open(&reader, world.env, "log"), ERR_NO_MEMORY);
    env_sim_fail_alloc(world.sim, 0, false);
    assert_ok(line_reader_open(&reader, world.env, "log"));
    env_sim_set_faults(world.sim, (struct env_sim_faults){.dead_from = 1});
    assert_err(world.env->files.sync(world.file), ERR_IO); /* the machine dies here */
    struct line_piece piece;
    assert_false(line_reader_next(&reader, &piece));
    assert_err(reader.err, ERR_IO);
    line_reader_close(&reader);
    close_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_with_their_numbers),
        cmocka_unit_test(long_lines_are_passed_over_and_counted),
        cmocka_unit_test(a_long_last_line_without_an_end_is_one_line),
        cmocka_unit_test(many_lines_cross_the_chunks),
        cmocka_unit_test(what_is_appended_meanwhile_is_for_the_next_reading),
        cmocka_unit_test(failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
