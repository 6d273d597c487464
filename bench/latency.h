/* How long things took, in a histogram whose slots are 1/64 of their value wide: small, exact
 * enough for a percentile, and cheap to add to. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stddef.h>
#include <stdint.h>

enum { LATENCY_STEPS = 64, LATENCY_SLOTS = LATENCY_STEPS * 59 };

struct latency {
    uint64_t count;
    uint64_t ns_max;
    uint64_t slots[LATENCY_SLOTS];
};

/* Values below 128 have a slot each; above, the seven leading bits choose it. */
static inline size_t latency_slot(uint64_t ns) {
    if (ns < (uint64_t)2 * LATENCY_STEPS) {
        return (size_t)ns;
    }
    unsigned shift = 57 - (unsigned)__builtin_clzll(ns);
    return (size_t)shift * LATENCY_STEPS + (size_t)(ns >> shift);
}

static inline void latency_add(struct latency *latency, uint64_t ns) {
    latency->slots[latency_slot(ns)]++;
    latency->count++;
    latency->ns_max = ns > latency->ns_max ? ns : latency->ns_max;
}

/* The value of which `per_ten_thousand` of 10,000 are not above: 5000 is the median, 9990 p99.9. */
static inline uint64_t latency_at(const struct latency *latency, uint64_t per_ten_thousand) {
    uint64_t left = latency->count * per_ten_thousand / 10000;
    size_t slot = 0;
    while (slot + 1 < LATENCY_SLOTS && left >= latency->slots[slot]) {
        left -= latency->slots[slot++];
    }
    if (slot < (size_t)2 * LATENCY_STEPS) {
        return slot;
    }
    unsigned shift = (unsigned)(slot / LATENCY_STEPS) - 1;
    uint64_t upper = ((uint64_t)(slot % LATENCY_STEPS) + LATENCY_STEPS + 1) << shift;
    return upper < latency->ns_max ? upper : latency->ns_max;
}

#endif
