/* How long something took, over the last hour: a window that moves on minute by minute.
 *
 * Every minute has a histogram of its own, whose slots are an eighth of their value wide, so a
 * quantile is at most an eighth above the truth and never below it. What is older than the window
 * is forgotten as its minute is used again. Pure: the caller says what time it is, by a clock that
 * never goes back. For one thread. */
#ifndef BASE_LATENCY_WINDOW_H
#define BASE_LATENCY_WINDOW_H

#include <stddef.h>
#include <stdint.h>

enum {
    LATENCY_WINDOW_MINUTES = 60,
    LATENCY_WINDOW_STEPS = 8,                         /* slots between a value and its double */
    LATENCY_WINDOW_SLOTS = LATENCY_WINDOW_STEPS * 40, /* up to 36 minutes; longer counts as that */
};

struct latency_minute {
    uint64_t minute; /* of the clock, from 1; 0: unused */
    uint64_t count, ns_max;
    uint32_t slots[LATENCY_WINDOW_SLOTS];
};

/* Zeroed at first. */
struct latency_window {
    struct latency_minute minutes[LATENCY_WINDOW_MINUTES];
};

void latency_window_add(struct latency_window *window, uint64_t now_ns, uint64_t took_ns);

/* All zero when `count` is. */
struct latency_summary {
    uint64_t count, p50_ns, p99_ns, ns_max;
};
/* Of what was added in the present minute and the 59 before it. */
struct latency_summary latency_window_summary(const struct latency_window *window, uint64_t now_ns);

#endif
