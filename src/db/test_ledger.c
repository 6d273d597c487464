/* The world of the database tests. */
#include "db/test_ledger.h"

#include "base/check.h"

enum { ARENA_MAX = 1024 * 1024 };

void ledger_init(struct ledger *ledger, uint64_t seed) {
    ledger_init_sector(ledger, seed, 512);
}

void ledger_init_sector(struct ledger *ledger, uint64_t seed, int sector) {
    *ledger = (struct ledger){.world = env_sim_create(seed)};
    ledger->env = env_sim_env(ledger->world);
    env_sim_set_sector(ledger->world, (size_t)sector);
    struct err err = vfs_sim_create(ledger->env, sector, &ledger->sim);
    check(!err_failed(err));
    arena_init(&ledger->arena, ledger->env, ARENA_MAX);
    cx_init(&ledger->cx, ledger->env, &ledger->arena);
}

void ledger_finish(struct ledger *ledger) {
    ledger_close(ledger);
    arena_finish(&ledger->arena);
    vfs_sim_destroy(ledger->sim);
    env_sim_destroy(ledger->world);
}

struct db_options ledger_options(const struct ledger *ledger) {
    return (struct db_options){
        .path = "data/ledger.db",
        .statements = test_statements,
        .statement_count = TEST_STATEMENT_COUNT,
        .application = "Test",
        .checkpoint_pages = ledger->checkpoint_pages,
        .sim = ledger->sim,
    };
}

struct err ledger_open(struct ledger *ledger) {
    struct db_options options = ledger_options(ledger);
    TRY(db_open(&ledger->cx, &options, &ledger->db));
    struct err err = db_migrate(&ledger->cx, ledger->db, &test_schema);
    if (err_failed(err)) {
        ledger_close(ledger);
    }
    return err;
}

struct err ledger_open_reader(struct ledger *ledger, struct db **ret_reader) {
    struct db_options options = ledger_options(ledger);
    options.is_reader = true;
    return db_open(&ledger->cx, &options, ret_reader);
}

void ledger_close(struct ledger *ledger) {
    db_close(ledger->db);
    ledger->db = NULL;
}

bool ledger_is_intact(struct ledger *ledger) {
    static const struct db_statement statements[] = {{"integrity", "PRAGMA integrity_check"}};
    struct db_options options = ledger_options(ledger);
    struct db *reader = NULL;
    struct db_rows rows = {0};
    bool has_row = false;
    options.is_reader = true;
    options.statements = statements;
    options.statement_count = ARRAY_LEN(statements);
    struct err err = db_open(&ledger->cx, &options, &reader);
    if (err_failed(err)) {
        return false;
    }
    err = db_query(reader, 0, DB_NO_ARGS, &rows);
    if (!err_failed(err)) {
        err = db_next(&rows, &has_row);
    }
    bool is_intact = !err_failed(err) && has_row && str_equal(db_column_str(&rows, 0), STR("ok"));
    db_rows_finish(&rows);
    db_close(reader);
    return is_intact;
}

int64_t ledger_ask(struct db *db, int statement, struct db_args args) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    struct err err = db_query(db, statement, args, &rows);
    if (!err_failed(err)) {
        err = db_next(&rows, &has_row);
    }
    check(!err_failed(err));
    return has_row ? db_column_i64(&rows, 0) : -1;
}
