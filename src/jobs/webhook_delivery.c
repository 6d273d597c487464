/* Sends what endpoints are to be told: read from its row, signed, sent, and what came of it written
 * by a command. A delivery that was out when the program ended waits still by its row, and goes
 * again under the same message id.
 *
 * Each endpoint has its own places, so that one that is slow keeps nobody else waiting. The URL is
 * judged once more before each attempt, and so is the address that it leads to (net/guard.h). */
#include "app/webhook_delivery.h"

#include "app/webhook_endpoint.h"
#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"
#include "net/guard.h"

enum { OUT_AT_ONCE = 2 }; /* of one endpoint */
static_assert(WEBHOOK_ENDPOINTS_MAX * OUT_AT_ONCE <= FLIGHTS_MAX, "every endpoint has its places");

#define NS_PER_MS 1000000

struct delivery_flight {
    struct webhook_settle settle; /* first: the command hands it back */
    struct jobs *jobs;
    struct flight *flight;
    uint64_t begun_ns; /* monotonic */
};

static void settled(struct command *command) {
    struct delivery_flight *self = (struct delivery_flight *)command;
    struct jobs *jobs = self->jobs;
    if (err_failed(command->write.err)) {
        flight_rest(&jobs->deliveries, self->flight);
        return;
    }
    if (self->settle.error.len > 0 || self->settle.status != WEBHOOK_DELIVERY_DELIVERED) {
        log_event(jobs->app->env, LOG_WARNING, "webhook.not_delivered",
                  "delivery=%s response=%d status=%s", self->flight->name,
                  self->settle.response_status,
                  webhook_delivery_status_name((enum webhook_delivery_status)self->settle.status));
    }
    flight_land(self->flight);
    jobs->is_stirred = true;
}

static void settle(struct delivery_flight *self) {
    struct env *env = self->jobs->app->env;
    self->flight->state = FLIGHT_RECORDING;
    self->settle.duration_ms = (int64_t)((env->mono_ns(env) - self->begun_ns) / NS_PER_MS);
    env->random(env, &self->settle.chance, sizeof self->settle.chance);
    self->settle.command.done = settled;
    webhook_settle(self->jobs->app, &self->settle);
}

/* --- what came back --- */

static struct str words_for(struct err err) {
    switch (err.code) {
    case ERR_TIMEOUT:
        return STR("There was no answer within 15 seconds.");
    case ERR_PERMISSION:
        return STR("The host has no address of the public internet.");
    case ERR_TOO_LARGE:
        return STR("The answer's headers are too large.");
    case ERR_NONE:
    case ERR_NO_MEMORY:
    case ERR_IO:
    case ERR_DISK_FULL:
    case ERR_CORRUPT:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_BUSY:
    case ERR_NETWORK:
    case ERR_FORMAT:
    case ERR_VERSION:
        break;
    }
    return STR("The host could not be reached, or hung up.");
}

static int64_t retry_after_of(const struct env_http_answer *answer, struct instant now) {
    static const struct str name = STR_INIT("retry-after:");
    enum { TOO_MANY_REQUESTS = 429, UNAVAILABLE = 503 };
    bool may_ask = answer->status == TOO_MANY_REQUESTS || answer->status == UNAVAILABLE;
    for (size_t i = 0; may_ask && i < answer->header_count; i++) {
        struct str line = answer->headers[i];
        if (str_equal_ignoring_case(str_first(line, name.len), name)) {
            return webhook_retry_after_ms(str_trim(str_skip(line, name.len)), now);
        }
    }
    return 0;
}

static void answered(void *context, const struct env_http_answer *answer) {
    struct delivery_flight *self = context;
    check(self->flight->state == FLIGHT_OUT);
    self->settle.response_status = err_failed(answer->err) ? 0 : answer->status;
    if (err_failed(answer->err)) {
        self->settle.error = words_for(answer->err);
    } else {
        self->settle.response = arena_str(&self->flight->arena, answer->body);
        self->settle.retry_after_ms = retry_after_of(answer, app_now(self->jobs->app));
    }
    settle(self);
}

/* --- out --- */

static void post(struct delivery_flight *self, const struct webhook_parcel *parcel) {
    struct app *app = self->jobs->app;
    const struct guard_rules rules = {
        .allows_private = app->allows_private_hosts,
        .needs_https = !app->is_test,
    };
    const char *objection = guard_objection(parcel->url, rules);
    if (parcel->body.len == 0) {
        self->settle.error = STR("What was to be sent has been erased.");
        settle(self);
        return;
    }
    if (objection != NULL) {
        self->settle.error = arena_printf(&self->flight->arena,
                                          "The URL may not be called: expected %s.", objection);
        settle(self);
        return;
    }
    const struct env_http_request request = {
        .method = STR("POST"),
        .url = parcel->url,
        .headers = parcel->headers,
        .header_count = parcel->header_count,
        .body = parcel->body,
        .timeout_ms = WEBHOOK_TIMEOUT_MS,
        .is_guarded = !app->allows_private_hosts,
        .answer_max = WEBHOOK_RESPONSE_MAX,
    };
    app->env->http_send(app->env, &request, answered, self);
}

static struct delivery_flight *of(struct jobs *jobs, const struct flight *flight) {
    return &jobs->delivery_flights[flight - jobs->deliveries.list];
}

/* The parcel must outlive this poke: it lies in the flight's own arena. */
static void start(struct jobs *jobs, struct flight *flight,
                  const struct webhook_endpoint_row *endpoint) {
    struct delivery_flight *self = of(jobs, flight);
    struct env *env = jobs->app->env;
    struct webhook_parcel parcel;
    struct cx cx;
    bool is_found = false;
    cx_init(&cx, env, &flight->arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct str id = str_from_cstr(flight->name);
    struct err err = webhook_parcel_read(&tx, endpoint, id, &parcel, &is_found);
    if (err_failed(err) || !is_found) {
        log_event(env, LOG_ERROR, "webhook.unreadable", "delivery=%s err=%s", flight->name,
                  err_name(err.code));
        flight_rest(&jobs->deliveries, flight);
        return;
    }
    *self = (struct delivery_flight){
        .settle = {.delivery_id = id, .started_at = cx_now_ms(&cx)},
        .jobs = jobs,
        .flight = flight,
        .begun_ns = env->mono_ns(env),
    };
    flight->state = FLIGHT_OUT;
    post(self, &parcel);
}

/* What is out is among what is due, and the longest due comes first. */
static struct err poke_endpoint(struct jobs *jobs, struct tx *tx,
                                const struct webhook_endpoint_row *endpoint) {
    struct row_list list;
    TRY(webhook_deliveries_waiting(tx, id_str(&endpoint->id), OUT_AT_ONCE, &list));
    const struct webhook_delivery_row *rows = list.items;
    jobs->deliveries_waiting += list.count;
    for (size_t i = 0; i < list.count; i++) {
        struct flight *flight = flight_board(&jobs->deliveries, id_str(&rows[i].id));
        if (flight != NULL) {
            start(jobs, flight, endpoint);
        }
    }
    return OK;
}

static struct err poke_all(struct jobs *jobs, struct tx *tx) {
    struct row_list list;
    TRY(webhook_endpoints_read(tx, &list));
    const struct webhook_endpoint_row *endpoints = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (endpoints[i].status == WEBHOOK_ENDPOINT_ENABLED) {
            TRY(poke_endpoint(jobs, tx, &endpoints[i]));
        }
    }
    return OK;
}

void delivery_worker_poke(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    jobs->deliveries_waiting = 0;
    struct err err = poke_all(jobs, &tx);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "webhook.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
    }
    arena_finish(&arena);
}

int64_t delivery_worker_next_due_ms(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct instant at = INSTANT_MAX;
    arena_init(&arena, jobs->app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = webhook_deliveries_next_due(&tx, &at);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "webhook.unreadable", "err=%s", err_name(err.code));
    }
    arena_finish(&arena);
    return at.ms;
}

struct err delivery_worker_create(struct jobs *jobs) {
    flights_init(&jobs->deliveries, jobs->app->env);
    jobs->delivery_flights =
        env_alloc(jobs->app->env, FLIGHTS_MAX * sizeof *jobs->delivery_flights);
    return jobs->delivery_flights == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

void delivery_worker_destroy(struct jobs *jobs) {
    flights_finish(&jobs->deliveries);
    env_free(jobs->app->env, jobs->delivery_flights);
}
