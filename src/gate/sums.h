/* What events add to a total, folded into one addition. Every event does it three times, so it is
 * done in place. */
#ifndef GATE_SUMS_H
#define GATE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

struct sums {
    int64_t value;                        /* within +-LIMIT_AMOUNT, the most a row holds */
    int64_t counted, duplicate, rejected; /* events; without any, the rest means nothing */
    int64_t adjusted, adjusted_events;    /* of value and counted, what came late */
    int64_t last_at;  /* the latest time among them; of TOTAL_LEVEL, start of the newest period */
    int64_t heard_at; /* when the last of them came in */
    bool is_level;    /* `value` is the level after the last of them, and not their sum */
};

/* The sum of two amounts as far as a row holds it. */
static inline int64_t total_sum(int64_t a, int64_t b) {
    static_assert(LIMIT_AMOUNT <= INT64_MAX / 2, "the sum of two amounts fits");
    int64_t sum = a + b;
    if (sum > LIMIT_AMOUNT) {
        return LIMIT_AMOUNT;
    }
    return sum < -LIMIT_AMOUNT ? -LIMIT_AMOUNT : sum;
}

static inline bool sums_are_empty(const struct sums *sums) {
    return sums->counted + sums->duplicate + sums->rejected == 0;
}

static inline int64_t sums_later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static inline void sums_add(struct sums *sums, const struct sums *more) {
    if (sums_are_empty(sums)) {
        *sums = *more;
    } else if (!sums_are_empty(more)) {
        sums->value = more->is_level ? more->value : total_sum(sums->value, more->value);
        sums->counted += more->counted;
        sums->adjusted = total_sum(sums->adjusted, more->adjusted);
        sums->adjusted_events += more->adjusted_events;
        sums->duplicate += more->duplicate;
        sums->rejected += more->rejected;
        sums->last_at = sums_later(sums->last_at, more->last_at);
        sums->heard_at = sums_later(sums->heard_at, more->heard_at);
    }
}

#endif
