/* Guards: what waits is done, again until it is settled; what falls due is done at its time; and a
 * test clock moves through all that is due, in order, waiting for quiet before each step. */
#include "jobs/jobs.h"

#include "app/maintenance.h"
#include "app/test_world.h"
#include "app/webhook.h"
#include "base/check.h"
#include "base/testing.h"
#include "store/operation.h"
#include "store/usage.h"
#include "store/usage_journal.h"

enum { STOPS_MAX = 16 };

/* A world with jobs, and beside them something else on the same clock. */
struct plant {
    struct world world; /* first */
    struct env_clock clock;
    struct jobs *jobs;
    int64_t due[STOPS_MAX]; /* ascending; when the neighbour wants to run */
    size_t due_count, ran;
    bool is_quiet;
    int64_t seen[STOPS_MAX]; /* when it ran */
    int outcome;             /* of an advance; -1: under way */
};

static int64_t neighbour_next(void *context) {
    const struct plant *plant = context;
    return plant->ran < plant->due_count ? plant->due[plant->ran] : INT64_MAX;
}

static void neighbour_run(void *context) {
    struct plant *plant = context;
    int64_t now = plant->clock.env.wall_ms(&plant->clock.env);
    while (neighbour_next(plant) <= now) {
        plant->seen[plant->ran++] = now;
    }
}

static bool neighbour_is_quiet(void *context) {
    return ((const struct plant *)context)->is_quiet;
}

static void poke(void *context) {
    jobs_poke(context);
}

static int set_up(void **state) {
    struct plant *plant = test_calloc(1, sizeof *plant);
    struct world *world = &plant->world;
    world_init(world, 1);
    env_clock_init(&plant->clock, world->env, world->env->wall_ms(world->env));
    world->env = &plant->clock.env; /* the program's time; the provider's too */
    world->cx.env = world->env;
    world->payments.clock = world->env;
    assert_ok(world_open(world));
    struct jobs_options options = {
        .app = &world->app,
        .world = {neighbour_next, neighbour_run, neighbour_is_quiet, plant},
        .clock = &plant->clock,
    };
    plant->is_quiet = true;
    assert_ok(jobs_create(&world->cx, &options, &plant->jobs));
    world->poke = poke;
    world->poke_context = plant->jobs;
    jobs_run_due(plant->jobs);
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    *state = plant;
    return 0;
}

static int tear_down(void **state) {
    struct plant *plant = *state;
    world_stop(&plant->world);
    jobs_destroy(plant->jobs);
    plant->world.poke = NULL;
    world_close(&plant->world);
    plant->world.env = env_sim_env(plant->world.sim);
    world_finish(&plant->world);
    test_free(plant);
    return 0;
}
#define JOBS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* --- moving the clock --- */

static void advanced(void *context, int outcome) {
    ((struct plant *)context)->outcome = outcome;
}

static void begin_advance(struct plant *plant, const char *to) {
    plant->outcome = -1;
    jobs_advance(plant->jobs, world_time(to), advanced, plant);
}

static int advance(struct plant *plant, const char *to) {
    begin_advance(plant, to);
    world_run(&plant->world);
    return plant->outcome;
}

static void assert_now(struct plant *plant, const char *expected) {
    assert_int_equal(app_now(&plant->world.app).ms, world_time(expected).ms);
}

static void an_advance_stops_where_something_is_due(void **state) {
    struct plant *plant = *state;
    static const char *const times[] = {"2015-05-17T00:30:00Z", "2015-05-18T12:00:00Z",
                                        "2015-05-18T12:00:00Z", "2015-05-20T00:00:00Z"};
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        plant->due[i] = world_time(times[i]).ms;
    }
    plant->due_count = ARRAY_LEN(times);
    assert_int_equal(advance(plant, "2015-05-19T00:00:00Z"), OUTCOME_DONE);
    assert_now(plant, "2015-05-19T00:00:00Z");
    assert_int_equal(plant->ran, 3); /* the fourth is not due yet */
    for (size_t i = 0; i < plant->ran; i++) {
        assert_int_equal(plant->seen[i], plant->due[i]); /* at its very time */
    }
}

static void an_advance_waits_until_all_is_quiet(void **state) {
    struct plant *plant = *state;
    plant->due[0] = world_time("2015-05-18T00:00:00Z").ms;
    plant->due_count = 1;
    plant->is_quiet = false; /* the neighbour is still busy with something */
    assert_int_equal(advance(plant, "2015-05-19T00:00:00Z"), -1);
    assert_now(plant, "2015-05-17T00:00:00Z");
    assert_int_equal(advance(plant, "2015-05-19T00:00:00Z"), OUTCOME_CLOCK_BUSY);
    plant->outcome = -1;
    plant->is_quiet = true;
    world_run(&plant->world);
    assert_int_equal(plant->outcome, OUTCOME_DONE);
    assert_now(plant, "2015-05-19T00:00:00Z");
}

static void the_clock_moves_forward_only(void **state) {
    struct plant *plant = *state;
    assert_int_equal(advance(plant, "2015-05-16T23:59:59.999Z"), OUTCOME_CLOCK_BACKWARD);
    assert_int_equal(advance(plant, "2015-05-17T00:00:00Z"), OUTCOME_DONE); /* no step at all */
    assert_now(plant, "2015-05-17T00:00:00Z");
}

static void a_step_that_cannot_be_stored_ends_the_advance(void **state) {
    struct plant *plant = *state;
    assert_int_equal(advance(plant, "2015-05-17T00:10:00Z"), OUTCOME_DONE);
    env_sim_set_faults(plant->world.sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(advance(plant, "2015-05-17T00:20:00Z"), OUTCOME_STORE_FULL);
    assert_now(plant, "2015-05-17T00:10:00Z");
    env_sim_set_faults(plant->world.sim, (struct env_sim_faults){0});
    assert_int_equal(advance(plant, "2015-05-17T00:20:00Z"), OUTCOME_DONE);
}

static void the_clock_is_where_it_was_left(void **state) {
    struct plant *plant = *state;
    struct instant left;
    bool was_moved = true;
    struct tx tx = world_read(&plant->world);
    assert_ok(maintenance_read_clock(&tx, &left, &was_moved));
    assert_false(was_moved);
    assert_int_equal(advance(plant, "2015-06-30T01:02:03.004Z"), OUTCOME_DONE);
    assert_ok(maintenance_read_clock(&tx, &left, &was_moved));
    assert_true(was_moved);
    assert_int_equal(left.ms, world_time("2015-06-30T01:02:03.004Z").ms);
}

/* --- what falls due --- */

static void received(struct command *command) {
    (void)command;
}

static void access_ends_on_the_seventh_day(void **state) {
    struct plant *plant = *state;
    struct world *world = &plant->world;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world->payments.subscriptions[0].status = SUBSCRIPTION_PAST_DUE;
    struct webhook_receive receive = {.event_id = STR("evt_1"),
                                      .type = STR("customer.subscription.updated"),
                                      .object_id = STR("sub_1"),
                                      .body = STR("{}")};
    receive.command.done = received;
    webhook_receive(&world->app, &receive);
    world_run(world);
    struct gate_handle alice = gate_customer(world->app.gate, STR("alice"));
    assert_int_equal(advance(plant, "2015-05-23T23:59:59.999Z"), OUTCOME_DONE);
    struct gate_verdict verdict =
        gate_check(alice, METRIC_MODULES, quantity_of(25), app_now(&world->app));
    assert_true(verdict.is_allowed);
    assert_int_equal(advance(plant, "2015-05-24T00:00:00Z"), OUTCOME_DONE);
    verdict = gate_check(alice, METRIC_MODULES, quantity_of(4), app_now(&world->app));
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.limit.amount.amount, 3); /* that of free */
    world_check_gate(world);
}

/* As releases before the journal carried answers remembered it. */
static void put_old_take(struct world *world) {
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    struct take_row row = {.user_id = STR("alice"),
                           .id = STR("old"),
                           .metric = METRIC_MODULES,
                           .amount = 1,
                           .answer = STR("{}"),
                           .created_at = app_now(&world->app).ms};
    assert_ok(db_begin(world->writing));
    assert_ok(take_put(&tx, &row));
    assert_ok(db_commit(world->writing));
    world->app.has_take_rows = true;
}

static void what_is_kept_for_a_while_is_forgotten_after_it(void **state) {
    struct plant *plant = *state;
    struct world *world = &plant->world;
    struct operation_request card = {.kind = OPERATION_METHOD_ATTACH,
                                     .user_id = STR("alice"),
                                     .idempotency_key = STR("k"),
                                     .method_id = STR("pm_1"),
                                     .tier = -1,
                                     .interval = -1};
    struct idempotency_row key;
    struct take_row take;
    struct journal_ends ends;
    bool has_key = false;
    bool has_take = false;
    bool has_old_take = false;
    assert_int_equal(world_operate(world, &card).outcome, OUTCOME_DONE);
    put_old_take(world);
    struct take_request asked = {STR("alice"), METRIC_MODULES, quantity_of(2), STR("t")};
    (void)world_take(world, asked);
    asked.amount = quantity_of(1);
    assert_int_equal(world_release(world, asked).command.outcome, OUTCOME_DONE);
    static const struct {
        const char *at;
        bool has_key, has_old_take, has_take, has_journal;
    } rows[] = {
        {"2015-05-23T00:00:00Z", true, true, true, true},
        {"2015-05-26T00:00:00Z", false, true, true, true}, /* keys: 7 days */
        {"2015-06-25T00:00:00Z", false, true, true, true},
        {"2015-06-28T00:00:00Z", false, false, true, true}, /* takes with their answer: 40 days */
        {"2015-08-14T00:00:00Z", false, false, true, true},
        {"2015-08-16T00:00:00Z", false, false, true, false},  /* the journal, and takes in it: 90 */
        {"2015-08-18T00:00:00Z", false, false, false, false}, /* what was given back of them: 91 */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(advance(plant, rows[i].at), OUTCOME_DONE);
        struct tx tx = world_read(world);
        assert_ok(idempotency_get(&tx, STR("alice"), STR("k"), &key, &has_key));
        assert_ok(take_get(&tx, STR("alice"), STR("old"), &take, &has_old_take));
        assert_ok(take_get(&tx, STR("alice"), STR("t"), &take, &has_take));
        assert_ok(journal_ends(&tx, &ends));
        assert_int_equal(has_key, rows[i].has_key);
        assert_int_equal(has_old_take, rows[i].has_old_take);
        assert_int_equal(world->app.has_take_rows, rows[i].has_old_take);
        assert_int_equal(has_take, rows[i].has_take);
        assert_int_equal(ends.last > 0, rows[i].has_journal);
    }
    assert_int_equal(world_used(world, "alice", METRIC_MODULES), 1); /* a level is not forgotten */
    world_check_gate(world);
}

/* --- what waits --- */

static void a_call_without_an_answer_is_made_again_after_its_rest(void **state) {
    struct plant *plant = *state;
    struct world *world = &plant->world;
    struct operation_request card = {.kind = OPERATION_METHOD_ATTACH,
                                     .user_id = STR("alice"),
                                     .idempotency_key = STR("k"),
                                     .method_id = STR("pm_1"),
                                     .tier = -1,
                                     .interval = -1};
    world->payments.breaks_answer = true;
    assert_int_equal(world_operate(world, &card).outcome, OUTCOME_PAYMENT_PENDING);
    assert_int_equal(world->payments.requests[0].times, 1);
    assert_false(jobs_are_quiet(plant->jobs));
    assert_int_equal(jobs_pending(plant->jobs), 1);
    env_sim_advance(world->sim, 999);
    world_run(world);
    assert_int_equal(world->payments.requests[0].times, 1);
    env_sim_advance(world->sim, 1);
    world_run(world);
    assert_int_equal(world->payments.requests[0].times, 2);
    assert_int_equal(world_operate(world, &card).outcome, OUTCOME_DONE);
    assert_true(jobs_are_quiet(plant->jobs));
    assert_false(world->payments.has_mismatch);
}

static void an_event_is_applied_by_reading_what_it_speaks_of(void **state) {
    struct plant *plant = *state;
    struct world *world = &plant->world;
    static const struct {
        const char *id, *type, *object;
    } rows[] = {
        {"evt_1", "customer.subscription.updated", "sub_1"},
        {"evt_2", "invoice.paid", "in_1"},
        {"evt_3", "payment_method.attached", "pm_alice"},
        {"evt_4", "payment_intent.created", "pi_1"}, /* nothing of ours depends on it */
        {"evt_5", "invoice.paid", ""},
    };
    struct webhook_receive receives[ARRAY_LEN(rows)];
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        receives[i] = (struct webhook_receive){.event_id = str_from_cstr(rows[i].id),
                                               .type = str_from_cstr(rows[i].type),
                                               .object_id = str_from_cstr(rows[i].object),
                                               .body = STR("{}")};
        receives[i].command.done = received;
        webhook_receive(&world->app, &receives[i]);
    }
    world_run(world);
    struct tx tx = world_read(world);
    struct row_list waiting;
    assert_ok(webhooks_waiting(&tx, 10, &waiting));
    assert_int_equal(waiting.count, 0);
    struct row_list counts;
    assert_ok(webhook_counts(&tx, &counts));
    const struct webhook_count *by_status = counts.items;
    assert_int_equal(counts.count, 2);
    assert_text(by_status[0].status, "applied");
    assert_int_equal(by_status[0].count, 3);
    assert_text(by_status[1].status, "ignored");
    assert_int_equal(by_status[1].count, 2);
    assert_true(jobs_are_quiet(plant->jobs));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        JOBS_TEST(an_advance_stops_where_something_is_due),
        JOBS_TEST(an_advance_waits_until_all_is_quiet),
        JOBS_TEST(the_clock_moves_forward_only),
        JOBS_TEST(a_step_that_cannot_be_stored_ends_the_advance),
        JOBS_TEST(the_clock_is_where_it_was_left),
        JOBS_TEST(access_ends_on_the_seventh_day),
        JOBS_TEST(what_is_kept_for_a_while_is_forgotten_after_it),
        JOBS_TEST(a_call_without_an_answer_is_made_again_after_its_rest),
        JOBS_TEST(an_event_is_applied_by_reading_what_it_speaks_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
