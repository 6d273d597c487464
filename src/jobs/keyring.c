/* Goes on with the walk that seals rows or wraps keys anew: a piece, then the next, each a command
 * among others. A restart finds where it stood. */
#include "app/keyring.h"

#include "base/log.h"
#include "jobs/inside.h"

struct key_flight {
    struct keyring_step step; /* first: the command hands it back */
    struct jobs *jobs;
    bool is_out;
};

static void stepped(struct command *command) {
    struct key_flight *flight = (struct key_flight *)command;
    struct jobs *jobs = flight->jobs;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* tried again with the next tick */
        log_event(jobs->app->env, LOG_WARNING, "keyring.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        return;
    }
    keyring_step_done(&flight->step);
    jobs->is_stirred = true;
}

void key_walker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct key_flight *flight = jobs->key_flight;
    if (flight->is_out) {
        return;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = keyring_is_walking(&tx, &jobs->is_walking_keys);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "keyring.unreadable", "err=%s", err_name(err.code));
        jobs->is_walking_keys = false;
    }
    arena_finish(&arena);
    if (jobs->is_walking_keys) {
        *flight = (struct key_flight){.jobs = jobs, .is_out = true};
        flight->step.command.done = stepped;
        keyring_step(jobs->app, &flight->step);
    }
}

struct err key_walker_create(struct jobs *jobs) {
    jobs->key_flight = env_alloc(jobs->app->env, sizeof *jobs->key_flight);
    if (jobs->key_flight == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *jobs->key_flight = (struct key_flight){.jobs = jobs};
    return OK;
}

void key_walker_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->key_flight);
}
