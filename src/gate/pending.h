/* The identities of the open group: fingerprints in the order of appending, and an index over them.
 *
 * Small and short-lived, so it may be emptied, and cut back to an earlier state, in time that
 * depends on what it holds and not on what it could hold. */
#ifndef GATE_PENDING_H
#define GATE_PENDING_H

#include "base/env.h"

struct pending_id {
    uint64_t hash;
    size_t offset; /* of its record in the group */
};

struct pending {
    struct env *env;
    struct pending_id *ids; /* `count` of `slots / 2` */
    size_t count;
    uint32_t *index; /* `slots` of them, position in `ids` + 1, or 0 */
    size_t slots;
};

void pending_init(struct pending *pending, struct env *env); /* takes no memory yet */
void pending_finish(struct pending *pending);

/* Makes sure that `more` additions cannot fail. ERR_NO_MEMORY. */
MUST_USE struct err pending_reserve(struct pending *pending, size_t more);
void pending_add(struct pending *pending, struct pending_id id);
/* Forgets all but the first `count`. */
void pending_cut(struct pending *pending, size_t count);

/* Brings the memory near in which a search for this hash will begin. */
void pending_prefetch(const struct pending *pending, uint64_t hash);
/* The next id with this hash; *step is 0 to begin with. False when there is none (left). */
MUST_USE bool pending_find(const struct pending *pending, uint64_t hash, size_t *step,
                           struct pending_id *ret_id);

#endif
