/* What the parts of the model of leases share (leases_model_test.c): the world, and its server. */
#ifndef EDGE_TEST_MODEL_H
#define EDGE_TEST_MODEL_H

#include "base/check.h"
#include "base/prng.h"
#include "core/lease.h"
#include "core/period.h"
#include "edge/node_exchange.h"

struct gate_entry;
#define USER STR("ada")
#define METRIC METRIC_API_REQUESTS

enum {
    NODES = 20,
    MESSAGES = 64,
    ASKS = 8,
    ROWS = 512,
    PERIODS = 4,    /* that are remembered */
    ROUND_MS = 100, /* in which every node looks once */
    TIMEOUT_MS = 5000,
    QUIET_MS = LEASE_REST_MS + 3000, /* without a single unit let through: there is none */
    DRAIN_ROUNDS_MAX = 20000,
    BEFORE_END_MS = 20 * 1000,
};

/* --- the world --- */

struct ask {
    bool has_period;
    int64_t period_start, wanted, rate;
    struct lease_report report;
};

struct message {
    bool is_answer, is_final;
    unsigned node;
    uint64_t exchange;
    char epoch[EDGE_EPOCH_SIZE];
    size_t count;
    union {
        struct ask asks[ASKS];
        struct edge_told told[ASKS]; /* of an answer */
    };
};

/* The server's row of a lease. */
struct row {
    unsigned node;
    char epoch[EDGE_EPOCH_SIZE];
    struct period period;
    struct lease lease;
    int64_t outstanding, rate, ends_at, recalled_at, updated_at; /* recalled_at 0: is not */
    enum lease_state state;
    bool is_dead; /* its node will not speak of it again */
    int64_t spent_when_dead;
};

struct server {
    struct gate *gate;
    struct gate_entry *ada;
    struct limit limit;
    struct row rows[ROWS];
    size_t row_count;
    char newest[NODES][EDGE_EPOCH_SIZE];
    bool is_ended[NODES];    /* the newest: it has said its last word */
    int64_t stored[PERIODS]; /* what is used, in the periods of `tallies` */
};

struct node {
    struct edge_node *edge;
    struct edge_counter *counter;
    unsigned char *slab;
    struct edge_memory memory;
    int per_mille; /* how much faster its clock runs; it is read from here on: */
    int64_t clock_from, clock_at;
    bool is_in_flight;
    uint64_t exchange;
    int64_t gives_up_at, cut_until;
    char buried[EDGE_EPOCH_SIZE];            /* nobody knows of this life any more, or of earlier */
    int64_t row_period, row_spent, row_most; /* what it has spent under its present row */
    struct row *row;                         /* that row at the server, once looked up */
};

/* What was let through in one usage period, by everybody. */
struct tally {
    struct period period;
    int64_t let_through, recorded;
};

struct world {
    struct env env;
    struct prng prng;
    struct server server;
    struct node nodes[NODES];
    struct message messages[MESSAGES];
    int64_t arrivals[MESSAGES]; /* INT64_MAX: none is there */
    int64_t next_arrival;
    struct tally tallies[PERIODS];
    size_t present; /* tally */
    int64_t now;
    uint64_t steps, exchanges, epochs, periods, steps_in_period;
    unsigned turn; /* whose look is next */
    bool is_calm;  /* the network loses nothing, nobody dies */
};

static inline bool chance(struct world *world, unsigned of_ten_thousand) {
    return prng_below(&world->prng, 10000) < of_ten_thousand;
}

static inline int64_t between(struct world *world, int64_t least, int64_t most) {
    return least + (int64_t)prng_below(&world->prng, (uint64_t)(most - least + 1));
}

static inline int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static inline struct instant now_of(const struct world *world) {
    return (struct instant){world->now};
}

/* --- the server (leases_model_server_test.c) --- */

void model_start_server(struct world *world);
void model_stop_server(struct world *world);
/* Its memory goes, what was stored stays, and what was on its way is lost. */
void model_restart_server(struct world *world);

/* What becomes of a node's message, and the answer. */
void model_serve(struct world *world, const struct message *from, struct message *to);
/* A lease that was not renewed is held: nothing of it is free before its node returns. */
void model_run_due(struct world *world);
/* By HTTP: exact. Denied while something is out, that is called back. */
bool model_take_at_server(struct world *world, int64_t amount);

/* What the gate says of the counter. */
struct model_standing {
    int64_t used, leased, allowance;
};
struct model_standing model_look(struct world *world);

struct row *model_find_row(struct server *server, unsigned node, const char *epoch,
                           int64_t period_start);
struct tally *model_tally_of(struct world *world, int64_t period_start);
/* The promise, after every unit. */
void model_let_through(struct world *world, struct tally *tally, int64_t amount);

#endif
