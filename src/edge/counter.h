/* One counter: what this process may still spend of one metric of one customer, in a cache line.
 *
 * `word` is the only thing that takes compete for: what is left, and beside it flags and a stamp
 * that changes with every usage period. A take is a load, a comparison and a compare-and-swap: no
 * lock, call, clock or allocation. It succeeds only against exactly the word it has read, so the
 * sum let through never exceeds what the node put in. Whatever needs more thought (expiry, a new
 * period, a lost server) is done by the node (node.h), which changes what is left by the same word.
 *
 * What was used follows from two figures, issued - left: no take writes a second word. Only the
 * first change after a report does: it finds the clean flag, clears it in the same swap, and so it
 * alone puts the counter on the list of those to be reported.
 *
 * The memory is wiped in a forked child (memory.h): all zero means that nothing is left and that
 * `standing` is TURNPIKE_FORKED, so a child cannot spend its parent's lease. */
#ifndef EDGE_COUNTER_H
#define EDGE_COUNTER_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "turnpike.h"

enum {
    EDGE_FLAG_BITS = 10,
    EDGE_SORT_MASK = 3, /* 0 leased, 1 open, 2 emergency: what an allowed take is told */
    EDGE_SORT_LEASED = 0,
    EDGE_SORT_OPEN = 1,
    EDGE_SORT_EMERGENCY = 2,
    EDGE_CLEAN = 4, /* unchanged since the node last looked */
    EDGE_STAMP_ONE = 8,
    EDGE_FLAG_MASK = (1 << EDGE_FLAG_BITS) - 1,
    EDGE_STAMP_MASK = EDGE_FLAG_MASK & ~(EDGE_STAMP_ONE - 1),
    EDGE_LISTS = 64,
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
    _Atomic int64_t released;  /* given back, ever */
    _Atomic int64_t recorded;  /* happened anyway, ever */
    _Atomic int64_t wanted;    /* the largest amount that was denied since the node last looked */
    struct edge_counter *next; /* on a list of those that have changed */
    struct edge_shared *shared;
    _Atomic uint32_t standing; /* enum turnpike_reason: what a take is told that finds too little */
    uint32_t tracker;          /* the node's number for it; 0: none yet */
};
static_assert(sizeof(struct edge_counter) == 64, "a counter fills one cache line");

/* A customer's seven, and one line that only the slow path reads. */
struct turnpike_customer {
    struct edge_counter counters[TURNPIKE_METRICS];
    _Alignas(64) struct turnpike *gate;
    uint32_t number; /* in the node's table */
};
static_assert(sizeof(struct turnpike_customer) == 512, "eight lines, 4,096 to a huge page");

/* What all counters of a node share. Each list is a line of its own; callers spread over them. */
struct edge_shared {
    struct {
        _Alignas(64) struct edge_counter *_Atomic first;
    } changed[EDGE_LISTS];
    _Alignas(64) _Atomic uint64_t unknown_budget;
};

static inline int64_t edge_left(uint64_t word) {
    return (int64_t)(word >> EDGE_FLAG_BITS);
}

/* On the caller's list: threads have stacks far apart, so that their lists are too, and no thread
 * needs a number of its own. */
static inline void edge_counter_push(struct edge_counter *counter) {
    uint64_t place = (uint64_t)(uintptr_t)__builtin_frame_address(0) >> 16;
    uint64_t list = place * UINT64_C(0x9e3779b97f4a7c15) >> 58;
    static_assert(EDGE_LISTS == 1 << (64 - 58), "a list for each number");
    struct edge_counter *_Atomic *head = &counter->shared->changed[list].first;
    struct edge_counter *first = atomic_load_explicit(head, memory_order_relaxed);
    do {
        counter->next = first;
    } while (!atomic_compare_exchange_weak_explicit(head, &first, counter, memory_order_release,
                                                    memory_order_relaxed));
}

/* A take that found too little: why, and what the policy makes of it. */
struct turnpike_verdict edge_counter_short(struct edge_counter *counter, int64_t amount);

/* `amount` is 1..TURNPIKE_AMOUNT_MAX here, and 0 as well in the others. */
static inline struct turnpike_verdict edge_counter_take(struct edge_counter *counter,
                                                        int64_t amount) {
    uint64_t need = (uint64_t)amount << EDGE_FLAG_BITS;
    uint64_t word = atomic_load_explicit(&counter->word, memory_order_relaxed);
    while (word >= need) {
        uint64_t next = (word - need) & ~(uint64_t)EDGE_CLEAN;
        if (atomic_compare_exchange_weak_explicit(&counter->word, &word, next, memory_order_acq_rel,
                                                  memory_order_relaxed)) {
            if ((word & EDGE_CLEAN) != 0) {
                edge_counter_push(counter);
            }
            unsigned sort = (unsigned)(word & EDGE_SORT_MASK);
            return (struct turnpike_verdict){true, (enum turnpike_reason)(1U + sort)};
        }
    }
    return edge_counter_short(counter, amount);
}
struct turnpike_verdict edge_counter_check(struct edge_counter *counter, int64_t amount);
void edge_counter_record(struct edge_counter *counter, int64_t amount);
int64_t edge_counter_release(struct edge_counter *counter, int64_t amount);
/* Puts it on the list unless it is there: for the node to look at. */
void edge_counter_touch(struct edge_counter *counter);

#endif
