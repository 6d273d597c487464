/* What falls due with time: one table, each entry with its own next moment and work.
 *
 * Work is a command like any other; it is idempotent, so that running it once too often after a
 * restart changes nothing. */
#include "app/access_review.h"
#include "app/approval.h"
#include "app/audit_log.h"
#include "app/breach.h"
#include "app/contract_life.h"
#include "app/customer_marks.h"
#include "app/dunning.h"
#include "app/experiment.h"
#include "app/lease.h"
#include "app/limit_due.h"
#include "app/maintenance.h"
#include "app/page_scan.h"
#include "app/pause.h"
#include "app/price_change.h"
#include "app/privacy_clock.h"
#include "app/reconcile.h"
#include "app/retention.h"
#include "app/revenue.h"
#include "app/revenue_rebuild.h"
#include "app/usage_pattern.h"
#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

struct scheduled {
    struct maintenance maintenance; /* first: the command hands it back */
    struct jobs *jobs;
};

/* A question to the last commit: when is the next time? Never, when it cannot be read. */
static int64_t ask(struct jobs *jobs,
                   struct err (*question)(struct jobs *jobs, struct tx *tx, struct instant *at)) {
    struct arena arena;
    struct cx cx;
    struct instant at = INSTANT_MAX;
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = question(jobs, &tx, &at);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "schedule.unreadable", "err=%s", err_name(err.code));
    }
    arena_finish(&arena);
    return at.ms;
}

static struct err access_end(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    return maintenance_next_access_end(jobs->app, tx, (struct instant){jobs->ran_until_ms}, ret_at);
}

static struct err dunning_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return dunning_next_due_at(tx, ret_at);
}

static struct err grace_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    return limit_next_due(tx, (struct instant){jobs->ran_until_ms}, ret_at);
}

static struct err lease_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return lease_next_due_at(tx, ret_at);
}

static struct err approval_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return approval_next_due_at(tx, ret_at);
}

static struct err contract_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return contract_next_due_at(tx, ret_at);
}

static struct err price_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return price_change_next_due_at(tx, ret_at);
}

static struct err privacy_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return privacy_remind_at(tx, ret_at);
}

static struct err audit_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    return audit_log_due_at(jobs->app, tx, ret_at);
}

static struct err access_review_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return access_review_due_at(tx, ret_at);
}

static struct err revenue_due_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    return revenue_next_due_at(jobs->app, tx, ret_at);
}

static struct err usage_due_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return usage_pattern_prove_next_at(tx, ret_at);
}

static int64_t next_usage(struct jobs *jobs) {
    return ask(jobs, usage_due_at);
}

static int64_t next_revenue(struct jobs *jobs) {
    return ask(jobs, revenue_due_at);
}

static int64_t next_access_review(struct jobs *jobs) {
    return ask(jobs, access_review_at);
}

static int64_t next_approval(struct jobs *jobs) {
    return ask(jobs, approval_at);
}

static int64_t next_contract(struct jobs *jobs) {
    return ask(jobs, contract_at);
}

static struct err breach_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return breach_remind_at(tx, ret_at);
}

static int64_t next_breach(struct jobs *jobs) {
    return ask(jobs, breach_at);
}

static struct err mark_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return customer_marks_due_at(tx, ret_at);
}

static int64_t next_mark(struct jobs *jobs) {
    return ask(jobs, mark_at);
}

static struct err pause_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return pauses_next_due_at(tx, ret_at);
}

static int64_t next_pause(struct jobs *jobs) {
    return ask(jobs, pause_at);
}

static int64_t next_price(struct jobs *jobs) {
    return ask(jobs, price_at);
}

static int64_t next_privacy(struct jobs *jobs) {
    return ask(jobs, privacy_at);
}

static int64_t next_audit(struct jobs *jobs) {
    return ask(jobs, audit_at);
}

static int64_t next_lease(struct jobs *jobs) {
    return ask(jobs, lease_at);
}

static int64_t next_grace(struct jobs *jobs) {
    return ask(jobs, grace_at);
}

static int64_t next_access_end(struct jobs *jobs) {
    return ask(jobs, access_end);
}

static int64_t next_dunning(struct jobs *jobs) {
    return ask(jobs, dunning_at);
}

/* The next midnight, UTC, after what has run. */
static int64_t next_day(struct jobs *jobs) {
    return jobs->ran_until_ms - jobs->ran_until_ms % DAY_MS + DAY_MS;
}

static int64_t next_count(struct jobs *jobs) {
    return retention_next_count((struct instant){jobs->ran_until_ms}).ms;
}

/* The next nine o'clock, UTC, after what has run. */
static int64_t next_morning(struct jobs *jobs) {
    int64_t nine = 9 * HOUR_MS;
    int64_t since = (jobs->ran_until_ms - nine) % DAY_MS;
    return jobs->ran_until_ms - since + DAY_MS;
}

static struct err experiments_look_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    bool is_showing = false;
    TRY(experiment_is_showing(tx, &is_showing));
    *ret_at = is_showing ? (struct instant){next_morning(jobs)} : INSTANT_MAX;
    return OK;
}

static int64_t next_experiment(struct jobs *jobs) {
    return ask(jobs, experiments_look_at);
}

/* A day after the last walk over everything. One that ran after midnight still leaves the next to
 * its own hour; a server that was down for longer begins as it starts. */
static int64_t next_reconciliation(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    int64_t due = INT64_MAX;
    bool is_frozen = jobs->starts_frozen;
    if (jobs->is_reconciling || (!jobs->options.reconciles_daily && !is_frozen)) {
        return INT64_MAX;
    }
    if (is_frozen) {
        return jobs->ran_until_ms; /* at once */
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = reconcile_daily_at(&tx, &due);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "schedule.unreadable", "err=%s", err_name(err.code));
        due = jobs->ran_until_ms + DAY_MS;
    }
    arena_finish(&arena);
    return due;
}

static struct err pages_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    (void)jobs;
    return page_scan_due_at(tx, ret_at);
}

static int64_t next_page_scan(struct jobs *jobs) {
    bool may = jobs->options.pages.scan != NULL && !jobs->is_scanning_pages;
    return may ? ask(jobs, pages_at) : INT64_MAX;
}

static void pages_scanned(void *context) {
    struct jobs *jobs = context;
    jobs->is_scanning_pages = false;
    jobs->commands--;
    jobs->is_stirred = true;
}

static void scan_pages(struct jobs *jobs) {
    const struct jobs_pages *pages = &jobs->options.pages;
    if (pages->scan(pages->context, pages_scanned, jobs)) { /* else at the next tick */
        jobs->is_scanning_pages = true;
        jobs->commands++;
    }
}

static const struct {
    const char *name;
    enum maintenance_kind kind;
    int64_t (*next_due_ms)(struct jobs *jobs);
} table[] = {
    {"access", MAINTENANCE_ACCESS, next_access_end},
    {"access_reviews", MAINTENANCE_REVIEWS, next_access_review},
    {"approvals", MAINTENANCE_APPROVALS, next_approval},
    {"audit", MAINTENANCE_AUDIT, next_audit},
    {"contracts", MAINTENANCE_CONTRACTS, next_contract},
    {"dunning", MAINTENANCE_DUNNING, next_dunning},
    {"experiments", MAINTENANCE_EXPERIMENTS, next_experiment},
    {"grace", MAINTENANCE_GRACE, next_grace},
    {"leases", MAINTENANCE_LEASES, next_lease},
    {"notices", MAINTENANCE_NOTICES, next_morning},
    {"marks", MAINTENANCE_MARKS, next_mark},
    {"pauses", MAINTENANCE_PAUSES, next_pause},
    {"prices", MAINTENANCE_PRICES, next_price},
    {"privacy", MAINTENANCE_PRIVACY, next_privacy},
    {"breaches", MAINTENANCE_BREACHES, next_breach},
    {"revenue", MAINTENANCE_REVENUE, next_revenue},
    {"usage", MAINTENANCE_USAGE, next_usage},
    {"retention", MAINTENANCE_RETENTION, next_day},
    {"books", MAINTENANCE_BOOKS, next_count},
};

static_assert(ARRAY_LEN(table) == SCHEDULED_JOBS, "a state for each");

static struct job_state *state_of(struct jobs *jobs, enum maintenance_kind kind) {
    size_t i = 0;
    while (table[i].kind != kind) {
        i++;
        check(i < ARRAY_LEN(table));
    }
    return &jobs->scheduled[i];
}

static void note_end(struct jobs *jobs, const struct maintenance *maintenance) {
    struct job_state *state = state_of(jobs, maintenance->kind);
    struct err err = maintenance->command.write.err;
    state->is_running = !err_failed(err) && maintenance->has_more;
    if (state->is_running) {
        return; /* it goes on */
    }
    state->ended_at = app_now(jobs->app).ms;
    state->has_failed = err_failed(err);
    state->runs++;
    if (state->has_failed) {
        state->failures++;
        state->failed_at = state->ended_at;
        state->error = err_name(err.code);
    }
}

size_t jobs_states(struct jobs *jobs, struct job_state ret_states[JOB_STATES_MAX]) {
    size_t count = 0;
    for (; count < ARRAY_LEN(table); count++) {
        ret_states[count] = jobs->scheduled[count];
        ret_states[count].name = table[count].name;
        ret_states[count].next_at = table[count].next_due_ms(jobs);
    }
    ret_states[count++] = (struct job_state){
        .name = "reconciliation",
        .next_at = next_reconciliation(jobs),
        .is_running = jobs->is_reconciling,
    };
    ret_states[count++] = (struct job_state){
        .name = "page_scan",
        .next_at = next_page_scan(jobs),
        .is_running = jobs->is_scanning_pages,
    };
    return count;
}

int64_t schedule_next_due_ms(struct jobs *jobs) {
    int64_t pages = next_page_scan(jobs);
    int64_t next = next_reconciliation(jobs);
    next = pages < next ? pages : next;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        int64_t due = table[i].next_due_ms(jobs);
        next = due < next ? due : next;
    }
    return next;
}

/* What was due is due still: with the next tick. A test clock does not pass it by, but stops. */
static void try_again(struct jobs *jobs, const struct maintenance *maintenance) {
    if (maintenance->from.ms < jobs->ran_until_ms) {
        jobs->ran_until_ms = maintenance->from.ms;
    }
    clock_fail(jobs, maintenance->command.outcome);
}

static void done(struct command *command) {
    struct scheduled *scheduled = (struct scheduled *)command;
    struct jobs *jobs = scheduled->jobs;
    struct env *env = jobs->app->env;
    struct maintenance *maintenance = &scheduled->maintenance;
    bool has_failed = err_failed(command->write.err);
    bool is_rows_own = command->write.is_own_failure && maintenance->row.id[0] != '\0';
    if (has_failed && is_rows_own && !maintenance->row.is_due) {
        log_event(env, LOG_ERROR, "schedule.set_aside", "row=%s why=\"%s\"", maintenance->row.id,
                  maintenance->row.error);
        maintenance_set_aside(jobs->app, maintenance);
        return;
    }
    if (!has_failed && maintenance->row.is_due) {
        maintenance_start(jobs->app, maintenance); /* without that row */
        return;
    }
    note_end(jobs, maintenance);
    if (has_failed) {
        log_event(env, LOG_ERROR, "schedule.failed", "err=%s", err_name(command->write.err.code));
        try_again(jobs, maintenance);
    } else if (maintenance->has_more) {
        maintenance_go_on(jobs->app, maintenance);
        return;
    }
    if (maintenance->kind == MAINTENANCE_RETENTION) {
        parcel_worker_drop(jobs);
    }
    jobs->is_pricing = jobs->is_pricing && maintenance->kind != MAINTENANCE_PRICES;
    jobs->commands--;
    env_free(env, scheduled);
    jobs->is_stirred |= !has_failed; /* what failed is not tried again at once */
}

static void start(struct jobs *jobs, enum maintenance_kind kind, struct instant from) {
    struct scheduled *scheduled = env_alloc(jobs->app->env, sizeof *scheduled);
    if (scheduled == NULL) {
        return; /* at the next tick */
    }
    scheduled->jobs = jobs;
    scheduled->maintenance.kind = kind;
    scheduled->maintenance.from = from;
    scheduled->maintenance.command.done = done;
    struct job_state *state = state_of(jobs, kind);
    state->is_running = true;
    state->started_at = app_now(jobs->app).ms;
    jobs->is_pricing |= kind == MAINTENANCE_PRICES;
    jobs->commands++;
    maintenance_start(jobs->app, &scheduled->maintenance);
}

struct daily {
    struct reconcile_start start; /* first: the command hands it back */
    struct jobs *jobs;
};

static void begun(struct command *command) {
    struct daily *daily = (struct daily *)command;
    struct jobs *jobs = daily->jobs;
    jobs->commands--;
    env_free(jobs->app->env, daily);
    jobs->is_stirred = true;
}

static void reconcile(struct jobs *jobs) {
    struct daily *daily = env_alloc(jobs->app->env, sizeof *daily);
    if (daily == NULL) {
        return; /* at the next tick */
    }
    *daily = (struct daily){
        .start = {.reason = jobs->starts_frozen ? "restore" : "daily", .only_user_id = STR("")},
        .jobs = jobs,
    };
    jobs->starts_frozen = false;
    daily->start.command.done = begun;
    jobs->is_reconciling = true; /* until the next look says otherwise */
    jobs->commands++;
    reconcile_begin(jobs->app, &daily->start);
}

static struct err pricing_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    bool is_working = false;
    (void)jobs;
    TRY(price_change_is_working(tx, &is_working));
    *ret_at = is_working ? INSTANT_MIN : INSTANT_MAX;
    return OK;
}

static struct err rebuilding_at(struct jobs *jobs, struct tx *tx, struct instant *ret_at) {
    bool is_running = false;
    (void)jobs;
    TRY(revenue_rebuild_is_running(tx, &is_running));
    *ret_at = is_running ? INSTANT_MIN : INSTANT_MAX;
    return OK;
}

void schedule_poke(struct jobs *jobs) {
    struct instant from = {jobs->ran_until_ms};
    if (!state_of(jobs, MAINTENANCE_REVENUE)->is_running && ask(jobs, rebuilding_at) <= from.ms) {
        start(jobs, MAINTENANCE_REVENUE, from);
    }
    if (!jobs->is_pricing && ask(jobs, pricing_at) <= from.ms) {
        start(jobs, MAINTENANCE_PRICES, from);
    }
}

void schedule_run_due(struct jobs *jobs) {
    int64_t now = app_now(jobs->app).ms;
    if (next_reconciliation(jobs) <= now) {
        reconcile(jobs);
    }
    if (next_page_scan(jobs) <= now) {
        scan_pages(jobs);
    }
    struct instant from = {jobs->ran_until_ms};
    bool is_due[ARRAY_LEN(table)];
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        bool is_out = (jobs->is_pricing && table[i].kind == MAINTENANCE_PRICES) ||
                      (jobs->scheduled[i].is_running && table[i].kind == MAINTENANCE_REVENUE);
        is_due[i] = !is_out && table[i].next_due_ms(jobs) <= now;
    }
    jobs->ran_until_ms = now;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (is_due[i]) {
            start(jobs, table[i].kind, from);
        }
    }
}
