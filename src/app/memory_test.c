/* Guards: when memory ends at any point of a command, the command fails cleanly or succeeds,
 * nothing leaks, and the rows and the gate still agree. (A world that is left with memory in hand
 * aborts in world_finish.) */
#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"

enum { POINTS_MAX = 400 };

/* Runs once with its memory ending; true when it was done all the same. */
typedef bool attempt(struct world *world);

static bool is_refusal(enum outcome outcome) {
    return outcome == OUTCOME_STORE_FAILED || outcome == OUTCOME_STORE_BUSY ||
           outcome == OUTCOME_STORE_FULL || outcome == OUTCOME_PAYMENT_PENDING;
}

static bool ingest(struct world *world) {
    static const enum metric metrics[] = {METRIC_API_REQUESTS, METRIC_MODULES};
    struct usage_event events[2];
    for (size_t i = 0; i < 2; i++) {
        events[i] = (struct usage_event){
            .record = {.identity = {STR("alice"), STR("test"), i == 0 ? STR("1") : STR("2")},
                       .metric = metrics[i],
                       .value = 2,
                       .time = app_now(&world->app)}};
    }
    enum outcome outcome = world_ingest(world, events, 2);
    assert_true(outcome == OUTCOME_DONE || is_refusal(outcome));
    return outcome == OUTCOME_DONE;
}

static bool take(struct world *world) {
    struct take_command take = world_take(
        world, (struct take_request){STR("alice"), METRIC_API_REQUESTS, quantity_of(2), STR("t")});
    assert_true(take.command.outcome == OUTCOME_DONE || is_refusal(take.command.outcome));
    return take.command.outcome == OUTCOME_DONE && take.answer.allowed;
}

static void all_taken(struct take_batch *batch) {
    (void)batch;
}

/* Two, of which the second may fail when the first is in the journal already. */
static bool take_two(struct world *world) {
    struct take_command takes[2];
    for (size_t i = 0; i < 2; i++) {
        takes[i] = (struct take_command){
            .command.outcome = OUTCOME_DONE,
            .request = {STR("alice"), METRIC_API_REQUESTS, quantity_of(1),
                        i == 0 ? STR("1") : STR("2")},
            .arena = &world->arena,
        };
    }
    struct take_batch batch = {.takes = takes, .count = 2, .finished = all_taken};
    take_start_batch(&world->app, &batch);
    world_run(world);
    bool is_done = batch.command.outcome == OUTCOME_DONE;
    assert_true(is_done || is_refusal(batch.command.outcome));
    for (size_t i = 0; i < 2; i++) {
        is_done = is_done && takes[i].command.outcome == OUTCOME_DONE;
    }
    return is_done;
}

static bool subscribe(struct world *world) {
    struct operation_request buy = {.kind = OPERATION_SUBSCRIBE,
                                    .user_id = STR("alice"),
                                    .idempotency_key = STR("k"),
                                    .tier = TIER_STARTER,
                                    .interval = -1,
                                    .method_id = STR("pm_1")};
    enum outcome outcome = world_operate(world, &buy).outcome;
    assert_true(outcome == OUTCOME_DONE || is_refusal(outcome));
    return outcome == OUTCOME_DONE;
}

/* One run with the allocation `nth` refused; true when the command did not come that far. */
static bool fail_at(attempt *run, uint64_t nth) {
    struct world world;
    world_begin(&world, 1);
    assert_int_equal(world_customer(&world, "alice"), OUTCOME_CREATED);
    env_sim_fail_alloc(world.sim, nth, false);
    bool is_done = run(&world);
    bool is_untouched = env_sim_allocs(world.sim) < nth;
    env_sim_fail_alloc(world.sim, 0, false);
    world.arena.has_failed = false; /* the client's own, and none of the program's business */
    assert_true(is_done || !is_untouched);
    world_check_gate(&world);
    assert_false(world.is_lost);
    if (!is_done) { /* the client comes again, and now there is memory */
        assert_true(run(&world));
    }
    world_check_gate(&world);
    assert_false(world.payments.has_mismatch);
    assert_int_equal(world.payments.charge_count, run == subscribe ? 1 : 0);
    assert_int_equal(world_used(&world, "alice", METRIC_API_REQUESTS), run == subscribe ? 0 : 2);
    world_finish(&world);
    return is_untouched;
}

static void fail_everywhere(attempt *run, const char *name) {
    uint64_t nth = 1;
    while (nth < POINTS_MAX && !fail_at(run, nth)) {
        nth++;
    }
    print_message("%s: %d allocations\n", name, (int)nth - 1);
    assert_in_range(nth, 2, POINTS_MAX - 1);
}

static void memory_may_end_anywhere_in_an_ingest(void **state) {
    (void)state;
    fail_everywhere(ingest, "ingest");
}

static void memory_may_end_anywhere_in_a_take(void **state) {
    (void)state;
    fail_everywhere(take, "take");
}

static void memory_may_end_anywhere_in_a_batch_of_takes(void **state) {
    (void)state;
    fail_everywhere(take_two, "take_two");
}

static void memory_may_end_anywhere_in_a_purchase(void **state) {
    (void)state;
    fail_everywhere(subscribe, "subscribe");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_end_anywhere_in_an_ingest),
        cmocka_unit_test(memory_may_end_anywhere_in_a_take),
        cmocka_unit_test(memory_may_end_anywhere_in_a_batch_of_takes),
        cmocka_unit_test(memory_may_end_anywhere_in_a_purchase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
