/* The store, and what memory holds of it: catalogue, gate, journal, the writer. */
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "app/adoption.h"
#include "app/audit.h"
#include "app/catalogue_publish.h"
#include "app/catalogue_shape.h"
#include "app/contract_plan.h"
#include "app/ingestion.h"
#include "app/installation.h"
#include "app/limit_told.h"
#include "app/maintenance.h"
#include "app/operation.h"
#include "app/usage.h"
#include "app/usage_alert.h"
#include "app/usage_totals.h"
#include "base/log.h"
#include "main/catalog.h"
#include "main/load.h"
#include "main/program.h"
#include "store/keyring.h"
#include "store/schema.h"
#include "store/usage_journal.h"

enum {
    QUEUE_MAX = 100 * 1000,
    /* Records, which is what takes memory and time: some 400 bytes each until they are answered,
     * and a microsecond or two. So a group takes about 10 ms, of which one customer gets 2, and
     * what waits is a second's work. */
    QUEUE_WEIGHT_MAX = 768 * 1024,
    GROUP_MAX = 512,
    GROUP_WEIGHT_MAX = 8 * 1024,
    LANE_WEIGHT_MAX = 2 * 1024,
    LANE_WAIT_MS_MAX = 100,
    CUSTOMERS_MAX = 10 * 1000 * 1000,
    JOURNAL_IDS_MAX = 200 * 1000 * 1000,
    PUBLISH_ARENA = 32 * 1024 * 1024, /* at most, for a while */
    EXIT_STORE_LOST = 74,             /* EX_IOERR: start again, the store is re-read */
};

static_assert((int64_t)GROUP_WEIGHT_MAX * RECORD_BYTES_MAX +
                      (int64_t)LIMIT_BATCH_EVENTS * RECORD_PLAIN_MAX <=
                  BATCH_BYTES_MAX - BATCH_HEADER,
              "no group overflows a batch of the journal");

static const char *path_in(struct program *program, const char *name) {
    return arena_printf(&program->arena, "%s/%s", program->options->data_dir, name).bytes;
}

static struct err load_catalogue(struct program *program) {
    const char *path = program->options->catalog;
    program->catalogue_text = catalog_text();
    return path == NULL
               ? catalogue_read(&program->cx, "plans.json", catalog_text(), &program->catalogue)
               : catalogue_load(&program->cx, path, &program->catalogue, &program->catalogue_text);
}

static void forget_catalogue_text(struct program *program) {
    struct str text = program->catalogue_text;
    if (text.len > 0 && text.bytes != catalog_text().bytes) {
        env_free(program->env, (void *)(uintptr_t)text.bytes);
    }
    program->catalogue_text = STR("");
}

/* What the file says may have to wait for a second person; then what was in force stays so. */
static struct err publish_catalogue(struct program *program) {
    struct arena arena;
    struct cx cx;
    struct record_id waits_for = {""};
    arena_init(&arena, program->env, PUBLISH_ARENA);
    cx_init(&cx, program->env, &arena);
    struct audit audit = {.app = &program->app, .act = NULL};
    struct tx tx = {
        .cx = &cx, .db = program->writing, .keyring = program->app.writer_keys, .audit = &audit};
    struct err err = catalogue_publish(&program->app, &tx, program->catalogue_text, &waits_for);
    err = err_failed(err) ? err : installation_keep_plans(&program->app, &tx);
    if (err_failed(err)) {
        memcpy(program->cx.detail, cx.detail, sizeof cx.detail);
    } else if (waits_for.text[0] != '\0') {
        log_event(program->env, LOG_WARNING, "catalogue.waits",
                  "approval=%s advice=\"a second person has to agree; start again after that\"",
                  waits_for.text);
    }
    arena_finish(&arena);
    return err;
}

/* A clock that was moved before stands where it was left, or later. */
static struct err set_clock(struct program *program, struct env *system) {
    int64_t start = program->options->test_clock_ms;
    if (!program->options->has_test_clock) {
        return OK;
    }
    struct tx tx = {.cx = &program->cx, .db = program->writing, .keyring = NULL};
    struct instant left;
    bool was_moved = false;
    TRY(maintenance_read_clock(&tx, &left, &was_moved));
    bool is_left_alone = was_moved && !program->options->has_test_clock_start;
    start = was_moved && (is_left_alone || left.ms > start) ? left.ms : start;
    env_clock_init(&program->clock, system, start);
    program->env = &program->clock.env;
    program->cx.env = program->env;
    program->arena.env = program->env;
    return OK;
}

/* --- the writer's callbacks, on its thread --- */

static void wake(void *context) {
    struct program *program = context;
    if (!program->is_driven) { /* else whoever drives it looks by themselves */
        (void)uv_async_send(&program->wake);
    }
}

static void fatal(void *context, struct err err, const char *detail) {
    struct program *program = context;
    if (program->is_driven) { /* nothing that others live from is lost */
        program->failure = cx_fail(&program->cx, err, "%s", detail);
        return;
    }
    log_event(program->env, LOG_ERROR, "store.lost", "err=%s detail=\"%s\"", err_name(err.code),
              detail);
    _exit(EXIT_STORE_LOST);
}

static struct err before_commit(void *context, struct cx *cx, struct db *db) {
    struct program *program = context;
    struct tx tx = {.cx = cx, .db = db, .keyring = program->app.writer_keys};
    return usage_close_group(&program->app, &tx, &program->has_open_batch);
}

static void keep_figures(struct program *program) {
    atomic_store(&program->gate_customers, gate_count(program->gate).customers);
    atomic_store(&program->journal_ids, journal_count(program->journal).ids);
}

static void after_commit(void *context, bool is_durable) {
    struct program *program = context;
    keyring_settle(program->app.writer_keys, is_durable);
    limit_told_settle(&program->app, is_durable);
    usage_end_group(&program->app, is_durable, program->has_open_batch);
    program->has_open_batch = false;
    keep_figures(program);
}

static struct err create_writer(struct program *program) {
    struct writer_options options = {
        .env = program->env,
        .db = program->writing,
        .bounds =
            {
                .works_max = QUEUE_MAX,
                .weight_max = QUEUE_WEIGHT_MAX,
                .group_max = GROUP_MAX,
                .group_weight_max = GROUP_WEIGHT_MAX,
                .lane_weight_max = LANE_WEIGHT_MAX,
                .lane_wait_ns_max = (uint64_t)LANE_WAIT_MS_MAX * 1000 * 1000,
            },
        .has_turns = true,
        .wake = wake,
        .fatal = fatal,
        .before_commit = before_commit,
        .after_commit = after_commit,
        .prepare = program_load_journal,
        .context = program,
    };
    TRY(writer_create(&program->cx, &options, &program->writer));
    program->app.writer = program->writer;
    return OK;
}

/* --- memory --- */

static struct err create_memory(struct program *program, struct tx *tx) {
    struct gate_options gate = {
        .env = program->env,
        .customers_max = CUSTOMERS_MAX,
        .load = program_load_customer,
        .context = program,
    };
    struct journal_options journal = {
        .env = program->env,
        .ids_max = JOURNAL_IDS_MAX,
    };
    TRY(usage_batch_first(tx, &journal.batch_first));
    program->env->random(program->env, journal.hash_key, sizeof journal.hash_key);
    TRY(gate_create(&gate, &program->gate));
    TRY(journal_create(&journal, &program->journal));
    program->app.gate = program->gate;
    program->app.journal = program->journal;
    TRY(usage_group_create(&program->app));
    TRY(usage_alert_hints_create(&program->app));
    return OK;
}

/* What must be there before anything else, in one transaction. */
static struct err write_first(struct program *program) {
    struct tx tx = {
        .cx = &program->cx, .db = program->writing, .keyring = program->app.writer_keys};
    TRY(db_begin(program->writing));
    struct err err = installation_prepare(&program->app, &tx);
    err = err_failed(err) ? err : publish_catalogue(program);
    err = err_failed(err) ? err : program_open_audit(program);
    err = err_failed(err) ? err : audit_log_keep_key(&program->app, &tx);
    err = err_failed(err) ? err : program_note_start(program, &tx);
    if (!err_failed(err) && program->listens_on_network && program->options->stripe_key.len == 0) {
        err = installation_prepare_endpoint(&tx, &program->endpoint);
    }
    err = err_failed(err) ? err : ingestion_load(&program->app, &tx);
    err = err_failed(err) ? err : usage_totals_recover(&program->app, &tx);
    err = err_failed(err) ? err : db_commit(program->writing);
    if (err_failed(err)) {
        db_rollback(program->writing);
    }
    return err;
}

static struct err open_plan_book(struct program *program, struct tx *tx) {
    program->app.plan_book = env_alloc_zeroed(program->env, sizeof *program->app.plan_book);
    if (program->app.plan_book == NULL) {
        return cx_fail(tx->cx, ERR(ERR_NO_MEMORY),
                       "There is no memory for the plans of contracts.");
    }
    program->catalogue.book = program->app.plan_book;
    return contract_plans_load(&program->app, tx);
}

struct err program_open_store(struct program *program) {
    struct env *system = program->env;
    struct cx *cx = &program->cx;
    const char *path = path_in(program, "turnpike.db");
    TRY(load_catalogue(program));
    TRY(folder_open(cx, program->options->data_dir, "turnpike.db", &program->folder));
    TRY(program->is_driven ? store_open_played(cx, path, &program->writing)
                           : store_open(cx, path, false, &program->writing));
    TRY(set_clock(program, system));
    program->app = (struct app){
        .env = program->env,
        .catalogue = &program->catalogue,
        .taxes = program->options->taxes,
        .step_up_age_max = {program->options->step_up_seconds * INT64_C(1000)},
        .file_size_max = program->options->file_mb_max * INT64_C(1000000),
        .allows_private_hosts = program->options->webhooks_may_be_private,
        .is_test = program->options->stripe_key.len == 0 ||
                   str_starts_with(program->options->stripe_key, STR("sk_test_")),
    };
    TRY(program_open_keyring(program));
    TRY(program_open_mail(program));
    TRY(store_open(cx, path, true, &program->reading));
    program->app.reader = program->reading;
    TRY(program_open_loader(program, path));
    struct tx tx = {.cx = cx, .db = program->reading, .keyring = program->app.reader_keys};
    TRY(open_plan_book(program, &tx));
    TRY(create_memory(program, &tx));
    TRY(write_first(program));
    forget_catalogue_text(program);
    TRY(operation_waiters_create(&program->app));
    return create_writer(program);
}

static void close_plan_book(struct program *program) {
    contract_plans_destroy(&program->app);
    env_free(program->env, program->app.plan_book);
}

void program_close_store(struct program *program) {
    forget_catalogue_text(program); /* of a start that was refused */
    program_close_loader(program);
    writer_destroy(program->writer);
    if (program->app.waiters != NULL) {
        operation_waiters_destroy(&program->app);
    }
    program_close_mail(program);
    program_close_provider(program);
    usage_group_destroy(&program->app);
    adoption_destroy(&program->app);
    usage_alert_hints_destroy(&program->app);
    journal_destroy(program->journal);
    gate_destroy(program->gate);
    program_close_keyring(program);
    db_close(program->reading);
    db_close(program->writing);
    folder_close(program->folder);
    close_plan_book(program);
}
