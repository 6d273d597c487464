/* One call on a counter, from what it found to its verdict: the common steps of gate_use.c, which
 * has them, and of gate_lease.c. */
#ifndef GATE_GATE_OUTCOME_H
#define GATE_GATE_OUTCOME_H

#include "base/check.h"
#include "gate/gate_entry.h"

/* What one call did. */
struct gate_outcome {
    struct gate_view view; /* as it stands after the call */
    struct limit_decision decision;
    int64_t counted;
    bool watch_changed;
    bool grace_started;
    unsigned notices;
    bool is_late;
};

static inline struct gate_entry *gate_entry_of(struct gate_handle handle, enum metric metric) {
    check(handle.entries != NULL);
    check((unsigned)metric < METRIC_COUNT);
    return &handle.entries[metric];
}

/* May the view's counter take `amount` more? */
struct limit_decision gate_decide(struct gate_view *view, struct quantity amount);

/* Swaps the level that the view saw for `used`; on failure the view is looked at anew. */
MUST_USE bool gate_swap_level(struct gate_entry *entry, struct gate_view *view, int64_t used);

/* The verdict on the outcome as it is. */
struct gate_verdict gate_verdict_of(const struct gate_outcome *outcome);

/* Brings the watch up to what was counted and gives the verdict: whatever the state is now, it was
 * allowed. */
struct gate_verdict gate_verdict_after(struct gate_entry *entry, struct gate_outcome *outcome);

#endif
