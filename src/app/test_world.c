/* The world of the use cases' tests. What the program's start does in src/main/store.c is done here
 * over simulated files; what its loop does is world_step(). */
#include "app/test_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/adoption.h"
#include "app/catalogue_shape.h"
#include "app/customer.h"
#include "app/gate_load.h"
#include "app/installation.h"
#include "app/limit_told.h"
#include "app/usage_alert.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "base/testing.h"
#include "core/session.h"
#include "gate/journal.h"
#include "store/keyring.h"
#include "store/queries.h"
#include "store/usage_journal.h"

enum {
    MEMORY_MAX = 256 * 1024 * 1024,
    QUEUE_MAX = 1000,
    GROUP_MAX = 64,
    CUSTOMERS_MAX = 1000,
    IDS_MAX = 100000,
    CHECKPOINT_PAGES = 60,
    SECTOR = 512,
    STEPS_MAX = 100000,
};

/* --- up and down --- */

static void read_catalogue(struct world *world) {
    struct env disk;
    const char *source = getenv("TURNPIKE_SOURCE");
    check(source != NULL);
    env_posix_init(&disk);
    struct cx cx;
    cx_init(&cx, &disk, &world->arena);
    struct str path = arena_printf(&world->arena, "%s/catalog/plans.json", source);
    assert_ok(catalogue_load(&cx, path.bytes, &world->catalogue, NULL));
}

void world_init(struct world *world, uint64_t seed) {
    memset(world, 0, sizeof *world);
    world->sim = env_sim_create(seed);
    world->env = env_sim_env(world->sim);
    assert_ok(vfs_sim_create(world->env, SECTOR, &world->vfs));
    arena_init(&world->arena, world->env, MEMORY_MAX);
    cx_init(&world->cx, world->env, &world->arena);
    read_catalogue(world);
    test_payments_init(&world->payments, world->env);
}

void world_finish(struct world *world) {
    world_close(world);
    test_payments_finish(&world->payments);
    arena_finish(&world->arena);
    vfs_sim_destroy(world->vfs);
    env_sim_destroy(world->sim);
}

void world_begin(struct world *world, uint64_t seed) {
    world_init(world, seed);
    assert_ok(world_open(world));
}

int world_set_up(void **state) {
    struct world *world = test_malloc(sizeof *world);
    world_begin(world, 1);
    *state = world;
    return 0;
}

int world_tear_down(void **state) {
    world_finish(*state);
    test_free(*state);
    return 0;
}

static struct err open_database(struct world *world, bool is_reader, struct db **ret_db) {
    struct db_options options = {
        .path = "data/turnpike.db",
        .is_reader = is_reader,
        .statements = q_statements,
        .statement_count = Q_STATEMENT_COUNT,
        .application = "TPKE",
        .checkpoint_pages = CHECKPOINT_PAGES,
        .sim = world->vfs,
    };
    return db_open(&world->cx, &options, ret_db);
}

static struct err prepare_rows(struct world *world) {
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    TRY(db_migrate(&world->cx, world->writing, &q_schema));
    TRY(db_begin(world->writing));
    struct err err = installation_prepare(&world->app, &tx);
    err = err_failed(err) ? err : installation_keep_plans(&world->app, &tx);
    err = err_failed(err) ? err : db_commit(world->writing);
    if (err_failed(err)) {
        db_rollback(world->writing);
    }
    return err;
}

static struct err recover(struct world *world) {
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    TRY(db_begin(world->writing));
    struct err err = usage_totals_recover(&world->app, &tx);
    err = err_failed(err) ? err : db_commit(world->writing);
    if (err_failed(err)) {
        db_rollback(world->writing);
    }
    return err;
}

static struct err build_memory(struct world *world) {
    struct tx tx = {.cx = &world->cx, .db = world->app.reader, .keyring = world->app.reader_keys};
    struct gate_options gate = {.env = world->env, .customers_max = CUSTOMERS_MAX};
    struct journal_options journal = {.env = world->env, .ids_max = IDS_MAX};
    TRY(usage_batch_first(&tx, &journal.batch_first));
    TRY(gate_create(&gate, &world->app.gate));
    TRY(journal_create(&journal, &world->app.journal));
    TRY(usage_group_create(&world->app));
    TRY(usage_alert_hints_create(&world->app));
    TRY(recover(world));
    TRY(gate_rebuild(&world->app, &tx));
    return operation_waiters_create(&world->app);
}

static void note_loss(void *context, struct err err, const char *detail) {
    (void)err;
    (void)detail;
    ((struct world *)context)->is_lost = true;
}

static struct err before_commit(void *context, struct cx *cx, struct db *db) {
    struct world *world = context;
    struct tx tx = {.cx = cx, .db = db, .keyring = world->app.writer_keys};
    return usage_close_group(&world->app, &tx, &world->has_open_batch);
}

static void after_commit(void *context, bool is_durable) {
    struct world *world = context;
    keyring_settle(world->app.writer_keys, is_durable);
    limit_told_settle(&world->app, is_durable);
    usage_end_group(&world->app, is_durable, world->has_open_batch);
    world->has_open_batch = false;
}

static struct err create_writer(struct world *world) {
    struct writer_options options = {
        .env = world->env,
        .db = world->writing,
        .bounds = {.works_max = QUEUE_MAX, .group_max = GROUP_MAX},
        .fatal = note_loss,
        .before_commit = before_commit,
        .after_commit = after_commit,
        .context = world,
    };
    return writer_create(&world->cx, &options, &world->app.writer);
}

/* Under one key, whatever the seed. */
static struct err open_keyrings(struct app *app) {
    const struct kek_list keks = {{{7}}, 1};
    TRY(key_safe_create(app->env, &keks, &app->safe));
    TRY(keyring_create(app->safe, &app->writer_keys));
    return keyring_create(app->safe, &app->reader_keys);
}

static struct err open_parts(struct world *world) {
    world->app = (struct app){
        .env = world->env,
        .catalogue = &world->catalogue,
        .payments = &world->payments.port,
        .is_test = true,
        .step_up_age_max = {STEP_UP_SECONDS_DEFAULT * INT64_C(1000)},
    };
    world->is_lost = false;
    TRY(open_keyrings(&world->app));
    TRY(open_database(world, false, &world->writing));
    TRY(prepare_rows(world));
    TRY(open_database(world, true, &world->app.reader));
    TRY(build_memory(world));
    return create_writer(world);
}

struct err world_open(struct world *world) {
    struct err err = open_parts(world);
    if (err_failed(err)) {
        world_close(world);
    }
    return err;
}

static void drop_call(struct world *world) {
    if (world->caller.is_calling) {
        arena_finish(&world->caller.arena);
        world->caller.is_calling = false;
    }
}

void world_stop(struct world *world) {
    test_payments_hang_up(&world->payments);
    if (world->app.writer != NULL) {
        writer_stop(world->app.writer);
        while (writer_deliver(world->app.writer) > 0) {
            /* what a callback submits now is refused at once */
        }
    }
    drop_call(world);
}

void world_close(struct world *world) {
    struct app *app = &world->app;
    world_stop(world);
    writer_destroy(app->writer);
    if (app->waiters != NULL) {
        operation_waiters_destroy(app);
    }
    usage_group_destroy(app);
    adoption_destroy(app);
    usage_alert_hints_destroy(app);
    journal_destroy(app->journal);
    gate_destroy(app->gate);
    keyring_free(app->reader_keys);
    keyring_free(app->writer_keys);
    key_safe_destroy(app->safe);
    db_close(app->reader);
    db_close(world->writing);
    world->writing = NULL;
    *app = (struct app){0};
}

/* --- running --- */

static void recorded(struct command *command) {
    struct outbox_answer *answer = (struct outbox_answer *)command;
    struct world *world = command->context;
    bool is_settled = !err_failed(command->write.err) && answer->is_settled;
    bool has_ended = answer->has_ended;
    struct record_id operation_id = answer->operation_id;
    world->caller.is_unsettled = !is_settled;
    drop_call(world);
    if (is_settled && has_ended) {
        operation_ended(&world->app, id_str(&operation_id));
    }
}

static void answered(void *context, const struct payments_answer *answer) {
    struct world *world = context;
    struct test_caller *caller = &world->caller;
    caller->copy = payments_answer_copy(&caller->arena, answer);
    if (arena_failed(&caller->arena)) {
        caller->is_unsettled = true;
        drop_call(world);
        return;
    }
    caller->answer.answer = &caller->copy;
    caller->answer.command.done = recorded;
    caller->answer.command.context = world;
    outbox_answered(&world->app, &caller->answer);
}

/* Makes the oldest call that waits; false when none does, or one is under way. */
static bool call_next(struct world *world) {
    struct test_caller *caller = &world->caller;
    struct outbox_work work;
    struct row_list list = {NULL, 0};
    struct cx cx;
    if (caller->is_calling || caller->is_unsettled) {
        return false;
    }
    arena_init(&caller->arena, world->env, MEMORY_MAX);
    cx_init(&cx, world->env, &caller->arena);
    struct tx tx = app_read(&world->app, &cx);
    caller->is_calling = true;
    bool is_waiting = !err_failed(outbox_waiting(&tx, 1, &list)) && list.count > 0;
    const struct outbox_row *row = list.items;
    if (!is_waiting || err_failed(outbox_work_of(&tx, row, &work))) {
        drop_call(world);
        return false;
    }
    caller->answer = (struct outbox_answer){.user_id = row->user_id, .id = row->id};
    world->payments.port.call(&world->payments.port, &work.call, answered, world);
    return true;
}

bool world_step(struct world *world) {
    bool has_moved = writer_step(world->app.writer);
    has_moved |= writer_deliver(world->app.writer) > 0;
    if (world->is_lost) {
        return false; /* the process would be gone */
    }
    has_moved |= test_payments_step(&world->payments);
    if (world->poke == NULL) {
        return call_next(world) || has_moved;
    }
    if (has_moved) {
        world->poke(world->poke_context);
    }
    return has_moved;
}

void world_run(struct world *world) {
    world->caller.is_unsettled = false;
    if (world->poke != NULL) {
        world->poke(world->poke_context);
    }
    int steps = 0;
    while (world_step(world)) {
        check(++steps < STEPS_MAX);
    }
}

struct instant world_time(const char *instant) {
    struct instant at;
    bool is_time = rfc3339_parse(str_from_cstr(instant), &at.ms);
    check(is_time);
    return at;
}

void world_set_time(struct world *world, const char *instant) {
    int64_t by_ms = world_time(instant).ms - world->env->wall_ms(world->env);
    check(by_ms >= 0);
    env_sim_advance(world->sim, by_ms);
}

struct tx world_read(struct world *world) {
    return app_read(&world->app, &world->cx);
}

struct tx world_totals(struct world *world) {
    usage_totals_finish(&world->app);
    while (writer_step(world->app.writer)) {
        /* until nothing waits */
    }
    (void)writer_deliver(world->app.writer);
    return world_read(world);
}

/* --- commands --- */

static void done(struct command *command) {
    (void)command;
}

enum outcome world_customer(struct world *world, const char *user_id) {
    struct customer_create create = {
        .user_id = str_from_cstr(user_id),
        .email = STR("someone@example.com"),
        .name = STR("Someone"),
        .country = STR("DE"),
    };
    create.command.done = done;
    customer_create(&world->app, &create);
    world_run(world);
    return create.command.outcome;
}

static void operated(struct operation_command *command) {
    command->command.context = NULL; /* nobody waits any more */
}

struct operation_result world_operate(struct world *world,
                                      const struct operation_request *request) {
    struct operation_command command = {
        .request = *request, .arena = &world->arena, .finished = operated};
    command.command.context = world;
    operation_start(&world->app, &command);
    world_run(world);
    if (command.command.context != NULL) {
        operation_expire_waiters(&world->app, UINT64_MAX); /* its time is up */
    }
    return command.result;
}

void world_subscribe(struct world *world, const char *user_id, enum tier tier,
                     enum interval interval) {
    struct str user = str_from_cstr(user_id);
    struct operation_request attach = {
        .kind = OPERATION_METHOD_ATTACH,
        .user_id = user,
        .method_id = arena_printf(&world->arena, "pm_%s", user_id),
        .tier = -1,
        .interval = -1,
    };
    struct operation_request subscribe = {
        .kind = OPERATION_SUBSCRIBE, .user_id = user, .tier = (int)tier, .interval = (int)interval};
    assert_string_equal(outcome_code(world_operate(world, &attach).outcome), "done");
    assert_string_equal(outcome_code(world_operate(world, &subscribe).outcome), "done");
}

static void ingested(struct usage_ingest *ingest) {
    (void)ingest;
}

static void maintained(struct command *command) {
    (void)command;
}

void world_maintain(struct world *world, enum maintenance_kind kind) {
    struct maintenance maintenance = {.kind = kind, .from = app_now(&world->app)};
    maintenance.command.done = maintained;
    maintenance_start(&world->app, &maintenance);
    world_run(world);
    while (maintenance.has_more) {
        maintenance_go_on(&world->app, &maintenance);
        world_run(world);
    }
    assert_int_equal(maintenance.command.outcome, OUTCOME_DONE);
}

enum outcome world_ingest(struct world *world, struct usage_event *events, size_t count) {
    struct usage_ingest ingest = {
        .events = events, .count = count, .arena = &world->arena, .finished = ingested};
    usage_ingest(&world->app, &ingest);
    world_run(world);
    return ingest.command.outcome;
}

enum usage_status world_use(struct world *world, const char *user_id, enum metric metric,
                            const char *event_id, int64_t value) {
    struct usage_event event = {
        .record = {.identity = {str_from_cstr(user_id), STR("test"), str_from_cstr(event_id)},
                   .metric = metric,
                   .value = value,
                   .time = app_now(&world->app)},
    };
    assert_string_equal(outcome_code(world_ingest(world, &event, 1)), "done");
    return event.status;
}

static void taken(struct take_command *take) {
    (void)take;
}

struct take_command world_take(struct world *world, struct take_request request) {
    struct take_command take = {.request = request, .arena = &world->arena, .finished = taken};
    take_start(&world->app, &take);
    world_run(world);
    return take;
}

static void released(struct release_command *release) {
    (void)release;
}

struct release_command world_release(struct world *world, struct take_request request) {
    return world_release_named(world, request, "");
}

struct release_command world_release_named(struct world *world, struct take_request request,
                                           const char *id) {
    struct release_command release = {
        .request = request, .id = str_from_cstr(id), .arena = &world->arena, .finished = released};
    release_start(&world->app, &release);
    world_run(world);
    return release;
}

/* --- questions --- */

struct subscription_view world_view(struct world *world, const char *user_id) {
    struct tx tx = world_read(world);
    struct subscription_view view;
    bool is_found = false;
    assert_ok(subscription_view_read(&world->app, &tx, str_from_cstr(user_id), &view, &is_found));
    assert_true(is_found);
    return view;
}

int64_t world_used(struct world *world, const char *user_id, enum metric metric) {
    struct gate_handle handle = gate_customer(world->app.gate, str_from_cstr(user_id));
    assert_true(gate_is_known(handle));
    return gate_check(handle, metric, quantity_of(0), app_now(&world->app)).used.amount;
}

int64_t world_stored(struct world *world, const char *user_id, enum metric metric) {
    struct tx tx = world_totals(world);
    struct str user = str_from_cstr(user_id);
    int64_t value = 0;
    if (metric_kind(metric) == METRIC_GAUGE) {
        assert_ok(usage_level(&tx, user, metric, &value));
        return value;
    }
    struct period period = world_view(world, user_id).usage_period;
    assert_ok(usage_total(&tx, user, metric, period.start.ms, &value));
    return value;
}

static void compare_verdicts(const char *user_id, const struct gate_verdict *live,
                             const struct gate_verdict *rebuilt) {
    for (int i = 0; i < METRIC_COUNT; i++) {
        bool is_same =
            live[i].used.amount == rebuilt[i].used.amount &&
            live[i].limit.amount.amount == rebuilt[i].limit.amount.amount &&
            live[i].state == rebuilt[i].state && period_equal(live[i].period, rebuilt[i].period) &&
            live[i].has_grace == rebuilt[i].has_grace &&
            (!live[i].has_grace || instant_equal(live[i].grace_ends_at, rebuilt[i].grace_ends_at));
        if (!is_same) {
            fail_msg("%s %s: the gate has %lld of %lld (%s, grace %d), the rows %lld of %lld (%s, "
                     "grace %d)",
                     user_id, metric_name((enum metric)i), (long long)live[i].used.amount,
                     (long long)live[i].limit.amount.amount, limit_state_name(live[i].state),
                     live[i].has_grace, (long long)rebuilt[i].used.amount,
                     (long long)rebuilt[i].limit.amount.amount, limit_state_name(rebuilt[i].state),
                     rebuilt[i].has_grace);
        }
    }
}

/* Rows, and the gate that is filled from them when somebody asks. */
struct on_demand {
    struct app app;
    struct tx tx;
};

static void load_one(void *context, struct str user_id) {
    struct on_demand *demand = context;
    assert_ok(gate_load_customer(&demand->app, &demand->tx, user_id));
}

static void compare_gates(struct world *world, const struct gate *other) {
    struct tx tx = world_totals(world);
    struct row_list customers;
    assert_ok(customers_read(&tx, STR(""), CUSTOMERS_MAX, &customers));
    const struct customer_row *rows = customers.items;
    struct instant now = app_now(&world->app);
    for (size_t i = 0; i < customers.count; i++) {
        struct gate_verdict live[METRIC_COUNT];
        struct gate_verdict rebuilt[METRIC_COUNT];
        gate_snapshot(gate_customer(world->app.gate, rows[i].user_id), now, live);
        gate_snapshot(gate_customer(other, rows[i].user_id), now, rebuilt);
        compare_verdicts(rows[i].user_id.bytes, live, rebuilt);
    }
}

void world_check_gate(struct world *world) {
    struct on_demand demand = {world->app, world_totals(world)};
    struct app whole = world->app;
    struct tx tx = world_read(world);
    struct gate_options options = {.env = world->env, .customers_max = CUSTOMERS_MAX};
    struct journal_options journal = {.env = world->env, .ids_max = IDS_MAX, .batch_first = 1};
    assert_ok(gate_create(&options, &whole.gate));
    assert_ok(journal_create(&journal, &whole.journal));
    assert_ok(gate_rebuild(&whole, &tx));
    compare_gates(world, whole.gate);
    options.load = load_one;
    options.context = &demand;
    assert_ok(gate_create(&options, &demand.app.gate));
    compare_gates(world, demand.app.gate);
    journal_destroy(whole.journal);
    gate_destroy(whole.gate);
    gate_destroy(demand.app.gate);
}

/* --- histories --- */

static void begin_with_cards(const struct world_history *history, struct world *world,
                             uint64_t seed) {
    world_begin(world, seed);
    for (size_t i = 0; i < history->customer_count; i++) {
        const char *customer = history->customers[i];
        struct operation_request card = {.kind = OPERATION_METHOD_ATTACH,
                                         .user_id = str_from_cstr(customer),
                                         .method_id = str_from_cstr(customer),
                                         .tier = -1,
                                         .interval = -1};
        assert_int_equal(world_customer(world, customer), OUTCOME_CREATED);
        assert_int_equal(world_operate(world, &card).outcome, OUTCOME_DONE);
    }
}

void world_live(const struct world_history *history) {
    for (uint64_t seed = 1; seed <= history->seeds; seed++) {
        struct prng prng = {seed};
        struct world world;
        begin_with_cards(history, &world, seed);
        for (int step = 0; step < history->steps; step++) {
            history->live_on(&world, &prng);
            history->must_hold(&world);
        }
        world_close(&world);
        assert_ok(world_open(&world));
        history->must_hold(&world);
        world_finish(&world);
    }
}
