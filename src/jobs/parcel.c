/* Makes the files that people asked for, one of a kind after the other: pages of rows are read in
 * turns of the loop, some two milliseconds in each, and a piece of the file is kept as a command
 * among others before the next one is made. What is left of files that are kept no longer goes in
 * the same way, a few pieces in a command. */
#include "app/parcel.h"

#include "app/evidence.h"
#include "app/export.h"
#include "app/invoice_archive.h"
#include "base/log.h"
#include "jobs/inside.h"
#include "net/guard.h"

#define TURN_NS (UINT64_C(2) * 1000 * 1000)

enum { FETCH_TIMEOUT_MS = 10 * 1000, HOPS_MAX = 3 };

static const struct parcel_kind *const kinds[] = {&export_parcel, &evidence_parcel,
                                                  &invoice_archive_parcel};

struct parcel_flight {
    struct parcel_keep keep; /* first: the command hands it back */
    struct parcel_dropping {
        struct parcel_drop drop; /* first: the same */
        struct parcel_flight *flight;
        bool is_out, is_due; /* there may be pieces of files that are kept no longer */
    } dropping;
    struct jobs *jobs;
    const struct parcel_kind *kind;
    struct parcel *parcel; /* NULL: none is being made */
    bool is_out;           /* a command, or a request */
    int hops;              /* of the request: how often it was led elsewhere */
};

struct parcel_flights {
    struct parcel_flight of[ARRAY_LEN(kinds)];
};

static void end(struct parcel_flight *flight) {
    parcel_destroy(flight->parcel);
    flight->parcel = NULL;
}

static void keep_piece(struct parcel_flight *flight);

/* Where no room is left the file fails, and what was kept of it makes room again. */
static void not_kept(struct parcel_flight *flight) {
    struct command *command = &flight->keep.command;
    log_event(flight->jobs->app->env, LOG_WARNING, "parcel.again", "kind=%s err=%s detail=\"%s\"",
              flight->kind->name, err_name(command->write.err.code), command->write.detail);
    if (command->write.err.code == ERR_DISK_FULL && !flight->keep.has_failed) {
        parcel_fail(flight->parcel, &flight->keep);
        keep_piece(flight);
    } else {
        end(flight); /* begun anew with the next poke */
    }
}

static void kept(struct command *command) {
    struct parcel_flight *flight = (struct parcel_flight *)command;
    const struct parcel_keep *keep = &flight->keep;
    flight->is_out = false;
    if (err_failed(command->write.err)) {
        not_kept(flight);
        return;
    }
    flight->jobs->is_stirred = true; /* there may be another */
    if (keep->is_last || keep->has_failed || command->outcome != OUTCOME_DONE) {
        log_event(flight->jobs->app->env, LOG_INFO, "parcel.made",
                  "kind=%s id=" STR_FMT " bytes=%lld failed=%d", flight->kind->name,
                  STR_ARG(keep->id), (long long)keep->size, keep->has_failed ? 1 : 0);
        flight->dropping.is_due = true;
        end(flight);
    } else {
        parcel_kept(flight->parcel);
    }
}

static void keep_piece(struct parcel_flight *flight) {
    flight->is_out = true;
    flight->keep.command.done = kept;
    flight->kind->keep(flight->jobs->app, &flight->keep);
}

/* --- what a step wants of the outside world --- */

static void fetch(struct parcel_flight *flight);

/* Where the answer leads, absolute; empty when it leads nowhere. */
static struct str location_of(const struct env_http_answer *answer) {
    static const struct str name = STR_INIT("location:");
    enum { MOVED_FIRST = 301, MOVED_LAST = 308, NOT_MODIFIED = 304 };
    bool leads = answer->status >= MOVED_FIRST && answer->status <= MOVED_LAST &&
                 answer->status != NOT_MODIFIED;
    for (size_t i = 0; leads && i < answer->header_count; i++) {
        struct str line = answer->headers[i];
        if (str_equal_ignoring_case(str_first(line, name.len), name)) {
            return str_trim(str_skip(line, name.len));
        }
    }
    return STR("");
}

static void fetched(void *context, const struct env_http_answer *answer) {
    struct parcel_flight *flight = context;
    struct parcel *parcel = flight->parcel;
    struct str location = err_failed(answer->err) ? STR("") : location_of(answer);
    if (location.len > 0 && flight->hops < HOPS_MAX &&
        !err_failed(parcel_want(parcel, location, parcel->fetch.max))) {
        flight->hops++;
        fetch(flight);
        return;
    }
    flight->is_out = false; /* the turn of the loop that brought the answer goes on with it */
    parcel_fetched(parcel, answer);
}

/* What is fetched is named by the payment provider. Where no real money moves that may be the
 * sandbox on this machine; else it is a host of the public internet. */
static void fetch(struct parcel_flight *flight) {
    const struct app *app = flight->jobs->app;
    struct parcel_fetch *wanted = &flight->parcel->fetch;
    const struct guard_rules rules = {.allows_private = app->is_test, .needs_https = !app->is_test};
    if (guard_objection(buf_str(&wanted->url), rules) != NULL) {
        flight->is_out = false;
        parcel_fetched(flight->parcel, &(struct env_http_answer){.err = ERR(ERR_PERMISSION)});
        return;
    }
    const struct env_http_request request = {
        .method = STR("GET"),
        .url = buf_str(&wanted->url),
        .timeout_ms = FETCH_TIMEOUT_MS,
        .is_guarded = !app->is_test,
        .answer_max = wanted->max + 1, /* one more tells that it is longer */
    };
    flight->is_out = true;
    app->env->http_send(app->env, &request, fetched, flight);
}

static void tell_if_too_large(const struct parcel_flight *flight) {
    if (flight->keep.has_failed) {
        log_event(flight->jobs->app->env, LOG_ERROR, "parcel.too_large",
                  "kind=%s id=" STR_FMT " max=%lld", flight->kind->name, STR_ARG(flight->keep.id),
                  (long long)flight->jobs->app->file_size_max);
    }
}

static void step(struct parcel_flight *flight) {
    struct env *env = flight->jobs->app->env;
    uint64_t until = env->mono_ns(env) + TURN_NS;
    while (!flight->is_out && flight->parcel != NULL && env->mono_ns(env) < until) {
        if (parcel_piece(flight->parcel, &flight->keep)) {
            tell_if_too_large(flight);
            keep_piece(flight);
            return;
        }
        if (parcel_wants(flight->parcel)) {
            flight->hops = 0;
            fetch(flight);
            continue;
        }
        struct err err = parcel_step(flight->parcel);
        if (err_failed(err)) {
            log_event(env, LOG_ERROR, "parcel.failed", "kind=%s err=%s detail=\"%s\"",
                      flight->kind->name, err_name(err.code), flight->parcel->cx.detail);
            parcel_fail(flight->parcel, &flight->keep);
            keep_piece(flight);
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
        const struct parcel_flight *flight = &jobs->parcels->of[i];
        is_busy |= flight->parcel != NULL || flight->dropping.is_out || flight->dropping.is_due;
    }
    return is_busy;
}

/* --- files that are kept no longer --- */

void parcel_worker_drop(struct jobs *jobs) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        jobs->parcels->of[i].dropping.is_due = true;
    }
}

static void dropped(struct command *command) {
    struct parcel_dropping *dropping = (struct parcel_dropping *)command;
    dropping->is_out = false;
    if (err_failed(command->write.err)) { /* once more with the next poke */
        log_event(dropping->flight->jobs->app->env, LOG_WARNING, "parcel.not_dropped",
                  "kind=%s err=%s", dropping->drop.kind->name, err_name(command->write.err.code));
        return;
    }
    dropping->is_due = dropping->drop.has_more;
    dropping->flight->jobs->is_stirred = true;
}

static void drop(struct parcel_flight *flight) {
    struct parcel_dropping *dropping = &flight->dropping;
    if (dropping->is_out || !dropping->is_due) {
        return;
    }
    dropping->is_out = true;
    dropping->flight = flight;
    dropping->drop.kind = flight->kind;
    dropping->drop.command.done = dropped;
    parcel_drop(flight->jobs->app, &dropping->drop);
}

void parcel_worker_poke(struct jobs *jobs) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct parcel_flight *flight = &jobs->parcels->of[i];
        drop(flight);
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
    parcel_worker_drop(jobs); /* what an end in the middle has left */
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
