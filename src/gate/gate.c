/* The customers of the gate: blocks of counters that never move, and an index over them.
 *
 * The writer adds, and while the gate fills its loader, one at a time; everybody else only reads: a
 * slot of the index is published when all behind it is complete, and is never changed afterwards. A
 * larger index is filled before it is published; the smaller ones stay for those who still read
 * them, and together take no more than the present one. */
#include "gate/gate.h"

#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "base/crypto.h"
#include "gate/gate_entry.h"

enum { BLOCK_CUSTOMERS = 256, SLOTS_MIN = 1024, ALIGNMENT = 64, HASH_KEY = 16 };

struct name {
    uint8_t len;
    char bytes[LIMIT_USER_ID];
};

struct block {
    struct name names[BLOCK_CUSTOMERS];
    void *memory; /* of the entries, before alignment */
    struct gate_entry *entries;
};

/* A slot is 0, or the upper half of the hash over the customer's position + 1. */
struct index {
    struct index *smaller;
    size_t mask;
    _Atomic uint64_t slots[];
};

struct gate {
    struct gate_options options;
    uint8_t hash_key[HASH_KEY];
    struct index *_Atomic index;
    struct block **blocks;
    _Atomic size_t count; /* of customers */
    _Atomic uint64_t bytes;
    atomic_bool is_complete;
    pthread_mutex_t adding; /* of whoever adds or changes a customer: the loaders, the writer */
};

static void *take_memory(struct gate *gate, size_t size) {
    void *memory = env_alloc(gate->options.env, size);
    if (memory != NULL) {
        memset(memory, 0, size); /* touched now, so that serving never meets a fresh page */
        gate->bytes += size;
    }
    return memory;
}

static struct index *make_index(struct gate *gate, size_t slots) {
    struct index *index =
        take_memory(gate, sizeof(struct index) + slots * sizeof(_Atomic uint64_t));
    if (index != NULL) {
        index->mask = slots - 1;
    }
    return index;
}

struct err gate_create(const struct gate_options *options, struct gate **ret_gate) {
    check(options->customers_max > 0 && options->customers_max < UINT32_MAX);
    struct gate *gate = env_alloc(options->env, sizeof *gate);
    if (gate == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memset(gate, 0, sizeof *gate);
    gate->options = *options;
    options->env->random(options->env, gate->hash_key, sizeof gate->hash_key);
    size_t blocks = options->customers_max / BLOCK_CUSTOMERS + 1;
    gate->blocks = take_memory(gate, blocks * sizeof(struct block *));
    struct index *index = gate->blocks == NULL ? NULL : make_index(gate, SLOTS_MIN);
    if (index == NULL || pthread_mutex_init(&gate->adding, NULL) != 0) {
        env_free(options->env, index);
        env_free(options->env, gate->blocks);
        env_free(options->env, gate);
        return ERR(ERR_NO_MEMORY);
    }
    atomic_init(&gate->index, index);
    atomic_init(&gate->is_complete, options->load == NULL);
    *ret_gate = gate;
    return OK;
}

void gate_destroy(struct gate *gate) {
    if (gate == NULL) {
        return;
    }
    struct env *env = gate->options.env;
    struct index *index = atomic_load_explicit(&gate->index, memory_order_relaxed);
    while (index != NULL) {
        struct index *smaller = index->smaller;
        env_free(env, index);
        index = smaller;
    }
    for (size_t i = 0; i < (gate->count + BLOCK_CUSTOMERS - 1) / BLOCK_CUSTOMERS; i++) {
        env_free(env, gate->blocks[i]->memory);
        env_free(env, gate->blocks[i]);
    }
    env_free(env, gate->blocks);
    pthread_mutex_destroy(&gate->adding);
    env_free(env, gate);
}

/* --- finding --- */

static struct name *name_at(const struct gate *gate, size_t position) {
    return &gate->blocks[position / BLOCK_CUSTOMERS]->names[position % BLOCK_CUSTOMERS];
}

static struct gate_handle handle_at(const struct gate *gate, size_t position) {
    struct block *block = gate->blocks[position / BLOCK_CUSTOMERS];
    return (struct gate_handle){&block->entries[position % BLOCK_CUSTOMERS * METRIC_COUNT]};
}

static uint32_t slot_hash(uint64_t slot) {
    return (uint32_t)(slot >> 32);
}
static size_t slot_position(uint64_t slot) {
    return (size_t)(slot & UINT32_MAX) - 1;
}

/* Both the home of a slot and what is kept in it come from the hash's upper half, so that an index
 * can be rebuilt from a smaller one. */
static size_t home_of(const struct index *index, uint32_t hash) {
    return hash & index->mask;
}

static struct gate_handle find(const struct gate *gate, uint32_t hash, struct str user_id) {
    const struct index *index = atomic_load_explicit(&gate->index, memory_order_acquire);
    for (size_t at = home_of(index, hash);; at = (at + 1) & index->mask) {
        uint64_t slot = atomic_load_explicit(&index->slots[at], memory_order_acquire);
        if (slot == 0) {
            return (struct gate_handle){0};
        }
        if (slot_hash(slot) == hash) {
            const struct name *name = name_at(gate, slot_position(slot));
            if (str_equal(str_of(name->bytes, name->len), user_id)) {
                return handle_at(gate, slot_position(slot));
            }
        }
    }
}

static uint32_t hash_of(const struct gate *gate, struct str user_id) {
    return (uint32_t)(siphash(gate->hash_key, user_id) >> 32);
}

uint64_t gate_customer_lane(const struct gate *gate, struct str user_id) {
    return hash_of(gate, user_id);
}

struct gate_handle gate_customer(const struct gate *gate, struct str user_id) {
    uint32_t hash = hash_of(gate, user_id);
    struct gate_handle handle = find(gate, hash, user_id);
    if (gate_is_known(handle) || atomic_load_explicit(&gate->is_complete, memory_order_acquire)) {
        return handle;
    }
    gate->options.load(gate->options.context, user_id);
    return find(gate, hash, user_id);
}

void gate_complete(struct gate *gate) {
    atomic_store_explicit(&gate->is_complete, true, memory_order_release);
}

/* --- adding --- */

static void publish(struct index *index, uint64_t slot) {
    size_t at = home_of(index, slot_hash(slot));
    while (atomic_load_explicit(&index->slots[at], memory_order_relaxed) != 0) {
        at = (at + 1) & index->mask;
    }
    atomic_store_explicit(&index->slots[at], slot, memory_order_release);
}

/* Keeps the index at most half full once another customer is in it. */
static struct err make_room(struct gate *gate) {
    struct index *index = atomic_load_explicit(&gate->index, memory_order_relaxed);
    if (gate->count < (index->mask + 1) / 2) {
        return OK;
    }
    struct index *larger = make_index(gate, 2 * (index->mask + 1));
    if (larger == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i <= index->mask; i++) {
        uint64_t slot = atomic_load_explicit(&index->slots[i], memory_order_relaxed);
        if (slot != 0) {
            publish(larger, slot);
        }
    }
    larger->smaller = index;
    atomic_store_explicit(&gate->index, larger, memory_order_release);
    return OK;
}

static struct err make_block(struct gate *gate, struct block **ret_block) {
    size_t size = BLOCK_CUSTOMERS * METRIC_COUNT * sizeof(struct gate_entry);
    struct block *block = take_memory(gate, sizeof *block);
    if (block == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    block->memory = take_memory(gate, size + ALIGNMENT);
    if (block->memory == NULL) {
        gate->bytes -= sizeof *block;
        env_free(gate->options.env, block);
        return ERR(ERR_NO_MEMORY);
    }
    size_t past = (uintptr_t)block->memory % ALIGNMENT;
    block->entries = (void *)((char *)block->memory + (ALIGNMENT - past) % ALIGNMENT);
    *ret_block = block;
    return OK;
}

static void put_entries(struct gate_handle handle, const struct gate_settings *settings,
                        const struct gate_period *present) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        gate_entry_put(&handle.entries[i], metric_kind((enum metric)i), settings,
                       &settings->metrics[i], present);
    }
}

static struct err add(struct gate *gate, uint32_t hash, struct str user_id,
                      const struct gate_settings *settings, const struct gate_period *present) {
    if (gate->count == gate->options.customers_max) {
        return ERR(ERR_TOO_LARGE);
    }
    TRY(make_room(gate));
    if (gate->count % BLOCK_CUSTOMERS == 0) {
        TRY(make_block(gate, &gate->blocks[gate->count / BLOCK_CUSTOMERS]));
    }
    struct name *name = name_at(gate, gate->count);
    name->len = (uint8_t)user_id.len;
    memcpy(name->bytes, user_id.bytes, user_id.len);
    put_entries(handle_at(gate, gate->count), settings, present);
    gate->count++;
    publish(atomic_load_explicit(&gate->index, memory_order_relaxed),
            (uint64_t)hash << 32 | (uint64_t)gate->count);
    return OK;
}

static struct err put(struct gate *gate, struct str user_id, const struct gate_settings *settings,
                      bool replaces) {
    check(user_id.len > 0 && user_id.len <= LIMIT_USER_ID);
    check(instant_is_valid(settings->anchor) && instant_is_valid(settings->now));
    uint32_t hash = hash_of(gate, user_id);
    struct gate_period present = gate_period_of(settings);
    pthread_mutex_lock(&gate->adding);
    struct err err = OK;
    struct gate_handle handle = find(gate, hash, user_id);
    if (!gate_is_known(handle)) {
        err = add(gate, hash, user_id, settings, &present);
    } else if (replaces) {
        put_entries(handle, settings, &present);
    }
    pthread_mutex_unlock(&gate->adding);
    return err;
}

struct err gate_put(struct gate *gate, struct str user_id, const struct gate_settings *settings) {
    return put(gate, user_id, settings, true);
}

struct err gate_add(struct gate *gate, struct str user_id, const struct gate_settings *settings) {
    return put(gate, user_id, settings, false);
}

struct gate_counts gate_count(const struct gate *gate) {
    return (struct gate_counts){.customers = gate->count, .bytes = gate->bytes};
}
