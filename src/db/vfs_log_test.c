/* Guards: what SQLite writes to its log one behind the other goes down in one piece, all of it
 * before anything else happens to the file, and what could not be written fails the call that it
 * was put off to and is not lost. Below is a file that notes each call. */
#include "db/vfs_log.h"

#include <stdio.h>
#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

enum { NOTES = 512, BYTES = 2 * VFS_LOG_GATHERED };

struct below {
    sqlite3_file base; /* first: the methods' own */
    char notes[NOTES];
    char content[BYTES];
    size_t size;
    int failure; /* what the next write gives */
};

struct world {
    struct env_sim *sim;
    struct below below;
    struct vfs_log log;
    sqlite3_file *file;
};

static void note(struct below *below, const char *what, long from, long to) {
    size_t len = strlen(below->notes);
    int written =
        snprintf(below->notes + len, sizeof below->notes - len, "%s %ld-%ld; ", what, from, to);
    assert_in_range(written, 1, sizeof below->notes - len - 1);
}

static int below_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset) {
    struct below *below = (struct below *)base;
    int failure = below->failure;
    below->failure = SQLITE_OK;
    note(below, failure == SQLITE_OK ? "write" : "failed", (long)offset, (long)offset + len);
    if (failure == SQLITE_OK) {
        size_t end = (size_t)offset + (size_t)len;
        assert_true(end <= BYTES);
        memcpy(below->content + offset, bytes, (size_t)len);
        below->size = end > below->size ? end : below->size;
    }
    return failure;
}

static int below_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset) {
    struct below *below = (struct below *)base;
    note(below, "read", (long)offset, (long)offset + len);
    memcpy(bytes, below->content + offset, (size_t)len);
    return SQLITE_OK;
}

static int below_truncate(sqlite3_file *base, sqlite3_int64 len) {
    note((struct below *)base, "truncate", 0, (long)len);
    return SQLITE_OK;
}

static int below_sync(sqlite3_file *base, int flags) {
    note((struct below *)base, "sync", 0, flags);
    return SQLITE_OK;
}

static int below_size(sqlite3_file *base, sqlite3_int64 *ret_len) {
    *ret_len = (sqlite3_int64)((struct below *)base)->size;
    return SQLITE_OK;
}

static int below_close(sqlite3_file *base) {
    note((struct below *)base, "close", 0, 0);
    return SQLITE_OK;
}

static const sqlite3_io_methods below_methods = {
    .iVersion = 1,
    .xClose = below_close,
    .xRead = below_read,
    .xWrite = below_write,
    .xTruncate = below_truncate,
    .xSync = below_sync,
    .xFileSize = below_size,
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    world->sim = env_sim_create(1);
    world->below.base.pMethods = &below_methods;
    vfs_log_open(&world->log, env_sim_env(world->sim), &world->below.base);
    world->file = &world->log.base;
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    (void)world->file->pMethods->xClose(world->file);
    assert_int_equal(env_sim_blocks(world->sim), 0);
    env_sim_destroy(world->sim);
    test_free(world);
    return 0;
}

static int write_at(struct world *world, const char *text, sqlite3_int64 offset) {
    return world->file->pMethods->xWrite(world->file, text, (int)strlen(text), offset);
}

/* What was noted since the last time. */
static void assert_noted(struct world *world, const char *expected) {
    assert_string_equal(world->below.notes, expected);
    world->below.notes[0] = '\0';
}

static void what_continues_goes_down_in_one_piece_before_the_sync(void **state) {
    struct world *world = *state;
    assert_int_equal(write_at(world, "head", 0), SQLITE_OK);
    assert_int_equal(write_at(world, "page", 4), SQLITE_OK);
    assert_int_equal(write_at(world, "more", 8), SQLITE_OK);
    assert_noted(world, "");
    assert_int_equal(world->file->pMethods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "write 0-12; sync 0-2; ");
    assert_memory_equal(world->below.content, "headpagemore", 12);
    assert_int_equal(world->file->pMethods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "sync 0-2; ");
}

static void what_does_not_continue_comes_after_what_was_before(void **state) {
    struct world *world = *state;
    static const sqlite3_int64 places[] = {100, 10, 13, 12}; /* ahead, back, a gap, overlapping */
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        assert_int_equal(write_at(world, "ab", places[i]), SQLITE_OK);
    }
    assert_noted(world, "write 100-102; write 10-12; write 13-15; ");
    assert_int_equal(world->file->pMethods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "write 12-14; sync 0-2; ");
    assert_memory_equal(world->below.content + 10, "ababb", 5);
}

static void whoever_asks_sees_all_that_was_written(void **state) {
    struct world *world = *state;
    const sqlite3_io_methods *methods = world->file->pMethods;
    char bytes[4];
    sqlite3_int64 size = 0;
    assert_int_equal(write_at(world, "abcd", 0), SQLITE_OK);
    assert_int_equal(methods->xRead(world->file, bytes, 4, 0), SQLITE_OK);
    assert_memory_equal(bytes, "abcd", 4);
    assert_noted(world, "write 0-4; read 0-4; ");
    assert_int_equal(write_at(world, "efgh", 4), SQLITE_OK);
    assert_int_equal(methods->xFileSize(world->file, &size), SQLITE_OK);
    assert_int_equal(size, 8);
    assert_noted(world, "write 4-8; ");
    assert_int_equal(write_at(world, "ijkl", 8), SQLITE_OK);
    assert_int_equal(methods->xTruncate(world->file, 0), SQLITE_OK);
    assert_noted(world, "write 8-12; truncate 0-0; ");
    assert_int_equal(write_at(world, "mnop", 0), SQLITE_OK);
    assert_int_equal(methods->xClose(world->file), SQLITE_OK);
    assert_noted(world, "write 0-4; close 0-0; ");
}

static void what_is_gathered_is_bounded(void **state) {
    struct world *world = *state;
    char *bytes = test_calloc(1, BYTES);
    memset(bytes, 'x', BYTES);
    const sqlite3_io_methods *methods = world->file->pMethods;
    assert_int_equal(methods->xWrite(world->file, bytes, VFS_LOG_GATHERED - 1, 0), SQLITE_OK);
    assert_int_equal(methods->xWrite(world->file, bytes, 1, VFS_LOG_GATHERED - 1), SQLITE_OK);
    assert_noted(world, "");
    assert_int_equal(methods->xWrite(world->file, bytes, 1, VFS_LOG_GATHERED), SQLITE_OK);
    assert_noted(world, "write 0-65536; ");
    assert_int_equal(
        methods->xWrite(world->file, bytes, VFS_LOG_GATHERED + 1, VFS_LOG_GATHERED + 1 - 2),
        SQLITE_OK); /* more than is ever gathered */
    assert_noted(world, "write 65536-65537; write 65535-131072; ");
    assert_int_equal(world->below.size, BYTES);
    test_free(bytes);
}

static void what_is_written_again_before_it_is_below_goes_down_once(void **state) {
    struct world *world = *state;
    assert_int_equal(write_at(world, "headpage", 8), SQLITE_OK);
    assert_int_equal(write_at(world, "HEAD", 8), SQLITE_OK);
    assert_int_equal(write_at(world, "PAGEmore", 12), SQLITE_OK);
    assert_int_equal(world->file->pMethods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "write 8-20; sync 0-2; ");
    assert_memory_equal(world->below.content + 8, "HEADPAGEmore", 12);
}

/* A full disk must be SQLite's to see, by its own name. */
static void a_failure_is_that_of_the_calls_it_was_put_off_to(void **state) {
    struct world *world = *state;
    const sqlite3_io_methods *methods = world->file->pMethods;
    char bytes[4];
    sqlite3_int64 size = 0;
    assert_int_equal(write_at(world, "abcd", 0), SQLITE_OK);
    for (int call = 0; call < 5; call++) {
        world->below.failure = SQLITE_FULL;
        int result = call == 0   ? methods->xSync(world->file, 2)
                     : call == 1 ? methods->xRead(world->file, bytes, 4, 2)
                     : call == 2 ? methods->xFileSize(world->file, &size)
                     : call == 3 ? methods->xTruncate(world->file, 0)
                                 : write_at(world, "efgh", 100);
        assert_int_equal(result, SQLITE_FULL);
        assert_noted(world, "failed 0-4; ");
    }
    assert_int_equal(methods->xRead(world->file, bytes, 4, 4), SQLITE_OK); /* what lies beside it */
    assert_noted(world, "read 4-8; ");
    assert_int_equal(methods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "write 0-4; sync 0-2; ");
    assert_memory_equal(world->below.content, "abcd", 4);
}

static void without_memory_each_write_goes_down_by_itself(void **state) {
    struct world *world = *state;
    env_sim_fail_alloc(world->sim, 1, false);
    assert_int_equal(write_at(world, "abcd", 0), SQLITE_OK);
    assert_noted(world, "write 0-4; ");
    assert_int_equal(write_at(world, "efgh", 4), SQLITE_OK);
    assert_int_equal(write_at(world, "ijkl", 8), SQLITE_OK);
    assert_int_equal(world->file->pMethods->xSync(world->file, 2), SQLITE_OK);
    assert_noted(world, "write 4-12; sync 0-2; ");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(what_continues_goes_down_in_one_piece_before_the_sync),
        STORY(what_does_not_continue_comes_after_what_was_before),
        STORY(whoever_asks_sees_all_that_was_written),
        STORY(what_is_gathered_is_bounded),
        STORY(what_is_written_again_before_it_is_below_goes_down_once),
        STORY(a_failure_is_that_of_the_calls_it_was_put_off_to),
        STORY(without_memory_each_write_goes_down_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
