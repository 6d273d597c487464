/* Applies the events that the provider has sent: reads the object each one speaks of, and mirrors
 * it. What needs no reading is kept and marked as ignored. */
#include "app/webhook.h"

#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

struct webhook_flight {
    struct webhook_apply apply; /* first: the command hands it back */
    struct jobs *jobs;
    struct flight *flight;
};

static void recorded(struct command *command) {
    struct webhook_flight *self = (struct webhook_flight *)command;
    struct jobs *jobs = self->jobs;
    bool is_own = command->write.is_own_failure && self->apply.own_failure.len == 0;
    if (err_failed(command->write.err) && is_own) {
        self->apply.own_failure =
            arena_printf(&self->flight->arena, "%s: %s", err_name(command->write.err.code),
                         command->write.detail);
        self->apply.rider_count = 0; /* what rides along is tried alone */
        webhook_apply(jobs->app, &self->apply);
        return;
    }
    if (err_failed(command->write.err) || !self->apply.is_settled) {
        log_event(jobs->app->env, LOG_WARNING, "webhook.again", "event=" STR_FMT,
                  STR_ARG(self->apply.event_id));
        flight_rest(&jobs->webhooks, self->flight);
        return;
    }
    flight_land(self->flight);
    jobs->is_stirred = true;
}

static void record(struct webhook_flight *self, const struct payments_answer *answer) {
    self->flight->state = FLIGHT_RECORDING;
    self->apply.answer = answer;
    self->apply.command.done = recorded;
    webhook_apply(self->jobs->app, &self->apply);
}

static void answered(void *context, const struct payments_answer *answer) {
    struct webhook_flight *self = context;
    struct flight *flight = self->flight;
    check(flight->state == FLIGHT_OUT);
    flight->answer = payments_answer_copy(&flight->arena, answer);
    if (arena_failed(&flight->arena)) {
        flight_rest(&self->jobs->webhooks, flight);
        return;
    }
    record(self, &flight->answer);
}

/* The other events that the same read settles: they were there before it began, so that it is newer
 * than what they tell. One charge makes four events of its invoice, and one read is enough. */
static void take_riders(struct webhook_flight *self, const struct row_list *waiting, size_t at,
                        const struct payments_call *call) {
    const struct webhook_row *rows = waiting->items;
    struct flight *flight = self->flight;
    struct webhook_apply *apply = &self->apply;
    for (size_t i = at + 1; i < waiting->count && apply->rider_count < WEBHOOK_RIDERS_MAX; i++) {
        struct payments_call other;
        bool is_same = str_equal(rows[i].object_id, rows[at].object_id) &&
                       webhook_call_for(&flight->arena, &rows[i], &other) &&
                       other.kind == call->kind && str_equal(other.object_id, call->object_id);
        if (is_same && !flight_is_known(&self->jobs->webhooks, rows[i].stripe_event_id)) {
            apply->riders[apply->rider_count++] =
                arena_str(&flight->arena, rows[i].stripe_event_id);
        }
    }
}

/* `call` NULL: nothing is to be read. */
static void start(struct jobs *jobs, struct flight *flight, const struct row_list *waiting,
                  size_t at, const struct payments_call *call) {
    const struct webhook_row *row = (const struct webhook_row *)waiting->items + at;
    struct webhook_flight *self = &jobs->webhook_flights[flight - jobs->webhooks.list];
    struct payments *payments = jobs->app->payments;
    *self = (struct webhook_flight){.jobs = jobs, .flight = flight};
    self->apply.event_id = arena_str(&flight->arena, row->stripe_event_id);
    self->apply.attempts = row->attempts;
    if (call != NULL) {
        take_riders(self, waiting, at, call);
    }
    if (arena_failed(&flight->arena)) {
        flight_rest(&jobs->webhooks, flight);
        return;
    }
    flight->state = FLIGHT_OUT;
    if (call != NULL) {
        payments->call(payments, call, answered, self);
    } else {
        record(self, NULL);
    }
}

static struct err read_event(struct tx *tx, struct str event_id, struct webhook_row *ret_row) {
    bool is_found = false;
    TRY(webhook_read(tx, event_id, ret_row, &is_found));
    return is_found ? OK : ERR(ERR_NOT_FOUND);
}

/* Starts the event unless a call for its customer is under way; then it waits for that to end. */
static void consider(struct jobs *jobs, struct tx *tx, const struct row_list *waiting, size_t at) {
    const struct webhook_row *rows = waiting->items;
    struct webhook_row row;
    struct payments_call call;
    struct str user_id = STR("");
    struct flight *flight = flight_board(&jobs->webhooks, rows[at].stripe_event_id);
    if (flight == NULL || err_failed(read_event(tx, rows[at].stripe_event_id, &row))) {
        return;
    }
    bool reads = webhook_call_for(tx->cx->arena, &row, &call);
    struct err err = reads ? webhook_owner(tx, &row, &user_id) : OK;
    if (err_failed(err) || flights_serve(&jobs->outbox, user_id) ||
        flights_serve(&jobs->reconciling, user_id)) {
        return;
    }
    flight->user_id = arena_str(&flight->arena, user_id);
    start(jobs, flight, waiting, at, reads ? &call : NULL);
}

/* Two events of one object go one after the other, so that the later read is mirrored later. One
 * that arrived in the same instant may stand before one that is under way. */
static bool is_object_busy(const struct jobs *jobs, const struct row_list *waiting, size_t at) {
    const struct webhook_row *rows = waiting->items;
    for (size_t i = 0; i < waiting->count; i++) {
        bool is_other = i != at && str_equal(rows[i].object_id, rows[at].object_id);
        if (is_other && (i < at || flight_is_known(&jobs->webhooks, rows[i].stripe_event_id))) {
            return true;
        }
    }
    return false;
}

void webhook_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct row_list list = {NULL, 0};
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = webhooks_waiting(&tx, FLIGHTS_MAX, &list);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "webhook.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
    }
    jobs->webhooks_waiting = list.count;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_object_busy(jobs, &list, i)) {
            consider(jobs, &tx, &list, i);
        }
    }
    arena_finish(&arena);
}

struct err webhook_worker_create(struct jobs *jobs) {
    flights_init(&jobs->webhooks, jobs->app->env);
    jobs->webhook_flights = env_alloc(jobs->app->env, FLIGHTS_MAX * sizeof *jobs->webhook_flights);
    return jobs->webhook_flights == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

void webhook_worker_destroy(struct jobs *jobs) {
    flights_finish(&jobs->webhooks);
    env_free(jobs->app->env, jobs->webhook_flights);
}
