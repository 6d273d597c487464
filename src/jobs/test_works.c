#include "jobs/test_works.h"

#include <stdlib.h>

#include "app/reconcile.h"
#include "app/webhook.h"
#include "base/check.h"
#include "base/testing.h"

enum { DUMP_MAX = 4000, COLUMNS_MAX = 24 };

/* --- up and down --- */

static void poke(void *context) {
    jobs_poke(context);
}

void works_begin(struct works *works, uint64_t seed) {
    struct world *world = &works->world;
    world_begin(world, seed);
    struct jobs_options options = {.app = &world->app};
    assert_ok(jobs_create(&world->cx, &options, &works->jobs));
    world->poke = poke;
    world->poke_context = works->jobs;
}

void works_end(struct works *works) {
    world_stop(&works->world);
    jobs_destroy(works->jobs);
    works->world.poke = NULL;
    world_finish(&works->world);
}

int works_set_up(void **state) {
    struct works *works = test_calloc(1, sizeof *works);
    works_begin(works, 1);
    *state = works;
    return 0;
}

int works_tear_down(void **state) {
    works_end(*state);
    test_free(*state);
    return 0;
}

/* --- what happens --- */

static void done(struct command *command) {
    (void)command;
}

void works_event(struct works *works, const char *id, const char *type, const char *object_id) {
    struct webhook_receive receive = {
        .event_id = str_from_cstr(id),
        .type = str_from_cstr(type),
        .object_id = str_from_cstr(object_id),
        .body = STR("{}"),
    };
    receive.command.done = done;
    webhook_receive(&works->world.app, &receive);
    world_run(&works->world);
    assert_int_equal(receive.command.outcome, OUTCOME_DONE);
}

struct reconciliation_row works_reconcile(struct works *works, const char *user_id,
                                          bool is_dry_run) {
    struct world *world = &works->world;
    struct reconcile_start start = {
        .reason = "asked",
        .only_user_id = str_from_cstr(user_id == NULL ? "" : user_id),
        .is_dry_run = is_dry_run,
    };
    start.command.done = done;
    reconcile_begin(&world->app, &start);
    world_run(world);
    assert_int_equal(start.command.outcome, OUTCOME_CREATED);
    struct tx tx = world_read(world);
    struct reconciliation_row row;
    bool is_found = false;
    assert_ok(reconciliation_read(&tx, id_str(&start.id), &row, &is_found));
    assert_true(is_found);
    assert_text(row.status, "done");
    return row;
}

/* --- every row --- */

static const struct {
    const char *table;
    struct db_statement statement;
    int columns;
} tables[] = {
    {"customers", {"customers", "select * from customers"}, 7},
    {"subscriptions", {"subscriptions", "select * from subscriptions"}, 18},
    {"invoices", {"invoices", "select * from invoices"}, 19},
    {"payment_methods", {"payment_methods", "select * from payment_methods"}, 11},
    {"charges", {"charges", "select * from charges"}, 10},
    {"refunds", {"refunds", "select * from refunds"}, 8},
    {"operations", {"operations", "select * from operations"}, 9},
    {"outbox", {"outbox", "select * from outbox"}, 12},
    {"quotes", {"quotes", "select * from quotes"}, 10},
    {"usage_records", {"usage_records", "select * from usage_records"}, 9},
    {"limit_states", {"limit_states", "select * from limit_states"}, 6},
    {"idempotency_keys", {"idempotency_keys", "select * from idempotency_keys"}, 5},
    {"stripe_prices", {"stripe_prices", "select * from stripe_prices"}, 5},
    {"webhook_events", {"webhook_events", "select * from webhook_events"}, 10},
    {"settings", {"settings", "select * from settings"}, 2},
};

static struct str line_of(struct works *works, size_t table, const struct db_rows *rows) {
    struct arena *arena = &works->world.arena;
    struct str line = str_from_cstr(tables[table].table);
    for (int i = 0; i < tables[table].columns; i++) {
        struct str value = db_column_str(rows, i);
        line = arena_printf(arena, STR_FMT "|" STR_FMT, STR_ARG(line), STR_ARG(value));
    }
    return line;
}

static void dump_table(struct works *works, struct db *db, size_t table, struct works_dump *dump) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    bool has_row = true;
    assert_ok(db_query(db, (int)table, DB_NO_ARGS, &rows));
    for (;;) {
        assert_ok(db_next(&rows, &has_row));
        if (!has_row) {
            return;
        }
        assert_true(dump->count < DUMP_MAX);
        dump->lines[dump->count++] = line_of(works, table, &rows);
    }
}

static int by_text(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct works_dump works_dump(struct works *works) {
    struct world *world = &works->world;
    struct db_statement statements[ARRAY_LEN(tables)];
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        statements[i] = tables[i].statement;
    }
    struct db_options options = {
        .path = "data/turnpike.db",
        .is_reader = true,
        .statements = statements,
        .statement_count = ARRAY_LEN(tables),
        .application = "TPKE",
        .sim = world->vfs,
    };
    struct db *db = NULL;
    struct works_dump dump = {arena_array(&world->arena, DUMP_MAX, sizeof *dump.lines), 0};
    assert_ok(db_open(&world->cx, &options, &db));
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        dump_table(works, db, i, &dump);
    }
    db_close(db);
    qsort(dump.lines, dump.count, sizeof *dump.lines, by_text);
    return dump;
}
