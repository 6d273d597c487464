/* What the parts of the simulated world share; for env_sim*.c only. */
#ifndef BASE_ENV_SIM_INSIDE_H
#define BASE_ENV_SIM_INSIDE_H

#include <pthread.h>

#include "base/env_sim.h"
#include "base/prng.h"

/* Bytes of a file. */
struct sim_image {
    char *bytes;
    size_t len, capacity;
};

/* A write (or, without bytes, a truncation to `offset`) that no sync has made durable. */
struct sim_change {
    size_t offset, len;
    char *bytes;
};

/* A file, named or not: a removed one lives on while it is open or its removal is pending. */
struct sim_node {
    struct sim_node *next;
    char *path;
    bool is_named;         /* the running program finds it */
    bool is_named_durably; /* it is found after a power loss */
    bool is_dir;
    struct env_file *locked_by;
    struct sim_image current, durable;
    struct sim_change *pending;
    size_t pending_count, pending_capacity;
    unsigned handles;
};

struct sim_disk {
    struct prng prng;
    struct sim_node *nodes; /* newest first */
    struct env_sim_faults faults;
    uint64_t mutations, syncs, reads;
    uint64_t boot; /* handles of an earlier one are void */
    size_t sector;
    bool is_dead;
};

struct sim_memory {
    uint64_t allocs, blocks, fail_at;
    bool fails_for_ever;
};

struct sim_log {
    char *bytes;
    size_t len;
};

struct sim_route;
struct sim_exchange;
struct sim_message;

struct sim_net {
    struct prng prng;
    struct env_sim_net options;
    struct sim_route *routes;
    struct sim_exchange *exchanges;
    struct sim_message *messages;
    uint64_t last_exchange;
};

struct env_sim {
    struct env env; /* first, so that the two have one address */
    pthread_mutex_t mutex;
    int64_t wall_ms;
    uint64_t mono_ns;
    struct prng random;
    struct sim_memory memory;
    struct sim_log log;
    struct sim_disk disk;
    struct sim_net net;
};

static inline struct env_sim *sim_of(struct env *env) {
    return (struct env_sim *)env;
}

/* Locks until the end of the scope. */
pthread_mutex_t *sim_lock(struct env_sim *sim);
void sim_unlock(pthread_mutex_t **mutex);
#define SIM_LOCKED(sim)                                                                            \
    UNUSED CLEANUP(sim_unlock)                                                                     \
    pthread_mutex_t *locked_ = sim_lock(sim)

/* The simulation's own memory, which has no faults and aborts when the machine has none. */
void *sim_take(size_t size);
void *sim_grow(void *memory, size_t size);
char *sim_copy(struct str s); /* NUL-terminated */

void sim_disk_init(struct env_sim *sim, uint64_t seed);
void sim_disk_finish(struct env_sim *sim);

void sim_net_init(struct env_sim *sim, uint64_t seed);
void sim_net_finish(struct env_sim *sim);
/* Forgets who asked: their callbacks will never run. */
void sim_net_orphan(struct env_sim *sim);

#endif
