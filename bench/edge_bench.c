/* What a verdict in process costs, beside the least it could cost: a bare compare-and-swap on the
 * same lines in the same order, and a chase of pointers through them, which is what memory alone
 * costs.
 *
 * All counters are clean at the start of a round, as after a look of the node: as many takes follow
 * as it takes about until the next look (100 ms), so that a round has its share of first takes,
 * which also put their counter on a list. Figures are medians of rounds that take turns. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/prng.h"
#include "edge/counter.h"
#include "edge/memory.h"

enum { ROUNDS = 25, HOPS = 100 * 1000, SAMPLES = 200 * 1000 };

struct table {
    struct env env;
    struct edge_memory memory;
    struct edge_shared *shared;
    struct edge_block **blocks;
    size_t count, blocks_made; /* customers */
    size_t takes;              /* of a round */
};

/* Figures of the rounds, in tenths of nanoseconds. */
struct series {
    uint64_t values[ROUNDS];
    size_t count;
};

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void add(struct series *series, uint64_t value) {
    series->values[series->count++] = value;
    qsort(series->values, series->count, sizeof *series->values, by_value);
}

static uint64_t median(const struct series *series) {
    return series->values[series->count / 2];
}

#define TENTHS "%" PRIu64 ".%" PRIu64
#define TENTHS_OF(value) (value) / 10, (value) % 10

static void print_row(const char *name, const char *unit, const struct series *figure,
                      const struct series *reference, const char *than) {
    uint64_t low = figure->values[0];
    uint64_t high = figure->values[figure->count - 1];
    printf("%s\t" TENTHS "\t%s\t" TENTHS "\tthan=%s\tlow=" TENTHS "\thigh=" TENTHS "\trounds=%zu\n",
           name, TENTHS_OF(median(figure)), unit, TENTHS_OF(median(reference)), than,
           TENTHS_OF(low), TENTHS_OF(high), figure->count);
}

/* --- the table --- */

static struct turnpike_customer *customer_at(const struct table *table, size_t i) {
    return &table->blocks[i / EDGE_BLOCK]->customers[i % EDGE_BLOCK];
}

static struct turnpike_customer *drawn(const struct table *table, uint64_t draw) {
    return customer_at(table, (size_t)((draw >> 32) * table->count >> 32));
}

static enum turnpike_metric drawn_metric(uint64_t draw) {
    return (enum turnpike_metric)((draw & UINT32_MAX) * TURNPIKE_METRICS >> 32);
}

static struct edge_counter *counter_at(const struct table *table, size_t i) {
    return &customer_at(table, i / TURNPIKE_METRICS)->counters[i % TURNPIKE_METRICS];
}

/* One cycle through all counters in random order (Sattolo), in a word that takes do not use. */
static void link_cycle(struct table *table) {
    size_t count = table->count * TURNPIKE_METRICS;
    uint32_t *order = env_alloc(&table->env, count * sizeof *order);
    check(order != NULL);
    struct prng prng = {7};
    for (size_t i = 0; i < count; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t i = count - 1; i > 0; i--) {
        size_t k = prng_next(&prng) % i;
        uint32_t kept = order[i];
        order[i] = order[k];
        order[k] = kept;
    }
    for (size_t i = 0; i < count; i++) {
        counter_at(table, i)->unused = (uint64_t)(uintptr_t)counter_at(table, order[i]);
    }
    env_free(&table->env, order);
}

static void table_init(struct table *table, size_t counters, size_t takes) {
    *table = (struct table){.count = counters / TURNPIKE_METRICS, .takes = takes};
    env_posix_init(&table->env);
    edge_memory_init(&table->memory);
    table->shared = table->memory.map(&table->memory, sizeof *table->shared);
    table->blocks = env_alloc(&table->env, (table->count / EDGE_BLOCK + 1) * sizeof *table->blocks);
    check(table->shared != NULL && table->blocks != NULL);
    while (table->blocks_made * EDGE_BLOCK < table->count) {
        struct edge_block *block = table->memory.map(&table->memory, sizeof *block);
        check(block != NULL);
        table->blocks[table->blocks_made++] = block;
    }
    for (size_t i = 0; i < table->count * TURNPIKE_METRICS; i++) {
        counter_at(table, i)->shared = table->shared;
        counter_at(table, i)->standing = TURNPIKE_LEASE_SPENT;
        counter_at(table, i)->word = (uint64_t)EDGE_LEFT_MAX << EDGE_FLAG_BITS;
    }
    link_cycle(table);
}

static void table_finish(struct table *table) {
    for (size_t i = 0; i < table->blocks_made; i++) {
        table->memory.unmap(&table->memory, table->blocks[i], sizeof **table->blocks);
    }
    table->memory.unmap(&table->memory, table->shared, sizeof *table->shared);
    env_free(&table->env, table->blocks);
}

/* --- what is measured --- */

static uint64_t now_ns(struct table *table) {
    return table->env.mono_ns(&table->env);
}

static uint64_t processor_ns(void) {
    struct timespec spent;
    check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent) == 0);
    return (uint64_t)spent.tv_sec * 1000000000U + (uint64_t)spent.tv_nsec;
}

static void take_all(struct table *table, uint64_t seed) {
    struct prng prng = {seed};
    for (size_t i = 0; i < table->takes; i++) {
        uint64_t draw = prng_next(&prng);
        check(turnpike_take(drawn(table, draw), drawn_metric(draw), 1).is_allowed);
    }
}

static void swap_all(struct table *table, uint64_t seed) {
    struct prng prng = {seed};
    for (size_t i = 0; i < table->takes; i++) {
        uint64_t draw = prng_next(&prng);
        struct edge_counter *counter = &drawn(table, draw)->counters[drawn_metric(draw)];
        uint64_t word = atomic_load_explicit(&counter->word, memory_order_relaxed);
        check(atomic_compare_exchange_strong(&counter->word, &word, word - 1024));
    }
}

/* What the node does each 100 ms: no round finds the marks of the one before. */
static void look(struct table *table) {
    for (size_t i = 0; i < table->blocks_made; i++) {
        memset(table->blocks[i]->marks, 0, sizeof table->blocks[i]->marks);
    }
}

static uint64_t tenths_a_take(struct table *table, void (*all)(struct table *, uint64_t),
                              uint64_t seed) {
    look(table);
    uint64_t start = processor_ns();
    all(table, seed);
    return (processor_ns() - start) * 10 / table->takes;
}

static uint64_t tenths_a_hop(struct table *table) {
    const struct edge_counter *at = counter_at(table, 0);
    uint64_t start = processor_ns();
    for (size_t i = 0; i < HOPS; i++) {
        at = (const void *)(uintptr_t)at->unused;
    }
    uint64_t passed = processor_ns() - start;
    check(at != NULL);
    return passed * 10 / HOPS;
}

static void bench_takes(size_t counters, const char *scale, size_t takes) {
    struct table table;
    table_init(&table, counters, takes);
    struct series chase = {0}, take = {0}, swap = {0};
    for (uint64_t i = 0; i < ROUNDS; i++) {
        add(&swap, tenths_a_take(&table, swap_all, i + 1));
        add(&take, tenths_a_take(&table, take_all, i + 1));
        add(&chase, tenths_a_hop(&table));
    }
    char name[64];
    (void)snprintf(name, sizeof name, "take in process, %s counters", scale);
    print_row(name, "ns", &take, &swap, "bare compare-and-swap");
    (void)snprintf(name, sizeof name, "take in process, %s counters, by memory", scale);
    print_row(name, "ns", &take, &chase, "pointer chase");
    (void)snprintf(name, sizeof name, "bare compare-and-swap, %s counters", scale);
    print_row(name, "ns", &swap, &chase, "pointer chase");
    table_finish(&table);
}

/* --- the tail --- */

static uint64_t tail_of(struct table *table, uint64_t *samples, bool is_take) {
    struct prng prng = {3};
    look(table);
    for (size_t i = 0; i < SAMPLES; i++) {
        uint64_t draw = prng_next(&prng);
        struct edge_counter *counter = &drawn(table, draw)->counters[drawn_metric(draw)];
        uint64_t start = now_ns(table);
        if (is_take) {
            check(edge_counter_take(counter, 1).is_allowed);
        } else {
            uint64_t word = atomic_load_explicit(&counter->word, memory_order_relaxed);
            check(atomic_compare_exchange_strong(&counter->word, &word, word - 1024));
        }
        samples[i] = now_ns(table) - start;
    }
    qsort(samples, SAMPLES, sizeof *samples, by_value);
    return samples[SAMPLES - SAMPLES / 1000] * 10;
}

static void bench_tail(void) {
    struct table table;
    table_init(&table, 1000 * 1000, 0);
    uint64_t *samples = env_alloc(&table.env, SAMPLES * sizeof *samples);
    check(samples != NULL);
    struct series take = {0}, swap = {0};
    for (int i = 0; i < ROUNDS; i++) {
        add(&swap, tail_of(&table, samples, false));
        add(&take, tail_of(&table, samples, true));
    }
    print_row("take in process, p99.9 with its clock", "ns", &take, &swap,
              "bare compare-and-swap, p99.9");
    env_free(&table.env, samples);
    table_finish(&table);
}

/* --- two threads --- */

struct runner {
    struct table *table;
    uint64_t seed;
};

static void *run(void *context) {
    struct runner *runner = context;
    take_all(runner->table, runner->seed);
    return NULL;
}

/* Thousands of takes a second, by `threads` threads together, in tenths. */
static uint64_t rate_of(struct table *table, int threads) {
    struct runner runners[2] = {{table, 11}, {table, 12}};
    pthread_t ids[2];
    look(table);
    uint64_t start = now_ns(table);
    for (int i = 0; i < threads; i++) {
        check(pthread_create(&ids[i], NULL, run, &runners[i]) == 0);
    }
    for (int i = 0; i < threads; i++) {
        check(pthread_join(ids[i], NULL) == 0);
    }
    uint64_t passed = now_ns(table) - start;
    return (uint64_t)threads * table->takes * UINT64_C(10000000) / passed;
}

static void bench_threads(void) {
    struct table table;
    table_init(&table, 1000 * 1000, 1000 * 1000);
    struct series one = {0}, two = {0};
    for (int i = 0; i < ROUNDS; i++) {
        add(&one, rate_of(&table, 1));
        add(&two, rate_of(&table, 2));
    }
    print_row("take in process, two threads on shared counters", "thousand/s", &two, &one,
              "one thread");
    table_finish(&table);
}

int main(void) {
    bool is_quick = getenv("TURNPIKE_QUICK") != NULL;
    bench_takes(1000, "10^3", 500 * 1000);
    bench_takes(1000 * 1000, "10^6", 300 * 1000);
    if (!is_quick) {
        bench_takes(10 * 1000 * 1000, "10^7", 300 * 1000);
    }
    bench_tail();
    bench_threads();
    return 0;
}
