/* Opening, closing, customers, and the functions that look; turnpike.h says what they promise. */
#include "edge/library.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "core/metric.h"

#ifndef TURNPIKE_VERSION
#define TURNPIKE_VERSION "0"
#endif

static_assert((int)TURNPIKE_METRICS == (int)METRIC_COUNT &&
                  (int)TURNPIKE_STORAGE == (int)METRIC_STORAGE &&
                  (int)TURNPIKE_API_REQUESTS == (int)METRIC_API_REQUESTS,
              "the metrics have the same numbers here and there");

/* --- options --- */

/* What the server takes for a user id or the name of a node. */
static bool is_token(const char *text, size_t most) {
    size_t len = text == NULL ? 0 : strnlen(text, most + 1);
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return false;
        }
    }
    return len > 0 && len <= most;
}

static bool is_url(const char *url) {
    return url != NULL && (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0 ||
                           (strncmp(url, "unix:/", 6) == 0 && url[6] != 0));
}

static const char *wrong_option(const struct turnpike_options *options) {
    if (!is_url(options->url) || strlen(options->url) > 512) {
        return "url: \"http://\", \"https://\" or \"unix:/\" and a path were expected";
    }
    if (!is_token(options->node, EDGE_NAME_MAX)) {
        return "node: 1 to 64 printable characters without blanks were expected";
    }
    if (options->key != NULL && !is_token(options->key, 256)) {
        return "key: printable characters without blanks were expected, or NULL";
    }
    if (options->customers_max == 0 || options->customers_max > UINT32_MAX / 8) {
        return "customers_max: a positive number below 2^29 was expected";
    }
    if (options->timeout_ms <= 0 || options->timeout_ms > 60000) {
        return "timeout_ms: 1 to 60000 was expected";
    }
    for (size_t i = 0; i < TURNPIKE_METRICS; i++) {
        if ((unsigned)options->policy[i] > TURNPIKE_POLICY_OPEN_UNBOUNDED) {
            return "policy: a value of enum turnpike_policy was expected";
        }
    }
    return NULL;
}

static char *put_text(char **at, const char *text) {
    if (text == NULL) {
        return NULL;
    }
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

static size_t size_of(const char *text) {
    return text == NULL ? 0 : strlen(text) + 1;
}

static struct err take_options(struct turnpike *gate, const struct turnpike_options *options) {
    gate->options = *options;
    memcpy(gate->name, options->node, strlen(options->node) + 1);
    gate->texts = env_alloc(&gate->env, size_of(options->url) + size_of(options->key) +
                                            size_of(options->ca_file) + 1);
    if (gate->texts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    char *at = gate->texts;
    char *url = put_text(&at, options->url);
    bool is_unix = strncmp(url, "unix:", 5) == 0;
    size_t len = strlen(url);
    if (!is_unix && url[len - 1] == '/') {
        url[len - 1] = 0;
    }
    gate->server = (struct edge_server){.env = &gate->env,
                                        .url = is_unix ? "http://localhost" : url,
                                        .unix_socket = is_unix ? url + 5 : NULL,
                                        .key = put_text(&at, options->key),
                                        .ca_file = put_text(&at, options->ca_file),
                                        .agent = "libturnpike/" TURNPIKE_VERSION};
    return OK;
}

/* --- opening --- */

static void *run(void *context) {
    struct turnpike *gate = context;
    while (!atomic_load(&gate->is_stopping)) {
        edge_step(gate);
        edge_transport_wait(gate->transport, edge_wait_ms(gate));
    }
    return NULL;
}

/* No signal of the host's is handled on our thread. */
static bool start_thread(struct turnpike *gate) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    gate->has_thread = pthread_create(&gate->thread, NULL, run, gate) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return gate->has_thread;
}

static void init_locks(struct turnpike *gate) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&gate->told, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&gate->lock, NULL);
}

static struct err make_parts_of(struct turnpike *gate, const struct turnpike_options *options) {
    TRY(take_options(gate, options));
    struct edge_node_options node = {.env = &gate->env,
                                     .memory = &gate->memory,
                                     .gate = gate,
                                     .customers_max = options->customers_max,
                                     .unknown_budget = options->unknown_budget};
    memcpy(node.policy, options->policy, sizeof node.policy);
    TRY(edge_node_create(&node, &gate->node));
    TRY(edge_transport_create(&gate->server, &gate->transport));
    TRY(edge_journal_open(&gate->journal, &gate->env, options->journal, gate->node));
    TRY(edge_begin_epoch(gate, true));
    return options->is_host_loop || start_thread(gate) ? OK : ERR(ERR_NO_MEMORY);
}

static void destroy(struct turnpike *gate) {
    edge_transport_destroy(gate->transport);
    if (gate->journal.env != NULL) {
        edge_journal_close(&gate->journal);
    }
    edge_node_destroy(gate->node);
    buf_finish(&gate->body);
    pthread_cond_destroy(&gate->told);
    pthread_mutex_destroy(&gate->lock);
    struct env env = gate->env;
    env_free(&env, gate->texts);
    env_free(&env, gate);
}

static enum turnpike_status status_of(struct err err) {
    if (!err_failed(err)) {
        return TURNPIKE_OK;
    }
    return err.code == ERR_NO_MEMORY || err.code == ERR_TOO_LARGE ? TURNPIKE_NO_MEMORY
                                                                  : TURNPIKE_IO;
}

enum turnpike_status turnpike_open(const struct turnpike_options *options,
                                   struct turnpike **ret_gate) {
    struct env env;
    env_posix_init(&env);
    struct turnpike *gate = env_alloc(&env, sizeof *gate);
    if (gate == NULL) {
        return TURNPIKE_NO_MEMORY;
    }
    memset(gate, 0, sizeof *gate);
    gate->env = env;
    gate->pid = getpid();
    gate->options = *options;
    init_locks(gate);
    buf_init(&gate->body, &gate->env, EDGE_REPLY_MAX);
    edge_memory_init(&gate->memory);
    const char *wrong = wrong_option(options);
    if (wrong != NULL) {
        edge_log(gate, "bad_option %s", wrong);
        destroy(gate);
        return TURNPIKE_BAD_OPTION;
    }
    struct err err = make_parts_of(gate, options);
    if (err_failed(err)) {
        edge_log(gate, "open_failed error=%s journal=%s", err_name(err.code),
                 options->journal == NULL ? "" : options->journal);
        destroy(gate);
        return status_of(err);
    }
    *ret_gate = gate;
    return TURNPIKE_OK;
}

/* --- closing --- */

static void stop_thread(struct turnpike *gate) {
    if (gate->has_thread) {
        atomic_store(&gate->is_stopping, true);
        edge_transport_wake(gate->transport);
        pthread_join(gate->thread, NULL);
        gate->has_thread = false;
    }
}

static void step_and_wait(struct turnpike *gate, uint64_t until_ms) {
    edge_step(gate);
    uint64_t now = edge_now_ms(gate);
    uint64_t wait = (uint64_t)edge_wait_ms(gate);
    wait = now < until_ms && wait < until_ms - now ? wait : now < until_ms ? until_ms - now : 0;
    edge_transport_wait(gate->transport, (int)wait);
}

enum turnpike_status turnpike_close(struct turnpike *gate, int timeout_ms) {
    if (gate == NULL) {
        return TURNPIKE_OK;
    }
    if (edge_is_child(gate)) {
        return TURNPIKE_FORKED_CALL;
    }
    stop_thread(gate);
    uint64_t until = edge_now_ms(gate) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    edge_node_close(gate->node, edge_now_ms(gate));
    gate->tick_at_ms = 0;
    do {
        step_and_wait(gate, until);
    } while (!edge_node_is_settled(gate->node) && edge_now_ms(gate) < until);
    gate->tick_at_ms = 0;
    edge_step(gate); /* the journal */
    bool is_settled = edge_node_is_settled(gate->node);
    destroy(gate);
    return is_settled ? TURNPIKE_OK : TURNPIKE_TIMEOUT;
}

/* --- customers --- */

enum turnpike_status turnpike_customer(struct turnpike *gate, const char *user_id,
                                       struct turnpike_customer **ret_customer) {
    if (edge_is_child(gate)) {
        return TURNPIKE_FORKED_CALL;
    }
    if (!is_token(user_id, EDGE_USER_ID_MAX)) {
        return TURNPIKE_BAD_OPTION;
    }
    pthread_mutex_lock(&gate->lock);
    struct err err = edge_node_customer(gate->node, str_from_cstr(user_id), ret_customer);
    pthread_mutex_unlock(&gate->lock);
    return status_of(err);
}

/* --- waiting for the server --- */

static bool is_told(struct turnpike *gate, bool *ret_refused) {
    return edge_node_is_flushed(gate->node, ret_refused);
}

static void wait_until(struct turnpike *gate, uint64_t until_ms) {
    struct timespec at = {.tv_sec = (time_t)(until_ms / 1000),
                          .tv_nsec = (long)(until_ms % 1000) * 1000000};
    (void)pthread_cond_timedwait(&gate->told, &gate->lock, &at);
}

enum turnpike_status turnpike_flush(struct turnpike *gate, int timeout_ms) {
    if (edge_is_child(gate)) {
        return TURNPIKE_FORKED_CALL;
    }
    bool was_refused = false;
    uint64_t until = edge_now_ms(gate) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    pthread_mutex_lock(&gate->lock);
    edge_node_flush(gate->node, edge_now_ms(gate));
    edge_transport_wake(gate->transport);
    while (!is_told(gate, &was_refused) && edge_now_ms(gate) < until) {
        if (gate->options.is_host_loop) {
            pthread_mutex_unlock(&gate->lock);
            step_and_wait(gate, until);
            pthread_mutex_lock(&gate->lock);
        } else {
            wait_until(gate, until);
        }
    }
    bool is_done = is_told(gate, &was_refused);
    pthread_mutex_unlock(&gate->lock);
    return !is_done ? TURNPIKE_TIMEOUT : was_refused ? TURNPIKE_REFUSED : TURNPIKE_OK;
}

void turnpike_poll(struct turnpike *gate) {
    if (gate->options.is_host_loop && !edge_is_child(gate)) {
        edge_step(gate);
    }
}

int turnpike_next_ms(struct turnpike *gate) {
    enum { WHILE_BUSY_MS = 5 };
    int wait = edge_wait_ms(gate);
    return edge_transport_is_busy(gate->transport) && wait > WHILE_BUSY_MS ? WHILE_BUSY_MS : wait;
}

void turnpike_stats(struct turnpike *gate, struct turnpike_stats *ret_stats) {
    pthread_mutex_lock(&gate->lock);
    edge_node_stats(gate->node, edge_now_ms(gate), ret_stats);
    pthread_mutex_unlock(&gate->lock);
    ret_stats->asked = atomic_load(&gate->asked);
}

/* --- names --- */

static const char *const reason_names[] = {
    [TURNPIKE_FORKED] = "forked",
    [TURNPIKE_WITHIN_LEASE] = "within_lease",
    [TURNPIKE_OPEN] = "open",
    [TURNPIKE_EMERGENCY] = "emergency",
    [TURNPIKE_OPEN_UNBOUNDED] = "open_unbounded",
    [TURNPIKE_UNKNOWN_BUDGET] = "unknown_budget",
    [TURNPIKE_ASKED] = "asked",
    [TURNPIKE_NOT_LEARNT] = "not_learnt",
    [TURNPIKE_LEASE_SPENT] = "lease_spent",
    [TURNPIKE_ASK] = "ask",
    [TURNPIKE_HARD_LIMIT] = "hard_limit",
    [TURNPIKE_GRACE_ENDED] = "grace_ended",
    [TURNPIKE_UNREACHABLE] = "unreachable",
    [TURNPIKE_NO_CUSTOMER] = "no_customer",
    [TURNPIKE_CLOSED] = "closed",
    [TURNPIKE_BAD_AMOUNT] = "bad_amount",
};

static const char *const status_names[] = {
    [TURNPIKE_OK] = "ok",
    [TURNPIKE_BAD_OPTION] = "bad_option",
    [TURNPIKE_NO_MEMORY] = "no_memory",
    [TURNPIKE_IO] = "io",
    [TURNPIKE_TIMEOUT] = "timeout",
    [TURNPIKE_REFUSED] = "refused",
    [TURNPIKE_FORKED_CALL] = "forked_call",
};

const char *turnpike_reason_name(enum turnpike_reason reason) {
    return (unsigned)reason < ARRAY_LEN(reason_names) ? reason_names[reason] : "unknown";
}

const char *turnpike_status_name(enum turnpike_status status) {
    return (unsigned)status < ARRAY_LEN(status_names) ? status_names[status] : "unknown";
}

const char *turnpike_version(void) {
    return TURNPIKE_VERSION;
}
