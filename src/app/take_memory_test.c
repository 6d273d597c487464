/* Guards: one id, one take. Whoever asks again hears what was answered first, within one batch, one
 * group commit and after a restart, of what was denied as well, and it counts once; of what was
 * taken so much is given back as was taken; and what an earlier release remembered as a row is
 * remembered still. */
#include "app/take.h"

#include "app/test_take.h"
#include "base/testing.h"
#include "store/usage.h"
#include "store/usage_journal.h"

static void restart(struct world *world) {
    world_close(world);
    assert_ok(world_open(world));
}

static struct take_row row_of(struct world *world, const char *id, bool *ret_found) {
    struct tx tx = world_read(world);
    struct take_row row = {0};
    assert_ok(take_get(&tx, STR("alice"), str_from_cstr(id), &row, ret_found));
    return row;
}

static bool has_row(struct world *world, const char *id) {
    bool is_found = false;
    (void)row_of(world, id, &is_found);
    return is_found;
}

static void assert_again(struct world *world, struct take_request request, struct str body) {
    struct take_command again = world_take(world, request);
    assert_int_equal(again.command.outcome, OUTCOME_DONE);
    assert_true(again.is_repeated);
    assert_true(str_equal(again.body, body));
}

static void assert_conflict(struct world *world, struct take_request request) {
    assert_int_equal(world_take(world, request).command.outcome, OUTCOME_TAKE_CONFLICT);
}

/* --- where the first is found --- */

static void taken(struct take_command *take) {
    (void)take;
}

static void all_taken(struct take_batch *batch) {
    (void)batch;
}

/* A row a take: what is asked, and what becomes of it. */
struct expected {
    int64_t amount;
    const char *id;
    enum outcome outcome;
    size_t first; /* which answer it hears; its own when it is the first */
};
static const struct expected asked[] = {
    {600, "t1", OUTCOME_DONE, 0},
    {600, "t1", OUTCOME_DONE, 0},
    {20000, "t2", OUTCOME_DONE, 2},
    {601, "t1", OUTCOME_TAKE_CONFLICT, 0},
    {20000, "t2", OUTCOME_DONE, 2},
    {0, "t3", OUTCOME_DONE, 5},
    {1, "t2", OUTCOME_TAKE_CONFLICT, 2},
    {0, "t3", OUTCOME_DONE, 5},
    {20000, "t3", OUTCOME_TAKE_CONFLICT, 5},
};

static void assert_as_expected(struct world *world, const struct take_command *takes) {
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        assert_string_equal(outcome_code(takes[i].command.outcome), outcome_code(asked[i].outcome));
        assert_int_equal(takes[i].is_repeated, asked[i].first != i);
        assert_true(str_equal(takes[i].body, takes[asked[i].first].body));
    }
    assert_false(takes[2].answer.allowed);
    assert_used(world, METRIC_API_REQUESTS, 600);
}

static void ask(struct world *world, struct take_command *takes) {
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        takes[i] = (struct take_command){
            .command.outcome = OUTCOME_DONE,
            .request = of(METRIC_API_REQUESTS, asked[i].amount, asked[i].id),
            .arena = &world->arena,
            .finished = taken,
        };
    }
}

static void within_one_group(void **state) {
    struct world *world = *state;
    struct take_command takes[ARRAY_LEN(asked)];
    ask(world, takes);
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        take_start(&world->app, &takes[i]);
    }
    world_run(world);
    assert_as_expected(world, takes);
}

static void within_one_batch_and_after_a_restart(void **state) {
    struct world *world = *state;
    struct take_command takes[ARRAY_LEN(asked)];
    ask(world, takes);
    struct take_batch batch = {.takes = takes, .count = ARRAY_LEN(asked), .finished = all_taken};
    take_start_batch(&world->app, &batch);
    world_run(world);
    assert_int_equal(batch.command.outcome, OUTCOME_DONE);
    assert_as_expected(world, takes);
    restart(world);
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        struct take_request request = of(METRIC_API_REQUESTS, asked[i].amount, asked[i].id);
        if (asked[i].outcome == OUTCOME_DONE) {
            assert_again(world, request, takes[i].body);
        } else {
            assert_conflict(world, request);
        }
    }
    assert_used(world, METRIC_API_REQUESTS, 600);
}

/* The journal's part in it is undone too, or the ids would be answered for what never was. */
static void a_batch_that_fails_is_not_remembered(void **state) {
    struct world *world = *state;
    struct take_command takes[ARRAY_LEN(asked)];
    ask(world, takes);
    struct take_batch batch = {.takes = takes, .count = ARRAY_LEN(asked), .finished = all_taken};
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    take_start_batch(&world->app, &batch);
    world_run(world);
    assert_int_equal(batch.command.outcome, OUTCOME_STORE_FULL);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_used(world, METRIC_API_REQUESTS, 0);
    ask(world, takes);
    take_start_batch(&world->app, &batch);
    world_run(world);
    assert_as_expected(world, takes);
}

/* The second of two fails when the first is in the journal already: what it asks for is gone. */
static void a_batch_that_fails_halfway_is_not_remembered(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 5, "t1"));
    restart(world); /* so that the answer is no longer at hand */
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    assert_ok(db_begin(world->writing));
    assert_ok(journal_forget(&tx, INT64_MAX));
    assert_ok(db_commit(world->writing));
    struct take_command takes[] = {
        {.request = of(METRIC_API_REQUESTS, 7, "new"), .arena = &world->arena},
        {.request = of(METRIC_API_REQUESTS, 5, "t1"), .arena = &world->arena}};
    takes[0].command.outcome = takes[1].command.outcome = OUTCOME_DONE;
    struct take_batch batch = {.takes = takes, .count = 2, .finished = all_taken};
    take_start_batch(&world->app, &batch);
    world_run(world);
    assert_int_equal(batch.command.outcome, OUTCOME_INTERNAL);
    struct take_command again = world_take(world, of(METRIC_API_REQUESTS, 7, "new"));
    assert_int_equal(again.command.outcome, OUTCOME_DONE);
    assert_false(again.is_repeated);
    assert_used(world, METRIC_API_REQUESTS, 12);
}

/* --- what counted nothing --- */

static void what_counted_nothing_is_on_no_account(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 20000, "denied"));
    (void)world_take(world, of(METRIC_API_REQUESTS, 0, "nothing"));
    (void)world_take(world, of(METRIC_MODULES, 500, "many"));
    for (int i = 0; i < 2; i++) { /* nor after what was written of it is read again */
        struct tx tx = world_totals(world);
        struct row_list sources;
        struct row_list hours = {NULL, 0};
        assert_ok(usage_source_list(&tx, STR("alice"), 10, &sources));
        assert_ok(
            usage_series(&tx, STR("alice"), (struct usage_span){USAGE_HOUR, 0, INT64_MAX}, &hours));
        assert_int_equal(sources.count, 0);
        assert_int_equal(hours.count, 0);
        restart(world);
    }
    static const char *const ids[] = {"denied", "nothing", "many"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        enum metric metric = i == 2 ? METRIC_MODULES : METRIC_API_REQUESTS;
        assert_int_equal(world_release(world, of(metric, 1, ids[i])).command.outcome,
                         OUTCOME_RELEASE_TOO_LARGE);
        assert_false(has_row(world, ids[i]));
    }
}

/* Their source's name is a name like any other, and whoever sends events under it answers no take.
 */
static void a_record_without_an_answer_is_no_take(void **state) {
    struct world *world = *state;
    struct usage_event event = {
        .record = {.identity = {STR("alice"), STR("turnpike:take"), STR("t1")},
                   .metric = METRIC_API_REQUESTS,
                   .value = 7,
                   .time = app_now(&world->app)}};
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
    restart(world);
    assert_int_equal(world_release(world, of(METRIC_API_REQUESTS, 1, "t1")).command.outcome,
                     OUTCOME_TAKE_NOT_FOUND);
    struct take_command first = world_take(world, of(METRIC_API_REQUESTS, 5, "t1"));
    assert_false(first.is_repeated);
    assert_used(world, METRIC_API_REQUESTS, 12);
    assert_again(world, of(METRIC_API_REQUESTS, 5, "t1"), first.body);
    restart(world);
    assert_again(world, of(METRIC_API_REQUESTS, 5, "t1"), first.body);
    assert_used(world, METRIC_API_REQUESTS, 12);
}

/* --- what is given back --- */

static void a_row_is_made_for_what_is_given_back(void **state) {
    struct world *world = *state;
    struct take_command first = world_take(world, of(METRIC_MODULES, 3, "t1"));
    bool is_found = false;
    assert_false(has_row(world, "t1"));
    restart(world);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 2, "t1")).command.outcome,
                     OUTCOME_DONE);
    struct take_row row = row_of(world, "t1", &is_found);
    assert_true(is_found);
    assert_int_equal(row.released, 2);
    assert_int_equal(row.answer.len, 0);
    restart(world);
    assert_again(world, of(METRIC_MODULES, 3, "t1"), first.body);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 2, "t1")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_DONE);
    assert_used(world, METRIC_MODULES, 0);
}

/* In the same group as well, before anything of it is durable. */
static void released(struct release_command *release) {
    (void)release;
}

static void a_take_may_be_given_back_in_its_own_group(void **state) {
    struct world *world = *state;
    struct take_command take = {
        .request = of(METRIC_MODULES, 3, "t1"), .arena = &world->arena, .finished = taken};
    struct release_command release = {
        .request = of(METRIC_MODULES, 3, "t1"), .arena = &world->arena, .finished = released};
    take_start(&world->app, &take);
    release_start(&world->app, &release);
    world_run(world);
    assert_int_equal(release.command.outcome, OUTCOME_DONE);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE);
    assert_used(world, METRIC_MODULES, 0);
}

/* The journal forgets a take before its row is; an id that is then used anew is another take. */
static void an_id_that_is_used_anew_begins_anew(void **state) {
    struct world *world = *state;
    struct take_row old = {.user_id = STR("alice"),
                           .id = STR("t1"),
                           .metric = METRIC_MODULES,
                           .amount = 3,
                           .released = 3,
                           .answer = STR(""),
                           .created_at = app_now(&world->app).ms - 1};
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    assert_ok(db_begin(world->writing));
    assert_ok(take_put(&tx, &old));
    assert_ok(db_commit(world->writing));
    struct take_command take = world_take(world, of(METRIC_MODULES, 2, "t1"));
    assert_false(take.is_repeated);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 3, "t1")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                         OUTCOME_DONE);
    }
    assert_int_equal(world_release(world, of(METRIC_MODULES, 1, "t1")).command.outcome,
                     OUTCOME_RELEASE_TOO_LARGE);
    assert_used(world, METRIC_MODULES, 0);
}

/* --- rows of an earlier release --- */

#define OLD_ANSWER STR("{\"allowed\":true,\"reason\":\"within_limit\"}")
#define OLD_DENIAL STR("{\"allowed\":false,\"reason\":\"hard_limit\"}")

/* As it remembered takes: with their answer; of what was denied all as given back. */
static void put_old_rows(struct world *world) {
    struct tx tx = {.cx = &world->cx, .db = world->writing, .keyring = world->app.writer_keys};
    struct take_row row = {.user_id = STR("alice"),
                           .id = STR("old"),
                           .metric = METRIC_MODULES,
                           .amount = 3,
                           .answer = OLD_ANSWER,
                           .created_at = app_now(&world->app).ms};
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "counted then", 3), USAGE_ACCEPTED);
    assert_ok(db_begin(world->writing));
    assert_ok(take_put(&tx, &row));
    row.id = STR("denied");
    row.released = row.amount;
    row.answer = OLD_DENIAL;
    assert_ok(take_put(&tx, &row));
    assert_ok(db_commit(world->writing));
    restart(world);
}

static void an_old_row_still_answers(void **state) {
    struct world *world = *state;
    put_old_rows(world);
    assert_again(world, of(METRIC_MODULES, 3, "old"), OLD_ANSWER);
    assert_again(world, of(METRIC_MODULES, 3, "denied"), OLD_DENIAL);
    assert_conflict(world, of(METRIC_MODULES, 2, "old"));
    assert_conflict(world, of(METRIC_STORAGE, 3, "denied"));
    assert_false(world_take(world, of(METRIC_MODULES, 0, "new")).is_repeated);
    assert_used(world, METRIC_MODULES, 3);
}

static void of_an_old_row_so_much_is_given_back_as_was_taken(void **state) {
    struct world *world = *state;
    put_old_rows(world);
    static const struct released rows[] = {
        {1, "denied", OUTCOME_RELEASE_TOO_LARGE, 3},
        {4, "old", OUTCOME_RELEASE_TOO_LARGE, 3},
        {2, "old", OUTCOME_DONE, 1},
        {2, "old", OUTCOME_RELEASE_TOO_LARGE, 1},
        {1, "old", OUTCOME_DONE, 0},
        {1, "old", OUTCOME_RELEASE_TOO_LARGE, 0},
    };
    assert_released(world, rows, ARRAY_LEN(rows));
    assert_again(world, of(METRIC_MODULES, 3, "old"), OLD_ANSWER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TAKE_TEST(within_one_group),
        TAKE_TEST(within_one_batch_and_after_a_restart),
        TAKE_TEST(a_batch_that_fails_is_not_remembered),
        TAKE_TEST(a_batch_that_fails_halfway_is_not_remembered),
        TAKE_TEST(what_counted_nothing_is_on_no_account),
        TAKE_TEST(a_record_without_an_answer_is_no_take),
        TAKE_TEST(a_row_is_made_for_what_is_given_back),
        TAKE_TEST(a_take_may_be_given_back_in_its_own_group),
        TAKE_TEST(an_id_that_is_used_anew_begins_anew),
        TAKE_TEST(an_old_row_still_answers),
        TAKE_TEST(of_an_old_row_so_much_is_given_back_as_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
