/* Leases at the gate: parts of a counter that are handed out, to be used elsewhere. Any thread may
 * call these, as gate.h says; the handle is a known one, the metric a counter. */
#ifndef GATE_GATE_LEASE_H
#define GATE_GATE_LEASE_H

#include "gate/gate.h"

/* Hands out `amount` of a counter, more than 0, to be used elsewhere: all of it, or denied. It
 * counts against the limits like use, so that the sum of both never passes the hard limit, but is
 * no use yet: state, grace and notices do not know of it. Leases end with their usage period. */
struct gate_verdict gate_grant(struct gate_handle handle, enum metric metric,
                               struct quantity amount, struct instant now);

/* What has become of what was handed out. */
struct gate_settlement {
    enum metric metric;
    struct instant period_start; /* of the usage period in which it was */
    struct quantity used;        /* to add to what is used, even past the hard limit */
    struct quantity leased;      /* to add to what is out: negative when it was used or came back */
};
/* Counts it; is_late when the period is over: nothing is counted then. */
struct gate_verdict gate_settle(struct gate_handle handle, const struct gate_settlement *settlement,
                                struct instant now);

#endif
