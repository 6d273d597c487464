/* The simulated world without its disk (env_sim_disk.c) and network (env_sim_net.c): clock,
 * randomness, memory, log. */
#include "base/env_sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/env_sim_inside.h"

enum { LOG_KEEP = 64 * 1024, LOG_ROOM = 2 * LOG_KEEP };

static const int64_t begin_ms = INT64_C(1431820800000); /* 2015-05-17T00:00:00Z */

pthread_mutex_t *sim_lock(struct env_sim *sim) {
    int result = pthread_mutex_lock(&sim->mutex);
    check(result == 0);
    return &sim->mutex;
}

void sim_unlock(pthread_mutex_t **mutex) {
    int result = pthread_mutex_unlock(*mutex);
    check(result == 0);
}

void *sim_take(size_t size) {
    void *memory = calloc(1, size);
    check(memory != NULL);
    return memory;
}

void *sim_grow(void *memory, size_t size) {
    void *grown = realloc(memory, size);
    check(grown != NULL);
    return grown;
}

char *sim_copy(struct str s) {
    char *copy = sim_take(s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.bytes, s.len);
    }
    return copy;
}

static int64_t sim_wall_ms(struct env *env) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    return sim->wall_ms;
}

static uint64_t sim_mono_ns(struct env *env) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    return sim->mono_ns;
}

static void sim_random(struct env *env, void *bytes, size_t len) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)(prng_next(&sim->random) >> 32);
    }
}

/* True when this allocation is one of those that are to fail. */
static bool must_fail(struct sim_memory *memory) {
    memory->allocs++;
    return memory->fail_at != 0 && (memory->fails_for_ever ? memory->allocs >= memory->fail_at
                                                           : memory->allocs == memory->fail_at);
}

static void *sim_realloc(struct env *env, void *memory, size_t size) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    if (size == 0) {
        sim->memory.blocks -= memory != NULL;
        free(memory);
        return NULL;
    }
    if (must_fail(&sim->memory)) {
        return NULL;
    }
    sim->memory.blocks += memory == NULL;
    return sim_grow(memory, size);
}

static void *sim_zeroed(struct env *env, size_t size) {
    void *memory = sim_realloc(env, NULL, size);
    return memory == NULL ? NULL : memset(memory, 0, size);
}

static void sim_log_line(struct env *env, struct str line) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    struct sim_log *log = &sim->log;
    line = str_first(line, LOG_KEEP - 1);
    if (line.len + 1 > LOG_ROOM - log->len) {
        memmove(log->bytes, log->bytes + log->len - LOG_KEEP, LOG_KEEP);
        log->len = LOG_KEEP;
    }
    if (line.len > 0) {
        memcpy(log->bytes + log->len, line.bytes, line.len);
    }
    log->bytes[log->len + line.len] = '\n';
    log->len += line.len + 1;
}

struct env_sim *env_sim_create(uint64_t seed) {
    struct env_sim *sim = sim_take(sizeof *sim);
    int result = pthread_mutex_init(&sim->mutex, NULL);
    check(result == 0);
    sim->wall_ms = begin_ms;
    sim->random = prng_split(seed, 1);
    sim->log.bytes = sim_take(LOG_ROOM);
    sim->env.wall_ms = sim_wall_ms;
    sim->env.mono_ns = sim_mono_ns;
    sim->env.random = sim_random;
    sim->env.realloc = sim_realloc;
    sim->env.zeroed = sim_zeroed;
    sim->env.log = sim_log_line;
    sim_disk_init(sim, seed);
    sim_net_init(sim, seed);
    return sim;
}

void env_sim_destroy(struct env_sim *sim) {
    if (sim == NULL) {
        return;
    }
    sim_net_finish(sim);
    sim_disk_finish(sim);
    check(sim->memory.blocks == 0);
    free(sim->log.bytes);
    int result = pthread_mutex_destroy(&sim->mutex);
    check(result == 0);
    free(sim);
}

struct env *env_sim_env(struct env_sim *sim) {
    return &sim->env;
}

void env_sim_set_wall(struct env_sim *sim, int64_t wall_ms) {
    SIM_LOCKED(sim);
    sim->wall_ms = wall_ms;
}

void env_sim_advance(struct env_sim *sim, int64_t by_ms) {
    check(by_ms >= 0);
    SIM_LOCKED(sim);
    sim->wall_ms += by_ms;
    sim->mono_ns += (uint64_t)by_ms * 1000000;
}

void env_sim_fail_alloc(struct env_sim *sim, uint64_t nth, bool for_ever) {
    SIM_LOCKED(sim);
    sim->memory.allocs = 0;
    sim->memory.fail_at = nth;
    sim->memory.fails_for_ever = for_ever;
}

uint64_t env_sim_allocs(const struct env_sim *sim) {
    return sim->memory.allocs;
}

uint64_t env_sim_blocks(const struct env_sim *sim) {
    return sim->memory.blocks;
}

struct str env_sim_log(struct env_sim *sim) {
    return (struct str){sim->log.bytes, sim->log.len};
}
