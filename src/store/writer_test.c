/* A group is one commit, a failing work is undone alone, and what a failing disk does to a group is
 * told to every work in it. */
#include "store/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "db/test_ledger.h"

enum { QUEUE_MAX = 8, GROUP_MAX = 4, WEIGHT_MAX = 10, EVENTS_MAX = 64 };

/* What happened, in order: "r1" ran 1, "a1" after, "d1" done, "c" before the commit, "w" woken. */
struct events {
    char text[EVENTS_MAX * 3];
};

struct bench {
    struct ledger ledger;
    struct writer *writer;
    struct events events;
    struct err hook_err;             /* what before_commit answers */
    int durable_groups, lost_groups; /* as after_commit told */
    struct err fatal_err;
    char fatal_detail[CX_DETAIL_MAX];
};

struct booking {
    struct write write; /* first */
    struct bench *bench;
    int number;
    struct err refuse; /* returned after the row was written */
    bool is_delivered;
};

static void note(struct bench *bench, char what, int number) {
    size_t len = strlen(bench->events.text);
    check(len + 3 < sizeof bench->events.text);
    bench->events.text[len++] = what;
    if (number > 0) {
        bench->events.text[len] = (char)('0' + number);
    }
}

static struct err book(struct write *write, struct cx *cx, struct db *db) {
    struct booking *booking = (struct booking *)write;
    note(booking->bench, 'r', booking->number);
    TRY(db_run(db, TEST_ENTRY_ADD,
               DB_ARGS(db_text(STR("alice")), db_i64(booking->number), db_i64(10), db_null()),
               NULL));
    return err_failed(booking->refuse)
               ? cx_fail(cx, booking->refuse, "Number %d is refused.", booking->number)
               : OK;
}

static void after_booking(struct write *write) {
    struct booking *booking = (struct booking *)write;
    note(booking->bench, 'a', booking->number);
}

static void booking_done(struct write *write) {
    struct booking *booking = (struct booking *)write;
    note(booking->bench, 'd', booking->number);
    booking->is_delivered = true;
}

static struct booking booking_of(struct bench *bench, int number) {
    return (struct booking){
        .write = {.run = book, .after = after_booking, .done = booking_done},
        .bench = bench,
        .number = number,
    };
}

static struct err note_commit(void *context, struct cx *cx, struct db *db) {
    struct bench *bench = context;
    (void)cx;
    check(db_in_transaction(db));
    note(bench, 'c', 0);
    return bench->hook_err;
}

static void note_outcome(void *context, bool is_durable) {
    struct bench *bench = context;
    *(is_durable ? &bench->durable_groups : &bench->lost_groups) += 1;
}

static void note_wake(void *context) {
    note(context, 'w', 0);
}

static void note_fatal(void *context, struct err err, const char *detail) {
    struct bench *bench = context;
    bench->fatal_err = err;
    (void)snprintf(bench->fatal_detail, sizeof bench->fatal_detail, "%s", detail);
}

static int set_up(void **state) {
    static struct bench bench;
    bench = (struct bench){0};
    ledger_init(&bench.ledger, 1);
    struct err err = ledger_open(&bench.ledger);
    const struct writer_options options = {
        .env = bench.ledger.env,
        .db = bench.ledger.db,
        .bounds = {.works_max = QUEUE_MAX, .group_max = GROUP_MAX, .group_weight_max = WEIGHT_MAX},
        .wake = note_wake,
        .fatal = note_fatal,
        .before_commit = note_commit,
        .after_commit = note_outcome,
        .context = &bench,
    };
    if (!err_failed(err)) {
        err = writer_create(&bench.ledger.cx, &options, &bench.writer);
    }
    *state = &bench;
    return err_failed(err) ? -1 : 0;
}

static int tear_down(void **state) {
    struct bench *bench = *state;
    writer_stop(bench->writer);
    writer_destroy(bench->writer);
    ledger_finish(&bench->ledger);
    return 0;
}

static int64_t entries(struct bench *bench) {
    return ledger_ask(bench->ledger.db, TEST_ENTRY_TOTALS, DB_ARGS(db_text(STR("alice"))));
}

static void works_run_in_order_and_after_comes_before_done(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2), booking_of(bench, 3)};
    for (size_t i = 0; i < ARRAY_LEN(works); i++) {
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    assert_int_equal(writer_pending(bench->writer), 3);
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_pending(bench->writer), 3); /* finished, not delivered */
    assert_int_equal(writer_deliver(bench->writer), 3);
    assert_string_equal(bench->events.text, "r1r2r3ca1a2a3wd1d2d3");
    assert_int_equal(writer_pending(bench->writer), 0);
    assert_int_equal(entries(bench), 3);
    assert_false(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 0);
}

static void a_group_is_bounded(void **state) {
    struct bench *bench = *state;
    struct booking works[GROUP_MAX + 1];
    for (int i = 0; i <= GROUP_MAX; i++) {
        works[i] = booking_of(bench, i + 1);
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    assert_true(writer_step(bench->writer));
    assert_true(writer_step(bench->writer));
    assert_false(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), GROUP_MAX + 1);
    assert_string_equal(bench->events.text, "r1r2r3r4ca1a2a3a4wr5ca5wd1d2d3d4d5");
}

/* What does not fit waits for the next group; what fits none goes alone. */
static void a_group_is_no_heavier_than_its_room(void **state) {
    struct bench *bench = *state;
    static const size_t weights[] = {6, 4, 1, WEIGHT_MAX + 1, 1};
    struct booking works[ARRAY_LEN(weights)];
    for (size_t i = 0; i < ARRAY_LEN(weights); i++) {
        works[i] = booking_of(bench, (int)i + 1);
        works[i].write.weight = weights[i];
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    while (writer_step(bench->writer)) {
    }
    assert_int_equal(writer_deliver(bench->writer), ARRAY_LEN(weights));
    assert_string_equal(bench->events.text, "r1r2ca1a2wr3ca3wr4ca4wr5ca5wd1d2d3d4d5");
}

static void a_failing_work_is_undone_alone(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2), booking_of(bench, 1),
                              booking_of(bench, 4)};
    works[1].refuse = ERR(ERR_TOO_LARGE);
    for (size_t i = 0; i < ARRAY_LEN(works); i++) {
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 4);
    assert_err(works[0].write.err, ERR_NONE);
    assert_err(works[1].write.err, ERR_TOO_LARGE);
    assert_string_equal(works[1].write.detail, "Number 2 is refused.");
    assert_err(works[2].write.err, ERR_CONFLICT); /* the number is taken by the first */
    assert_err(works[3].write.err, ERR_NONE);
    assert_string_equal(bench->events.text, "r1r2r1r4ca1a4wd1d2d1d4");
    assert_int_equal(entries(bench), 2);
    assert_int_equal(writer_count(bench->writer).failed, 2);
}

/* Whatever a use case fails for is its own, as long as the database says nothing of itself. */
static void no_error_of_a_use_case_ends_the_writer(void **state) {
    struct bench *bench = *state;
    for (int code = ERR_NO_MEMORY; code <= ERR_VERSION; code++) {
        struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
        works[0].number = code * 2;
        works[1].number = code * 2 + 1;
        works[0].refuse = (struct err){(enum err_code)code, __LINE__, __FILE__};
        bench->events = (struct events){""};
        assert_ok(writer_submit(bench->writer, &works[0].write));
        assert_ok(writer_submit(bench->writer, &works[1].write));
        assert_true(writer_step(bench->writer));
        assert_int_equal(writer_deliver(bench->writer), 2);
        assert_err(works[0].write.err, (enum err_code)code);
        assert_true(works[0].write.is_own_failure);
        assert_err(works[1].write.err, ERR_NONE);
        assert_false(works[1].write.is_own_failure);
        assert_err(bench->fatal_err, ERR_NONE);
        assert_int_equal(entries(bench), code);
    }
}

static void what_is_lost_is_told_by_the_database_and_not_by_the_code(void **state) {
    (void)state;
    for (int code = ERR_NONE; code <= ERR_VERSION; code++) {
        struct err err = {(enum err_code)code, __LINE__, __FILE__};
        bool failed = code != ERR_NONE;
        assert_int_equal(writer_loss_of(err, true, true), WRITER_LOSES_STORE);
        assert_int_equal(writer_loss_of(err, true, false), WRITER_LOSES_STORE);
        assert_int_equal(writer_loss_of(err, false, true),
                         failed ? WRITER_LOSES_WORK : WRITER_LOSES_NOTHING);
        assert_int_equal(writer_loss_of(err, false, false),
                         failed ? WRITER_LOSES_GROUP : WRITER_LOSES_NOTHING);
        bool ends = code == ERR_IO || code == ERR_CORRUPT || code == ERR_FORMAT;
        assert_int_equal(db_ends_with((enum err_code)code), ends);
    }
}

/* A hook that fails for a reason of its own takes its group with it, and no more. */
static void an_unreadable_row_met_by_the_hook_fails_its_group_alone(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
    bench->hook_err = ERR(ERR_CORRUPT);
    assert_ok(writer_submit(bench->writer, &works[0].write));
    assert_true(writer_step(bench->writer));
    bench->hook_err = OK;
    assert_ok(writer_submit(bench->writer, &works[1].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 2);
    assert_err(works[0].write.err, ERR_CORRUPT);
    assert_false(works[0].write.is_own_failure);
    assert_err(works[1].write.err, ERR_NONE);
    assert_err(bench->fatal_err, ERR_NONE);
    assert_int_equal(entries(bench), 1);
}

/* One sync for one work; no more for a full group. */
static void a_group_costs_one_commit(void **state) {
    struct bench *bench = *state;
    struct booking works[GROUP_MAX];
    struct booking first = booking_of(bench, 9);
    assert_ok(writer_submit(bench->writer, &first.write));
    assert_true(writer_step(bench->writer)); /* the log's first use also syncs its header */
    uint64_t syncs = env_sim_syncs(bench->ledger.world);
    for (int i = 0; i < GROUP_MAX; i++) {
        works[i] = booking_of(bench, i + 1);
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), GROUP_MAX + 1);
    assert_int_equal(env_sim_syncs(bench->ledger.world) - syncs, 1);
    assert_int_equal(writer_count(bench->writer).groups, 2);
    assert_int_equal(writer_count(bench->writer).works, GROUP_MAX + 1);
}

static void a_full_queue_refuses_and_does_not_call_done(void **state) {
    struct bench *bench = *state;
    struct booking works[QUEUE_MAX + 1];
    for (int i = 0; i <= QUEUE_MAX; i++) {
        works[i] = booking_of(bench, i + 1);
        struct err err = writer_submit(bench->writer, &works[i].write);
        assert_err(err, i < QUEUE_MAX ? ERR_NONE : ERR_BUSY);
    }
    while (writer_step(bench->writer)) {
    }
    assert_int_equal(writer_deliver(bench->writer), QUEUE_MAX);
    assert_false(works[QUEUE_MAX].is_delivered);
    assert_ok(writer_submit(bench->writer, &works[QUEUE_MAX].write)); /* there is room again */
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 1);
}

static void the_hook_hears_whether_its_rows_are_durable(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
    works[0].refuse = ERR(ERR_TOO_LARGE); /* which does not fail the group */
    assert_ok(writer_submit(bench->writer, &works[0].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(bench->durable_groups, 1);
    bench->hook_err = ERR(ERR_NO_MEMORY);
    assert_ok(writer_submit(bench->writer, &works[1].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(bench->durable_groups, 1);
    assert_int_equal(bench->lost_groups, 1);
    assert_int_equal(writer_deliver(bench->writer), 2);
}

static void a_failing_hook_fails_the_group(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
    works[0].refuse = ERR(ERR_TOO_LARGE);
    bench->hook_err = ERR(ERR_NO_MEMORY);
    assert_ok(writer_submit(bench->writer, &works[0].write));
    assert_ok(writer_submit(bench->writer, &works[1].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 2);
    assert_err(works[0].write.err, ERR_TOO_LARGE); /* its own reason stands */
    assert_err(works[1].write.err, ERR_NO_MEMORY);
    assert_string_equal(bench->events.text, "r1r2cwd1d2"); /* no `after` */
    assert_int_equal(entries(bench), 0);
    assert_err(bench->fatal_err, ERR_NONE);
}

static void a_full_disk_fails_its_group_and_service_goes_on(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2), booking_of(bench, 3)};
    env_sim_set_faults(bench->ledger.world, (struct env_sim_faults){.full_from = 1});
    assert_ok(writer_submit(bench->writer, &works[0].write));
    assert_ok(writer_submit(bench->writer, &works[1].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 2);
    assert_err(works[0].write.err, ERR_DISK_FULL);
    assert_err(works[1].write.err, ERR_DISK_FULL);
    assert_string_equal(works[1].write.detail, "The disk is full: nothing new can be stored.");
    assert_err(bench->fatal_err, ERR_NONE);
    assert_int_equal(entries(bench), 0); /* and reading works */
    env_sim_set_faults(bench->ledger.world, (struct env_sim_faults){0});
    assert_ok(writer_submit(bench->writer, &works[2].write));
    assert_true(writer_step(bench->writer));
    assert_int_equal(writer_deliver(bench->writer), 1);
    assert_err(works[2].write.err, ERR_NONE);
    assert_int_equal(entries(bench), 1);
}

/* After a failed sync nobody knows what the disk holds: all that follows is refused, unrun. */
static void a_failed_sync_ends_the_writer(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
    env_sim_set_faults(bench->ledger.world, (struct env_sim_faults){.lost_sync = 1});
    assert_ok(writer_submit(bench->writer, &works[0].write));
    assert_true(writer_step(bench->writer));
    assert_err(bench->fatal_err, ERR_IO);
    assert_true(bench->fatal_detail[0] != '\0');
    assert_int_equal(writer_deliver(bench->writer), 1);
    assert_err(works[0].write.err, ERR_IO);
    assert_err(writer_submit(bench->writer, &works[1].write), ERR_IO);
    assert_string_equal(bench->events.text, "r1cwd1");
}

static void works_queued_behind_a_failed_sync_fail_with_it(void **state) {
    struct bench *bench = *state;
    struct booking works[GROUP_MAX + 1];
    env_sim_set_faults(bench->ledger.world, (struct env_sim_faults){.lost_sync = 1});
    for (int i = 0; i <= GROUP_MAX; i++) {
        works[i] = booking_of(bench, i + 1);
        assert_ok(writer_submit(bench->writer, &works[i].write));
    }
    writer_stop(bench->writer);
    assert_int_equal(writer_deliver(bench->writer), GROUP_MAX + 1);
    assert_err(works[GROUP_MAX].write.err, ERR_IO);
    assert_string_equal(bench->events.text, "r1r2r3r4cwwd1d2d3d4d5"); /* the fifth never ran */
}

static void stopping_finishes_what_is_queued_and_takes_no_more(void **state) {
    struct bench *bench = *state;
    struct booking works[] = {booking_of(bench, 1), booking_of(bench, 2)};
    assert_ok(writer_submit(bench->writer, &works[0].write));
    writer_stop(bench->writer);
    assert_err(writer_submit(bench->writer, &works[1].write), ERR_BUSY);
    assert_int_equal(writer_deliver(bench->writer), 1);
    assert_int_equal(entries(bench), 1);
}

/* A work that books, and whose `done` submits the next one until `last`. */
struct chain {
    struct write write; /* first */
    struct writer *writer;
    int64_t next;
    int64_t last;
};

static struct err run_chain(struct write *write, struct cx *cx, struct db *db) {
    struct chain *chain = (struct chain *)write;
    (void)cx;
    return db_run(db, TEST_ENTRY_ADD,
                  DB_ARGS(db_text(STR("alice")), db_i64(chain->next), db_i64(1), db_null()), NULL);
}

static void continue_chain(struct write *write) {
    struct chain *chain = (struct chain *)write;
    check(!err_failed(write->err));
    if (++chain->next < chain->last) {
        struct err err = writer_submit(chain->writer, write);
        check(!err_failed(err));
    }
}

static void count_wake(void *context) {
    atomic_fetch_add((atomic_int *)context, 1);
}

/* The real thread: four chains submit from `done`, and each number is booked once. */
static void the_thread_serves_until_it_is_stopped(void **state) {
    struct bench *bench = *state;
    enum { CHAINS = 4, LINKS = 50 };
    atomic_int wakes = 0;
    const struct writer_options options = {
        .env = bench->ledger.env,
        .db = bench->ledger.db,
        .bounds = {.works_max = CHAINS, .group_max = CHAINS},
        .wake = count_wake,
        .context = &wakes,
    };
    struct writer *writer = NULL;
    struct chain chains[CHAINS];
    assert_ok(writer_create(&bench->ledger.cx, &options, &writer));
    assert_ok(writer_start(&bench->ledger.cx, writer));
    for (int64_t i = 0; i < CHAINS; i++) {
        chains[i] = (struct chain){
            .write = {.run = run_chain, .done = continue_chain},
            .writer = writer,
            .next = i * LINKS,
            .last = (i + 1) * LINKS,
        };
        assert_ok(writer_submit(writer, &chains[i].write));
    }
    size_t delivered = 0;
    while (delivered < (size_t)CHAINS * LINKS) {
        delivered += writer_deliver(writer);
    }
    writer_stop(writer);
    assert_int_equal(writer_pending(writer), 0);
    assert_int_equal(writer_count(writer).works, CHAINS * LINKS);
    assert_int_equal(atomic_load(&wakes), writer_count(writer).groups);
    writer_destroy(writer);
    assert_int_equal(entries(bench), CHAINS * LINKS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* A log that would be moved before long is moved while nothing waits. */
static void a_writer_that_rests_moves_the_log(void **state) {
    struct bench *bench = *state;
    enum { LINKS = 200 }; /* of a page at least, each in a group of its own */
    const struct writer_options options = {
        .env = bench->ledger.env,
        .db = bench->ledger.db,
        .bounds = {.works_max = 1, .group_max = 1},
    };
    struct writer *writer = NULL;
    assert_ok(writer_create(&bench->ledger.cx, &options, &writer));
    struct chain chain = {
        .write = {.run = run_chain, .done = continue_chain}, .writer = writer, .last = LINKS};
    assert_ok(writer_submit(writer, &chain.write));
    while (writer_step(writer)) {
        (void)writer_deliver(writer);
    }
    assert_true(db_has_early_checkpoint(bench->ledger.db));
    assert_ok(writer_start(&bench->ledger.cx, writer));
    chain.next = LINKS; /* one more, after which it rests */
    chain.last = LINKS + 1;
    assert_ok(writer_submit(writer, &chain.write));
    while (writer_count(writer).early == 0) {
        (void)writer_deliver(writer);
    }
    writer_stop(writer);
    (void)writer_deliver(writer);
    assert_int_equal(writer_count(writer).early, 1);
    assert_false(db_has_early_checkpoint(bench->ledger.db));
    writer_destroy(writer);
    assert_int_equal(entries(bench), LINKS + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(works_run_in_order_and_after_comes_before_done),
        TEST(a_group_is_bounded),
        TEST(a_group_is_no_heavier_than_its_room),
        TEST(a_failing_work_is_undone_alone),
        TEST(no_error_of_a_use_case_ends_the_writer),
        TEST(what_is_lost_is_told_by_the_database_and_not_by_the_code),
        TEST(an_unreadable_row_met_by_the_hook_fails_its_group_alone),
        TEST(a_group_costs_one_commit),
        TEST(a_full_queue_refuses_and_does_not_call_done),
        TEST(the_hook_hears_whether_its_rows_are_durable),
        TEST(a_failing_hook_fails_the_group),
        TEST(a_full_disk_fails_its_group_and_service_goes_on),
        TEST(a_failed_sync_ends_the_writer),
        TEST(works_queued_behind_a_failed_sync_fail_with_it),
        TEST(stopping_finishes_what_is_queued_and_takes_no_more),
        TEST(the_thread_serves_until_it_is_stopped),
        TEST(a_writer_that_rests_moves_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
