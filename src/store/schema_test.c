/* Guards: a new database has the same schema and the same record of its steps, whether it is made
 * at once or step by step, so that no later step can meet two kinds of databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/test_ledger.h"
#include "store/queries.h"

enum { EACH_OBJECT, EACH_STEP, OWN_STATEMENT_COUNT };

static const struct db_statement own_statements[] = {
    [EACH_OBJECT] = {"each_object", "select type, name, tbl_name, coalesce(sql, '') "
                                    "from sqlite_schema order by type, name"},
    [EACH_STEP] = {"each_step", "select version, name, checksum, applied_at "
                                "from schema_migrations order by version"},
};
enum { COLUMNS = 4 };

static struct db *open_with(struct ledger *ledger, const char *path,
                            const struct db_schema *schema) {
    struct db *db = NULL;
    struct db_options options = ledger_options(ledger);
    options.path = path;
    options.statements = own_statements;
    options.statement_count = OWN_STATEMENT_COUNT;
    assert_ok(db_open(&ledger->cx, &options, &db));
    assert_ok(db_migrate(&ledger->cx, db, schema));
    return db;
}

static void assert_same_row(const struct db_rows *one, const struct db_rows *other) {
    for (int column = 0; column < COLUMNS; column++) {
        struct str of_one = db_column_str(one, column);
        struct str of_other = db_column_str(other, column);
        if (!str_equal(of_one, of_other)) {
            fail_msg("\"" STR_FMT "\" in place of \"" STR_FMT "\"", STR_ARG(of_other),
                     STR_ARG(of_one));
        }
    }
}

/* Returns how many rows both have. */
static size_t assert_same_rows(struct db *one, struct db *other, int statement) {
    struct db_rows of_one = {0};
    struct db_rows of_other = {0};
    bool has_one = true;
    bool has_other = true;
    size_t count = 0;
    assert_ok(db_query(one, statement, DB_NO_ARGS, &of_one));
    assert_ok(db_query(other, statement, DB_NO_ARGS, &of_other));
    for (;; count++) {
        assert_ok(db_next(&of_one, &has_one));
        assert_ok(db_next(&of_other, &has_other));
        assert_int_equal(has_one, has_other);
        if (!has_one) {
            break;
        }
        assert_same_row(&of_one, &of_other);
    }
    db_rows_finish(&of_one);
    db_rows_finish(&of_other);
    return count;
}

static void made_at_once_is_as_made_step_by_step(void **state) {
    struct ledger ledger;
    struct db_schema steps = q_schema;
    (void)state;
    steps.ready = NULL;
    assert_non_null(q_schema.ready);
    ledger_init(&ledger, 1);
    struct db *one = open_with(&ledger, "data/steps.db", &steps);
    struct db *other = open_with(&ledger, "data/ready.db", &q_schema);
    assert_true(assert_same_rows(one, other, EACH_OBJECT) > Q_MIGRATION_COUNT);
    assert_int_equal(assert_same_rows(one, other, EACH_STEP), Q_MIGRATION_COUNT);
    db_close(other);
    db_close(one);
    ledger_finish(&ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_at_once_is_as_made_step_by_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
