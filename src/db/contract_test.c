/* What every driver behind db.h promises: values come back as they went in, keys conflict, a
 * transaction is seen whole or not at all, savepoints undo one work alone. A second driver has to
 * pass this file unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "db/test_ledger.h"

static int set_up(void **state) {
    static struct ledger ledger;
    ledger_init(&ledger, 1);
    *state = &ledger;
    return err_failed(ledger_open(&ledger)) ? -1 : 0;
}

static int tear_down(void **state) {
    ledger_finish(*state);
    return 0;
}

static struct db_value alice(void) {
    return db_text(STR("alice"));
}

static void add_account(struct db *db, const char *customer) {
    assert_ok(
        db_run(db, TEST_ACCOUNT_ADD, DB_ARGS(db_text(str_from_cstr(customer)), db_null()), NULL));
}

static int64_t accounts(struct db *db) {
    return ledger_ask(db, TEST_ACCOUNT_COUNT, DB_NO_ARGS);
}

static void assert_entry_round_trip(struct db *db, int64_t number, int64_t amount,
                                    struct db_value body) {
    assert_ok(
        db_run(db, TEST_ENTRY_ADD, DB_ARGS(alice(), db_i64(number), db_i64(amount), body), NULL));
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    assert_ok(db_query(db, TEST_ENTRY_GET, DB_ARGS(alice(), db_i64(number)), &rows));
    assert_ok(db_next(&rows, &has_row));
    assert_true(has_row);
    assert_int_equal(db_column_i64(&rows, 0), amount);
    assert_int_equal(db_column_is_null(&rows, 1), body.kind == DB_NULL);
    assert_true(str_equal(db_column_str(&rows, 1), body.bytes));
    assert_ok(db_next(&rows, &has_row));
    assert_false(has_row);
}

static void values_come_back_as_they_went_in(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    static const char all[] = "\0\1\xff'\"\n;--";
    assert_entry_round_trip(db, 1, INT64_MAX, db_null());
    assert_entry_round_trip(db, 2, INT64_MIN, db_blob(str_of(all, sizeof all)));
    assert_entry_round_trip(db, 3, 0, db_blob((struct str){NULL, 0}));
    assert_entry_round_trip(db, 4, -1, db_blob(STR("x")));
}

static void a_large_blob_comes_back(void **state) {
    struct ledger *ledger = *state;
    enum { SIZE = 3 * 1024 * 1024 };
    char *bytes = env_alloc(ledger->env, SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i * 31 >> 3);
    }
    assert_entry_round_trip(ledger->db, 1, 1, db_blob(str_of(bytes, SIZE)));
    env_free(ledger->env, bytes);
}

static void a_value_above_the_limit_is_refused(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    struct db_value body = db_blob(str_of("", (size_t)DB_VALUE_MAX + 1)); /* never looked at */
    assert_err(db_run(db, TEST_ENTRY_ADD, DB_ARGS(alice(), db_i64(1), db_i64(1), body), NULL),
               ERR_TOO_LARGE);
    assert_entry_round_trip(db, 1, 1, db_null());
}

static void empty_text_is_not_null(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    const struct {
        struct db_value note;
        bool is_null;
    } cases[] = {
        {db_text(STR("")), false},
        {db_text((struct str){NULL, 0}), false},
        {db_text_or_null(STR("")), true},
        {db_text_or_null(STR("häß")), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct db_value customer = db_text(str_of(&"abcd"[i], 1));
        assert_ok(db_run(db, TEST_ACCOUNT_ADD, DB_ARGS(customer, cases[i].note), NULL));
        CLEANUP(db_rows_finish) struct db_rows rows = {0};
        bool has_row = false;
        assert_ok(db_query(db, TEST_ACCOUNT_GET, DB_ARGS(customer), &rows));
        assert_ok(db_next(&rows, &has_row));
        assert_int_equal(db_column_is_null(&rows, 1), cases[i].is_null);
        assert_true(str_equal(db_column_str(&rows, 1), cases[i].note.bytes));
    }
}

static void a_unique_key_conflicts_and_leaves_the_row(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    add_account(db, "alice");
    assert_err(db_run(db, TEST_ACCOUNT_ADD, DB_ARGS(alice(), db_text(STR("again"))), NULL),
               ERR_CONFLICT);
    assert_true(db_error_text(db)[0] != '\0');
    assert_int_equal(accounts(db), 1);
}

static void changed_rows_are_counted(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    int64_t changed = -1;
    add_account(db, "alice");
    assert_ok(db_run(db, TEST_ACCOUNT_BOOK, DB_ARGS(alice(), db_i64(10)), &changed));
    assert_int_equal(changed, 1);
    assert_ok(db_run(db, TEST_ACCOUNT_SPEND, DB_ARGS(alice(), db_i64(11)), &changed));
    assert_int_equal(changed, 0);
    assert_ok(db_run(db, TEST_ACCOUNT_SPEND, DB_ARGS(alice(), db_i64(10)), &changed));
    assert_int_equal(changed, 1);
    struct db_args entry = DB_ARGS(alice(), db_i64(7), db_i64(1), db_null());
    assert_ok(db_run(db, TEST_ENTRY_ADD_ONCE, entry, &changed));
    assert_int_equal(changed, 1);
    assert_ok(db_run(db, TEST_ENTRY_ADD_ONCE, entry, &changed));
    assert_int_equal(changed, 0);
}

static void an_append_only_table_keeps_its_rows(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    struct db_args key = DB_ARGS(alice(), db_i64(1));
    assert_entry_round_trip(db, 1, 5, db_null());
    assert_true(err_failed(db_run(db, TEST_ENTRY_DELETE, key, NULL)));
    assert_int_equal(ledger_ask(db, TEST_ENTRY_GET, key), 5);
}

static void cursors_nest_and_may_be_left_early(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    add_account(db, "a");
    add_account(db, "b");
    add_account(db, "c");
    size_t seen = 0;
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    assert_ok(db_query(db, TEST_ACCOUNT_LIST, DB_NO_ARGS, &rows));
    for (bool has_row = true;; seen++) {
        assert_ok(db_next(&rows, &has_row));
        if (!has_row) {
            break;
        }
        struct str customer = db_column_str(&rows, 0);
        assert_int_equal(customer.bytes[0], "abc"[seen]);
        assert_int_equal(ledger_ask(db, TEST_ACCOUNT_GET, DB_ARGS(db_text(customer))), 0);
    }
    assert_int_equal(seen, 3);
    db_rows_finish(&rows);
    db_rows_finish(&rows); /* twice is fine */
    assert_ok(db_query(db, TEST_ACCOUNT_LIST, DB_NO_ARGS, &rows));
    bool has_row = false;
    assert_ok(db_next(&rows, &has_row)); /* left after one row, by CLEANUP */
}

static void a_cursor_keeps_a_copy_of_its_arguments(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    char name[] = "alice";
    add_account(db, "alice");
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    assert_ok(db_query(db, TEST_ACCOUNT_GET, DB_ARGS(db_text(str_from_cstr(name))), &rows));
    memset(name, 'x', strlen(name));
    bool has_row = false;
    assert_ok(db_next(&rows, &has_row));
    assert_true(has_row);
}

static void a_transaction_is_seen_whole_or_not_at_all(void **state) {
    struct ledger *ledger = *state;
    struct db *reader = NULL;
    assert_ok(ledger_open_reader(ledger, &reader));
    assert_ok(db_begin(ledger->db));
    assert_true(db_in_transaction(ledger->db));
    add_account(ledger->db, "a");
    assert_int_equal(accounts(reader), 0);
    add_account(ledger->db, "b");
    assert_ok(db_commit(ledger->db));
    assert_false(db_in_transaction(ledger->db));
    assert_int_equal(accounts(reader), 2);
    assert_ok(db_begin(ledger->db));
    add_account(ledger->db, "c");
    db_rollback(ledger->db);
    db_rollback(ledger->db); /* nothing is open: fine */
    assert_int_equal(accounts(ledger->db), 2);
    db_close(reader);
}

static void a_reader_keeps_its_snapshot_until_it_ends(void **state) {
    struct ledger *ledger = *state;
    struct db *reader = NULL;
    assert_ok(ledger_open_reader(ledger, &reader));
    assert_ok(db_begin(reader));
    assert_int_equal(accounts(reader), 0);
    add_account(ledger->db, "a");
    assert_int_equal(accounts(reader), 0);
    assert_ok(db_commit(reader));
    assert_int_equal(accounts(reader), 1);
    db_close(reader);
}

static void a_reader_cannot_write(void **state) {
    struct ledger *ledger = *state;
    struct db *reader = NULL;
    assert_ok(ledger_open_reader(ledger, &reader));
    assert_err(db_run(reader, TEST_ACCOUNT_ADD, DB_ARGS(alice(), db_null()), NULL), ERR_PERMISSION);
    assert_int_equal(accounts(ledger->db), 0);
    db_close(reader);
}

static void a_savepoint_undoes_one_work_alone(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    assert_ok(db_begin(db));
    assert_ok(db_savepoint(db));
    add_account(db, "kept");
    assert_ok(db_savepoint_release(db));
    assert_ok(db_savepoint(db));
    add_account(db, "undone");
    assert_err(db_run(db, TEST_ACCOUNT_ADD, DB_ARGS(db_text(STR("kept")), db_null()), NULL),
               ERR_CONFLICT);
    db_savepoint_rollback(db);
    assert_true(db_in_transaction(db));
    assert_ok(db_savepoint(db));
    add_account(db, "kept too");
    assert_ok(db_savepoint_release(db));
    assert_ok(db_commit(db));
    assert_int_equal(accounts(db), 2);
    assert_int_equal(ledger_ask(db, TEST_ACCOUNT_GET, DB_ARGS(db_text(STR("undone")))), -1);
}

/* What stands before a savepoint in which nothing was written is not undone with it. */
static void a_savepoint_in_which_nothing_was_written_undoes_nothing(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    assert_ok(db_begin(db));
    add_account(db, "before");
    assert_ok(db_savepoint(db));
    assert_int_equal(accounts(db), 1);
    db_savepoint_rollback(db);
    add_account(db, "between");
    assert_ok(db_savepoint(db));
    assert_ok(db_savepoint_release(db));
    add_account(db, "after");
    assert_ok(db_savepoint(db));
    add_account(db, "undone");
    db_savepoint_rollback(db);
    assert_ok(db_commit(db));
    assert_int_equal(accounts(db), 3);
    assert_ok(db_begin(db)); /* one that was left open does not reach into the next transaction */
    assert_ok(db_savepoint(db));
    db_rollback(db);
    assert_ok(db_begin(db));
    add_account(db, "next");
    assert_ok(db_commit(db));
    assert_int_equal(accounts(db), 4);
}

static void whether_a_work_has_written_is_known_until_its_end(void **state) {
    struct db *db = ((struct ledger *)*state)->db;
    assert_ok(db_begin(db));
    add_account(db, "the group's");
    assert_ok(db_savepoint(db));
    assert_int_equal(accounts(db), 1);
    assert_false(db_has_written(db));
    add_account(db, "the work's");
    assert_true(db_has_written(db));
    assert_ok(db_savepoint_release(db));
    assert_ok(db_savepoint(db));
    assert_false(db_has_written(db));
    add_account(db, "undone");
    db_savepoint_rollback(db);
    assert_ok(db_savepoint(db));
    assert_false(db_has_written(db));
    assert_ok(db_savepoint_release(db));
    assert_ok(db_commit(db));
}

static void what_was_committed_is_there_after_opening_again(void **state) {
    struct ledger *ledger = *state;
    add_account(ledger->db, "alice");
    assert_ok(db_begin(ledger->db));
    add_account(ledger->db, "bob");
    ledger_close(ledger); /* rolls back what is open */
    assert_ok(ledger_open(ledger));
    assert_int_equal(accounts(ledger->db), 1);
}

static void every_statement_compiles(void **state) {
    struct ledger *ledger = *state;
    assert_ok(db_check_statements(&ledger->cx, ledger->db));
}

static void a_statement_that_does_not_fit_the_schema_is_named(void **state) {
    struct ledger *ledger = *state;
    static const struct db_statement wrong[] = {{"plan_get", "SELECT plan FROM plans"}};
    struct db_options options = ledger_options(ledger);
    options.statements = wrong;
    options.statement_count = ARRAY_LEN(wrong);
    options.is_reader = true;
    struct db *reader = NULL;
    assert_ok(db_open(&ledger->cx, &options, &reader));
    assert_err(db_check_statements(&ledger->cx, reader), ERR_FORMAT);
    assert_non_null(strstr(ledger->cx.detail, "plan_get"));
    db_close(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(values_come_back_as_they_went_in),
        TEST(a_large_blob_comes_back),
        TEST(a_value_above_the_limit_is_refused),
        TEST(empty_text_is_not_null),
        TEST(a_unique_key_conflicts_and_leaves_the_row),
        TEST(changed_rows_are_counted),
        TEST(an_append_only_table_keeps_its_rows),
        TEST(cursors_nest_and_may_be_left_early),
        TEST(a_cursor_keeps_a_copy_of_its_arguments),
        TEST(a_transaction_is_seen_whole_or_not_at_all),
        TEST(a_reader_keeps_its_snapshot_until_it_ends),
        TEST(a_reader_cannot_write),
        TEST(a_savepoint_undoes_one_work_alone),
        TEST(a_savepoint_in_which_nothing_was_written_undoes_nothing),
        TEST(whether_a_work_has_written_is_known_until_its_end),
        TEST(what_was_committed_is_there_after_opening_again),
        TEST(every_statement_compiles),
        TEST(a_statement_that_does_not_fit_the_schema_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
