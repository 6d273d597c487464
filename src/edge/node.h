/* A node: what one process holds of its customers' allowance, and what it tells the server of it.
 *
 * Pure: no I/O, no clock, no thread of its own. Its caller brings monotonic milliseconds, carries
 * what edge_node_compose() gives to the server and the answer to edge_node_answer(), or says that
 * there was none. The library (library.c) does so over HTTP, tests over a network that loses,
 * doubles and reorders.
 *
 * A *row* is the server's lease: (customer, metric, usage period, node, epoch). All figures of a
 * row are cumulative and only grow, so that an exchange may be lost, repeated or late; what is sent
 * again is sent as it now stands. Per row, always:
 *     granted - taken + released - returned  =  left in the counter's word + withheld by the node
 * Withheld is what may not be spent now: the reserve while the server is there, all of it once the
 * lease has run out (but for the reserve, where the policy is bounded open).
 *
 * The functions here belong to one thread at a time; takes go on beside them on any thread. */
#ifndef EDGE_NODE_H
#define EDGE_NODE_H

#include "base/env.h"
#include "core/metric.h"
#include "edge/counter.h"

enum {
    EDGE_ROWS_MAX = 1000, /* of one exchange */
    EDGE_EPOCH_SIZE = 32, /* with NUL */
    EDGE_USER_ID_MAX = 64,
    EDGE_EXCHANGE_MS = 1000,   /* between two exchanges */
    EDGE_HURRY_MS = 100,       /* the same when somebody waits for the answer */
    EDGE_HORIZON_MS = 600000,  /* a node would like to hold so much of its own rate */
    EDGE_RATE_TIME_MS = 10000, /* in which a rate follows a new one */
    EDGE_RETRY_MS_MAX = 5000,
    EDGE_FIRST_WANTED = 1 << 30, /* before a rate is known; the server gives a small part */
    EDGE_AWAY_FAILURES = 2,      /* exchanges in a row without an answer: the server is away */
    EDGE_DENIED_AGAIN_MS = 1000,
};

struct edge_node;

/* Memory for customers: zeroed, aligned to their size, wiped in a forked child. */
struct edge_memory {
    void *(*map)(struct edge_memory *memory, size_t size); /* NULL: none left */
    void (*unmap)(struct edge_memory *memory, void *bytes, size_t size);
};

struct edge_node_options {
    struct env *env;            /* for memory alone */
    struct edge_memory *memory; /* NULL: env's */
    struct turnpike *gate;      /* what the handles say they belong to; may be NULL */
    size_t customers_max;
    uint64_t unknown_budget;
    enum turnpike_policy policy[TURNPIKE_METRICS];
};

MUST_USE struct err edge_node_create(const struct edge_node_options *options,
                                     struct edge_node **ret_node);
void edge_node_destroy(struct edge_node *node); /* takes NULL */

/* Begins an epoch: text that ascends. All rows begin anew; what is not acknowledged of the present
 * ones is sent as events (`is_known` false: the server has forgotten them) or reported under their
 * own epoch. */
MUST_USE struct err edge_node_begin(struct edge_node *node, const char *epoch, bool is_known);
const char *edge_node_epoch(const struct edge_node *node);

/* The customer's handle; made when there is none. ERR_TOO_LARGE past customers_max; ERR_NO_MEMORY.
 */
MUST_USE struct err edge_node_customer(struct edge_node *node, struct str user_id,
                                       struct turnpike_customer **ret_customer);
struct str edge_node_user_id(const struct edge_node *node, const struct turnpike_customer *handle);

struct edge_figures {
    int64_t taken, released, returned, recorded;
};

/* What a journal tells of an earlier epoch: to be settled before anything else is sent. */
struct edge_settlement {
    const char *epoch;
    struct str user_id;
    enum metric metric;
    bool has_period;
    int64_t period_start; /* UTC ms */
    struct edge_figures figures;
    int64_t acked; /* of taken - released + recorded, what the server has acknowledged */
};
MUST_USE struct err edge_node_settle(struct edge_node *node,
                                     const struct edge_settlement *settlement);
/* That there was this epoch: it is ended, so that what the server granted under it goes back. */
MUST_USE struct err edge_node_settle_epoch(struct edge_node *node, const char *epoch);

/* Looks at what has changed and what time has done. Cheap when nothing has: every 100 ms. */
void edge_node_tick(struct edge_node *node, uint64_t now_ms);
/* When edge_node_compose() will next have something, UINT64_MAX for never; not before `now_ms`. */
uint64_t edge_node_next_ms(const struct edge_node *node, uint64_t now_ms);

/* Nothing is spent any more; all that is unspent is given back. The next exchanges end with a final
 * one; edge_node_is_settled() then says that all is told. */
void edge_node_close(struct edge_node *node, uint64_t now_ms);
bool edge_node_is_settled(const struct edge_node *node);

/* Marks all that is not yet acknowledged; edge_node_is_flushed() once all of it is, or is refused
 * (then *ret_refused). Ticks first. */
void edge_node_flush(struct edge_node *node, uint64_t now_ms);
bool edge_node_is_flushed(const struct edge_node *node, bool *ret_refused);

/* --- what stands where --- */

/* The rows whose figures have changed since they were last given here: for the journal. False when
 * there is none left. */
MUST_USE bool edge_node_next_changed(struct edge_node *node, struct edge_settlement *ret_row);
/* All of them have, for a journal that begins anew. */
void edge_node_all_changed(struct edge_node *node);
bool edge_node_has_old(const struct edge_node *node); /* earlier epochs, with rows or without */
/* The epochs that are not yet over for the server, the present one last; NULL past it. */
const char *edge_node_epoch_at(const struct edge_node *node, size_t index);

void edge_node_details(struct edge_node *node, const struct turnpike_customer *handle,
                       enum metric metric, struct turnpike_details *ret_details);
void edge_node_stats(const struct edge_node *node, uint64_t now_ms,
                     struct turnpike_stats *ret_stats);

#endif
