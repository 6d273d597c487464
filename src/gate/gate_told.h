/* What customers were told, as far as the gate needs to know it.
 *
 * The store alone says which notices were given, since only a commit makes one certain. The gate
 * keeps a copy beside each counter, so that a call that brings nothing new need not ask: a verdict
 * names what is due and is not in the copy. Until the copy is brought up to date, several verdicts
 * may name the same notice; who writes looks into the store and gives it once. So a notice whose
 * commit failed, or whose process died, is named again by the next call. */
#ifndef GATE_GATE_TOLD_H
#define GATE_GATE_TOLD_H

#include "gate/gate.h"

struct gate_told {
    enum metric metric;
    struct instant period_start; /* of counters: the usage period that it is of */
    unsigned notices;            /* enum limit_notice bits that the store holds as given */
};

/* Once durable. On the writer's thread, as gate_put is. */
void gate_set_told(struct gate_handle handle, const struct gate_told *told, struct instant now);

#endif
