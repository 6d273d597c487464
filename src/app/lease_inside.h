/* What the files of leases share: a change of a lease on its way to the gate. */
#ifndef APP_LEASE_INSIDE_H
#define APP_LEASE_INSIDE_H

#include "app/lease.h"
#include "gate/gate_lease.h"

/* What the gate is told of one counter, or was told and would be told back. */
struct lease_step {
    struct gate_handle handle;
    struct gate_settlement settlement;
    struct lease_step *next;
};

/* Puts a step in front of the list. */
MUST_USE struct err lease_step_add(struct lease_step **list, struct arena *arena,
                                   const struct lease_step *step);

/* Brings what follows from the lease into the row: what of it counts, and since when. */
void lease_row_set(struct lease_row *row, const struct lease *lease, int64_t now);

/* Ends the row's lease and notes what the gate is to learn of it after. */
struct lease_freeing {
    struct app *app;
    struct arena *arena; /* of the steps */
    struct lease_step **freed;
    struct str reason; /* of a reclaim, for the history */
};
MUST_USE struct err lease_end_row(const struct lease_freeing *freeing, struct tx *tx,
                                  struct lease_row *row);

#endif
