/* Goes on with the run of what another catalogue would have come to: some customers, then the next,
 * each turn a command among others. A restart finds where it stood. */
#include "app/what_if.h"

#include "base/log.h"
#include "jobs/inside.h"

struct what_if_flight {
    struct what_if_step step; /* first: the command hands it back */
    struct jobs *jobs;
    bool is_out;
};

static void stepped(struct command *command) {
    struct what_if_flight *flight = (struct what_if_flight *)command;
    struct jobs *jobs = flight->jobs;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* tried again with the next tick */
        log_event(jobs->app->env, LOG_WARNING, "what_if.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        return;
    }
    jobs->is_stirred = true;
}

void what_if_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct what_if_flight *flight = jobs->what_if_flight;
    if (flight->is_out) {
        return;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = what_if_is_running(&tx, &jobs->is_trying);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "what_if.unreadable", "err=%s", err_name(err.code));
        jobs->is_trying = false;
    }
    arena_finish(&arena);
    if (jobs->is_trying) {
        *flight = (struct what_if_flight){.jobs = jobs, .is_out = true};
        flight->step.command.done = stepped;
        what_if_step(jobs->app, &flight->step);
    }
}

struct err what_if_worker_create(struct jobs *jobs) {
    jobs->what_if_flight = env_alloc(jobs->app->env, sizeof *jobs->what_if_flight);
    if (jobs->what_if_flight == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *jobs->what_if_flight = (struct what_if_flight){.jobs = jobs};
    return OK;
}

void what_if_worker_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->what_if_flight);
}
