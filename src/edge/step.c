/* What the thread, or the host's loop, does: look, journal, send, take in. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "edge/library.h"

/* --- small things --- */

uint64_t edge_now_ms(struct turnpike *gate) {
    return gate->env.mono_ns(&gate->env) / 1000000U;
}

bool edge_is_child(const struct turnpike *gate) {
    return getpid() != gate->pid;
}

void edge_log(struct turnpike *gate, const char *format, ...) {
    char line[512];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    check(len >= 0);
    if (gate->options.log != NULL) {
        gate->options.log(gate->options.log_context, line);
    } else {
        fprintf(stderr, "turnpike: %s\n", line);
    }
}

/* The same trouble is told once, until it is another or over. */
static void log_problem(struct turnpike *gate, const char *event, const char *problem) {
    char whole[sizeof gate->last_problem];
    (void)snprintf(whole, sizeof whole, "%s %s", event, problem);
    if (strcmp(whole, gate->last_problem) != 0) {
        memcpy(gate->last_problem, whole, sizeof whole);
        edge_log(gate, "%s", whole);
    }
}

/* --- epochs --- */

enum { TIME_DIGITS = 10, CHANCE_DIGITS = 16 };
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void write_digits(uint64_t value, size_t count, char *text) {
    for (size_t i = count; i > 0; i--, value >>= 5) {
        text[i - 1] = digits[value & 31];
    }
}

static uint64_t read_digits(const char *text, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count && text[i] != 0; i++) {
        const char *digit = strchr(digits, text[i]);
        value = value << 5 | (digit == NULL ? 0 : (uint64_t)(digit - digits));
    }
    return value;
}

/* A ULID: milliseconds, then chance. Later than the last one also when the clock was set back. */
struct err edge_begin_epoch(struct turnpike *gate, bool is_known) {
    char text[EDGE_EPOCH_SIZE] = {0};
    uint64_t last = read_digits(gate->journal.last_epoch, TIME_DIGITS);
    int64_t wall = gate->env.wall_ms(&gate->env);
    uint64_t now = wall > 0 ? (uint64_t)wall : 0;
    write_digits(now > last ? now : last + 1, TIME_DIGITS, text);
    uint64_t chance[2];
    gate->env.random(&gate->env, chance, sizeof chance);
    write_digits(chance[0], CHANCE_DIGITS / 2, text + TIME_DIGITS);
    write_digits(chance[1], CHANCE_DIGITS / 2, text + TIME_DIGITS + CHANCE_DIGITS / 2);
    memcpy(gate->journal.last_epoch, text, sizeof text);
    return edge_node_begin(gate->node, text, is_known);
}

/* --- sending --- */

static void not_answered(struct turnpike *gate, const char *problem) {
    log_problem(gate, "exchange_failed", problem);
    edge_node_failed(gate->node, edge_now_ms(gate));
}

/* Under the lock. */
static void send_next(struct turnpike *gate) {
    if (edge_transport_is_busy(gate->transport) ||
        !edge_node_compose(gate->node, edge_now_ms(gate), &gate->sent)) {
        return;
    }
    buf_clear(&gate->body);
    struct edge_letter letter = edge_exchange_write(gate->name, &gate->sent, &gate->body);
    if (gate->body.has_failed ||
        !edge_transport_start(gate->transport, letter, buf_str(&gate->body),
                              gate->options.timeout_ms)) {
        not_answered(gate, "no memory");
    }
}

/* Under the lock. */
static void take_in(struct turnpike *gate, int status, struct str body, const char *problem) {
    struct edge_reply reply CLEANUP(edge_reply_finish) = {0};
    if (status == 0) {
        not_answered(gate, problem);
        return;
    }
    edge_exchange_read(&gate->env, &gate->sent, status, body, &reply);
    switch (reply.outcome) {
    case EDGE_ANSWERED:
        edge_node_answer(gate->node, edge_now_ms(gate), &reply.answer);
        if (reply.problem[0] != 0) {
            log_problem(gate, "exchange_answered", reply.problem);
        } else {
            gate->last_problem[0] = 0;
        }
        break;
    case EDGE_NOT_ANSWERED:
        not_answered(gate, reply.problem);
        break;
    case EDGE_OTHER_INCARNATION:
        not_answered(gate, "the server was restored from a backup");
        edge_node_incarnation(gate->node, 0);
        break;
    }
}

static void finish_exchange(struct turnpike *gate) {
    int status = 0;
    struct str body = {NULL, 0};
    const char *problem = "";
    if (edge_transport_go_on(gate->transport, &status, &body, &problem)) {
        pthread_mutex_lock(&gate->lock);
        take_in(gate, status, body, problem);
        pthread_cond_broadcast(&gate->told);
        pthread_mutex_unlock(&gate->lock);
    }
}

static void write_journal(struct turnpike *gate) {
    struct err err = edge_journal_sync(&gate->journal);
    if (err_failed(err) && !gate->is_journal_bad) {
        edge_log(gate, "journal_failed path=%s error=%s", gate->journal.path, err_name(err.code));
    }
    gate->is_journal_bad = err_failed(err);
}

/* Under the lock. Without memory for another epoch the next step tries again, and nothing is sent
 * meanwhile. */
static void look(struct turnpike *gate) {
    bool is_known = false;
    uint64_t now = edge_now_ms(gate);
    bool is_new = edge_node_needs_epoch(gate->node, &is_known) &&
                  !err_failed(edge_begin_epoch(gate, is_known));
    if (now >= gate->tick_at_ms) {
        gate->tick_at_ms = now + EDGE_TICK_MS;
        edge_node_tick(gate->node, now);
        is_new = true;
    }
    if (is_new) {
        edge_journal_gather(&gate->journal, gate->node);
    }
}

void edge_step(struct turnpike *gate) {
    finish_exchange(gate);
    pthread_mutex_lock(&gate->lock);
    look(gate);
    pthread_mutex_unlock(&gate->lock);
    write_journal(gate); /* first: the journal has to know of an epoch before the server does */
    pthread_mutex_lock(&gate->lock);
    send_next(gate);
    pthread_mutex_unlock(&gate->lock);
    finish_exchange(gate);
}

void edge_pause(struct turnpike *gate, uint64_t until_ms) {
    enum { PAUSE_MS = 50 };
    uint64_t now = edge_now_ms(gate);
    if (now < until_ms) {
        (void)poll(NULL, 0, until_ms - now < PAUSE_MS ? (int)(until_ms - now) : PAUSE_MS);
    }
}

int edge_wait_ms(struct turnpike *gate) {
    pthread_mutex_lock(&gate->lock);
    uint64_t now = edge_now_ms(gate);
    uint64_t at = edge_node_next_ms(gate->node, now);
    at = at < gate->tick_at_ms ? at : gate->tick_at_ms;
    pthread_mutex_unlock(&gate->lock);
    return at > now ? (int)(at - now) : 0;
}
