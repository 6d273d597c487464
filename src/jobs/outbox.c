/* Makes the calls that wait in the outbox, each under its row's id, and records what came of them.
 *
 * An answer that settles nothing (no connection, a 5xx, a rate limit) leaves the row as it is; the
 * same call is made again, with the same key, after a pause. */
#include "app/outbox.h"

#include "app/operation.h"
#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

struct outbox_flight {
    struct outbox_answer answer; /* first: the command hands it back */
    struct jobs *jobs;
    struct flight *flight;
};

static void recorded(struct command *command) {
    struct outbox_flight *self = (struct outbox_flight *)command;
    struct jobs *jobs = self->jobs;
    if (err_failed(command->write.err) || !self->answer.is_settled) {
        log_event(jobs->app->env, LOG_WARNING, "outbox.again", "id=" STR_FMT " attempts=%d",
                  STR_ARG(self->answer.id), self->flight->attempts + 1);
        flight_rest(&jobs->outbox, self->flight);
        return;
    }
    flight_land(self->flight);
    if (self->answer.has_ended) {
        operation_ended(jobs->app, id_str(&self->answer.operation_id));
    }
    jobs->is_stirred = true;
}

static void answered(void *context, const struct payments_answer *answer) {
    struct outbox_flight *self = context;
    struct flight *flight = self->flight;
    check(flight->state == FLIGHT_OUT);
    flight->answer = payments_answer_copy(&flight->arena, answer);
    if (arena_failed(&flight->arena)) {
        flight_rest(&self->jobs->outbox, flight);
        return;
    }
    flight->state = FLIGHT_RECORDING;
    self->answer.answer = &flight->answer;
    self->answer.command.done = recorded;
    outbox_answered(self->jobs->app, &self->answer);
}

/* The call's text must outlive this poke: the port copies what it needs, the rest is in the
 * flight's own arena. */
static void send(struct jobs *jobs, struct flight *flight, const struct outbox_row *row,
                 const struct outbox_work *work) {
    struct outbox_flight *self = &jobs->outbox_flights[flight - jobs->outbox.list];
    struct payments *payments = jobs->app->payments;
    *self = (struct outbox_flight){.jobs = jobs, .flight = flight};
    self->answer.user_id = arena_str(&flight->arena, row->user_id);
    self->answer.id = arena_str(&flight->arena, row->id);
    self->answer.is_reading_back = work->is_reading_back;
    if (arena_failed(&flight->arena)) {
        flight_rest(&jobs->outbox, flight);
        return;
    }
    flight->user_id = self->answer.user_id;
    flight->state = FLIGHT_OUT;
    payments->call(payments, &work->call, answered, self);
}

static void report(struct jobs *jobs, const struct cx *cx, struct err err) {
    log_event(jobs->app->env, LOG_ERROR, "outbox.unreadable", "err=%s detail=\"%s\"",
              err_name(err.code), cx->detail);
}

/* Sends the row's call unless it is under way already, or its customer is being read. */
static void consider(struct jobs *jobs, struct tx *tx, const struct outbox_row *row) {
    bool is_read = flights_serve(&jobs->webhooks, row->user_id) ||
                   flights_serve(&jobs->reconciling, row->user_id);
    struct flight *flight = is_read ? NULL : flight_board(&jobs->outbox, row->id);
    if (flight == NULL) {
        return;
    }
    struct outbox_work work;
    struct err err = outbox_work_of(tx, row, &work);
    if (err_failed(err)) {
        report(jobs, tx->cx, err);
        flight_rest(&jobs->outbox, flight);
        return;
    }
    send(jobs, flight, row, &work);
}

void outbox_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct row_list list = {NULL, 0};
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = outbox_waiting(&tx, FLIGHTS_MAX, &list);
    if (err_failed(err)) {
        report(jobs, &cx, err);
    }
    jobs->outbox_waiting = list.count;
    for (size_t i = 0; i < list.count; i++) {
        consider(jobs, &tx, (const struct outbox_row *)list.items + i);
    }
    arena_finish(&arena);
}

struct err outbox_worker_create(struct jobs *jobs) {
    flights_init(&jobs->outbox, jobs->app->env);
    jobs->outbox_flights = env_alloc(jobs->app->env, FLIGHTS_MAX * sizeof *jobs->outbox_flights);
    return jobs->outbox_flights == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

void outbox_worker_destroy(struct jobs *jobs) {
    flights_finish(&jobs->outbox);
    env_free(jobs->app->env, jobs->outbox_flights);
}
