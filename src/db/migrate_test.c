/* Migrations go forward once, in order; a newer or altered schema is refused; a step that fails
 * leaves nothing behind. */
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
    struct db_options options = ledger_options(&ledger);
    *state = &ledger;
    return err_failed(db_open(&ledger.cx, &options, &ledger.db)) ? -1 : 0;
}

static int tear_down(void **state) {
    ledger_finish(*state);
    return 0;
}

static struct err migrate(struct ledger *ledger, const struct db_migration *steps, size_t count) {
    const struct db_schema schema = {.migrations = steps, .count = count};
    return db_migrate(&ledger->cx, ledger->db, &schema);
}

static void the_schema_goes_forward_and_only_once(void **state) {
    struct ledger *ledger = *state;
    assert_ok(migrate(ledger, test_migrations, 1));
    assert_err(db_check_statements(&ledger->cx, ledger->db), ERR_FORMAT); /* no entries yet */
    assert_ok(migrate(ledger, test_migrations, TEST_MIGRATION_COUNT));
    assert_ok(migrate(ledger, test_migrations, TEST_MIGRATION_COUNT));
    assert_ok(db_check_statements(&ledger->cx, ledger->db));
}

static void a_newer_schema_is_refused(void **state) {
    struct ledger *ledger = *state;
    assert_ok(migrate(ledger, test_migrations, 2));
    assert_err(migrate(ledger, test_migrations, 1), ERR_VERSION);
    assert_non_null(strstr(ledger->cx.detail, "schema version 2, this program knows 1"));
}

static void an_altered_migration_is_refused(void **state) {
    struct ledger *ledger = *state;
    struct db_migration altered[] = {test_migrations[0], test_migrations[1]};
    altered[0].sql = "CREATE TABLE accounts (customer_id {text} NOT NULL) {strict};";
    assert_ok(migrate(ledger, test_migrations, 1));
    assert_err(migrate(ledger, altered, 2), ERR_CORRUPT);
    assert_non_null(strstr(ledger->cx.detail, "Migration 1 (accounts)"));
    assert_ok(migrate(ledger, test_migrations, 2)); /* nothing of the altered one was applied */
}

/* Makes a table, and then one that is there already. */
static const struct db_migration breaking = {
    2, "broken",
    "CREATE TABLE entries (customer_id {text} NOT NULL) {strict};\n"
    "CREATE TABLE accounts (customer_id {text} NOT NULL) {strict};"};

static void a_failing_migration_leaves_nothing_behind(void **state) {
    struct ledger *ledger = *state;
    const struct db_migration broken[] = {test_migrations[0], breaking};
    const struct db_migration other = {1, "other", "CREATE TABLE other (id {int}) {strict};"};
    assert_true(err_failed(migrate(ledger, broken, 2)));
    assert_non_null(strstr(ledger->cx.detail, "Migration 2 (broken) failed"));
    assert_false(db_in_transaction(ledger->db));
    assert_ok(migrate(ledger, &other, 1)); /* a new database has none of them then */
    assert_err(migrate(ledger, broken, 1), ERR_CORRUPT);
}

static void a_step_that_was_applied_stays_when_the_next_fails(void **state) {
    struct ledger *ledger = *state;
    const struct db_migration broken[] = {test_migrations[0], breaking};
    assert_ok(migrate(ledger, test_migrations, 1));
    assert_true(err_failed(migrate(ledger, broken, 2)));
    assert_ok(migrate(ledger, test_migrations, 2)); /* `entries` can be made */
}

static void sections_and_words_are_the_engines(void **state) {
    struct ledger *ledger = *state;
    const struct db_migration steps[] = {
        {1, "words",
         "CREATE TABLE accounts (customer_id {text}, note {text}, total {int}) {strict};\n"
         "{postgres}\nthis is not SQL of this engine {int}\n{end}\n"
         "{sqlite}\nCREATE TABLE entries (customer_id {text}, entry_id {int}, amount {int}, "
         "body {blob},\n  PRIMARY KEY (customer_id, entry_id)) {strict};\n{end}"},
    };
    assert_ok(migrate(ledger, steps, 1));
    assert_ok(db_check_statements(&ledger->cx, ledger->db));
    struct db_args text_as_amount =
        DB_ARGS(db_text(STR("a")), db_i64(1), db_text(STR("many")), db_null());
    assert_err(db_run(ledger->db, TEST_ENTRY_ADD, text_as_amount, NULL), ERR_CONFLICT);
}

/* Dying at every write of the second step: afterwards it is applied wholly or not at all. */
static void a_migration_cut_short_is_whole_or_absent(void **state) {
    (void)state;
    uint64_t dead_from = 1;
    for (bool is_done = false; !is_done; dead_from++) {
        struct ledger ledger;
        struct db_options options;
        ledger_init(&ledger, dead_from);
        options = ledger_options(&ledger);
        assert_ok(db_open(&ledger.cx, &options, &ledger.db));
        assert_ok(migrate(&ledger, test_migrations, 1));
        env_sim_set_faults(ledger.world, (struct env_sim_faults){.dead_from = dead_from});
        is_done = !err_failed(migrate(&ledger, test_migrations, 2));
        ledger_close(&ledger);
        env_sim_power_loss(ledger.world, ENV_SIM_KEEP_SOME);
        assert_ok(ledger_open(&ledger)); /* applies what is missing */
        assert_ok(db_check_statements(&ledger.cx, ledger.db));
        ledger_finish(&ledger);
    }
    assert_true(dead_from > 3);
}

/* The form in which a new database is made at once, that nothing would come of. */
static struct db_schema with_ready(const char *engine, const char *ready) {
    struct db_schema schema = test_schema;
    schema.ready_engine = engine;
    schema.ready = ready;
    return schema;
}

static void another_engines_form_is_not_taken(void **state) {
    struct ledger *ledger = *state;
    struct db_schema schema = with_ready("postgres", "this is not SQL of this engine");
    assert_ok(db_migrate(&ledger->cx, ledger->db, &schema));
    assert_ok(db_check_statements(&ledger->cx, ledger->db));
}

static void a_failing_start_leaves_nothing_behind(void **state) {
    struct ledger *ledger = *state;
    struct db_schema schema = with_ready("sqlite", "CREATE TABLE accounts (customer_id TEXT);"
                                                   "CREATE TABLE accounts (customer_id TEXT);");
    assert_true(err_failed(db_migrate(&ledger->cx, ledger->db, &schema)));
    assert_non_null(strstr(ledger->cx.detail, "The tables cannot be made: table accounts"));
    assert_false(db_in_transaction(ledger->db));
    assert_ok(db_migrate(&ledger->cx, ledger->db, &test_schema));
    assert_ok(db_check_statements(&ledger->cx, ledger->db));
}

static void a_database_made_at_once_goes_forward_like_any(void **state) {
    struct ledger *ledger = *state;
    const struct db_migration later = {
        3, "later", "CREATE TABLE later (customer_id {text} NOT NULL) {strict};"};
    const struct db_migration steps[] = {test_migrations[0], test_migrations[1], later};
    assert_ok(db_migrate(&ledger->cx, ledger->db, &test_schema));
    assert_ok(migrate(ledger, steps, 3)); /* the first two are on record, and not taken again */
    assert_err(db_migrate(&ledger->cx, ledger->db, &test_schema), ERR_VERSION);
}

/* Dying at every write of it: afterwards it is there wholly or not at all. */
static void a_start_cut_short_is_whole_or_absent(void **state) {
    (void)state;
    uint64_t dead_from = 1;
    for (bool is_done = false; !is_done; dead_from++) {
        struct ledger ledger;
        ledger_init(&ledger, dead_from);
        struct db_options options = ledger_options(&ledger);
        assert_ok(db_open(&ledger.cx, &options, &ledger.db));
        env_sim_set_faults(ledger.world, (struct env_sim_faults){.dead_from = dead_from});
        is_done = !err_failed(db_migrate(&ledger.cx, ledger.db, &test_schema));
        ledger_close(&ledger);
        env_sim_power_loss(ledger.world, ENV_SIM_KEEP_SOME);
        assert_ok(ledger_open(&ledger));
        assert_ok(db_check_statements(&ledger.cx, ledger.db));
        ledger_finish(&ledger);
    }
    assert_true(dead_from > 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_schema_goes_forward_and_only_once),
        TEST(a_newer_schema_is_refused),
        TEST(an_altered_migration_is_refused),
        TEST(a_failing_migration_leaves_nothing_behind),
        TEST(a_step_that_was_applied_stays_when_the_next_fails),
        TEST(sections_and_words_are_the_engines),
        TEST(another_engines_form_is_not_taken),
        TEST(a_failing_start_leaves_nothing_behind),
        TEST(a_database_made_at_once_goes_forward_like_any),
        cmocka_unit_test(a_migration_cut_short_is_whole_or_absent),
        cmocka_unit_test(a_start_cut_short_is_whole_or_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
