/* Stores when API keys were used, a minute behind at most: a request only leaves a mark in memory.
 */
#include "app/access.h"
#include "base/log.h"
#include "jobs/inside.h"

struct key_use_flight {
    struct key_use use; /* first: the command hands it back */
    struct jobs *jobs;
    bool is_out;
};

static void stored(struct command *command) {
    struct key_use_flight *flight = (struct key_use_flight *)command;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* the next use is stored again */
        log_event(flight->jobs->app->env, LOG_WARNING, "keys.use_unwritten", "err=%s",
                  err_name(command->write.err.code));
        return;
    }
    key_use_poke(flight->jobs); /* what was used meanwhile */
}

void key_use_poke(struct jobs *jobs) {
    struct key_use_flight *flight = jobs->key_use;
    if (flight->is_out || !key_use_gather(jobs->app, &flight->use)) {
        return;
    }
    flight->is_out = true;
    flight->use.command = (struct command){.done = stored};
    key_use_write(jobs->app, &flight->use);
}

struct err key_use_create(struct jobs *jobs) {
    jobs->key_use = env_alloc_zeroed(jobs->app->env, sizeof *jobs->key_use);
    if (jobs->key_use == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    jobs->key_use->jobs = jobs;
    return OK;
}

void key_use_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->key_use);
}
