/* Sends the mails that are due, a few at a time: each is taken in hand by a command, which looks
 * once more whether it is still to be sent, given to the mail server, and settled by another. A
 * mail that was in hand when the program ended is found by its row, and goes again. */
#include "app/mail_send.h"

#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

enum { MAILS_AT_ONCE = 4 };

struct mail_flight {
    union {
        struct command command; /* the first member of both: handed back by them */
        struct mail_lease lease;
        struct mail_settle settle;
    };
    struct jobs *jobs;
    struct flight *flight;
};

static struct mail_flight *of(struct jobs *jobs, const struct flight *flight) {
    return &jobs->mail_flights[flight - jobs->mails.list];
}

static void land(struct mail_flight *self) {
    flight_land(self->flight);
    self->jobs->is_stirred = true;
}

static void settled(struct command *command) {
    struct mail_flight *self = (struct mail_flight *)command;
    struct env *env = self->jobs->app->env;
    if (err_failed(command->write.err)) {
        flight_rest(&self->jobs->mails, self->flight);
        return;
    }
    if (self->settle.result != MAIL_RESULT_TAKEN) {
        log_event(env, LOG_WARNING, "mail.not_sent", "mail=%s status=%s", self->flight->name,
                  mail_status_name((enum mail_status)self->settle.status));
    }
    land(self);
}

static void answered(void *context, enum mail_result result, struct str words) {
    struct mail_flight *self = context;
    struct flight *flight = self->flight;
    check(flight->state == FLIGHT_OUT);
    flight->state = FLIGHT_RECORDING;
    self->settle = (struct mail_settle){
        .id = str_from_cstr(flight->name),
        .result = result,
        .words = arena_str(&flight->arena, words),
    };
    self->command.done = settled;
    mail_settle(self->jobs->app, &self->settle);
}

/* Read after the lease was committed, so that it is what the lease has looked at. */
static void send(struct mail_flight *self) {
    struct jobs *jobs = self->jobs;
    struct flight *flight = self->flight;
    struct mailer *mailer = jobs->app->mailer;
    struct mail_parcel parcel;
    struct cx cx;
    bool is_found = false;
    cx_init(&cx, jobs->app->env, &flight->arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err =
        mail_parcel_read(jobs->app, &tx, str_from_cstr(flight->name), &parcel, &is_found);
    if (err_failed(err) || !is_found) {
        log_event(jobs->app->env, LOG_ERROR, "mail.unreadable", "mail=%s err=%s", flight->name,
                  err_name(err.code));
        flight_rest(&jobs->mails, flight);
        return;
    }
    mailer->send(mailer, &parcel.row, parcel.unsubscribe_path, answered, self);
}

static void leased(struct command *command) {
    struct mail_flight *self = (struct mail_flight *)command;
    if (err_failed(command->write.err) || self->jobs->is_stopping) {
        flight_rest(&self->jobs->mails, self->flight); /* what is in hand goes again */
    } else if (self->lease.is_leased) {
        send(self);
    } else {
        land(self);
    }
}

static void start(struct jobs *jobs, struct flight *flight) {
    struct mail_flight *self = of(jobs, flight);
    *self = (struct mail_flight){.jobs = jobs, .flight = flight};
    self->lease = (struct mail_lease){.id = str_from_cstr(flight->name)};
    self->command.done = leased;
    flight->state = FLIGHT_OUT;
    mail_lease(jobs->app, &self->lease);
}

void mail_worker_poke(struct jobs *jobs) {
    if (jobs->app->mailer == NULL || !jobs->app->mailer->sends) {
        return;
    }
    struct arena arena;
    struct cx cx;
    struct row_list list = {NULL, 0};
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = mails_waiting(&tx, MAILS_AT_ONCE, &list);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "mail.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
    }
    jobs->mails_waiting = list.count;
    const struct mail_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct flight *flight = flight_board(&jobs->mails, id_str(&rows[i].id));
        if (flight != NULL) {
            start(jobs, flight);
        }
    }
    arena_finish(&arena);
}

int64_t mail_worker_next_due_ms(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct instant at = INSTANT_MAX;
    if (jobs->app->mailer == NULL || !jobs->app->mailer->sends) {
        return at.ms;
    }
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = mails_next_due(&tx, &at);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "mail.unreadable", "err=%s", err_name(err.code));
    }
    arena_finish(&arena);
    return at.ms;
}

struct err mail_worker_create(struct jobs *jobs) {
    flights_init(&jobs->mails, jobs->app->env);
    jobs->mail_flights = env_alloc(jobs->app->env, FLIGHTS_MAX * sizeof *jobs->mail_flights);
    return jobs->mail_flights == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

void mail_worker_destroy(struct jobs *jobs) {
    flights_finish(&jobs->mails);
    env_free(jobs->app->env, jobs->mail_flights);
}
