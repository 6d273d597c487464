/* The identities of the open group in the order of appending, so that they can be taken back. */
#ifndef GATE_PENDING_H
#define GATE_PENDING_H

#include "base/env.h"

struct pending_id {
    uint64_t hash;
    size_t offset; /* of its record in the group */
};

struct pending {
    struct env *env;
    struct pending_id *ids; /* `count` of `room` */
    size_t count, room;
};

void pending_init(struct pending *pending, struct env *env); /* takes no memory yet */
void pending_finish(struct pending *pending);

/* Makes sure that `more` additions cannot fail. ERR_NO_MEMORY. */
MUST_USE struct err pending_reserve(struct pending *pending, size_t more);
void pending_add(struct pending *pending, struct pending_id id);

#endif
