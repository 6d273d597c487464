/* Promise: the real world keeps the contract of env.h, and says in our words what went wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/env.h"
#include "base/testing.h"

struct place {
    struct env env;
    char folder[64];
    char path[96];
};

static int set_up(void **state) {
    static const char pattern[] = "/tmp/turnpike-test-XXXXXX";
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    env_posix_init(&place->env);
    memcpy(place->folder, pattern, sizeof pattern);
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->path, sizeof place->path, "%s/file", place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state) {
    struct place *place = *state;
    (void)unlink(place->path);
    assert_int_equal(rmdir(place->folder), 0);
    free(place);
    return 0;
}

static void memory_comes_zeroed_when_asked_for(void **state) {
    struct place *place = *state;
    for (size_t size = 1; size <= 1 << 20; size *= 32) {
        char *used = env_alloc(&place->env, size);
        assert_non_null(used);
        memset(used, 0xff, size);
        env_free(&place->env, used);
        char *fresh = env_alloc_zeroed(&place->env, size);
        assert_non_null(fresh);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(fresh[i], 0);
        }
        env_free(&place->env, fresh);
    }
}

static void writes_reads_and_cuts(void **state) {
    struct place *place = *state;
    struct env *env = &place->env;
    struct env_file *file = NULL;
    assert_err(env->files.open(env, place->path, ENV_READ, &file), ERR_NOT_FOUND);
    assert_ok(env->files.open(env, place->path, ENV_WRITE_NEW, &file));
    assert_ok(env->files.write(file, 2, "abc", 3));
    assert_ok(env->files.sync(file));
    char bytes[8] = "";
    size_t len = 0;
    assert_ok(env->files.read(file, 0, bytes, sizeof bytes, &len));
    assert_int_equal(len, 5);
    assert_memory_equal(bytes, "\0\0abc", 5);
    assert_ok(env->files.read(file, 5, bytes, sizeof bytes, &len));
    assert_int_equal(len, 0);
    assert_ok(env->files.truncate(file, 3));
    uint64_t size = 0;
    assert_ok(env->files.size(file, &size));
    assert_int_equal(size, 3);
    assert_err(env->files.write(file, UINT64_MAX, "x", 1), ERR_TOO_LARGE);
    assert_err(env->files.read(file, UINT64_MAX, bytes, 1, &len), ERR_TOO_LARGE);
    assert_err(env->files.truncate(file, UINT64_MAX), ERR_TOO_LARGE);
    env->files.close(file);
    assert_err(env->files.open(env, place->path, ENV_WRITE_NEW, &file), ERR_CONFLICT);
    assert_ok(env->files.open(env, place->path, ENV_READ_WRITE, &file));
    env->files.close(file);
    struct stat info;
    assert_int_equal(stat(place->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void makes_and_removes(void **state) {
    struct place *place = *state;
    struct env *env = &place->env;
    bool exists = true;
    assert_ok(env->files.exists(env, place->path, &exists));
    assert_false(exists);
    struct env_file *file = NULL;
    assert_ok(env->files.open(env, place->path, ENV_READ_WRITE, &file));
    env->files.close(file);
    assert_ok(env->files.exists(env, place->path, &exists));
    assert_true(exists);
    assert_ok(env->files.make_dir(env, place->folder));
    assert_err(env->files.make_dir(env, place->path), ERR_CONFLICT); /* a file has the name */
    assert_ok(env->files.remove(env, place->path));
    assert_err(env->files.remove(env, place->path), ERR_NOT_FOUND);
    assert_ok(env->files.make_dir(env, place->path));
    assert_ok(env->files.make_dir(env, place->path));
    assert_int_equal(rmdir(place->path), 0);
    assert_err(env->files.make_dir(env, "/nowhere/at/all"), ERR_NOT_FOUND);
    assert_err(env->files.open(env, "/nowhere/file", ENV_WRITE_NEW, &file), ERR_NOT_FOUND);
    assert_ok(env->files.exists(env, "/nowhere/file", &exists));
    assert_false(exists);
}

static void one_opening_has_the_lock(void **state) {
    struct place *place = *state;
    struct env *env = &place->env;
    struct env_file *first = NULL;
    struct env_file *second = NULL;
    assert_ok(env->files.open(env, place->path, ENV_READ_WRITE, &first));
    assert_ok(env->files.open(env, place->path, ENV_READ_WRITE, &second));
    assert_ok(env->files.lock(first));
    assert_ok(env->files.lock(first));
    assert_err(env->files.lock(second), ERR_BUSY);
    env->files.close(first);
    assert_ok(env->files.lock(second));
    env->files.close(second);
}

/* Linux offers a device that is always full. */
static void names_a_full_disk(void **state) {
    struct env *env = &((struct place *)*state)->env;
    struct env_file *file = NULL;
    bool exists = false;
    assert_ok(env->files.exists(env, "/dev/full", &exists));
    if (!exists) {
        skip(); /* some containers have no such device */
    }
    assert_ok(env->files.open(env, "/dev/full", ENV_READ_WRITE, &file));
    assert_err(env->files.write(file, 0, "x", 1), ERR_DISK_FULL);
    env->files.close(file);
}

static void reads_whole_files_up_to_a_bound(void **state) {
    struct place *place = *state;
    struct env *env = &place->env;
    struct env_file *file = NULL;
    assert_ok(env->files.open(env, place->path, ENV_WRITE_NEW, &file));
    assert_ok(env->files.write(file, 0, "abc", 3));
    env->files.close(file);
    struct str content = {NULL, 0};
    assert_err(env_read_file(env, place->path, 2, &content), ERR_TOO_LARGE);
    assert_ok(env_read_file(env, place->path, 3, &content));
    assert_text(content, "abc");
    env_free(env, (void *)(uintptr_t)content.bytes);
}

static void has_clocks_and_randomness(void **state) {
    struct env *env = &((struct place *)*state)->env;
    assert_true(env->wall_ms(env) > INT64_C(1700000000000));
    uint64_t before = env->mono_ns(env);
    assert_true(env->mono_ns(env) >= before);
    uint8_t a[64] = {0};
    uint8_t b[64] = {0};
    env->random(env, a, sizeof a);
    env->random(env, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void a_moved_clock_leaves_the_rest_in_place(void **state) {
    struct place *place = *state;
    struct env_clock clock;
    env_clock_init(&clock, &place->env, 1000);
    struct env *env = &clock.env;
    assert_int_equal(env->wall_ms(env), 1000);
    env_clock_set(&clock, 5000);
    assert_int_equal(env->wall_ms(env), 5000);
    assert_true(env->mono_ns(env) > 0);
    struct env_file *file = NULL;
    assert_ok(env->files.open(env, place->path, ENV_WRITE_NEW, &file));
    assert_ok(env->files.write(file, 0, "abc", 3));
    env->files.close(file);
    struct str content = {NULL, 0};
    assert_ok(env_read_file(env, place->path, 3, &content));
    env_free(env, (void *)(uintptr_t)content.bytes);
    assert_ok(env->files.make_dir(env, place->folder));
    bool exists = false;
    assert_ok(env->files.exists(env, place->path, &exists));
    assert_true(exists);
    assert_ok(env->files.remove(env, place->path));
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(memory_comes_zeroed_when_asked_for),
        IN_A_FOLDER(writes_reads_and_cuts),
        IN_A_FOLDER(makes_and_removes),
        IN_A_FOLDER(one_opening_has_the_lock),
        IN_A_FOLDER(names_a_full_disk),
        IN_A_FOLDER(reads_whole_files_up_to_a_bound),
        IN_A_FOLDER(has_clocks_and_randomness),
        IN_A_FOLDER(a_moved_clock_leaves_the_rest_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
