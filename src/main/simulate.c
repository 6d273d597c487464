/* `turnpike simulate`: a year of a whole business, played by the program itself.
 *
 * It runs on a seeded world (base/env_seeded.h), driven by hand (driven.c): nothing but the seed
 * and the declared population decides what its rows are, so that the same gives the same bytes. It
 * works in DIR.part, which becomes DIR once everything is there. */
#include "main/simulate.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/usage_totals.h"
#include "main/serve.h"
#include "store/schema.h"

enum { SLOT_MEMORY_MAX = 256 * 1024 * 1024, EVENTS_MEMORY_MAX = 8 * 1024 * 1024 };

/* --- being told to stop --- */

static sigset_t signals_that_stop(void) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    return set;
}

/* They wait until they are asked for: what is under way is finished before. */
static void hold_signals(void) {
    sigset_t set = signals_that_stop();
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool is_interrupted(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

/* Those that came are taken. */
static void release_signals(void) {
    sigset_t set = signals_that_stop();
    int number = 0;
    while (is_interrupted() && sigwait(&set, &number) == 0) {
        /* each once */
    }
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* --- the folder --- */

static const char *const files[] = {
    "turnpike.db",    "turnpike.db-wal", "turnpike.db-shm",  "sandbox.db", "sandbox.db-wal",
    "sandbox.db-shm", "turnpike.key",    "turnpike.key.new", "audit.key",  "lock",
    SIMULATION_FILE,
};

static const char *path_in(struct cx *cx, const char *folder, const char *name) {
    return arena_printf(cx->arena, "%s/%s", folder, name).bytes;
}

static const char *part_of(struct cx *cx, const char *folder) {
    return arena_printf(cx->arena, "%s.part", folder).bytes;
}

static struct err refuse_folder(struct cx *cx, const char *folder) {
    bool exists = false, is_empty = true;
    const char *part = part_of(cx, folder);
    TRY(cx->env->files.exists(cx->env, part, &exists));
    if (exists) {
        return cx_fail(cx, ERR(ERR_CONFLICT),
                       "%.300s is there: what a simulation left that was killed, or one that runs. "
                       "Remove it first.",
                       part);
    }
    TRY(cx->env->files.exists(cx->env, folder, &exists));
    struct err err = exists ? cx->env->files.is_empty_dir(cx->env, folder, &is_empty) : OK;
    return err_failed(err) || !is_empty
               ? cx_fail(cx, ERR(ERR_CONFLICT),
                         "%.300s is not empty: a simulation writes into a folder of its own. Give "
                         "another one with --data.",
                         folder)
               : OK;
}

static struct err make_part(struct cx *cx, const char *part) {
    struct err err = cx->env->files.make_dir(cx->env, part);
    return err_failed(err)
               ? cx_fail(cx, err, "%.300s cannot be made (%s).", part, err_name(err.code))
               : OK;
}

static void throw_away(struct cx *cx, const char *part) {
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        (void)unlink(path_in(cx, part, files[i]));
    }
    (void)rmdir(part);
}

static struct err put_in_place(struct cx *cx, const char *part, const char *folder) {
    return rename(part, folder) == 0 ? cx->env->files.sync_name(cx->env, folder)
                                     : cx_fail(cx, ERR(ERR_IO), "%.200s cannot become %.200s: %s.",
                                               part, folder, strerror(errno));
}

/* --- what is simulated --- */

static void take(int64_t *number, int64_t declared) {
    *number = declared < 0 ? *number : declared;
}

static struct population model_of(const struct cli_simulate *options) {
    const struct cli_population *declared = &options->population;
    struct population model = population_default();
    static_assert((int)SIMULATE_TIERS == (int)TIER_COUNT, "in the order of the plans");
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        take(&model.accounts[tier], declared->accounts[tier]);
    }
    take(&model.cancelled_permille, declared->cancelled_permille);
    take(&model.downgraded_permille, declared->downgraded_permille);
    take(&model.failing_permille, declared->failing_permille);
    take(&model.mended_percent, declared->mended_percent);
    take(&model.returning_percent, declared->returning_percent);
    take(&model.scoring_permille, declared->scoring_permille);
    take(&model.active_percent, declared->active_percent);
    model.days = options->days;
    model.years = options->years;
    model.start.ms = options->start_ms;
    return model;
}

static int64_t limit_of(const struct catalogue *catalogue, enum tier tier) {
    const struct plan *plan = catalogue_plan(catalogue, tier);
    const struct limit *limit = plan == NULL ? NULL : &plan->limits[METRIC_API_REQUESTS];
    return limit == NULL || limit->kind != LIMIT_COUNT ? INT64_MAX : limit->amount.amount;
}

static struct err start_population(struct simulation *simulation) {
    struct cx *cx = simulation->cx;
    int64_t count = population_accounts(&simulation->model);
    int64_t limits[TIER_COUNT];
    struct population_account *accounts =
        env_alloc_zeroed(cx->env, (size_t)count * sizeof *accounts);
    if (accounts == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the accounts.");
    }
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        limits[tier] = limit_of(&simulation->program.catalogue, (enum tier)tier);
    }
    population_start(&simulation->run, &simulation->model, simulation->options->seed, limits,
                     accounts);
    return OK;
}

struct instant simulate_slot_start(const struct simulation *simulation, int32_t slot) {
    return instant_add(simulation->model.start, duration_hours((int64_t)slot * POPULATION_HOURS));
}

/* --- the years --- */

static void tell(const struct simulation *simulation, uint64_t started_ns) {
    struct env *env = simulation->cx->env;
    const struct cli_simulate *options = simulation->options;
    struct cli_simulate_progress progress = {
        .at = simulate_slot_start(simulation, simulation->slot).ms,
        .day = simulation->slot / POPULATION_SLOTS + 1,
        .days = population_slots(&simulation->model) / POPULATION_SLOTS,
        .events = simulation->report.events,
        .elapsed_ns = env->mono_ns(env) - started_ns,
    };
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        progress.accounts[tier] = simulation->run.standing[tier];
    }
    options->progress(options->context, &progress);
}

static struct err live_slot(struct simulation *simulation) {
    struct arena *arena = &simulation->arena;
    arena_reset(arena);
    TRY(simulate_advance(simulation, simulate_slot_start(simulation, simulation->slot + 1)));
    TRY(simulate_usage(simulation));
    TRY(simulate_acts(simulation));
    return arena_failed(arena)
               ? cx_fail(simulation->cx, ERR(ERR_NO_MEMORY), "There is no memory for six hours.")
               : OK;
}

static struct err live(struct simulation *simulation) {
    int32_t slots = population_slots(&simulation->model);
    uint64_t started_ns = simulation->cx->env->mono_ns(simulation->cx->env);
    for (simulation->slot = 0; simulation->slot < slots; simulation->slot++) {
        if (is_interrupted()) {
            return cx_fail(simulation->cx, ERR(ERR_BUSY),
                           "Interrupted on day %" PRId32 "; nothing is left of it.",
                           simulation->slot / POPULATION_SLOTS + 1);
        }
        TRY(live_slot(simulation));
        tell(simulation, started_ns);
    }
    usage_totals_finish(&simulation->program.app);
    return simulate_advance(simulation, simulate_slot_start(simulation, slots));
}

/* --- the end --- */

/* Where the program says itself what is wrong, it is what went wrong. */
static struct err blame(struct simulation *simulation, struct err err) {
    struct cx *cx = simulation->cx;
    if (err_failed(err) && cx->detail[0] == '\0') {
        memcpy(cx->detail, simulation->program.cx.detail, sizeof cx->detail);
    }
    return err;
}

static void on_ready(struct program *program) {
    (void)program; /* whoever drives it goes on by themselves */
}

static struct err play(struct simulation *simulation) {
    struct program *program = &simulation->program;
    program->ready = on_ready;
    program->listens_on_network = true;
    program->is_driven = true;
    struct err err = program_open(program, &simulation->seeded.env, &simulation->serve);
    err = err_failed(err) ? err : program_start_driven(program);
    err = err_failed(err) ? err : start_population(simulation);
    err = err_failed(err) ? err : simulate_people_begin(simulation);
    err = err_failed(err) ? err : live(simulation);
    err = err_failed(err) ? err : simulate_figures(simulation);
    err = blame(simulation, err);
    program_close(program);
    env_free(simulation->cx->env, simulation->run.accounts);
    return err;
}

static void init(struct simulation *simulation, struct cx *cx, const struct cli_simulate *options) {
    struct env *env = cx->env;
    *simulation = (struct simulation){
        .options = options,
        .model = model_of(options),
        .failure = OK,
        .cx = cx,
        .serve =
            {
                .data_dir = part_of(cx, options->data_dir),
                .listen = STR("127.0.0.1:8080"),
                .base_url = STR(DRIVEN_URL),
                .has_test_clock = true,
                .has_test_clock_start = true,
                .test_clock_ms = options->start_ms,
                .step_up_seconds = 300,
                .file_mb_max = 4096,
                .alerts_language = STR("en"),
                .oidc_operators = STR("none"),
            },
    };
    env_seeded_init(&simulation->seeded, env, options->seed, options->start_ms);
    arena_init(&simulation->arena, env, SLOT_MEMORY_MAX);
    buf_init(&simulation->events, env, EVENTS_MEMORY_MAX);
}

/* A few megabytes of structs: the program's own would fill the stack. */
static struct err simulate(struct cx *cx, const struct cli_simulate *options,
                           struct simulation *simulation) {
    const char *part = part_of(cx, options->data_dir);
    uint64_t started_ns = cx->env->mono_ns(cx->env);
    struct population model = model_of(options);
    if (population_accounts(&model) == 0) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The population has no account.");
    }
    TRY(refuse_folder(cx, options->data_dir));
    TRY(make_part(cx, part));
    init(simulation, cx, options);
    struct err err = play(simulation);
    err = err_failed(err) ? err : simulate_seal(simulation, part);
    err = err_failed(err) ? err : put_in_place(cx, part, options->data_dir);
    if (err_failed(err)) {
        throw_away(cx, part);
    }
    simulation->report.elapsed_ns = cx->env->mono_ns(cx->env) - started_ns;
    arena_finish(&simulation->arena);
    buf_finish(&simulation->events);
    return err;
}

struct err simulate_run(struct cx *cx, const struct cli_simulate *options,
                        struct cli_simulate_report *ret_report) {
    struct simulation *simulation = env_alloc_zeroed(cx->env, sizeof *simulation);
    if (simulation == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for a simulation.");
    }
    cx->detail[0] = '\0';
    hold_signals();
    struct err err = simulate(cx, options, simulation);
    release_signals();
    *ret_report = simulation->report;
    env_free(cx->env, simulation);
    return err;
}
