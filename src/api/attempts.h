/* How often an address may try to come in, or send a form: buckets (proof/throttle.h) in memory,
 * found by a keyed hash of the address and of its network. Two that meet in one bucket share it,
 * which costs one of them a wait and nobody else a thing. Of the loop's thread. */
#ifndef API_ATTEMPTS_H
#define API_ATTEMPTS_H

#include "base/env.h"
#include "base/str.h"
#include "proof/throttle.h"

struct attempts;

/* What an address and its network may. */
struct attempts_rates {
    struct throttle_rate address, network;
};

/* NULL when there is no memory. */
struct attempts *attempts_create(struct env *env, struct attempts_rates rates);
void attempts_destroy(struct env *env, struct attempts *attempts); /* takes NULL */

/* Counts an attempt; false, and *ret_wait_ms says when to come again, when there were too many.
 * What comes from no address (the unix socket) is not counted. */
MUST_USE bool attempts_take(struct attempts *attempts, struct str address, int64_t now_ms,
                            int64_t *ret_wait_ms);

#endif
