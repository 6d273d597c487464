/* A set of fingerprints: 64-bit hashes, each with the place of the bytes that it stands for.
 *
 * Open addressing with linear probing, 16 bytes a slot, power-of-two sizes. A search begins with
 * the first slot of a line of the cache: nearly all end in it, so that a look at a random place
 * waits for memory once. It grows without a stall: past five eighths, every insertion prepares some
 * slots of a table twice the size and then moves some over, so that no single call pays for the
 * whole. Several entries may have the same fingerprint; the caller tells them apart by their bytes.
 *
 * Places of batches below the floor are forgotten: they are not found, and their slots are won back
 * by fingerprint_sweep() or by the next growth. So are those that were retracted. */
#ifndef GATE_FINGERPRINT_H
#define GATE_FINGERPRINT_H

#include "base/env.h"

/* A batch's number and the offset of a record in its blob. Batches are numbered from 1. */
struct place {
    uint64_t value; /* batch << 24 | offset */
};
#define PLACE_BATCH_MAX (((uint64_t)1 << 40) - 1)

static inline struct place place_of(uint64_t batch, size_t offset) {
    return (struct place){batch << 24 | (uint64_t)offset};
}
static inline uint64_t place_batch(struct place place) {
    return place.value >> 24;
}
static inline size_t place_offset(struct place place) {
    return (size_t)(place.value & 0xffffff);
}

struct fingerprint_slot {
    uint64_t hash;
    struct place place; /* 0: the slot is empty */
};

struct fingerprint_table {
    struct fingerprint_slot *slots; /* begin where a line of the cache does */
    void *memory;                   /* that they are in */
    size_t mask;                    /* slots - 1 */
    size_t count;
};

struct fingerprint_set {
    struct env *env;
    struct fingerprint_table table;
    struct fingerprint_table next; /* slots NULL unless growing */
    size_t prepared;               /* slots of `next` that are zeroed */
    size_t moved;                  /* slots of `table` that are moved over */
    size_t swept;                  /* slots of `table` that fingerprint_sweep() has seen */
    uint64_t floor;                /* the lowest batch that is not forgotten */
    uint64_t floor_before;         /* as growth began: what was below it is not moved over */
};

/* Room for `expected` entries before anything grows. ERR_NO_MEMORY. */
MUST_USE struct err fingerprint_init(struct fingerprint_set *set, struct env *env, size_t expected);
void fingerprint_finish(struct fingerprint_set *set);

/* Makes sure that `more` insertions cannot fail. ERR_NO_MEMORY. */
MUST_USE struct err fingerprint_reserve(struct fingerprint_set *set, size_t more);
/* Adds an entry for which room was reserved. */
void fingerprint_insert(struct fingerprint_set *set, uint64_t hash, struct place place);
/* Takes back an entry that was added: it is not found from here, and its slot is won back like
 * those of forgotten ones. */
void fingerprint_retract(struct fingerprint_set *set, uint64_t hash, struct place place);

/* Brings the memory near in which a search for this hash will begin. */
void fingerprint_prefetch(const struct fingerprint_set *set, uint64_t hash);

/* Where a search for one hash stands; zeroed to begin with. */
struct fingerprint_search {
    size_t step;
    bool in_next;
};
/* The next entry with this hash; false when there is none (left). */
MUST_USE bool fingerprint_find(const struct fingerprint_set *set, uint64_t hash,
                               struct fingerprint_search *search, struct place *ret_place);

void fingerprint_forget(struct fingerprint_set *set, uint64_t floor); /* never lowers it */
/* Looks at up to `slots` slots and empties the forgotten ones; false when none is left to see. */
bool fingerprint_sweep(struct fingerprint_set *set, size_t slots);

size_t fingerprint_count(const struct fingerprint_set *set); /* forgotten, not yet swept included */

#endif
