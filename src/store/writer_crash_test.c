/* The promise of a write: what was acknowledged survives, nothing is ever half there, and a restart
 * is the whole recovery.
 *
 * The same work is done again and again on a simulated disk (base/env_sim.h) that fails at its
 * first, second, third ... mutating call, until the work comes through untouched: the process dies
 * and the power with it, a call fails once, a sync fails and takes what it should have kept with it
 * ("fsyncgate"), the disk is full for a while. After each, the database is opened again, compared
 * with what was acknowledged, and has to go on working, through a power cut of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/check.h"
#include "db/test_ledger.h"
#include "store/writer.h"

enum {
    SESSIONS = 2, /* starts of the program, before the restart that looks */
    GROUPS = 4,   /* of a session */
    WORKS = 3,    /* of a group; the last one refuses */
    ENTRIES = 2,  /* of a work */
    AMOUNT = 10,
    BODY = 700, /* bytes of an entry, so that a group touches several pages */
    WORK_COUNT = (SESSIONS + 1) * GROUPS * WORKS,
    CHECKPOINT_PAGES = 12, /* checkpoints fall into the middle of a session */
};

struct transfer {
    struct write write; /* first */
    int number;
    bool is_refused;
    bool is_acked;
};

/* One run: a world, and what it has been told. */
struct run {
    struct ledger ledger;
    struct transfer transfers[WORK_COUNT];
    bool has_fatal;
};

struct totals {
    int states;
    int unacked; /* states with committed works that were never acknowledged */
};

static int64_t entry_id(int number, int part) {
    return (int64_t)number * ENTRIES + part;
}

static struct err transfer_run(struct write *write, struct cx *cx, struct db *db) {
    struct transfer *transfer = (struct transfer *)write;
    static const char body[BODY] = {1};
    struct db_value alice = db_text(STR("alice"));
    int64_t changed = 0;
    TRY(db_run(db, TEST_ACCOUNT_BOOK, DB_ARGS(alice, db_i64(AMOUNT * ENTRIES)), &changed));
    check(changed == 1);
    for (int part = 0; part < ENTRIES; part++) {
        TRY(db_run(db, TEST_ENTRY_ADD,
                   DB_ARGS(alice, db_i64(entry_id(transfer->number, part)), db_i64(AMOUNT),
                           db_blob(str_of(body, sizeof body))),
                   NULL));
    }
    return transfer->is_refused ? cx_fail(cx, ERR(ERR_TOO_LARGE), "Refused.") : OK;
}

static void transfer_done(struct write *write) {
    struct transfer *transfer = (struct transfer *)write;
    transfer->is_acked = !err_failed(write->err);
    check(!(transfer->is_acked && transfer->is_refused));
}

static void note_fatal(void *context, struct err err, const char *detail) {
    (void)err;
    (void)detail;
    ((struct run *)context)->has_fatal = true;
}

/* The account that all transfers book on. */
static struct err open_with_account(struct ledger *ledger) {
    TRY(ledger_open(ledger));
    struct err err =
        db_run(ledger->db, TEST_ACCOUNT_ADD, DB_ARGS(db_text(STR("alice")), db_null()), NULL);
    return err.code == ERR_CONFLICT ? OK : err;
}

static void run_groups(struct run *run, struct writer *writer, int session) {
    for (int group = 0; group < GROUPS && !run->has_fatal; group++) {
        for (int work = 0; work < WORKS; work++) {
            int number = (session * GROUPS + group) * WORKS + work;
            struct transfer *transfer = &run->transfers[number];
            *transfer = (struct transfer){
                .write = {.run = transfer_run, .done = transfer_done},
                .number = number,
                .is_refused = work == WORKS - 1,
            };
            struct err err = writer_submit(writer, &transfer->write);
            check(!err_failed(err));
        }
        check(writer_step(writer));
        check(writer_deliver(writer) == WORKS);
    }
}

/* What the program does between its start and its stop or death; the database stays open. */
static bool run_session(struct run *run, int session) {
    struct ledger *ledger = &run->ledger;
    struct writer *writer = NULL;
    const struct writer_options options = {
        .env = ledger->env,
        .db = ledger->db,
        .bounds = {.works_max = WORKS, .group_max = WORKS},
        .fatal = note_fatal,
        .context = run,
    };
    struct err err = writer_create(&ledger->cx, &options, &writer);
    check(!err_failed(err));
    run_groups(run, writer, session);
    writer_stop(writer);
    writer_destroy(writer);
    return !run->has_fatal;
}

/* Compares the database with what was acknowledged; gives the number of works only it knows. */
static int compare(struct run *run, int sessions) {
    struct ledger *ledger = &run->ledger;
    struct db_value alice = db_text(STR("alice"));
    int64_t booked = 0;
    int unacked = 0;
    assert_true(ledger_is_intact(ledger));
    for (int number = 0; number < sessions * GROUPS * WORKS; number++) {
        const struct transfer *transfer = &run->transfers[number];
        int parts = 0;
        for (int part = 0; part < ENTRIES; part++) {
            int64_t amount = ledger_ask(ledger->db, TEST_ENTRY_GET,
                                        DB_ARGS(alice, db_i64(entry_id(number, part))));
            assert_true(amount == AMOUNT || amount == -1);
            parts += amount == AMOUNT;
        }
        assert_true(parts == 0 || parts == ENTRIES);
        assert_true(parts == ENTRIES || !transfer->is_acked);
        assert_true(parts == 0 || number % WORKS != WORKS - 1); /* the refused one */
        unacked += parts == ENTRIES && !transfer->is_acked;
        booked += parts;
    }
    int64_t total = ledger_ask(ledger->db, TEST_ACCOUNT_GET, DB_ARGS(alice));
    assert_int_equal(total, booked * AMOUNT);
    assert_int_equal(ledger_ask(ledger->db, TEST_ENTRY_TOTALS, DB_ARGS(alice)), booked);
    return unacked;
}

/* The program starts again on a disk that works, goes on, and loses its power once more. */
static int restart(struct run *run) {
    struct ledger *ledger = &run->ledger;
    run->has_fatal = false;
    ledger->checkpoint_pages = 0; /* no checkpoint comes along to write again what a sync lost */
    assert_ok(open_with_account(ledger));
    int unacked = compare(run, SESSIONS);
    assert_true(run_session(run, SESSIONS));
    env_sim_power_loss(ledger->world, ENV_SIM_KEEP_NONE);
    ledger_close(ledger);
    assert_ok(open_with_account(ledger));
    int late = compare(run, SESSIONS + 1);
    assert_int_equal(late, unacked);
    return unacked;
}

/* Runs the sessions with `faults`; gives how many mutating calls, or syncs, they came to. */
static uint64_t run_with_faults(struct run *run, struct env_sim_faults faults) {
    bool goes_on = true;
    run->ledger.checkpoint_pages = CHECKPOINT_PAGES;
    env_sim_set_faults(run->ledger.world, faults);
    for (int session = 0; session < SESSIONS && goes_on; session++) {
        goes_on = !err_failed(open_with_account(&run->ledger)) && run_session(run, session);
        ledger_close(&run->ledger);
    }
    return faults.lost_sync > 0 ? env_sim_syncs(run->ledger.world)
                                : env_sim_mutations(run->ledger.world);
}

struct disaster {
    struct env_sim_faults faults;
    bool is_power_cut;
    enum env_sim_loss loss;
    int sector;
    uint64_t seed;
};

/* One state: false when the fault lies behind the end of the work, which then was all there is. */
static bool survive(const struct disaster *disaster, uint64_t fault_at, struct totals *totals) {
    struct run run = {0};
    ledger_init_sector(&run.ledger, disaster->seed, disaster->sector);
    uint64_t calls = run_with_faults(&run, disaster->faults);
    if (disaster->is_power_cut) {
        env_sim_power_loss(run.ledger.world, disaster->loss);
    } else {
        env_sim_set_faults(run.ledger.world, (struct env_sim_faults){0});
    }
    int unacked = restart(&run);
    totals->states++;
    totals->unacked += unacked > 0;
    ledger_finish(&run.ledger);
    return fault_at <= calls;
}

static void report(const char *what, struct totals totals, int states_min) {
    print_message("%s: %d states, %d with works committed but not acknowledged\n", what,
                  totals.states, totals.unacked);
    assert_true(totals.states >= states_min); /* else the loop above did not do its work */
}

static void death_and_power_cut_at_every_call(void **state) {
    (void)state;
    static const enum env_sim_loss losses[] = {ENV_SIM_KEEP_NONE, ENV_SIM_KEEP_ALL,
                                               ENV_SIM_KEEP_SOME, ENV_SIM_KEEP_SOME};
    struct totals totals = {0};
    for (size_t loss = 0; loss < ARRAY_LEN(losses); loss++) {
        for (int sector = 512; sector <= 4096; sector *= 8) {
            struct disaster disaster = {
                .is_power_cut = true, .loss = losses[loss], .sector = sector, .seed = loss + 1};
            uint64_t at = 1;
            do {
                disaster.faults.dead_from = at;
            } while (survive(&disaster, at++, &totals));
        }
    }
    report("power cut", totals, 1000);
}

static void one_failed_call_at_every_call(void **state) {
    (void)state;
    struct totals totals = {0};
    struct disaster disaster = {.sector = 512, .seed = 1};
    uint64_t at = 1;
    do {
        disaster.faults = (struct env_sim_faults){.io_from = at, .io_until = at};
    } while (survive(&disaster, at++, &totals));
    report("one failed call", totals, 100);
}

/* The sync's data stays readable and is never written: only what is written again is safe. */
static void every_sync_fails_and_loses_what_it_should_have_kept(void **state) {
    (void)state;
    struct totals totals = {0};
    struct disaster disaster = {.sector = 512, .seed = 1};
    uint64_t at = 1;
    do {
        disaster.faults = (struct env_sim_faults){.lost_sync = at};
    } while (survive(&disaster, at++, &totals));
    report("lost sync", totals, 20);
}

static void a_disk_full_for_a_while_from_every_call(void **state) {
    (void)state;
    static const uint64_t spans[] = {1, 8};
    struct totals totals = {0};
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        struct disaster disaster = {.sector = 512, .seed = 1};
        uint64_t at = 1;
        do {
            disaster.faults =
                (struct env_sim_faults){.full_from = at, .full_until = at + spans[i] - 1};
        } while (survive(&disaster, at++, &totals));
    }
    report("disk full", totals, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_and_power_cut_at_every_call),
        cmocka_unit_test(one_failed_call_at_every_call),
        cmocka_unit_test(every_sync_fails_and_loses_what_it_should_have_kept),
        cmocka_unit_test(a_disk_full_for_a_while_from_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
