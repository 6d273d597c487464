/* Guards: crash-safe at every point. A customer's life (made known, card, purchase, usage, upgrade,
 * end) is driven through the jobs on a disk that dies at its first, second, third ... mutating
 * call; the power goes, the program starts again, the jobs run until all is quiet, and the client
 * repeats with the keys and ids it used before. In the end everything is as in a life without a
 * crash: each key of the provider with one set of parameters, each purchase charged once, the same
 * rows, nothing left in the outbox, and journal, totals and gate of one mind. */
#include <stdlib.h>
#include <string.h>

#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"
#include "gate/journal_record.h"
#include "jobs/jobs.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payment_method.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/usage_journal.h"

enum { RUNS_MAX = 240 }; /* of a power loss each, unless all are asked for */

struct life {
    struct world world;
    struct jobs *jobs;
    int crashes;
};

static void poke(void *context) {
    jobs_poke(context);
}

/* --- up and down --- */

static void start_once(struct life *life) {
    struct world *world = &life->world;
    if (err_failed(world_open(world))) {
        return;
    }
    struct jobs_options options = {.app = &world->app};
    assert_ok(jobs_create(&world->cx, &options, &life->jobs));
    world->poke = poke;
    world->poke_context = life->jobs;
    jobs_run_due(life->jobs);
    world_run(world);
}

static void stop(struct life *life) {
    world_stop(&life->world);
    jobs_destroy(life->jobs);
    life->jobs = NULL;
    life->world.poke = NULL;
    world_close(&life->world);
}

static bool is_dead(const struct life *life) {
    return env_sim_is_dead(life->world.sim);
}

/* Starts; again, after the power has gone, when the disk dies under it. */
static void start(struct life *life, enum env_sim_loss loss) {
    start_once(life);
    while (is_dead(life)) {
        stop(life);
        env_sim_power_loss(life->world.sim, loss);
        life->crashes++;
        start_once(life);
    }
    assert_non_null(life->jobs);
}

/* --- the story: each step is true once the client has its answer --- */

static bool operate(struct life *life, const char *key, struct operation_request request) {
    request.user_id = STR("alice");
    request.idempotency_key = str_from_cstr(key);
    return world_operate(&life->world, &request).outcome == OUTCOME_DONE;
}

static bool customer(struct life *life) {
    enum outcome outcome = world_customer(&life->world, "alice");
    return outcome == OUTCOME_CREATED || outcome == OUTCOME_DONE;
}

static bool card(struct life *life) {
    return operate(
        life, "card",
        (struct operation_request){
            .kind = OPERATION_METHOD_ATTACH, .method_id = STR("pm_1"), .tier = -1, .interval = -1});
}

/* A second one, which the browser makes ready between the two steps. */
static bool set_up_card(struct life *life) {
    return operate(
        life, "set up",
        (struct operation_request){.kind = OPERATION_CARD_SETUP, .tier = -1, .interval = -1});
}

static bool keep_card(struct life *life) {
    life->world.payments.setups[0].status = STR("succeeded");
    return operate(
        life, "keep",
        (struct operation_request){
            .kind = OPERATION_CARD_KEEP, .setup_id = STR("seti_1"), .tier = -1, .interval = -1});
}

static bool purchase(struct life *life) {
    return operate(life, "purchase",
                   (struct operation_request){
                       .kind = OPERATION_SUBSCRIBE, .tier = TIER_STARTER, .interval = -1});
}

static bool use(struct life *life) {
    struct world *world = &life->world;
    struct usage_event events[4];
    for (int i = 0; i < 4;
         i++) { /* the last one is the first one again, and a gauge is among them */
        events[i] =
            (struct usage_event){.record = {.identity = {STR("alice"), STR("logs"),
                                                         arena_printf(&world->arena, "e%d", i % 3)},
                                            .metric = i == 1 ? METRIC_MODULES : METRIC_API_REQUESTS,
                                            .value = i == 1 ? 5 : 100,
                                            .time = app_now(&world->app)}};
    }
    return world_ingest(world, events, 4) == OUTCOME_DONE;
}

static bool take(struct life *life) {
    struct take_command command =
        world_take(&life->world, (struct take_request){STR("alice"), METRIC_API_REQUESTS,
                                                       quantity_of(1000), STR("take-1")});
    bool is_answered = command.command.outcome == OUTCOME_DONE;
    assert_true(!is_answered || str_starts_with(command.body, STR("{\"allowed\":true")));
    return is_answered;
}

/* Denied, and again the same after whatever came between. */
static bool deny(struct life *life) {
    struct take_request request = {STR("alice"), METRIC_MODULES, quantity_of(100000),
                                   STR("take-2")};
    struct take_command first = world_take(&life->world, request);
    if (first.command.outcome != OUTCOME_DONE) {
        return false;
    }
    struct take_command again = world_take(&life->world, request);
    assert_true(str_starts_with(first.body, STR("{\"allowed\":false")));
    assert_true(again.command.outcome != OUTCOME_DONE ||
                (again.is_repeated && str_equal(again.body, first.body)));
    return again.command.outcome == OUTCOME_DONE;
}

static bool give_back(struct life *life) {
    struct take_request request = {STR("alice"), METRIC_API_REQUESTS, quantity_of(300),
                                   STR("take-1")};
    return world_release_named(&life->world, request, "release-1").command.outcome == OUTCOME_DONE;
}

static bool upgrade(struct life *life) {
    return operate(life, "upgrade",
                   (struct operation_request){
                       .kind = OPERATION_CHANGE, .tier = TIER_PROFESSIONAL, .interval = -1});
}

static bool rest(struct life *life) {
    return operate(life, "rest",
                   (struct operation_request){
                       .kind = OPERATION_PAUSE, .tier = -1, .interval = -1, .months = 1});
}

static bool go_on(struct life *life) {
    return operate(
        life, "go_on",
        (struct operation_request){.kind = OPERATION_PAUSE_END, .tier = -1, .interval = -1});
}

static bool leave(struct life *life) {
    return operate(
        life, "end",
        (struct operation_request){
            .kind = OPERATION_CANCEL, .tier = -1, .interval = -1, .when = CHANGE_WHEN_NOW});
}

static const struct {
    const char *at;
    bool (*run)(struct life *life);
} story[] = {
    {"2015-05-17T00:00:00Z", customer},    {"2015-05-17T00:10:00Z", card},
    {"2015-05-17T00:12:00Z", set_up_card}, {"2015-05-17T00:15:00Z", keep_card},
    {"2015-05-17T00:20:00Z", purchase},    {"2015-05-20T00:00:00Z", use},
    {"2015-05-20T01:00:00Z", take},        {"2015-05-20T02:00:00Z", deny},
    {"2015-05-20T03:00:00Z", give_back},   {"2015-05-27T00:00:00Z", upgrade},
    {"2015-05-28T00:00:00Z", rest},        {"2015-05-29T00:00:00Z", go_on},
    {"2015-06-01T00:00:00Z", leave},
};

/* Tells the story on a disk that dies at mutating call `dead_from`; how many calls it took. */
static uint64_t tell(struct life *life, uint64_t dead_from, enum env_sim_loss loss) {
    memset(life, 0, sizeof *life);
    world_init(&life->world, 7);
    env_sim_set_faults(life->world.sim, (struct env_sim_faults){.dead_from = dead_from});
    start(life, loss);
    for (size_t i = 0; i < ARRAY_LEN(story); i++) {
        world_set_time(&life->world, story[i].at);
        while (!story[i].run(life)) {
            assert_true(is_dead(life)); /* nothing else may refuse */
            stop(life);
            env_sim_power_loss(life->world.sim, loss);
            life->crashes++;
            start(life, loss);
        }
    }
    return env_sim_mutations(life->world.sim);
}

/* --- what must be true afterwards --- */

static void add_line(struct world *world, struct str *text, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void add_line(struct world *world, struct str *text, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str line = arena_vprintf(&world->arena, format, args);
    va_end(args);
    *text = arena_printf(&world->arena, STR_FMT STR_FMT "\n", STR_ARG(*text), STR_ARG(line));
}

static void add_subscription(struct world *world, struct str *text,
                             const struct subscription_row *row) {
    add_line(world, text, "subscription %d %d %lld %lld " STR_FMT, row->tier, row->status,
             (long long)row->usage_anchor, (long long)row->ended_at,
             STR_ARG(row->stripe_subscription_id));
}

static void add_subscriptions(struct world *world, struct str *text) {
    struct tx tx = world_read(world);
    struct subscription_row row;
    bool is_found = false;
    assert_ok(subscription_get(&tx, STR("alice"), world->payments.subscriptions[0].local_id, &row,
                               &is_found));
    assert_true(is_found);
    add_subscription(world, text, &row);
    assert_ok(subscription_in_force(&tx, STR("alice"), &row, &is_found));
    assert_true(is_found);
    add_subscription(world, text, &row);
}

static void add_invoices(struct world *world, struct str *text) {
    struct tx tx = world_read(world);
    struct row_list list = {NULL, 0};
    assert_ok(
        invoice_page(&tx, STR("alice"), (struct invoice_cursor){INT64_MAX, STR("")}, 10, &list));
    const struct invoice_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        add_line(world, text, "invoice " STR_FMT " %d %lld", STR_ARG(rows[i].stripe_invoice_id),
                 rows[i].status, (long long)rows[i].amount);
    }
}

static void add_methods(struct world *world, struct str *text) {
    struct tx tx = world_read(world);
    struct row_list list = {NULL, 0};
    assert_ok(payment_method_list(&tx, STR("alice"), 10, &list));
    const struct payment_method_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        add_line(world, text, "method " STR_FMT " %d", STR_ARG(rows[i].stripe_payment_method_id),
                 rows[i].is_default);
    }
}

static void add_usage(struct world *world, struct str *text) {
    struct tx tx = world_totals(world);
    struct row_list list = {NULL, 0};
    struct usage_span span = {USAGE_PERIOD, 0, INT64_MAX};
    assert_ok(usage_series(&tx, STR("alice"), span, &list));
    const struct usage_point *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        add_line(world, text, "usage %d %lld %lld %lld", rows[i].metric,
                 (long long)rows[i].timestamp, (long long)rows[i].value, (long long)rows[i].events);
    }
}

/* The customer's rows in words; ids that are drawn at random are left out. */
static struct str rows_of(struct world *world) {
    struct str text = STR("");
    add_subscriptions(world, &text);
    add_invoices(world, &text);
    add_methods(world, &text);
    add_usage(world, &text);
    return text;
}

struct seen {
    int64_t journal, hours, periods;
};

static struct err add_batch(void *context, const struct journal_row *row) {
    struct seen *seen = context;
    struct batch_reader reader;
    struct usage_record record;
    size_t offset = 0;
    bool is_found = true;
    TRY(batch_open(row->body, &reader));
    for (;;) {
        TRY(batch_next(&reader, &record, &offset, &is_found));
        if (!is_found) {
            return OK;
        }
        seen->journal += record.metric == METRIC_API_REQUESTS ? record.value : 0;
    }
}

static int64_t sum_of(struct tx *tx, enum usage_grain grain) {
    struct row_list series = {NULL, 0};
    int64_t sum = 0;
    assert_ok(usage_series(tx, STR("alice"), (struct usage_span){grain, 0, INT64_MAX}, &series));
    const struct usage_point *points = series.items;
    for (size_t i = 0; i < series.count; i++) {
        sum += points[i].metric == METRIC_API_REQUESTS ? points[i].value : 0;
    }
    return sum;
}

/* Journal = hours = periods, each source's account adds up, the gate is what the rows say. */
static void check_usage(struct world *world) {
    struct tx tx = world_totals(world);
    struct seen seen = {0};
    struct row_list sources;
    assert_ok(journal_each(&tx, 1, add_batch, &seen));
    seen.hours = sum_of(&tx, USAGE_HOUR);
    seen.periods = sum_of(&tx, USAGE_PERIOD);
    assert_int_equal(seen.journal, 900);
    assert_int_equal(seen.hours, seen.journal);
    assert_int_equal(seen.periods, seen.journal);
    assert_ok(usage_sources_read(&tx, STR("alice"), &sources));
    const struct usage_source_row *rows = sources.items;
    for (size_t i = 0; i < sources.count; i++) {
        assert_int_equal(rows[i].received, rows[i].counted + rows[i].duplicate + rows[i].rejected);
    }
    world_check_gate(world);
}

static void check_payments(struct world *world) {
    const struct test_payments *payments = &world->payments;
    struct tx tx = world_totals(world);
    struct row_list waiting;
    assert_false(payments->has_mismatch);
    assert_int_equal(payments->charge_count, 2); /* the purchase and the upgrade */
    assert_int_equal(payments->subscription_count, 1);
    assert_int_equal(payments->customer_count, 1);
    assert_int_equal(payments->setup_count, 1);
    assert_int_equal(payments->method_count, 2);
    assert_ok(outbox_pending(&tx, 10, false, &waiting));
    assert_int_equal(waiting.count, 0);
}

static void finish(struct life *life) {
    stop(life);
    world_finish(&life->world);
}

static void a_crash_at_any_call_changes_nothing_in_the_end(void **state) {
    (void)state;
    static const enum env_sim_loss losses[] = {ENV_SIM_KEEP_NONE, ENV_SIM_KEEP_ALL,
                                               ENV_SIM_KEEP_SOME};
    static struct life undisturbed; /* large */
    static struct life life;
    uint64_t calls = tell(&undisturbed, 0, ENV_SIM_KEEP_NONE);
    struct str expected = rows_of(&undisturbed.world);
    int64_t taken = test_payments_taken(&undisturbed.world.payments);
    check_usage(&undisturbed.world);
    check_payments(&undisturbed.world);
    uint64_t stride = getenv("TURNPIKE_CRASH_ALL") != NULL ? 1 : calls / (RUNS_MAX / 3) + 1;
    int runs = 0;
    for (size_t loss = 0; loss < ARRAY_LEN(losses); loss++) {
        for (uint64_t at = 1 + loss; at <= calls; at += stride, runs++) {
            (void)tell(&life, at, losses[loss]);
            assert_int_equal(life.crashes, 1);
            if (!str_equal(rows_of(&life.world), expected)) {
                fail_msg("death at call %d, loss %d:\n" STR_FMT "\ninstead of\n" STR_FMT, (int)at,
                         (int)losses[loss], STR_ARG(rows_of(&life.world)), STR_ARG(expected));
            }
            assert_int_equal(test_payments_taken(&life.world.payments), taken);
            check_usage(&life.world);
            check_payments(&life.world);
            finish(&life);
        }
    }
    print_message("%d deaths over %d mutating calls\n", runs, (int)calls);
    assert_true(calls > 100 && runs > 100);
    finish(&undisturbed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_at_any_call_changes_nothing_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
