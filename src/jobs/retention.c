/* Goes on with the plan of what goes that is being counted or carried out: a piece, then the next,
 * each a command among others. A restart finds where it stood. */
#include "app/retention.h"

#include "base/log.h"
#include "jobs/inside.h"

struct retention_flight {
    struct retention_step step; /* first: the command hands it back */
    struct jobs *jobs;
    bool is_out;
};

static void stepped(struct command *command) {
    struct retention_flight *flight = (struct retention_flight *)command;
    struct jobs *jobs = flight->jobs;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* tried again with the next tick */
        log_event(jobs->app->env, LOG_WARNING, "retention.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        return;
    }
    parcel_worker_drop(jobs);
    jobs->is_stirred = true;
}

void retention_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct retention_flight *flight = jobs->retention_flight;
    if (flight->is_out) {
        return;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = retention_is_working(&tx, &jobs->is_purging);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "retention.unreadable", "err=%s", err_name(err.code));
        jobs->is_purging = false;
    }
    arena_finish(&arena);
    if (jobs->is_purging) {
        *flight = (struct retention_flight){.jobs = jobs, .is_out = true};
        flight->step.command.done = stepped;
        retention_step(jobs->app, &flight->step);
    }
}

struct err retention_worker_create(struct jobs *jobs) {
    jobs->retention_flight = env_alloc(jobs->app->env, sizeof *jobs->retention_flight);
    if (jobs->retention_flight == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *jobs->retention_flight = (struct retention_flight){.jobs = jobs};
    return OK;
}

void retention_worker_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->retention_flight);
}
