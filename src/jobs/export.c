/* Makes the files that people asked for, one after the other: pages of rows are read in turns of
 * the loop, some two milliseconds in each, and a piece of the file is kept as a command among
 * others before the next one is made. */
#include "app/export.h"

#include "base/log.h"
#include "jobs/inside.h"

#define TURN_NS (UINT64_C(2) * 1000 * 1000)

struct export_flight {
    struct export_keep keep; /* first: the command hands it back */
    struct jobs *jobs;
    struct export_maker *maker; /* NULL: none is being made */
    bool is_out;
};

static void end(struct export_flight *flight) {
    export_maker_destroy(flight->maker);
    flight->maker = NULL;
    flight->jobs->is_exporting = false;
    flight->jobs->is_stirred = true; /* there may be another */
}

static void kept(struct command *command) {
    struct export_flight *flight = (struct export_flight *)command;
    struct env *env = flight->jobs->app->env;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* begun anew with the next poke */
        log_event(env, LOG_WARNING, "export.again", "err=%s detail=\"%s\"",
                  err_name(command->write.err.code), command->write.detail);
        end(flight);
        return;
    }
    if (flight->keep.is_last || flight->keep.has_failed || command->outcome != OUTCOME_DONE) {
        log_event(env, LOG_INFO, "export.made", "request=" STR_FMT " bytes=%lld failed=%d",
                  STR_ARG(flight->keep.piece.request_id), (long long)flight->keep.size,
                  flight->keep.has_failed ? 1 : 0);
        end(flight);
        return;
    }
    export_maker_kept(flight->maker);
    flight->jobs->is_stirred = true;
}

static void send(struct export_flight *flight) {
    flight->is_out = true;
    flight->keep.command.done = kept;
    export_keep(flight->jobs->app, &flight->keep);
}

static void step(struct export_flight *flight) {
    struct env *env = flight->jobs->app->env;
    uint64_t until = env->mono_ns(env) + TURN_NS;
    while (!flight->is_out && flight->maker != NULL && env->mono_ns(env) < until) {
        if (export_maker_piece(flight->maker, &flight->keep)) {
            send(flight);
            return;
        }
        struct err err = export_maker_step(flight->maker);
        if (err_failed(err)) {
            log_event(env, LOG_ERROR, "export.failed", "err=%s detail=\"%s\"", err_name(err.code),
                      export_maker_detail(flight->maker));
            export_maker_fail(flight->maker, &flight->keep);
            send(flight);
        }
    }
}

bool export_worker_turn(struct jobs *jobs) {
    struct export_flight *flight = jobs->export_flight;
    step(flight);
    return flight->maker != NULL && !flight->is_out;
}

void export_worker_poke(struct jobs *jobs) {
    struct export_flight *flight = jobs->export_flight;
    if (flight->maker != NULL || flight->is_out) {
        return;
    }
    struct err err = export_maker_start(jobs->app, &flight->maker);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "export.unreadable", "err=%s", err_name(err.code));
    }
    jobs->is_exporting = flight->maker != NULL;
}

struct err export_worker_create(struct jobs *jobs) {
    jobs->export_flight = env_alloc_zeroed(jobs->app->env, sizeof *jobs->export_flight);
    if (jobs->export_flight == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    jobs->export_flight->jobs = jobs;
    return OK;
}

void export_worker_destroy(struct jobs *jobs) {
    if (jobs->export_flight != NULL) {
        export_maker_destroy(jobs->export_flight->maker);
        env_free(jobs->app->env, jobs->export_flight);
    }
}
