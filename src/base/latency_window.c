#include "base/latency_window.h"

#include <string.h>

#define MINUTE_NS (UINT64_C(60) * 1000 * 1000 * 1000)

static uint64_t minute_of(uint64_t now_ns) {
    return now_ns / MINUTE_NS + 1;
}

/* Values below 16 have a slot each; above, the four leading bits choose it. */
static size_t slot_of(uint64_t ns) {
    if (ns < (uint64_t)2 * LATENCY_WINDOW_STEPS) {
        return (size_t)ns;
    }
    unsigned shift = 60 - (unsigned)__builtin_clzll(ns);
    size_t slot = (size_t)shift * LATENCY_WINDOW_STEPS + (size_t)(ns >> shift);
    return slot < LATENCY_WINDOW_SLOTS ? slot : LATENCY_WINDOW_SLOTS - 1;
}

/* The largest value that the slot takes. */
static uint64_t slot_end(size_t slot) {
    if (slot < (size_t)2 * LATENCY_WINDOW_STEPS) {
        return slot;
    }
    unsigned shift = (unsigned)(slot / LATENCY_WINDOW_STEPS) - 1;
    return (((uint64_t)(slot % LATENCY_WINDOW_STEPS) + LATENCY_WINDOW_STEPS + 1) << shift) - 1;
}

void latency_window_add(struct latency_window *window, uint64_t now_ns, uint64_t took_ns) {
    uint64_t minute = minute_of(now_ns);
    struct latency_minute *at = &window->minutes[minute % LATENCY_WINDOW_MINUTES];
    if (at->minute != minute) {
        memset(at, 0, sizeof *at);
        at->minute = minute;
    }
    uint32_t *slot = &at->slots[slot_of(took_ns)];
    *slot += *slot < UINT32_MAX;
    at->count++;
    at->ns_max = took_ns > at->ns_max ? took_ns : at->ns_max;
}

/* The least value that so many per mille are not above: the rank is rounded up. */
static uint64_t quantile(const uint64_t *slots, uint64_t count, uint64_t permille) {
    uint64_t rank = (count * permille + 999) / 1000;
    size_t slot = 0;
    uint64_t seen = slots[0];
    while (slot + 1 < LATENCY_WINDOW_SLOTS && seen < rank) {
        seen += slots[++slot];
    }
    return slot_end(slot);
}

struct latency_summary latency_window_summary(const struct latency_window *window,
                                              uint64_t now_ns) {
    uint64_t slots[LATENCY_WINDOW_SLOTS] = {0};
    uint64_t last = minute_of(now_ns);
    struct latency_summary sum = {0};
    for (size_t i = 0; i < LATENCY_WINDOW_MINUTES; i++) {
        const struct latency_minute *at = &window->minutes[i];
        if (at->minute == 0 || at->minute > last || at->minute + LATENCY_WINDOW_MINUTES <= last) {
            continue;
        }
        for (size_t slot = 0; slot < LATENCY_WINDOW_SLOTS; slot++) {
            slots[slot] += at->slots[slot];
            sum.count += at->slots[slot];
        }
        sum.ns_max = at->ns_max > sum.ns_max ? at->ns_max : sum.ns_max;
    }
    if (sum.count > 0) {
        uint64_t p50 = quantile(slots, sum.count, 500);
        uint64_t p99 = quantile(slots, sum.count, 990);
        sum.p50_ns = p50 < sum.ns_max ? p50 : sum.ns_max;
        sum.p99_ns = p99 < sum.ns_max ? p99 : sum.ns_max;
    }
    return sum;
}
