/* One counter: what this process may still spend of one metric of one customer, in a cache line.
 *
 * `word` is the only thing that takes compete for: what is left, and beside it two flags and a
 * stamp that changes with every usage period. A take (turnpike_take.h, which hosts compile into
 * themselves) is a load, a comparison, a compare-and-swap and the store of a mark: no lock, call,
 * clock or allocation, and no branch on what was read but the one that decides, so that a processor
 * can fetch the next counters meanwhile. It succeeds only against exactly the word it has read: the
 * sum let through never exceeds what the node put in. Whatever needs more thought (expiry, a new
 * period, a lost server) is done by the node (node.h), which changes what is left by the same word.
 *
 * What was used follows from two figures, issued - left: no take writes a second word of its line.
 * That it has changed is said by a byte, its mark, which lies with those of its neighbours where
 * the node can look through them quickly; its place follows from the counter's own.
 *
 * The memory is wiped in a forked child (memory.h): all zero means that nothing is left and that
 * `standing` is TURNPIKE_FORKED, so a child cannot spend its parent's lease. */
#ifndef EDGE_COUNTER_H
#define EDGE_COUNTER_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "turnpike.h"

enum {
    EDGE_FLAG_BITS = TURNPIKE_FLAG_BITS,
    EDGE_SORT_MASK = TURNPIKE_SORT_MASK, /* what an allowed take is told: */
    EDGE_SORT_LEASED = 0,
    EDGE_SORT_OPEN = 1,
    EDGE_SORT_EMERGENCY = 2,
    EDGE_STAMP_ONE = 4,
    EDGE_FLAG_MASK = (1 << EDGE_FLAG_BITS) - 1,
    EDGE_STAMP_MASK = EDGE_FLAG_MASK & ~(EDGE_STAMP_ONE - 1),
    EDGE_BLOCK_BYTES = TURNPIKE_BLOCK_BYTES, /* a huge page, and aligned to it */
    EDGE_LINE_BYTES = TURNPIKE_LINE_BYTES,
    EDGE_LINES = 8,    /* of a customer */
    EDGE_BLOCK = 4032, /* customers; the rest of the page are their marks */
    EDGE_MARKS = 4096,
};

/* The most that may be left in a word. */
#define EDGE_LEFT_MAX ((int64_t)1 << 53)
static_assert((uint64_t)EDGE_LEFT_MAX <= UINT64_MAX >> EDGE_FLAG_BITS, "what is left fits");
static_assert(TURNPIKE_AMOUNT_MAX <= EDGE_LEFT_MAX, "an amount can be compared after shifting");
static_assert(TURNPIKE_OPEN == TURNPIKE_WITHIN_LEASE + EDGE_SORT_OPEN &&
                  TURNPIKE_EMERGENCY == TURNPIKE_WITHIN_LEASE + EDGE_SORT_EMERGENCY,
              "the reason of an allowed take is read from the word");

struct edge_shared;

struct edge_counter {
    _Alignas(64) _Atomic uint64_t word;
    _Atomic int64_t issued; /* put into the word in this period; less `left` it is what was used */
    _Atomic int64_t released; /* given back, ever */
    _Atomic int64_t recorded; /* happened anyway, ever */
    _Atomic int64_t wanted;   /* the largest amount that was denied since the node last looked */
    struct edge_shared *shared;
    _Atomic uint32_t standing; /* enum turnpike_reason: what a take is told that finds too little */
    uint32_t tracker;          /* the node's number for it; 0: none yet */
    uint64_t unused;
};
static_assert(sizeof(struct edge_counter) == 64, "a counter fills one cache line");

/* A customer's seven, and one line that only the slow path reads. */
struct turnpike_customer {
    struct edge_counter counters[TURNPIKE_METRICS];
    _Alignas(64) struct turnpike *gate;
    uint32_t number; /* in the node's table */
};
static_assert(sizeof(struct turnpike_customer) == EDGE_LINES * EDGE_LINE_BYTES, "eight lines");

/* Customers as they are made, and for each a word with a byte for each of its lines. */
struct edge_block {
    _Alignas(64) struct turnpike_customer customers[EDGE_BLOCK];
    uint64_t marks[EDGE_MARKS];
};
static_assert(sizeof(struct edge_block) == EDGE_BLOCK_BYTES, "a block fills its page");
static_assert(offsetof(struct edge_counter, word) == 0 &&
                  offsetof(struct turnpike_customer, counters) == 0 &&
                  offsetof(struct edge_block, marks) == TURNPIKE_MARKS_AT,
              "they lie where turnpike_take.h, whose layout is 1, looks for them");

/* What all counters of a node share. */
struct edge_shared {
    _Alignas(64) _Atomic uint64_t unknown_budget;
};

static inline int64_t edge_left(uint64_t word) {
    return (int64_t)(word >> EDGE_FLAG_BITS);
}

/* Says that the counter has changed: after the change, so that a node which takes the mark away
 * sees the change, and one that does not finds the mark the next time. Eight of them are looked at
 * as one word. */
static inline uint8_t *edge_mark_of(struct edge_counter *counter) {
    return (uint8_t *)TURNPIKE_MARK_OF((char *)counter);
}
static inline void edge_counter_mark(struct edge_counter *counter) {
    __atomic_store_n(edge_mark_of(counter), (uint8_t)1, __ATOMIC_RELEASE);
}

/* A take that found too little: why, and what the policy makes of it. */
struct turnpike_verdict edge_counter_short(struct edge_counter *counter, int64_t amount);

/* turnpike_take() of a counter by itself. */
static inline struct turnpike_verdict edge_counter_take(struct edge_counter *counter,
                                                        int64_t amount) {
    return turnpike_take((struct turnpike_customer *)counter, (enum turnpike_metric)0, amount);
}
/* `amount` is 0..TURNPIKE_AMOUNT_MAX in these. */
struct turnpike_verdict edge_counter_check(struct edge_counter *counter, int64_t amount);
void edge_counter_record(struct edge_counter *counter, int64_t amount);
int64_t edge_counter_release(struct edge_counter *counter, int64_t amount);

#endif
