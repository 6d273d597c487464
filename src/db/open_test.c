/* What the driver refuses to open, with which sentence, and that it leaves such files alone; and
 * how its log behaves. On real files, but where a disk must fail on request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "db/test_ledger.h"

enum { FILE_MAX = 16 * 1024 * 1024, NOBODY = 65534 };

/* A folder on the real disk. */
struct folder_fixture {
    struct env env;
    struct arena arena;
    struct cx cx;
    char folder[64];
    char path[96];
};

static int set_up(void **state) {
    static struct folder_fixture fixture;
    env_posix_init(&fixture.env);
    arena_init(&fixture.arena, &fixture.env, 1024 * 1024);
    cx_init(&fixture.cx, &fixture.env, &fixture.arena);
    (void)snprintf(fixture.folder, sizeof fixture.folder, "/tmp/db_open_test.XXXXXX");
    check(mkdtemp(fixture.folder) != NULL);
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/ledger.db", fixture.folder);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct folder_fixture *fixture = *state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", fixture->path, suffixes[i]);
        (void)unlink(path);
    }
    arena_finish(&fixture->arena);
    return rmdir(fixture->folder);
}

static struct db_options options_of(const struct folder_fixture *fixture) {
    return (struct db_options){
        .path = fixture->path,
        .statements = test_statements,
        .statement_count = TEST_STATEMENT_COUNT,
        .application = "Test",
    };
}

static struct err open_writer(struct folder_fixture *fixture, struct db **ret_db) {
    struct db_options options = options_of(fixture);
    return db_open(&fixture->cx, &options, ret_db);
}

static struct err open_reader(struct folder_fixture *fixture, struct db **ret_db) {
    struct db_options options = options_of(fixture);
    options.is_reader = true;
    return db_open(&fixture->cx, &options, ret_db);
}

/* A database with one account, closed. */
static void make_database(struct folder_fixture *fixture) {
    struct db *db = NULL;
    assert_ok(open_writer(fixture, &db));
    assert_ok(db_migrate(&fixture->cx, db, &test_schema));
    assert_ok(db_run(db, TEST_ACCOUNT_ADD, DB_ARGS(db_text(STR("alice")), db_null()), NULL));
    db_close(db);
}

static void write_at(struct folder_fixture *fixture, uint64_t offset, struct str bytes) {
    struct env_file *file = NULL;
    assert_ok(fixture->env.files.open(&fixture->env, fixture->path, ENV_READ_WRITE, &file));
    assert_ok(fixture->env.files.write(file, offset, bytes.bytes, bytes.len));
    fixture->env.files.close(file);
}

/* What env_read_file gave. */
static void release(struct env *env, struct str content) {
    env_free(env, (void *)(uintptr_t)content.bytes);
}

static struct str content_of(struct folder_fixture *fixture) {
    struct str content;
    struct err err = env_read_file(&fixture->env, fixture->path, FILE_MAX, &content);
    check(!err_failed(err));
    struct str copy = arena_str(&fixture->arena, content);
    release(&fixture->env, content);
    return copy;
}

static void assert_refused(struct folder_fixture *fixture, enum err_code code,
                           const char *sentence) {
    struct str before = content_of(fixture);
    struct db *db = NULL;
    assert_err(open_writer(fixture, &db), code);
    assert_null(db);
    assert_non_null(strstr(fixture->cx.detail, fixture->path));
    assert_non_null(strstr(fixture->cx.detail, sentence));
    assert_err(open_reader(fixture, &db), code);
    assert_non_null(strstr(fixture->cx.detail, sentence));
    assert_true(str_equal(content_of(fixture), before));
}

static void another_programs_database_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    struct db_options options = options_of(fixture);
    options.application = "Else";
    struct db *db = NULL;
    assert_ok(db_open(&fixture->cx, &options, &db));
    assert_ok(db_migrate(&fixture->cx, db, &test_schema));
    db_close(db);
    assert_refused(fixture, ERR_FORMAT, "is not a database of this program");
}

static void an_unstamped_database_with_tables_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    make_database(fixture);
    write_at(fixture, 68, STR("\0\0\0\0")); /* the application id in SQLite's file header */
    assert_refused(fixture, ERR_FORMAT, "is not a database of this program");
}

static void a_file_that_is_no_database_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    write_at(fixture, 0, STR("Dear diary,\n"));
    write_at(fixture, 8192, STR("the end\n"));
    assert_refused(fixture, ERR_FORMAT, "is not a database of this program");
}

static void a_damaged_schema_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    make_database(fixture);
    write_at(fixture, 100, STR("\x99\x99\x99\x99\x99\x99\x99\x99"));
    assert_refused(fixture, ERR_CORRUPT, "is damaged");
}

static void a_damaged_page_is_noticed_when_it_is_read(void **state) {
    struct folder_fixture *fixture = *state;
    make_database(fixture);
    struct str content = content_of(fixture);
    for (uint64_t page = 1; page < content.len / 4096; page++) {
        write_at(fixture, page * 4096, STR("\x99\x99\x99\x99\x99\x99\x99\x99"));
    }
    struct db *db = NULL;
    assert_ok(open_writer(fixture, &db));
    struct db_rows rows = {0};
    bool has_row = false;
    struct err err = db_query(db, TEST_ACCOUNT_GET, DB_ARGS(db_text(STR("alice"))), &rows);
    err = err_failed(err) ? err : db_next(&rows, &has_row);
    assert_err(err, ERR_CORRUPT);
    db_rows_finish(&rows);
    db_close(db);
}

static void a_read_only_folder_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    bool is_root = geteuid() == 0;
    struct db *db = NULL;
    check(chmod(fixture->folder, 0555) == 0);
    check(!is_root || seteuid(NOBODY) == 0);
    struct err err = open_writer(fixture, &db);
    check(!is_root || seteuid(0) == 0);
    check(chmod(fixture->folder, 0755) == 0);
    assert_err(err, ERR_PERMISSION);
    assert_non_null(strstr(fixture->cx.detail, "cannot be opened for writing"));
}

static void a_read_only_file_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    bool is_root = geteuid() == 0;
    make_database(fixture);
    struct db *db = NULL;
    check(chmod(fixture->folder, 0777) == 0);
    check(chmod(fixture->path, 0444) == 0);
    check(!is_root || seteuid(NOBODY) == 0);
    struct err err = open_writer(fixture, &db);
    check(!is_root || seteuid(0) == 0);
    assert_err(err, ERR_PERMISSION);
}

/* SQLite has files without a log, such as this one; their commits would not be durable. */
static void a_database_without_a_log_is_refused(void **state) {
    struct folder_fixture *fixture = *state;
    struct db_options options = options_of(fixture);
    options.path = ":memory:";
    struct db *db = NULL;
    assert_err(db_open(&fixture->cx, &options, &db), ERR_IO);
    assert_non_null(strstr(fixture->cx.detail, "does not allow a write-ahead log"));
}

static void a_reader_makes_no_file(void **state) {
    struct folder_fixture *fixture = *state;
    struct db *db = NULL;
    assert_err(open_reader(fixture, &db), ERR_NOT_FOUND);
    assert_non_null(strstr(fixture->cx.detail, "does not exist"));
    assert_int_equal(access(fixture->path, F_OK), -1);
}

static uint64_t log_size(const struct folder_fixture *fixture) {
    char path[128];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s-wal", fixture->path);
    return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

static void closing_a_reader_leaves_the_log_and_closing_the_writer_empties_it(void **state) {
    struct folder_fixture *fixture = *state;
    struct db *writer = NULL;
    struct db *reader = NULL;
    make_database(fixture);
    assert_ok(open_writer(fixture, &writer));
    assert_ok(db_run(writer, TEST_ACCOUNT_ADD, DB_ARGS(db_text(STR("bob")), db_null()), NULL));
    assert_ok(open_reader(fixture, &reader));
    assert_int_equal(ledger_ask(reader, TEST_ACCOUNT_COUNT, DB_NO_ARGS), 2);
    uint64_t before = log_size(fixture);
    assert_true(before > 0);
    db_close(reader);
    assert_int_equal(log_size(fixture), before);
    db_close(writer);
    assert_int_equal(log_size(fixture), 0);
}

static void the_log_stays_bounded_by_checkpoints(void **state) {
    struct folder_fixture *fixture = *state;
    enum { ROUNDS = 40, SIZE = 512 * 1024, LOG_MAX = 8 * 1024 * 1024 };
    char *body = env_alloc(&fixture->env, SIZE);
    memset(body, 'x', SIZE);
    make_database(fixture);
    struct db *db = NULL;
    assert_ok(open_writer(fixture, &db));
    for (int i = 0; i < ROUNDS; i++) {
        assert_ok(db_run(
            db, TEST_ENTRY_ADD,
            DB_ARGS(db_text(STR("alice")), db_i64(i), db_i64(1), db_blob(str_of(body, SIZE))),
            NULL));
        assert_ok(db_checkpoint(db));
        assert_true(log_size(fixture) < LOG_MAX);
    }
    db_close(db);
    env_free(&fixture->env, body);
}

static void sqlite_reads_the_envs_clock(void **state) {
    struct folder_fixture *fixture = *state;
    static const struct db_statement statements[] = {
        {"now", "SELECT CAST(strftime('%s', 'now') AS INTEGER)"}};
    struct env_clock clock;
    struct cx cx;
    struct db *db = NULL;
    env_clock_init(&clock, &fixture->env, 1431820800000); /* 2015-05-17 */
    cx_init(&cx, &clock.env, &fixture->arena);
    struct db_options options = options_of(fixture);
    options.statements = statements;
    options.statement_count = ARRAY_LEN(statements);
    assert_ok(db_open(&cx, &options, &db));
    assert_int_equal(ledger_ask(db, 0, DB_NO_ARGS), 1431820800);
    db_close(db);
}

static void a_full_disk_refuses_a_new_database(void **state) {
    (void)state;
    struct ledger ledger;
    ledger_init(&ledger, 1);
    env_sim_set_faults(ledger.world, (struct env_sim_faults){.full_from = 2});
    assert_err(ledger_open(&ledger), ERR_DISK_FULL);
    assert_non_null(strstr(ledger.cx.detail, "is full"));
    env_sim_set_faults(ledger.world, (struct env_sim_faults){0});
    assert_ok(ledger_open(&ledger));
    ledger_finish(&ledger);
}

static void opening_survives_every_failed_allocation(void **state) {
    (void)state;
    struct ledger ledger;
    uint64_t nth = 1;
    ledger_init(&ledger, 1);
    for (struct err err = ERR(ERR_NO_MEMORY); err_failed(err); nth++) {
        env_sim_fail_alloc(ledger.world, nth, false);
        err = ledger_open(&ledger);
        assert_true(err.code == ERR_NONE || err.code == ERR_NO_MEMORY);
    }
    assert_true(nth > 3);
    env_sim_fail_alloc(ledger.world, 0, false);
    ledger_finish(&ledger);
}

/* The bytes of the log after a little work. */
static struct str log_of_world(struct arena *arena, uint64_t seed) {
    struct ledger ledger;
    struct str log;
    ledger_init(&ledger, seed);
    assert_ok(ledger_open(&ledger));
    assert_ok(db_run(ledger.db, TEST_ACCOUNT_ADD, DB_ARGS(db_text(STR("alice")), db_null()), NULL));
    assert_ok(env_read_file(ledger.env, "data/ledger.db-wal", FILE_MAX, &log));
    struct str copy = arena_str(arena, log);
    release(ledger.env, log);
    ledger_finish(&ledger);
    return copy;
}

static void the_same_world_writes_the_same_bytes(void **state) {
    struct folder_fixture *fixture = *state;
    struct str first = log_of_world(&fixture->arena, 7);
    assert_true(first.len > 4096);
    assert_true(str_equal(first, log_of_world(&fixture->arena, 7)));
    /* The salts come from the seed. */
    assert_false(str_equal(first, log_of_world(&fixture->arena, 8)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(another_programs_database_is_refused),
        TEST(an_unstamped_database_with_tables_is_refused),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(a_damaged_schema_is_refused),
        TEST(a_damaged_page_is_noticed_when_it_is_read),
        TEST(a_read_only_folder_is_refused),
        TEST(a_read_only_file_is_refused),
        TEST(a_database_without_a_log_is_refused),
        TEST(a_reader_makes_no_file),
        TEST(closing_a_reader_leaves_the_log_and_closing_the_writer_empties_it),
        TEST(the_log_stays_bounded_by_checkpoints),
        TEST(sqlite_reads_the_envs_clock),
        cmocka_unit_test(a_full_disk_refuses_a_new_database),
        cmocka_unit_test(opening_survives_every_failed_allocation),
        TEST(the_same_world_writes_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
