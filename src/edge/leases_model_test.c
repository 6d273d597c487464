/* Guards: whatever the network, the clocks and the crashes do to twenty nodes and their server,
 * what is let through never passes the hard limit, and with all nodes alive nothing is left
 * stranded.
 *
 * The nodes (node.h), the gate and the rules of leases (core/lease.h) are the real ones; what is
 * between them at the server is in leases_model_server_test.c. One customer's requests are
 * enough: leases of two counters do not touch. A run is a function of its seed.
 *
 * A step is a take, a release, a record, or a node that looks at what there is to do.
 * TURNPIKE_SEEDS and TURNPIKE_STEPS say how much: 1000 and 1000000 for the whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "edge/node_inside.h"
#include "edge/test_model.h"

#define SLAB_BYTES sizeof(struct edge_block)

/* --- nodes --- */

static uint64_t clock_of(const struct world *world, const struct node *node) {
    int64_t passed = world->now - node->clock_from;
    return (uint64_t)(node->clock_at + passed + passed * node->per_mille / 1000);
}

static struct edge_tracker *tracker_of(const struct node *node) {
    return node->counter->tracker == 0 ? NULL : edge_tracker_at(node->edge, node->counter->tracker);
}

static void *map_slab(struct edge_memory *memory, size_t size) {
    struct node *node = (struct node *)((char *)memory - offsetof(struct node, memory));
    check(size == SLAB_BYTES);
    struct edge_block *block = (void *)node->slab;
    memset(block->customers, 0, sizeof *block->customers); /* no other was ever written */
    memset(block->marks, 0, sizeof *block->marks);
    return node->slab;
}

static void unmap_slab(struct edge_memory *memory, void *bytes, size_t size) {
    (void)memory, (void)bytes, (void)size;
}

/* With what its journal says of the lives before: which there were that are not settled yet, and
 * rows. NULL for `before`: it has no journal. */
static void start_node(struct world *world, struct node *node, const struct edge_node *before,
                       const struct edge_settlement *journal, size_t count) {
    struct turnpike_customer *customer = NULL;
    char epoch[EDGE_EPOCH_SIZE];
    node->memory = (struct edge_memory){map_slab, unmap_slab};
    struct edge_node_options options = {
        .env = &world->env, .memory = &node->memory, .customers_max = 1};
    snprintf(epoch, sizeof epoch, "E%010" PRIu64, ++world->epochs);
    assert_ok(edge_node_create(&options, &node->edge));
    const char *last = NULL;
    for (size_t i = 0; before != NULL && (last = edge_node_epoch_at(before, i)) != NULL; i++) {
        assert_ok(edge_node_settle_epoch(node->edge, last));
    }
    for (size_t i = 0; i < count; i++) {
        assert_ok(edge_node_settle(node->edge, &journal[i]));
    }
    assert_ok(edge_node_begin(node->edge, epoch, true));
    assert_ok(edge_node_customer(node->edge, USER, &customer));
    node->counter = &customer->counters[METRIC];
    node->per_mille = (int)between(world, -9, 9);
    node->clock_from = world->now;
    node->clock_at = between(world, 1000, 1000000);
    node->is_in_flight = false;
    node->row = NULL;
    node->row_period = INT64_MIN;
    node->row_spent = node->row_most = 0;
}

/* The row that the node spends of. A new one begins with nothing spent. */
static const struct edge_tracker *spending(struct node *node) {
    const struct edge_tracker *tracker = tracker_of(node);
    if (tracker == NULL || !tracker->has_period) {
        return NULL;
    }
    if (tracker->period_start != node->row_period) {
        node->row_period = tracker->period_start;
        node->row_spent = node->row_most = 0;
        node->row = NULL;
    }
    return tracker;
}

static void find_own_row(struct world *world, struct node *node) {
    if (node->row == NULL) {
        node->row = model_find_row(&world->server, (unsigned)(node - world->nodes),
                                   edge_node_epoch(node->edge), node->row_period);
    }
    check(node->row != NULL);
}

static bool node_take(struct world *world, struct node *node, int64_t amount) {
    const struct edge_tracker *tracker = spending(node);
    struct turnpike_verdict verdict = edge_counter_take(node->counter, amount);
    if (!verdict.is_allowed) {
        return false;
    }
    check(tracker != NULL);
    find_own_row(world, node);
    node->row_spent += amount;
    check(node->row_spent <= node->row->lease.granted_most.amount);
    /* Past its end for the server only the reserve may be spent, and what was released again. */
    check(node->row->state != LEASE_STATE_HELD || verdict.reason == TURNPIKE_EMERGENCY ||
          node->row_spent <= node->row_most);
    node->row_most = larger(node->row_most, node->row_spent);
    model_let_through(world, model_tally_of(world, node->row_period), amount);
    return true;
}

static void node_release(struct world *world, struct node *node, int64_t amount) {
    if (spending(node) != NULL) {
        int64_t given = edge_counter_release(node->counter, amount);
        node->row_spent -= given;
        check(node->row_spent >= 0);
        model_let_through(world, model_tally_of(world, node->row_period), -given);
    }
}

static void node_record(struct world *world, struct node *node, int64_t amount) {
    if (spending(node) != NULL) {
        edge_counter_record(node->counter, amount);
        model_tally_of(world, node->row_period)->recorded += amount;
    }
}

/* --- the network --- */

static void post(struct world *world, const struct message *message) {
    const struct node *node = &world->nodes[message->node];
    bool is_cut = world->now < node->cut_until;
    if (!world->is_calm && (is_cut || chance(world, 300))) {
        return;
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        if (world->arrivals[i] == INT64_MAX) {
            bool is_slow = !world->is_calm && chance(world, 200);
            int64_t at = world->now + between(world, 1, is_slow ? 20000 : 40);
            world->messages[i] = *message;
            world->arrivals[i] = at;
            world->next_arrival = at < world->next_arrival ? at : world->next_arrival;
            return;
        }
    }
}

static void send(struct world *world, struct node *node, const struct edge_send *send) {
    struct message message = {
        .node = (unsigned)(node - world->nodes),
        .exchange = ++node->exchange,
        .is_final = send->is_final,
        .count = send->count,
    };
    check(send->count <= ASKS && !send->is_events); /* the server never forgot a lease */
    memcpy(message.epoch, send->epoch, strlen(send->epoch));
    for (size_t i = 0; i < send->count; i++) {
        const struct edge_ask *ask = &send->asks[i];
        const struct edge_figures *figures = &ask->figures;
        message.asks[i] = (struct ask){
            .has_period = ask->has_period,
            .period_start = ask->period_start,
            .wanted = ask->wanted,
            .rate = ask->rate,
            .report = {{figures->taken},
                       {figures->released},
                       {figures->returned},
                       {figures->recorded}},
        };
    }
    node->is_in_flight = true;
    node->gives_up_at = world->now + TIMEOUT_MS;
    post(world, &message);
    if (!world->is_calm && chance(world, 100)) {
        post(world, &message); /* twice */
    }
}

static void deliver(struct world *world, const struct message *message) {
    struct node *node = &world->nodes[message->node];
    if (!message->is_answer) {
        struct message answer = {
            .is_answer = true, .node = message->node, .exchange = message->exchange};
        model_serve(world, message, &answer);
        post(world, &answer);
    } else if (node->is_in_flight && node->exchange == message->exchange) {
        struct edge_answer answer = {1, world->now, message->count, message->told};
        node->is_in_flight = false;
        edge_node_answer(node->edge, clock_of(world, node), &answer);
    }
}

static void deliver_due(struct world *world) {
    if (world->now < world->next_arrival) {
        return;
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        if (world->arrivals[i] <= world->now) {
            struct message message = world->messages[i]; /* what it causes may take its place */
            world->arrivals[i] = INT64_MAX;
            deliver(world, &message);
        }
    }
    world->next_arrival = INT64_MAX;
    for (size_t i = 0; i < MESSAGES; i++) {
        int64_t at = world->arrivals[i];
        world->next_arrival = at < world->next_arrival ? at : world->next_arrival;
    }
}

static void run_node(struct world *world, struct node *node) {
    uint64_t clock = clock_of(world, node);
    struct edge_send wanted;
    bool is_known = false;
    if (node->is_in_flight && world->now >= node->gives_up_at) {
        node->is_in_flight = false;
        edge_node_failed(node->edge, clock);
    }
    edge_node_tick(node->edge, clock);
    world->steps++;
    check(!edge_node_needs_epoch(node->edge, &is_known)); /* nobody doubts this one */
    if (!node->is_in_flight && edge_node_compose(node->edge, clock, &wanted)) {
        send(world, node, &wanted);
    }
}

/* --- misfortune --- */

/* What dies unheard is out of reach until the period ends. */
static void bury(struct world *world, struct node *node, const struct edge_settlement *settlement) {
    struct row *row = model_find_row(&world->server, (unsigned)(node - world->nodes),
                                     settlement->epoch, settlement->period_start);
    if (settlement->has_period && row != NULL) {
        row->spent_when_dead =
            settlement->figures.taken - settlement->figures.released + settlement->figures.recorded;
    }
}

static void bury_epochs(struct world *world, unsigned node) {
    const char *epoch = edge_node_epoch(world->nodes[node].edge);
    memcpy(world->nodes[node].buried, epoch, strlen(epoch) + 1);
    for (size_t i = 0; i < world->server.row_count; i++) {
        struct row *row = &world->server.rows[i];
        if (row->node == node && !row->is_dead && row->state != LEASE_STATE_ENDED) {
            row->is_dead = true;
            row->spent_when_dead = lease_used(&row->lease).amount;
        }
    }
}

/* All that a journal would hold that is synced before anything is answered. */
static size_t read_journal(struct node *node, struct edge_settlement *ret_rows, size_t max) {
    size_t count = 0;
    struct edge_tracker *tracker = tracker_of(node);
    edge_node_all_changed(node->edge);
    while (count < max && edge_node_next_changed(node->edge, &ret_rows[count])) {
        count++;
    }
    check(count < max);
    if (tracker == NULL || !tracker->has_period) {
        return count;
    }
    ret_rows[count] = (struct edge_settlement){
        .epoch = edge_node_epoch(node->edge),
        .user_id = USER,
        .metric = METRIC,
        .has_period = true, /* also when all that it spent was given back */
        .period_start = tracker->period_start,
        .figures = edge_row_figures(tracker),
        .acked = edge_figures_net(tracker->acked),
    };
    return count + 1;
}

static void crash(struct world *world, struct node *node, bool has_journal) {
    struct edge_settlement journal[ASKS];
    struct edge_node *before = node->edge;
    size_t count = read_journal(node, journal, ASKS);
    if (!has_journal) {
        bury_epochs(world, (unsigned)(node - world->nodes));
        for (size_t i = 0; i < count; i++) {
            bury(world, node, &journal[i]);
        }
    }
    start_node(world, node, has_journal ? before : NULL, journal, has_journal ? count : 0);
    edge_node_destroy(before);
}

/* A while in which nobody takes anything; nodes look as often as ever. */
static void rest(struct world *world, int64_t ms) {
    for (int64_t until = world->now + ms; world->now < until;) {
        world->now += ms > 10 * ROUND_MS ? 3 * ROUND_MS : ROUND_MS;
        deliver_due(world);
        for (size_t i = 0; i < NODES; i++) {
            run_node(world, &world->nodes[i]);
        }
    }
    model_run_due(world);
}

static void misfortune(struct world *world) {
    struct node *node = &world->nodes[prng_below(&world->prng, NODES)];
    switch (prng_below(&world->prng, 8)) {
    case 0:
        crash(world, node, true);
        break;
    case 1:
        crash(world, node, prng_chance(&world->prng, 70));
        break;
    case 2:
        model_restart_server(world);
        break;
    case 3:
        rest(world, between(world, 1000, 200 * 1000));
        break;
    default:
        node->cut_until = world->now + between(world, 100, 400 * 1000);
        break;
    }
}

/* --- the end of a period --- */

/* With everybody alive and heard, whoever wants the last unit gets it: what is left over is what
 * died unheard, and not one unit more. */
static void assert_nothing_is_stranded(struct world *world) {
    const struct tally *tally = &world->tallies[world->present];
    int64_t lost_leases = 0;
    int64_t lost_use = 0;
    for (size_t i = 0; i < world->server.row_count; i++) {
        const struct row *row = &world->server.rows[i];
        if (row->is_dead && row->period.start.ms == tally->period.start.ms) {
            lost_leases += row->outstanding;
            lost_use += row->spent_when_dead - lease_used(&row->lease).amount;
        }
    }
    struct model_standing standing = model_look(world);
    assert_int_equal(standing.leased, lost_leases);
    assert_int_equal(standing.allowance, 0);
    assert_int_equal(standing.used, tally->let_through + tally->recorded - lost_use);
    assert_int_equal(standing.used, world->server.stored[world->present]);
}

static void drain(struct world *world) {
    int64_t quiet_since = world->now;
    unsigned rounds = 0;
    world->is_calm = true;
    rest(world, TIMEOUT_MS);
    for (size_t start = world->present; start == world->present; rounds++) {
        check(rounds < DRAIN_ROUNDS_MAX);
        rest(world, ROUND_MS);
        int64_t amount = 1 + model_look(world).allowance / (10 * NODES);
        for (size_t i = 0; i < NODES; i++) {
            world->steps++;
            if (node_take(world, &world->nodes[i], amount) || model_take_at_server(world, amount) ||
                node_take(world, &world->nodes[i], 1)) {
                quiet_since = world->now;
            }
        }
        if (world->now - quiet_since > QUIET_MS) {
            assert_nothing_is_stranded(world);
            break;
        }
    }
    world->is_calm = false;
}

/* To the moment, or a little before, or after: nodes with slow clocks are in the old period yet. */
static void go_to_next_period(struct world *world) {
    int64_t end = world->tallies[world->present].period.end.ms;
    for (size_t i = 0; i < NODES; i++) { /* read anew, so that months of skew do not add up */
        struct node *node = &world->nodes[i];
        node->clock_at = (int64_t)clock_of(world, node) + (end - BEFORE_END_MS - world->now);
        node->clock_from = end - BEFORE_END_MS;
    }
    world->now = end - BEFORE_END_MS;
    rest(world, BEFORE_END_MS - between(world, 0, 3000));
}

/* --- a run --- */

static void run_all(struct world *world) {
    world->now += ROUND_MS / NODES;
    deliver_due(world);
    run_node(world, &world->nodes[world->turn]);
    world->turn = (world->turn + 1) % NODES;
    if (world->turn == 0 && chance(world, 1000)) {
        model_run_due(world);
    }
    if (chance(world, 40)) {
        misfortune(world);
    }
    const struct tally *tally = &world->tallies[world->present];
    int64_t hard = limit_hard(world->server.limit).amount;
    if (tally->let_through + tally->recorded > hard - hard / 50 ||
        world->steps_in_period > 200 * 1000) {
        drain(world);
        go_to_next_period(world);
        (void)model_look(world);
    }
}

static void step(struct world *world) {
    uint64_t draw = prng_next(&world->prng);
    struct node *node = &world->nodes[(draw >> 10) % NODES];
    unsigned what = draw & 1023;
    int64_t amount = 1 + (int64_t)(draw >> 40 & 3);
    world->steps++;
    world->steps_in_period++;
    if (what < 900) {
        (void)node_take(world, node, what < 4 ? amount * 100 : amount);
    } else if (what < 930) {
        node_release(world, node, amount);
    } else if (what < 932) {
        node_record(world, node, amount);
    } else if (what < 940) {
        (void)model_take_at_server(world, what == 932 ? amount * 200 : amount);
    } else {
        run_all(world);
    }
}

static void begin(struct world *world, uint64_t seed, unsigned char *slabs) {
    static const int64_t limits[] = {100, 3000, 10000, 30000, 100000, 1000000};
    memset(world, 0, sizeof *world);
    env_posix_init(&world->env);
    world->prng = prng_split(seed, 1);
    world->now = 1767225600000 + between(world, 0, 1000000);
    world->next_arrival = INT64_MAX;
    for (size_t i = 0; i < MESSAGES; i++) {
        world->arrivals[i] = INT64_MAX;
    }
    int64_t limit = limits[prng_below(&world->prng, ARRAY_LEN(limits))];
    world->server.limit = (struct limit){
        LIMIT_COUNT, {limit + between(world, 0, limit)}, chance(world, 8000) ? 110 : 100};
    model_start_server(world);
    for (size_t i = 0; i < NODES; i++) {
        world->nodes[i].slab = slabs + i * SLAB_BYTES;
        start_node(world, &world->nodes[i], NULL, NULL, 0);
    }
}

static void finish(struct world *world) {
    for (size_t i = 0; i < NODES; i++) {
        edge_node_destroy(world->nodes[i].edge);
    }
    model_stop_server(world);
}

static uint64_t number_from(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void nothing_passes_the_limit_and_nothing_is_stranded(void **state) {
    (void)state;
    static struct world world;
    unsigned char *slabs = aligned_alloc(EDGE_BLOCK_BYTES, NODES * SLAB_BYTES);
    assert_non_null(slabs);
    memset(slabs, 0, NODES * SLAB_BYTES);
    uint64_t done = 0, exchanges = 0, epochs = 0, periods = 0;
    uint64_t first = number_from("TURNPIKE_SEED", 1);
    uint64_t seeds = number_from("TURNPIKE_SEEDS", 12);
    uint64_t steps = number_from("TURNPIKE_STEPS", 60000);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        if (getenv("TURNPIKE_SEED") != NULL) {
            print_message("seed %" PRIu64 "\n", seed);
        }
        begin(&world, seed, slabs);
        while (world.steps < steps) {
            step(&world);
        }
        finish(&world);
        done += world.steps;
        exchanges += world.exchanges;
        epochs += world.epochs;
        periods += world.periods;
    }
    print_message("%" PRIu64 " steps, %" PRIu64 " exchanges, %" PRIu64 " epochs, %" PRIu64
                  " periods\n",
                  done, exchanges, epochs, periods);
    free(slabs);
    assert_true(periods >= seeds && exchanges > 100 * seeds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_passes_the_limit_and_nothing_is_stranded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
