/* Goes on with the look at the whole audit log: some rows, then the next, each turn a command among
 * others. A restart finds where it stood. */
#include "app/audit_look.h"

#include "base/log.h"
#include "jobs/inside.h"

struct audit_look_flight {
    struct audit_look_step step; /* first: the command hands it back */
    struct jobs *jobs;
    bool is_out;
};

static void stepped(struct command *command) {
    struct audit_look_flight *flight = (struct audit_look_flight *)command;
    struct jobs *jobs = flight->jobs;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* tried again with the next tick */
        log_event(jobs->app->env, LOG_WARNING, "audit_look.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        return;
    }
    jobs->is_stirred = true;
}

void audit_look_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct audit_look_flight *flight = jobs->audit_look;
    if (flight->is_out) {
        return;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = audit_look_is_running(&tx, &jobs->is_checking);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "audit_look.unreadable", "err=%s", err_name(err.code));
        jobs->is_checking = false;
    }
    arena_finish(&arena);
    if (jobs->is_checking) {
        *flight = (struct audit_look_flight){.jobs = jobs, .is_out = true};
        flight->step.command.done = stepped;
        audit_look_step(jobs->app, &flight->step);
    }
}

struct err audit_look_worker_create(struct jobs *jobs) {
    jobs->audit_look = env_alloc(jobs->app->env, sizeof *jobs->audit_look);
    if (jobs->audit_look == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *jobs->audit_look = (struct audit_look_flight){.jobs = jobs};
    return OK;
}

void audit_look_worker_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->audit_look);
}
