/* The network of the simulated world; env_sim.h says what it models.
 *
 * A request is an exchange and up to two messages (request, perhaps its duplicate), an answer is
 * one more; the time-out is a message that is never lost. What holds: an exchange that is still
 * open has its time-out or its failure on the way, so every `done` is called exactly once; and no
 * message outlives its exchange. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/env_sim_inside.h"

enum { DEFAULT_TIMEOUT_MS = 30 * 1000, NS_PER_MS = 1000000 };

struct sim_route {
    struct sim_route *next;
    char *prefix;
    env_sim_handler *handler;
    void *context;
};

struct sim_exchange {
    struct sim_exchange *next;
    uint64_t id;
    struct env_http_request request; /* our copies */
    env_http_done *done;             /* NULL once called, or when nobody waits any more */
    void *context;
    unsigned messages; /* on the way */
};

enum message_kind { MESSAGE_REQUEST, MESSAGE_ANSWER, MESSAGE_FAILURE };

struct sim_message {
    struct sim_message *next;
    struct sim_exchange *exchange;
    enum message_kind kind;
    uint64_t due_ns, tie;          /* tie: drawn, orders what is due at one instant */
    struct env_http_answer answer; /* our copies; of a failure only `err` */
};

/* --- copies --- */

static struct str copy_str(struct str s) {
    return (struct str){sim_copy(s), s.len};
}

static void free_str(struct str s) {
    free((void *)(uintptr_t)s.bytes);
}

static struct str *copy_headers(const struct str *headers, size_t count) {
    struct str *copies = sim_take((count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        copies[i] = copy_str(headers[i]);
    }
    return copies;
}

static void free_headers(const struct str *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free_str(headers[i]);
    }
    free((void *)(uintptr_t)headers);
}

/* --- exchanges and messages --- */

static void exchange_free(struct sim_exchange *exchange) {
    free_str(exchange->request.method);
    free_str(exchange->request.url);
    free_headers(exchange->request.headers, exchange->request.header_count);
    free_str(exchange->request.body);
    free(exchange);
}

static void message_free(struct sim_message *message) {
    free_headers(message->answer.headers, message->answer.header_count);
    free_str(message->answer.body);
    free(message);
}

static struct sim_message *message_add(struct env_sim *sim, struct sim_exchange *exchange,
                                       enum message_kind kind, int64_t delay_ms) {
    struct sim_message *message = sim_take(sizeof *message);
    message->exchange = exchange;
    message->kind = kind;
    message->due_ns = sim->mono_ns + (uint64_t)delay_ms * NS_PER_MS;
    message->tie = prng_next(&sim->net.prng);
    message->next = sim->net.messages;
    sim->net.messages = message;
    exchange->messages++;
    return message;
}

static void failure_add(struct env_sim *sim, struct sim_exchange *exchange, struct err err,
                        int64_t delay_ms) {
    message_add(sim, exchange, MESSAGE_FAILURE, delay_ms)->answer.err = err;
}

static int64_t draw_delay(struct sim_net *net) {
    uint64_t span = (uint64_t)(net->options.delay_max_ms - net->options.delay_min_ms) + 1;
    return net->options.delay_min_ms + (int64_t)prng_below(&net->prng, span);
}

static const struct sim_route *route_find(const struct sim_net *net, struct str url) {
    const struct sim_route *best = NULL;
    for (const struct sim_route *route = net->routes; route != NULL; route = route->next) {
        if (str_starts_with(url, str_from_cstr(route->prefix)) &&
            (best == NULL || strlen(route->prefix) > strlen(best->prefix))) {
            best = route;
        }
    }
    return best;
}

static void sim_http_send(struct env *env, const struct env_http_request *request,
                          env_http_done *done, void *context) {
    struct env_sim *sim = sim_of(env);
    struct sim_net *net = &sim->net;
    struct sim_exchange *exchange = sim_take(sizeof *exchange);
    exchange->id = ++net->last_exchange;
    exchange->request = *request;
    exchange->request.method = copy_str(request->method);
    exchange->request.url = copy_str(request->url);
    exchange->request.headers = copy_headers(request->headers, request->header_count);
    exchange->request.body = copy_str(request->body);
    exchange->done = done;
    exchange->context = context;
    exchange->next = net->exchanges;
    net->exchanges = exchange;
    if (env_sim_is_dead(sim) || route_find(net, request->url) == NULL) {
        failure_add(sim, exchange, ERR(ERR_NETWORK), draw_delay(net));
        return;
    }
    int64_t timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    failure_add(sim, exchange, ERR(ERR_TIMEOUT), timeout_ms);
    int copies = 1 + prng_chance(&net->prng, net->options.duplicates);
    for (int i = 0; i < copies; i++) {
        if (!prng_chance(&net->prng, net->options.lost_requests)) {
            message_add(sim, exchange, MESSAGE_REQUEST, draw_delay(net));
        }
    }
}

void env_sim_reply(struct env_sim *sim, uint64_t id, const struct env_http_answer *answer) {
    struct sim_net *net = &sim->net;
    struct sim_exchange *exchange = net->exchanges;
    while (exchange != NULL && exchange->id != id) {
        exchange = exchange->next;
    }
    bool is_lost = prng_chance(&net->prng, net->options.lost_answers);
    if (exchange == NULL || exchange->done == NULL || is_lost) {
        return; /* nobody waits any more */
    }
    struct sim_message *message = message_add(sim, exchange, MESSAGE_ANSWER, draw_delay(net));
    message->answer = *answer;
    message->answer.headers = copy_headers(answer->headers, answer->header_count);
    message->answer.body = copy_str(answer->body);
}

/* --- delivery --- */

static bool is_sooner(const struct sim_message *a, const struct sim_message *b) {
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->tie < b->tie);
}

/* The link that holds the next message; to a NULL when there is none. */
static struct sim_message **soonest(struct sim_message **messages) {
    struct sim_message **best = messages;
    for (struct sim_message **at = messages; *at != NULL; at = &(*at)->next) {
        if (is_sooner(*at, *best)) {
            best = at;
        }
    }
    return best;
}

/* Takes away an exchange that is over; one that waits for its answer still has its time-out. */
static void exchange_settle(struct sim_net *net, struct sim_exchange *exchange) {
    if (exchange->messages > 0) {
        return;
    }
    check(exchange->done == NULL);
    struct sim_exchange **at = &net->exchanges;
    while (*at != exchange) {
        at = &(*at)->next;
    }
    *at = exchange->next;
    exchange_free(exchange);
}

static void finish(struct sim_exchange *exchange, const struct env_http_answer *answer) {
    env_http_done *done = exchange->done;
    exchange->done = NULL;
    if (done != NULL) {
        done(exchange->context, answer);
    }
}

static void deliver(struct env_sim *sim, struct sim_message *message) {
    struct sim_exchange *exchange = message->exchange;
    const struct sim_route *route = NULL;
    struct env_http_answer dead = {.err = ERR(ERR_NETWORK)};
    switch (message->kind) {
    case MESSAGE_REQUEST:
        route = route_find(&sim->net, exchange->request.url);
        route->handler(route->context, exchange->id, &exchange->request);
        break;
    case MESSAGE_ANSWER:
        finish(exchange, env_sim_is_dead(sim) ? &dead : &message->answer);
        break;
    case MESSAGE_FAILURE:
        finish(exchange, &message->answer);
        break;
    }
}

bool env_sim_net_step(struct env_sim *sim) {
    struct sim_message **at = soonest(&sim->net.messages);
    struct sim_message *message = *at;
    if (message == NULL || message->due_ns > sim->mono_ns) {
        return false;
    }
    *at = message->next;
    deliver(sim, message); /* may send and reply: the exchange still counts this message */
    message->exchange->messages--;
    exchange_settle(&sim->net, message->exchange);
    message_free(message);
    return true;
}

int64_t env_sim_net_due_ms(const struct env_sim *sim) {
    struct sim_message *messages = sim->net.messages;
    const struct sim_message *message = *soonest(&messages);
    if (message == NULL) {
        return -1;
    }
    uint64_t now_ns = sim->mono_ns;
    return message->due_ns <= now_ns ? 0 : (int64_t)((message->due_ns - now_ns) / NS_PER_MS);
}

void env_sim_set_net(struct env_sim *sim, struct env_sim_net net) {
    check(net.delay_min_ms >= 0 && net.delay_min_ms <= net.delay_max_ms);
    sim->net.options = net;
}

void env_sim_serve(struct env_sim *sim, const char *prefix, env_sim_handler *handler,
                   void *context) {
    struct sim_route *route = sim_take(sizeof *route);
    *route = (struct sim_route){sim->net.routes, sim_copy(str_from_cstr(prefix)), handler, context};
    sim->net.routes = route;
}

void sim_net_orphan(struct env_sim *sim) {
    for (struct sim_exchange *at = sim->net.exchanges; at != NULL; at = at->next) {
        at->done = NULL;
    }
}

void sim_net_init(struct env_sim *sim, uint64_t seed) {
    sim->net.prng = prng_split(seed, 3);
    sim->env.http_send = sim_http_send;
    sim->env.http = sim;
}

void sim_net_finish(struct env_sim *sim) {
    for (struct sim_message *at = sim->net.messages, *next; at != NULL; at = next) {
        next = at->next;
        message_free(at);
    }
    for (struct sim_exchange *at = sim->net.exchanges, *next; at != NULL; at = next) {
        next = at->next;
        exchange_free(at);
    }
    for (struct sim_route *at = sim->net.routes, *next; at != NULL; at = next) {
        next = at->next;
        free(at->prefix);
        free(at);
    }
}
