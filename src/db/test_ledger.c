/* The world of the database tests. */
#include "db/test_ledger.h"

#include "base/check.h"

enum { SECTOR = 512, ARENA_MAX = 1024 * 1024 };

void ledger_init(struct ledger *ledger, uint64_t seed) {
    *ledger = (struct ledger){.world = env_sim_create(seed)};
    ledger->env = env_sim_env(ledger->world);
    env_sim_set_sector(ledger->world, SECTOR);
    struct err err = vfs_sim_create(ledger->env, SECTOR, &ledger->sim);
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
        .sim = ledger->sim,
    };
}

struct err ledger_open(struct ledger *ledger) {
    struct db_options options = ledger_options(ledger);
    TRY(db_open(&ledger->cx, &options, &ledger->db));
    struct err err = db_migrate(&ledger->cx, ledger->db, test_migrations, TEST_MIGRATION_COUNT);
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
