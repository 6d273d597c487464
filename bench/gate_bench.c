/* What a gate decision and an exactly-once look-up cost, beside the least they could cost.
 *
 * gate_take by handle at 10^3 and 10^6 counters in random order, beside a bare compare-and-swap on
 * cache lines of the same number in the same order; fingerprints inserted and found; batches loaded
 * as at start. Prints one line a figure: name, nanoseconds, operations a second. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "core/metric.h"
#include "gate/fingerprint.h"
#include "gate/gate.h"
#include "gate/journal.h"

enum { ROUNDS = 4 * 1000 * 1000, IDS = 4 * 1000 * 1000, BATCH = 1000 };

struct line {
    _Alignas(64) _Atomic uint64_t word;
};

static void report(const char *name, size_t scale, uint64_t ns, uint64_t count) {
    printf("%-28s %9zu %8" PRIu64 ".%" PRIu64 " ns %12" PRIu64 " /s\n", name, scale, ns / count,
           ns * 10 / count % 10, count * 1000000000 / ns);
}

static struct gate *fill_gate(struct env *env, size_t customers, struct gate_handle *handles) {
    struct gate_options options = {.env = env, .customers_max = customers};
    struct gate *gate = NULL;
    check(!err_failed(gate_create(&options, &gate)));
    struct instant now = {env->wall_ms(env)};
    struct gate_settings settings = {.anchor = now, .now = now};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        settings.metrics[i].limit = (struct limit){LIMIT_COUNT, {LIMIT_AMOUNT / 2}, 110};
    }
    for (size_t i = 0; i < customers; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "user-%zu", i);
        struct str user_id = str_of(name, (size_t)len);
        check(!err_failed(gate_put(gate, user_id, &settings)));
        handles[i] = gate_customer(gate, user_id);
    }
    return gate;
}

static void bench_gate(struct env *env, size_t counters) {
    size_t customers = counters / METRIC_COUNT;
    struct gate_handle *handles = env_alloc(env, customers * sizeof *handles);
    check(handles != NULL);
    struct gate *gate = fill_gate(env, customers, handles);
    struct instant now = {env->wall_ms(env)};
    struct prng prng = (struct prng){1};
    int64_t used = 0;
    uint64_t start = env->mono_ns(env);
    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t draw = prng_next(&prng);
        struct gate_verdict verdict =
            gate_take(handles[(draw >> 8) % customers], (enum metric)(draw % METRIC_COUNT),
                      quantity_of(1), now);
        used += verdict.used.amount;
    }
    report("gate_take", counters, env->mono_ns(env) - start, ROUNDS);
    check(used >= ROUNDS);
    gate_destroy(gate);
    env_free(env, handles);
}

static void bench_bare(struct env *env, size_t counters) {
    size_t size = counters * sizeof(struct line);
    char *memory = env_alloc(env, size + 64);
    check(memory != NULL);
    memset(memory, 0, size + 64);
    struct line *lines = (void *)(memory + (64 - (uintptr_t)memory % 64) % 64);
    size_t customers = counters / METRIC_COUNT;
    struct prng prng = (struct prng){1};
    uint64_t start = env->mono_ns(env);
    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t draw = prng_next(&prng);
        struct line *line = &lines[(draw >> 8) % customers * METRIC_COUNT + draw % METRIC_COUNT];
        uint64_t word = atomic_load_explicit(&line->word, memory_order_acquire);
        check(atomic_compare_exchange_strong(&line->word, &word, word + 1));
    }
    report("bare compare-and-swap", counters, env->mono_ns(env) - start, ROUNDS);
    env_free(env, memory);
}

static void bench_fingerprints(struct env *env) {
    struct fingerprint_set set;
    check(!err_failed(fingerprint_init(&set, env, 0)));
    struct prng prng = (struct prng){2};
    uint64_t worst = 0;
    uint64_t start = env->mono_ns(env);
    uint64_t before = start;
    for (size_t i = 0; i < IDS; i++) {
        if (i % BATCH == 0) {
            check(!err_failed(fingerprint_reserve(&set, BATCH)));
            uint64_t now = env->mono_ns(env);
            worst = now - before > worst ? now - before : worst;
            before = now;
        }
        fingerprint_insert(&set, prng_next(&prng), place_of(1 + i / BATCH, i % BATCH));
    }
    report("fingerprint_insert, growing", IDS, env->mono_ns(env) - start, IDS);
    report("  the slowest 1,000 of them", IDS, worst, 1);
    prng = (struct prng){2};
    uint64_t found = 0;
    start = env->mono_ns(env);
    for (size_t i = 0; i < IDS; i++) {
        struct fingerprint_search search = {0};
        struct place place;
        found += fingerprint_find(&set, prng_next(&prng), &search, &place);
    }
    report("fingerprint_find, there", IDS, env->mono_ns(env) - start, IDS);
    check(found == IDS);
    fingerprint_finish(&set);
}

/* A journal takes batches; another loads them, as at start. */
static void bench_journal(struct env *env) {
    struct journal_options options = {
        .env = env, .hash_key = {1}, .ids_max = IDS, .batch_first = 1};
    struct journal *live = NULL;
    struct journal *loaded = NULL;
    check(!err_failed(journal_create(&options, &live)));
    options.ids_expected = IDS;
    check(!err_failed(journal_create(&options, &loaded)));
    uint64_t live_ns = 0;
    uint64_t load_ns = 0;
    for (size_t i = 0; i < IDS / 4; i += BATCH) {
        uint64_t start = env->mono_ns(env);
        for (size_t k = 0; k < BATCH; k++) {
            char id[24];
            int len = snprintf(id, sizeof id, "event-%zu", i + k);
            struct usage_record record = {
                .identity = {STR("user-1"), STR("edge-node-7"), str_of(id, (size_t)len)},
                .metric = METRIC_API_REQUESTS,
                .value = 1,
                .time = {INT64_C(1431857103000)}};
            check(journal_lookup(live, &record.identity).answer == JOURNAL_NEW);
            check(!err_failed(journal_append(live, &record, 1)));
        }
        struct journal_batch batch = journal_close_group(live);
        uint64_t closed = env->mono_ns(env);
        check(!err_failed(journal_load_batch(loaded, batch.number, batch.blob)));
        uint64_t read = env->mono_ns(env);
        journal_committed(live);
        live_ns += closed - start + env->mono_ns(env) - read;
        load_ns += read - closed;
    }
    report("journal: look up, append", IDS / 4, live_ns, IDS / 4);
    report("journal: load at start", IDS / 4, load_ns, IDS / 4);
    journal_destroy(live);
    journal_destroy(loaded);
}

int main(void) {
    struct env env;
    env_posix_init(&env);
    for (size_t counters = 1000; counters <= 1000 * 1000; counters *= 1000) {
        bench_bare(&env, counters);
        bench_gate(&env, counters);
    }
    bench_fingerprints(&env);
    bench_journal(&env);
    return 0;
}
