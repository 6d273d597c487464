/* Reproducible pseudo-randomness for simulations and tests; never for anything secret.
 *
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): one word
 * of state, any seed is good. One generator a subsystem, so that one more draw in the network does
 * not reshuffle the disk. */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state;
};

static inline uint64_t prng_next(struct prng *prng) {
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A generator of its own for the part of that name or number. */
static inline struct prng prng_split(uint64_t seed, uint64_t part) {
    struct prng prng = {seed ^ part * UINT64_C(0xd1342543de82ef95)};
    return (struct prng){prng_next(&prng)};
}

/* 0 … bound - 1; the bias of the remainder is below 2^-32 for bounds below 2^32. */
static inline uint64_t prng_below(struct prng *prng, uint64_t bound) {
    return bound == 0 ? 0 : prng_next(prng) % bound;
}

static inline bool prng_chance(struct prng *prng, unsigned percent) {
    return prng_below(prng, 100) < percent;
}

#endif
