/* Has the rules of customers looked at when it is time, one customer after the other: what the next
 * invoice comes to is asked of the payment provider first, where any of the rules is about money.
 * What was under way when the program ended is due still. */
#include "app/usage_alert.h"

#include "app/upcoming.h"
#include "base/log.h"
#include "jobs/inside.h"

enum { MEMORY_MAX = 1024 * 1024 };

struct usage_alert_flight {
    struct usage_alert_look look; /* first: the command hands it back */
    struct upcoming_query query;
    struct jobs *jobs;
    struct arena arena; /* of the customer's id and of the answer */
    bool is_busy;
};

static void end(struct usage_alert_flight *flight) {
    arena_finish(&flight->arena);
    flight->is_busy = false;
}

static void looked(struct command *command) {
    struct usage_alert_flight *flight = (struct usage_alert_flight *)command;
    bool has_failed = err_failed(command->write.err);
    if (has_failed) {
        log_event(flight->jobs->app->env, LOG_ERROR, "usage_alert.failed", "err=%s",
                  err_name(command->write.err.code));
    }
    end(flight);
    flight->jobs->is_stirred |= !has_failed; /* what failed is not tried again at once */
}

static void send(struct usage_alert_flight *flight) {
    flight->look.command.done = looked;
    usage_alert_look(flight->jobs->app, &flight->look);
}

/* An estimate knows neither discounts nor credit: nobody is told of one. */
static void answered(struct upcoming_query *query) {
    struct usage_alert_flight *flight = query->context;
    flight->look.spend = (struct usage_alert_spend){
        .is_known = query->outcome == OUTCOME_DONE && !query->is_estimated,
        .has_next = query->has_next,
    };
    if (flight->look.spend.is_known && query->has_next) {
        flight->look.spend.amount = query->due.minor;
        flight->look.spend.currency = str_from_cstr(query->due.currency.code);
        flight->look.spend.at = query->next.at.ms;
    }
    send(flight);
}

static void begin(struct usage_alert_flight *flight, bool needs_spend) {
    flight->is_busy = true;
    flight->look.spend = (struct usage_alert_spend){.is_known = false};
    if (!needs_spend) {
        send(flight);
        return;
    }
    flight->query = (struct upcoming_query){
        .arena = &flight->arena,
        .user_id = flight->look.user_id,
        .finished = answered,
        .context = flight,
    };
    upcoming_ask(flight->jobs->app, &flight->query);
}

/* The customer whose rules are due first, and whether they are due by now. */
static struct err find(struct usage_alert_flight *flight, struct tx *tx, bool *ret_is_due,
                       bool *ret_needs_spend) {
    struct instant at;
    TRY(usage_alert_next_look(tx, &flight->look.user_id, &at));
    *ret_is_due = at.ms <= app_now(flight->jobs->app).ms;
    *ret_needs_spend = false;
    return *ret_is_due ? usage_alert_needs_spend(tx, flight->look.user_id, ret_needs_spend) : OK;
}

void usage_alert_worker_poke(struct jobs *jobs) {
    struct usage_alert_flight *flight = jobs->usage_alerts;
    struct cx cx;
    bool is_due = false;
    bool needs_spend = false;
    if (flight->is_busy) {
        return;
    }
    arena_init(&flight->arena, jobs->app->env, MEMORY_MAX);
    cx_init(&cx, jobs->app->env, &flight->arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = find(flight, &tx, &is_due, &needs_spend);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "usage_alert.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
    }
    if (err_failed(err) || !is_due) {
        end(flight);
        return;
    }
    begin(flight, needs_spend);
}

int64_t usage_alert_worker_next_due_ms(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct str user_id;
    struct instant at = INSTANT_MAX;
    arena_init(&arena, jobs->app->env, MEMORY_MAX);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = usage_alert_next_look(&tx, &user_id, &at);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "usage_alert.unreadable", "err=%s",
                  err_name(err.code));
    }
    arena_finish(&arena);
    return at.ms;
}

bool usage_alert_worker_is_busy(const struct jobs *jobs) {
    return jobs->usage_alerts->is_busy;
}

struct err usage_alert_worker_create(struct jobs *jobs) {
    jobs->usage_alerts = env_alloc_zeroed(jobs->app->env, sizeof *jobs->usage_alerts);
    if (jobs->usage_alerts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    jobs->usage_alerts->jobs = jobs;
    return OK;
}

void usage_alert_worker_destroy(struct jobs *jobs) {
    if (jobs->usage_alerts != NULL && jobs->usage_alerts->is_busy) {
        arena_finish(&jobs->usage_alerts->arena);
    }
    env_free(jobs->app->env, jobs->usage_alerts);
}
