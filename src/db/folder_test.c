/* The data folder is made, recognised and locked, and every refusal has its sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "db/folder.h"
#include "db/test_ledger.h"

enum { NOBODY = 65534 };

struct place {
    struct env env;
    struct arena arena;
    struct cx cx;
    char parent[64];
    char path[96];
    char file[128]; /* the last one put there */
    struct folder *folder;
};

static int set_up(void **state) {
    static struct place place;
    place = (struct place){0};
    env_posix_init(&place.env);
    arena_init(&place.arena, &place.env, 1024 * 1024);
    cx_init(&place.cx, &place.env, &place.arena);
    (void)snprintf(place.parent, sizeof place.parent, "/tmp/db_folder_test.XXXXXX");
    check(mkdtemp(place.parent) != NULL);
    (void)snprintf(place.path, sizeof place.path, "%s/data", place.parent);
    *state = &place;
    return 0;
}

static int tear_down(void **state) {
    struct place *place = *state;
    char lock[128];
    folder_close(place->folder);
    (void)snprintf(lock, sizeof lock, "%s/lock", place->path);
    (void)unlink(lock);
    (void)unlink(place->file);
    (void)rmdir(place->path);
    arena_finish(&place->arena);
    return rmdir(place->parent);
}

static struct err open_folder(struct place *place) {
    return folder_open(&place->cx, place->path, "ledger.db", &place->folder);
}

static void put_file(struct place *place, const char *name, struct str content) {
    struct env_file *file = NULL;
    assert_ok(place->env.files.make_dir(&place->env, place->path));
    (void)snprintf(place->file, sizeof place->file, "%s/%s", place->path, name);
    assert_ok(place->env.files.open(&place->env, place->file, ENV_WRITE_NEW, &file));
    assert_ok(place->env.files.write(file, 0, content.bytes, content.len));
    place->env.files.close(file);
}

static void assert_refused(struct place *place, enum err_code code, const char *sentence) {
    assert_err(open_folder(place), code);
    assert_null(place->folder);
    assert_non_null(strstr(place->cx.detail, sentence));
}

static void a_new_folder_is_ours_alone(void **state) {
    struct place *place = *state;
    struct stat info;
    assert_ok(open_folder(place));
    check(stat(place->path, &info) == 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void a_folder_opens_again_before_and_after_there_is_a_database(void **state) {
    struct place *place = *state;
    assert_ok(open_folder(place));
    folder_close(place->folder);
    assert_ok(open_folder(place));
    folder_close(place->folder);
    place->folder = NULL;
    put_file(place, "ledger.db", STR("anything: the driver looks inside"));
    assert_ok(open_folder(place));
}

static void a_first_start_cut_short_is_recognised(void **state) {
    struct place *place = *state;
    put_file(place, "lock", STR(""));
    assert_ok(open_folder(place));
}

static void an_empty_folder_is_taken(void **state) {
    struct place *place = *state;
    assert_ok(place->env.files.make_dir(&place->env, place->path));
    assert_ok(open_folder(place));
}

static void a_folder_with_other_files_is_refused_and_left_alone(void **state) {
    struct place *place = *state;
    char lock[128];
    put_file(place, "thesis.tex", STR("\\chapter{One}"));
    assert_refused(place, ERR_FORMAT, "holds files, but no ledger.db");
    (void)snprintf(lock, sizeof lock, "%s/lock", place->path);
    assert_int_equal(access(lock, F_OK), -1);
}

static void another_programs_lock_is_no_mark_of_ours(void **state) {
    struct place *place = *state;
    put_file(place, "lock", STR("4711\n"));
    assert_refused(place, ERR_FORMAT, "holds files, but no ledger.db");
}

/* The child takes the lock, says so through the pipe, and holds it until its input ends. */
static void hold_in_child(struct place *place, int ready, int release) {
    char byte = 'x';
    bool is_held = !err_failed(open_folder(place));
    ssize_t moved = write(ready, &byte, is_held ? 1 : 0);
    close(ready);
    moved += read(release, &byte, 1);
    _exit(moved == 1 ? 0 : 1);
}

static void a_folder_held_by_another_process_is_refused(void **state) {
    struct place *place = *state;
    int ready[2];
    int release[2];
    char byte = 0;
    check(pipe(ready) == 0 && pipe(release) == 0);
    pid_t child = fork();
    check(child >= 0);
    if (child == 0) {
        close(release[1]);
        hold_in_child(place, ready[1], release[0]);
    }
    close(ready[1]);
    close(release[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_refused(place, ERR_BUSY, "is in use by another process");
    close(release[1]); /* the child ends, and with it its lock */
    close(ready[0]);
    check(waitpid(child, NULL, 0) == child);
    assert_ok(open_folder(place));
}

static struct err open_as_nobody(struct place *place) {
    bool is_root = geteuid() == 0;
    check(!is_root || seteuid(NOBODY) == 0);
    struct err err = open_folder(place);
    check(!is_root || seteuid(0) == 0);
    return err;
}

static void a_read_only_folder_is_refused(void **state) {
    struct place *place = *state;
    check(chmod(place->parent, 0755) == 0);
    assert_ok(place->env.files.make_dir(&place->env, place->path));
    check(chmod(place->path, 0555) == 0);
    assert_err(open_as_nobody(place), ERR_PERMISSION);
    assert_non_null(strstr(place->cx.detail, "is read-only"));
    check(chmod(place->path, 0700) == 0);
}

static void a_parent_that_cannot_be_written_is_refused(void **state) {
    struct place *place = *state;
    check(chmod(place->parent, 0555) == 0);
    assert_err(open_as_nobody(place), ERR_PERMISSION);
    assert_non_null(strstr(place->cx.detail, "its parent folder is not writable"));
    check(chmod(place->parent, 0700) == 0);
}

static void a_missing_parent_is_named(void **state) {
    struct place *place = *state;
    (void)snprintf(place->path, sizeof place->path, "%s/no/data", place->parent);
    assert_refused(place, ERR_NOT_FOUND, "its parent folder does not exist");
}

static void a_file_in_its_place_is_refused(void **state) {
    struct place *place = *state;
    put_file(place, "plain", STR("x"));
    (void)snprintf(place->path, sizeof place->path, "%s/data/plain", place->parent);
    assert_refused(place, ERR_CONFLICT, "is not a folder");
    (void)unlink(place->file);
    (void)snprintf(place->path, sizeof place->path, "%s/data", place->parent);
}

static void a_path_that_is_too_long_is_refused(void **state) {
    struct place *place = *state;
    char path[1023];
    memset(path, '/', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    memcpy(path, place->parent, strlen(place->parent));
    assert_err(folder_open(&place->cx, path, "ledger.db", &place->folder), ERR_TOO_LARGE);
    assert_non_null(strstr(place->cx.detail, "too long"));
}

static void a_full_disk_is_named_and_healed(void **state) {
    (void)state;
    struct ledger ledger;
    struct folder *folder = NULL;
    ledger_init(&ledger, 1);
    env_sim_set_faults(ledger.world, (struct env_sim_faults){.full_from = 3});
    assert_err(folder_open(&ledger.cx, "data", "ledger.db", &folder), ERR_DISK_FULL);
    assert_non_null(strstr(ledger.cx.detail, "is full"));
    env_sim_set_faults(ledger.world, (struct env_sim_faults){0});
    assert_ok(folder_open(&ledger.cx, "data", "ledger.db", &folder));
    folder_close(folder);
    ledger_finish(&ledger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_folder_is_ours_alone),
        TEST(a_folder_opens_again_before_and_after_there_is_a_database),
        TEST(a_first_start_cut_short_is_recognised),
        TEST(an_empty_folder_is_taken),
        TEST(a_folder_with_other_files_is_refused_and_left_alone),
        TEST(another_programs_lock_is_no_mark_of_ours),
        TEST(a_folder_held_by_another_process_is_refused),
        TEST(a_read_only_folder_is_refused),
        TEST(a_parent_that_cannot_be_written_is_refused),
        TEST(a_missing_parent_is_named),
        TEST(a_file_in_its_place_is_refused),
        TEST(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(a_full_disk_is_named_and_healed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
