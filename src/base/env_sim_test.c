/* Promise: the simulated world loses exactly what a real one may lose, fails when told to, and does
 * the same for the same seed. */
#include "base/env_sim.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/testing.h"

static int set_up(void **state) {
    *state = env_sim_create(42);
    return 0;
}

static int tear_down(void **state) {
    env_sim_destroy(*state);
    return 0;
}

static struct env_file *open_file(struct env_sim *sim, const char *path) {
    struct env *env = env_sim_env(sim);
    struct env_file *file = NULL;
    assert_ok(env->files.open(env, path, ENV_READ_WRITE, &file));
    return file;
}

static struct err write_text(struct env_sim *sim, struct env_file *file, uint64_t offset,
                             const char *text) {
    return env_sim_env(sim)->files.write(file, offset, text, strlen(text));
}

static void assert_content(struct env_sim *sim, const char *path, const char *expected) {
    struct env *env = env_sim_env(sim);
    struct str content = {NULL, 0};
    assert_ok(env_read_file(env, path, 1 << 20, &content));
    assert_text(content, expected);
    env_free(env, (void *)(uintptr_t)content.bytes);
}

static bool file_exists(struct env_sim *sim, const char *path) {
    bool exists = false;
    assert_ok(env_sim_env(sim)->files.exists(env_sim_env(sim), path, &exists));
    return exists;
}

static void keeps_files(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    struct env_file *other = NULL;
    assert_err(env->files.open(env, "a", ENV_WRITE_NEW, &other), ERR_CONFLICT);
    assert_err(env->files.open(env, "b", ENV_READ, &other), ERR_NOT_FOUND);
    assert_ok(write_text(*state, file, 3, "def"));
    uint64_t size = 0;
    assert_ok(env->files.size(file, &size));
    assert_int_equal(size, 6);
    char bytes[8] = "";
    size_t len = 0;
    assert_ok(env->files.read(file, 0, bytes, sizeof bytes, &len));
    assert_int_equal(len, 6);
    assert_memory_equal(bytes, "\0\0\0def", 6);
    assert_ok(env->files.read(file, 6, bytes, sizeof bytes, &len));
    assert_int_equal(len, 0);
    assert_ok(env->files.truncate(file, 4));
    assert_ok(env->files.truncate(file, 5));
    assert_ok(env->files.read(file, 3, bytes, sizeof bytes, &len));
    assert_memory_equal(bytes, "d\0", 2);
    assert_ok(env->files.lock(file));
    other = open_file(*state, "a");
    assert_err(env->files.lock(other), ERR_BUSY);
    env->files.close(file);
    assert_ok(env->files.lock(other));
    env->files.close(other);
    assert_ok(env->files.open(env, "a", ENV_READ, &other));
    assert_err(write_text(*state, other, 0, "x"), ERR_PERMISSION);
    assert_ok(env->files.remove(env, "a")); /* an open file lives on without its name */
    assert_ok(env->files.size(other, &size));
    env->files.close(other);
    assert_err(env->files.remove(env, "a"), ERR_NOT_FOUND);
    assert_ok(env->files.make_dir(env, "d"));
    assert_ok(env->files.make_dir(env, "d"));
    assert_true(file_exists(*state, "d"));
}

static void power_loss_takes_what_was_not_synced(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    assert_ok(write_text(*state, file, 0, "one"));
    assert_ok(env->files.sync(file));
    assert_ok(write_text(*state, file, 0, "two and more"));
    struct env_file *unsynced = open_file(*state, "b");
    env_sim_power_loss(*state, ENV_SIM_KEEP_NONE);
    assert_err(env->files.sync(file), ERR_IO); /* a handle from before */
    env->files.close(file);
    env->files.close(unsynced);
    assert_content(*state, "a", "one");
    assert_false(file_exists(*state, "b"));
}

static void power_loss_may_keep_everything(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    assert_ok(write_text(*state, file, 0, "one"));
    assert_ok(env->files.truncate(file, 2));
    env_sim_power_loss(*state, ENV_SIM_KEEP_ALL);
    env->files.close(file);
    assert_content(*state, "a", "on");
}

/* Over many losses each sector must be seen old and new, whole, and independently of the others. */
static void power_loss_tears_by_sector(void **state) {
    struct env *env = env_sim_env(*state);
    bool seen[4] = {false};
    for (int i = 0; i < 200; i++) {
        struct env_file *file = open_file(*state, "a");
        char bytes[1024];
        memset(bytes, 'o', sizeof bytes);
        assert_ok(env->files.write(file, 0, bytes, sizeof bytes));
        assert_ok(env->files.sync(file));
        memset(bytes, 'n', sizeof bytes);
        assert_ok(env->files.write(file, 0, bytes, sizeof bytes));
        env_sim_power_loss(*state, ENV_SIM_KEEP_SOME);
        env->files.close(file);
        file = open_file(*state, "a");
        size_t len = 0;
        assert_ok(env->files.read(file, 0, bytes, sizeof bytes, &len));
        for (size_t k = 0; k < sizeof bytes; k++) {
            assert_int_equal(bytes[k], bytes[k & ~(size_t)511]);
        }
        seen[(bytes[0] == 'n') + 2 * (bytes[512] == 'n')] = true;
        env->files.close(file);
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
}

static void removal_is_pending_until_the_folder_is_synced(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    assert_ok(write_text(*state, file, 0, "old"));
    assert_ok(env->files.sync(file));
    env->files.close(file);
    assert_ok(env_sim_remove_pending(*state, "a"));
    assert_false(file_exists(*state, "a"));
    env_sim_power_loss(*state, ENV_SIM_KEEP_NONE);
    assert_content(*state, "a", "old");
    assert_ok(env_sim_remove_pending(*state, "a"));
    assert_ok(env_sim_dir_sync(*state));
    env_sim_power_loss(*state, ENV_SIM_KEEP_NONE);
    assert_false(file_exists(*state, "a"));
}

static void a_successor_takes_the_name_with_its_first_sync(void **state) {
    struct env *env = env_sim_env(*state);
    for (int is_synced = 0; is_synced < 2; is_synced++) {
        struct env_file *file = open_file(*state, "a");
        assert_ok(write_text(*state, file, 0, "old"));
        assert_ok(env->files.sync(file));
        env->files.close(file);
        assert_ok(env_sim_remove_pending(*state, "a"));
        file = open_file(*state, "a");
        assert_ok(write_text(*state, file, 0, "new"));
        if (is_synced) {
            assert_ok(env->files.sync(file));
        }
        env_sim_power_loss(*state, ENV_SIM_KEEP_NONE);
        env->files.close(file);
        assert_content(*state, "a", is_synced ? "new" : "old");
    }
}

static void everything_dies_from_the_call_on(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    env_sim_set_faults(*state, (struct env_sim_faults){.dead_from = 3});
    assert_ok(write_text(*state, file, 0, "x"));
    assert_ok(env->files.sync(file));
    assert_err(write_text(*state, file, 0, "y"), ERR_IO);
    assert_true(env_sim_is_dead(*state));
    assert_int_equal(env_sim_mutations(*state), 3);
    char byte = 0;
    size_t len = 0;
    uint64_t size = 0;
    bool exists = false;
    struct env_file *other = NULL;
    assert_err(env->files.read(file, 0, &byte, 1, &len), ERR_IO);
    assert_err(env->files.size(file, &size), ERR_IO);
    assert_err(env->files.sync(file), ERR_IO);
    assert_err(env->files.lock(file), ERR_IO);
    assert_err(env->files.open(env, "a", ENV_READ, &other), ERR_IO);
    assert_err(env->files.exists(env, "a", &exists), ERR_IO);
    assert_err(env->files.remove(env, "a"), ERR_IO);
    assert_err(env->files.make_dir(env, "d"), ERR_IO);
    env->files.close(file);
    env_sim_power_loss(*state, ENV_SIM_KEEP_NONE);
    assert_false(env_sim_is_dead(*state));
    assert_content(*state, "a", "x");
}

static void the_disk_fills_and_empties(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    struct env_file *other = NULL;
    env_sim_set_faults(*state, (struct env_sim_faults){.full_from = 2, .full_until = 6});
    assert_ok(write_text(*state, file, 0, "abcd"));
    assert_err(write_text(*state, file, 4, "efgh"), ERR_DISK_FULL);
    assert_err(env->files.truncate(file, 100), ERR_DISK_FULL);
    assert_err(env->files.open(env, "b", ENV_WRITE_NEW, &other), ERR_DISK_FULL);
    assert_ok(env->files.truncate(file, 2)); /* giving room back is possible */
    assert_ok(env->files.sync(file));
    assert_ok(write_text(*state, file, 0, "again"));
    env->files.close(file);
    assert_content(*state, "a", "again");
}

static void the_disk_breaks_once_or_for_ever(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    env_sim_set_faults(*state, (struct env_sim_faults){.io_from = 1, .io_until = 1});
    assert_err(write_text(*state, file, 0, "x"), ERR_IO);
    assert_ok(write_text(*state, file, 0, "x"));
    env_sim_set_faults(*state, (struct env_sim_faults){.io_from = 2});
    assert_ok(write_text(*state, file, 0, "y"));
    assert_err(env->files.sync(file), ERR_IO);
    assert_err(env->files.sync(file), ERR_IO);
    assert_content(*state, "a", "y"); /* reads go on */
    env->files.close(file);
}

static void a_failed_sync_loses_what_was_pending(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    assert_ok(write_text(*state, file, 0, "one"));
    assert_ok(env->files.sync(file));
    env_sim_set_faults(*state, (struct env_sim_faults){.lost_sync = 1});
    assert_ok(write_text(*state, file, 0, "two"));
    assert_err(env->files.sync(file), ERR_IO);
    assert_content(*state, "a", "two"); /* the cache still shows it, */
    assert_ok(env->files.sync(file));   /* and a second sync claims success */
    env_sim_power_loss(*state, ENV_SIM_KEEP_ALL);
    env->files.close(file);
    assert_content(*state, "a", "one");
}

static void a_bit_flips_once(void **state) {
    struct env *env = env_sim_env(*state);
    struct env_file *file = open_file(*state, "a");
    assert_ok(write_text(*state, file, 0, "abcd"));
    env_sim_set_faults(*state, (struct env_sim_faults){.flipped_read = 1});
    char bytes[4];
    size_t len = 0;
    assert_ok(env->files.read(file, 0, bytes, 4, &len));
    int flipped = 0;
    for (size_t i = 0; i < 4; i++) {
        flipped += __builtin_popcount((unsigned)(bytes[i] ^ "abcd"[i]));
    }
    assert_int_equal(flipped, 1);
    assert_ok(env->files.read(file, 0, bytes, 4, &len));
    assert_memory_equal(bytes, "abcd", 4);
    env->files.close(file);
}

static void allocations_fail_when_told(void **state) {
    struct env *env = env_sim_env(*state);
    env_sim_fail_alloc(*state, 2, false);
    void *first = env_alloc(env, 8);
    assert_non_null(first);
    assert_null(env_alloc(env, 8));
    void *third = env_alloc(env, 8);
    assert_non_null(third);
    assert_int_equal(env_sim_allocs(*state), 3);
    assert_int_equal(env_sim_blocks(*state), 2);
    env_sim_fail_alloc(*state, 1, true);
    assert_null(env_alloc_zeroed(env, 8));
    assert_null(env->realloc(env, first, 100)); /* the old block stays ours */
    assert_null(env_alloc(env, 8));
    env_free(env, first);
    env_free(env, third);
    assert_int_equal(env_sim_blocks(*state), 0);
}

static void the_clock_stands_until_it_is_moved(void **state) {
    struct env *env = env_sim_env(*state);
    assert_true(env->wall_ms(env) == INT64_C(1431820800000));
    uint64_t mono = env->mono_ns(env);
    env_sim_advance(*state, 1500);
    assert_true(env->wall_ms(env) == INT64_C(1431820801500));
    assert_true(env->mono_ns(env) - mono == 1500000000u);
    env_sim_set_wall(*state, 5);
    assert_true(env->wall_ms(env) == 5);
    assert_true(env->mono_ns(env) - mono == 1500000000u);
}

static void the_log_keeps_the_last_lines(void **state) {
    struct env *env = env_sim_env(*state);
    char line[16];
    for (int i = 0; i < 50000; i++) {
        int len = snprintf(line, sizeof line, "line %d", i);
        env->log(env, str_of(line, (size_t)len));
    }
    struct str log = env_sim_log(*state);
    assert_true(log.len >= 64 * 1024);
    assert_true(str_ends_with(log, STR("\nline 49998\nline 49999\n")));
}

/* What a workload leaves behind, as one number. */
static uint64_t fingerprint(uint64_t seed) {
    struct env_sim *sim = env_sim_create(seed);
    struct env *env = env_sim_env(sim);
    struct env_file *file = open_file(sim, "a");
    char bytes[8192];
    env->random(env, bytes, sizeof bytes);
    assert_ok(env->files.write(file, 0, bytes, sizeof bytes));
    assert_ok(env->files.sync(file));
    env->random(env, bytes, sizeof bytes);
    assert_ok(env->files.write(file, 0, bytes, sizeof bytes));
    env_sim_power_loss(sim, ENV_SIM_KEEP_SOME);
    env->files.close(file);
    struct str content = {NULL, 0};
    assert_ok(env_read_file(env, "a", sizeof bytes, &content));
    struct prng mix = {0};
    for (size_t i = 0; i < content.len; i++) {
        mix.state ^= (uint8_t)content.bytes[i];
        mix.state = prng_next(&mix);
    }
    env_free(env, (void *)(uintptr_t)content.bytes);
    env_sim_destroy(sim);
    return mix.state;
}

static void a_seed_is_a_world(void **state) {
    (void)state;
    assert_true(fingerprint(1) == fingerprint(1));
    assert_true(fingerprint(1) != fingerprint(2));
}

static void a_clock_over_a_world_passes_every_file_call_on(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct env_clock clock;
    struct env_file *file = NULL;
    bool answer = false;
    env_clock_init(&clock, env_sim_env(sim), 1000);
    struct env *env = &clock.env;
    assert_ok(env->files.make_dir(env, "d"));
    assert_ok(env->files.open(env, "d/a", ENV_WRITE_NEW, &file));
    env->files.close(file);
    assert_ok(env->files.sync_name(env, "d/a"));
    assert_ok(env->files.is_empty_dir(env, "d", &answer));
    assert_ok(env->files.exists(env, "d/a", &answer));
    assert_true(answer);
    assert_ok(env->files.remove(env, "d/a"));
    env_sim_destroy(sim);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(keeps_files),
        IN_A_WORLD(power_loss_takes_what_was_not_synced),
        IN_A_WORLD(power_loss_may_keep_everything),
        IN_A_WORLD(power_loss_tears_by_sector),
        IN_A_WORLD(removal_is_pending_until_the_folder_is_synced),
        IN_A_WORLD(a_successor_takes_the_name_with_its_first_sync),
        IN_A_WORLD(everything_dies_from_the_call_on),
        IN_A_WORLD(the_disk_fills_and_empties),
        IN_A_WORLD(the_disk_breaks_once_or_for_ever),
        IN_A_WORLD(a_failed_sync_loses_what_was_pending),
        IN_A_WORLD(a_bit_flips_once),
        IN_A_WORLD(allocations_fail_when_told),
        IN_A_WORLD(the_clock_stands_until_it_is_moved),
        IN_A_WORLD(the_log_keeps_the_last_lines),
        cmocka_unit_test(a_seed_is_a_world),
        cmocka_unit_test(a_clock_over_a_world_passes_every_file_call_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
