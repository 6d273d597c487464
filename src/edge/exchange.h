/* An exchange as JSON: POST /api/leases, or POST /api/usage/events for what no lease is known of.
 */
#ifndef EDGE_EXCHANGE_H
#define EDGE_EXCHANGE_H

#include <jansson.h>

#include "base/buf.h"
#include "edge/node_exchange.h"

enum { EDGE_REPLY_MAX = 16 * 1024 * 1024 };

/* Where to, and what as; the body is added to `out`. */
struct edge_letter {
    const char *target;
    const char *content_type;
};
struct edge_letter edge_exchange_write(const char *node, const struct edge_send *send,
                                       struct buf *out);

enum edge_outcome {
    EDGE_ANSWERED,
    EDGE_NOT_ANSWERED, /* or not with what tells what became of it: send it again */
    EDGE_OTHER_INCARNATION,
};
struct edge_reply {
    enum edge_outcome outcome;
    struct edge_answer answer; /* borrows from the two below */
    struct edge_told *told;
    json_t *json;
    struct env *env;
    char problem[200]; /* why not, or what was refused, for the log; empty when all is well */
};
/* `send` is what was answered. The caller finishes *ret_reply whatever the outcome. */
void edge_exchange_read(struct env *env, const struct edge_send *send, int status, struct str body,
                        struct edge_reply *ret_reply);
void edge_reply_finish(struct edge_reply *reply); /* also for CLEANUP */

/* What /api/usage/take answers to `amount`; false when it is none. A denial below the hard limit
 * says that the rest is leased: TURNPIKE_LEASE_SPENT; the denial has called it back. */
MUST_USE bool edge_take_read(struct str body, int64_t amount, struct turnpike_verdict *ret_verdict);

#endif
