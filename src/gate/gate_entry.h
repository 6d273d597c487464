/* One counter of one customer: a cache line of words that are each changed in one step.
 *
 * Only gate.c and gate_use.c look inside. Words that belong together carry a *stamp* of ten bits:
 * two for the version of the settings, which every gate_put() moves on, and eight for the number of
 * the usage period (of its anchor, modulo 256; always 0 for gauges, which know no periods). The
 * other 54 bits hold a level or an instant. A word whose stamp is not the present one is as good as
 * empty: that is how a counter rolls over without anybody having to touch its other words.
 *
 * Eight bits tell a period from the 250 before it and the five after it. The five allow for threads
 * that read the clock just before a roll-over; the 250 make a counter that nobody has used or put
 * for more than 20 years in one process the only one that could be misread. */
#ifndef GATE_GATE_ENTRY_H
#define GATE_GATE_ENTRY_H

#include <assert.h>
#include <stdatomic.h>

#include "gate/gate.h"

struct gate_entry {
    /* The one word that takes compete for: what is used, and what is leased to be used. */
    _Alignas(64) _Atomic uint64_t used;
    _Atomic uint64_t grace_ends_at; /* or STAMPED_NONE, as is settled_since */
    /* Of gauges: settled_since. Of counters, which never settle: how much of `used` is leased, so
     * that what people see as used is the difference (gate_lease.c). */
    _Atomic uint64_t settled_or_leased;
    /* The period last looked for, valid when both stamps are equal: saves calendar arithmetic. */
    _Atomic uint64_t period_start;
    _Atomic uint64_t period_end;
    /* Settings. */
    _Atomic int64_t anchor;
    _Atomic int64_t limit;
    _Atomic uint32_t terms;   /* limit kind, metric kind, soft limit */
    _Atomic uint32_t notices; /* stamp, and the limit_notice bits known as given (gate_told.h) */
};

static_assert(sizeof(struct gate_entry) == 64, "a counter fills one cache line");

enum {
    STAMP_BITS = 10,
    STAMP_PERIOD_BITS = 8,
    STAMP_PERIOD_MASK = (1 << STAMP_PERIOD_BITS) - 1,
    STAMP_VERSION_MASK = 3,
    STAMP_BEHIND_MAX = 5, /* periods that a late clock may lag */
};

/* The least of 54 bits: neither a level nor an instant. */
#define STAMPED_NONE (-LIMIT_AMOUNT)

struct stamped {
    unsigned stamp;
    int64_t value;
};

static inline uint64_t stamped_pack(struct stamped stamped) {
    return (uint64_t)stamped.value << STAMP_BITS | stamped.stamp;
}
static inline struct stamped stamped_unpack(uint64_t word) {
    return (struct stamped){(unsigned)(word & ((1U << STAMP_BITS) - 1)),
                            (int64_t)word >> STAMP_BITS};
}
static inline unsigned stamp_of(unsigned version, unsigned period) {
    return (version & STAMP_VERSION_MASK) << STAMP_PERIOD_BITS | (period & STAMP_PERIOD_MASK);
}
static inline unsigned stamp_version(unsigned stamp) {
    return stamp >> STAMP_PERIOD_BITS & STAMP_VERSION_MASK;
}

/* A sum of two amounts, cut to what a counter holds. */
static inline int64_t gate_level(int64_t used) {
    static_assert(GATE_USED_MAX + LIMIT_AMOUNT < INT64_MAX, "the sum fits before it is cut");
    if (used > GATE_USED_MAX) {
        return GATE_USED_MAX;
    }
    return used < -GATE_USED_MAX ? -GATE_USED_MAX : used;
}

/* What one call found in an entry. */
struct gate_view {
    uint64_t used_word; /* as read: the compare-and-swap's expectation */
    unsigned stamp;     /* of the period to count in */
    int64_t used;       /* in that period, what is leased included */
    struct period period;
    struct limit_query query; /* limit, watch, used, leased, now; amount 0 at first */
    uint64_t grace_word, settled_or_leased_word;
    uint32_t notices_word;
};

/* Reads an entry as it is at `now`; writes nothing but the period last looked for. */
void gate_entry_look(struct gate_entry *entry, struct instant now, struct gate_view *ret_view);

/* A usage period with the eight bits of its number. */
struct gate_period {
    struct period period;
    unsigned number;
};
/* The one that the settings' `now` is in: the same for all of a customer's counters. */
struct gate_period gate_period_of(const struct gate_settings *settings);

/* Sets an entry; of whoever may put. */
void gate_entry_put(struct gate_entry *entry, enum metric_kind kind,
                    const struct gate_settings *settings, const struct gate_metric_settings *metric,
                    const struct gate_period *present);

#endif
