/* What a node sends to the server, and what the server's answer is to it: one exchange.
 *
 * The shapes of POST /api/leases, decoded; exchange.c makes JSON of them. */
#ifndef EDGE_NODE_EXCHANGE_H
#define EDGE_NODE_EXCHANGE_H

#include "edge/node.h"

struct edge_ask {
    struct str user_id;
    enum metric metric;
    bool has_period;
    int64_t period_start;
    struct edge_figures figures;
    int64_t wanted, rate;
    bool is_event; /* to be sent as a usage event of `value`, at `time`; not to the leases */
    int64_t value, time;
    const char *epoch;
};
struct edge_send {
    const char *epoch;
    int64_t incarnation; /* 0: none known */
    bool is_final;
    bool is_events; /* all are, or none is */
    size_t count;
    const struct edge_ask *asks; /* until the node's next function */
};
/* True: send this, now, and tell what became of it before composing again. */
MUST_USE bool edge_node_compose(struct edge_node *node, uint64_t now_ms,
                                struct edge_send *ret_send);

enum edge_mode { EDGE_MODE_LEASE, EDGE_MODE_ASK, EDGE_MODE_OPEN };
enum edge_refusal {
    EDGE_REFUSED_NOT,
    EDGE_REFUSED_NO_CUSTOMER,
    EDGE_REFUSED_EPOCH_ENDED,
    EDGE_REFUSED_ABOVE_GRANT,
    EDGE_REFUSED_UNKNOWN,
    EDGE_REFUSED_PERIOD_CLOSED,
    EDGE_REFUSED_OTHER,
};
/* What people are told of a counter; texts are cut to what details hold. */
struct edge_standing {
    enum turnpike_reason denial; /* HARD_LIMIT or GRACE_ENDED when nothing more may be taken */
    struct turnpike_details details;
};
struct edge_told {
    struct str user_id;
    enum metric metric;
    enum edge_refusal refusal; /* with it, what follows says nothing */
    int64_t period_start;      /* of a refusal 0 when it is not named */
    int64_t period_ends_in_ms;
    enum edge_mode mode;
    int64_t granted, reserve, expires_in_ms;
    bool is_recall;
    struct edge_standing standing;
};
struct edge_answer {
    int64_t incarnation;
    int64_t at; /* UTC ms: the server's clock */
    size_t count;
    const struct edge_told *told;
};
/* The answer to the last edge_send. For events, `told` names those refused alone. */
void edge_node_answer(struct edge_node *node, uint64_t now_ms, const struct edge_answer *answer);
/* No answer came, or none that says what became of it: it is sent again. */
void edge_node_failed(struct edge_node *node, uint64_t now_ms);
/* The server was restored to a past in which this epoch was not: begin another, unknown to it. */
void edge_node_incarnation(struct edge_node *node, int64_t incarnation);
/* True when the present epoch has come to its end: call edge_node_begin(). */
bool edge_node_needs_epoch(const struct edge_node *node, bool *ret_is_known);

#endif
