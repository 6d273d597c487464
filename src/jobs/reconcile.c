/* Walks a reconciliation: one page, or one object, after the other. What it wants next is in the
 * rows, so that a restart goes on where it stood. */
#include "app/reconcile.h"

#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

struct reconcile_flight {
    struct reconcile_step step; /* first: the command hands it back */
    struct reconcile_work work;
    struct jobs *jobs;
    struct flight *flight;
};

static void recorded(struct command *command) {
    struct reconcile_flight *self = (struct reconcile_flight *)command;
    struct jobs *jobs = self->jobs;
    if (err_failed(command->write.err) || !self->step.is_settled) {
        log_event(jobs->app->env, LOG_WARNING, "reconcile.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        flight_rest(&jobs->reconciling, self->flight);
        return;
    }
    flight_land(self->flight);
    jobs->is_stirred = true; /* not poked from here: at the end nobody can be called any more */
}

static void record(struct reconcile_flight *self, const struct payments_answer *answer) {
    self->flight->state = FLIGHT_RECORDING;
    self->step.work = &self->work;
    self->step.answer = answer;
    self->step.command.done = recorded;
    reconcile_take_step(self->jobs->app, &self->step);
}

static void answered(void *context, const struct payments_answer *answer) {
    struct reconcile_flight *self = context;
    struct flight *flight = self->flight;
    check(flight->state == FLIGHT_OUT);
    flight->answer = payments_answer_copy(&flight->arena, answer);
    if (arena_failed(&flight->arena)) {
        flight_rest(&self->jobs->reconciling, flight);
        return;
    }
    record(self, &flight->answer);
}

static void start(struct jobs *jobs, struct flight *flight, const struct reconcile_work *work) {
    struct reconcile_flight *self = jobs->reconcile_flight;
    struct payments *payments = jobs->app->payments;
    *self = (struct reconcile_flight){.work = *work, .jobs = jobs, .flight = flight};
    self->work.phase = arena_str(&flight->arena, work->phase);
    self->work.user_id = arena_str(&flight->arena, work->user_id);
    self->work.suspect.user_id = arena_str(&flight->arena, work->suspect.user_id);
    self->work.suspect.stripe_id = arena_str(&flight->arena, work->suspect.stripe_id);
    self->work.suspect.object = arena_str(&flight->arena, work->suspect.object);
    if (arena_failed(&flight->arena)) {
        flight_rest(&jobs->reconciling, flight);
        return;
    }
    flight->user_id = self->work.user_id;
    flight->state = FLIGHT_OUT;
    if (work->has_call) {
        payments->call(payments, &work->call, answered, self);
    } else {
        record(self, NULL);
    }
}

void reconcile_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct reconcile_work work;
    bool is_running = false;
    if (jobs->app->payments == NULL) {
        return;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = reconcile_next(&tx, &work, &is_running);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "reconcile.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
        is_running = false;
    }
    jobs->is_reconciling = is_running;
    bool is_held = is_running && (flights_serve(&jobs->outbox, work.user_id) ||
                                  flights_serve(&jobs->webhooks, work.user_id));
    struct flight *flight =
        is_running && !is_held ? flight_board(&jobs->reconciling, STR("reconciliation")) : NULL;
    if (flight != NULL) {
        start(jobs, flight, &work);
    }
    arena_finish(&arena);
}

struct err reconcile_worker_create(struct jobs *jobs) {
    flights_init(&jobs->reconciling, jobs->app->env);
    jobs->reconcile_flight = env_alloc(jobs->app->env, sizeof *jobs->reconcile_flight);
    return jobs->reconcile_flight == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

void reconcile_worker_destroy(struct jobs *jobs) {
    flights_finish(&jobs->reconciling);
    env_free(jobs->app->env, jobs->reconcile_flight);
}
