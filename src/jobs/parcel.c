/* Makes the files that people asked for, one of a kind after the other: pages of rows are read in
 * turns of the loop, some two milliseconds in each, and a piece of the file is kept as a command
 * among others before the next one is made. */
#include "app/parcel.h"

#include "app/evidence.h"
#include "app/export.h"
#include "base/log.h"
#include "jobs/inside.h"

#define TURN_NS (UINT64_C(2) * 1000 * 1000)

static const struct parcel_kind *const kinds[] = {&export_parcel, &evidence_parcel};

struct parcel_flight {
    struct parcel_keep keep; /* first: the command hands it back */
    struct jobs *jobs;
    const struct parcel_kind *kind;
    struct parcel *parcel; /* NULL: none is being made */
    bool is_out;
};

struct parcel_flights {
    struct parcel_flight of[ARRAY_LEN(kinds)];
};

static void end(struct parcel_flight *flight) {
    parcel_destroy(flight->parcel);
    flight->parcel = NULL;
    flight->jobs->is_stirred = true; /* there may be another */
}

static void kept(struct command *command) {
    struct parcel_flight *flight = (struct parcel_flight *)command;
    const struct parcel_keep *keep = &flight->keep;
    struct env *env = flight->jobs->app->env;
    flight->is_out = false;
    if (err_failed(command->write.err)) { /* begun anew with the next poke */
        log_event(env, LOG_WARNING, "parcel.again", "kind=%s err=%s detail=\"%s\"",
                  flight->kind->name, err_name(command->write.err.code), command->write.detail);
        end(flight);
    } else if (keep->is_last || keep->has_failed || command->outcome != OUTCOME_DONE) {
        log_event(env, LOG_INFO, "parcel.made", "kind=%s id=" STR_FMT " bytes=%lld failed=%d",
                  flight->kind->name, STR_ARG(keep->id), (long long)keep->size,
                  keep->has_failed ? 1 : 0);
        end(flight);
    } else {
        parcel_kept(flight->parcel);
        flight->jobs->is_stirred = true;
    }
}

static void send(struct parcel_flight *flight) {
    flight->is_out = true;
    flight->keep.command.done = kept;
    flight->kind->keep(flight->jobs->app, &flight->keep);
}

static void step(struct parcel_flight *flight) {
    struct env *env = flight->jobs->app->env;
    uint64_t until = env->mono_ns(env) + TURN_NS;
    while (!flight->is_out && flight->parcel != NULL && env->mono_ns(env) < until) {
        if (parcel_piece(flight->parcel, &flight->keep)) {
            send(flight);
            return;
        }
        struct err err = parcel_step(flight->parcel);
        if (err_failed(err)) {
            log_event(env, LOG_ERROR, "parcel.failed", "kind=%s err=%s detail=\"%s\"",
                      flight->kind->name, err_name(err.code), flight->parcel->cx.detail);
            parcel_fail(flight->parcel, &flight->keep);
            send(flight);
        }
    }
}

bool parcel_worker_turn(struct jobs *jobs) {
    bool has_more = false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct parcel_flight *flight = &jobs->parcels->of[i];
        step(flight);
        has_more |= flight->parcel != NULL && !flight->is_out;
    }
    return has_more;
}

bool parcel_worker_is_busy(const struct jobs *jobs) {
    bool is_busy = false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        is_busy |= jobs->parcels->of[i].parcel != NULL;
    }
    return is_busy;
}

void parcel_worker_poke(struct jobs *jobs) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct parcel_flight *flight = &jobs->parcels->of[i];
        if (flight->parcel != NULL || flight->is_out) {
            continue;
        }
        struct err err = parcel_start(flight->kind, jobs->app, &flight->parcel);
        if (err_failed(err)) {
            log_event(jobs->app->env, LOG_ERROR, "parcel.unreadable", "kind=%s err=%s",
                      flight->kind->name, err_name(err.code));
        }
    }
}

struct err parcel_worker_create(struct jobs *jobs) {
    jobs->parcels = env_alloc_zeroed(jobs->app->env, sizeof *jobs->parcels);
    if (jobs->parcels == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        jobs->parcels->of[i].jobs = jobs;
        jobs->parcels->of[i].kind = kinds[i];
    }
    return OK;
}

void parcel_worker_destroy(struct jobs *jobs) {
    if (jobs->parcels == NULL) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        parcel_destroy(jobs->parcels->of[i].parcel);
    }
    env_free(jobs->app->env, jobs->parcels);
}
