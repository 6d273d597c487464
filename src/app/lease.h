/* Leases: parts of what customers may still use, handed to nodes that spend them without asking.
 *
 * A node speaks up once a second and says, of each counter that has changed, what its lease has
 * come to; it is answered what it may spend. What it reports is counted like events are: in the
 * journal, in the totals, in its source's account (turnpike:lease:<node>), for limits and notices.
 * Sizes and what reports do: core/lease.h. What keeps used + leased below the hard limit:
 * gate/gate_lease.c. */
#ifndef APP_LEASE_H
#define APP_LEASE_H

#include "app/app.h"
#include "gate/gate.h"
#include "store/lease.h"

enum {
    LEASE_NODE_MAX = 64, /* bytes of a node's name, and of an epoch's */
    LEASE_COUNTERS_MAX = 1000,
    LEASE_RECALLS_MAX = 1000, /* told in one answer, besides the counters that were asked about */
    LEASE_RUN_MAX = 1000,     /* ended, or found to be overdue, in one transaction */
};

/* --- the exchange with a node --- */

/* What a node says of one counter. */
struct lease_statement {
    struct str user_id;
    int metric;           /* enum metric */
    int64_t period_start; /* when has_period: else the present one, whichever it is */
    bool has_period;
    int64_t taken, released, returned, recorded; /* 0..LEASE_FIGURE_MAX, cumulative */
    int64_t wanted, rate;                        /* the same bounds */
};

/* What it is answered. */
struct lease_answer {
    struct str user_id;
    enum metric metric;
    struct period period;
    enum lease_mode mode;
    struct quantity granted; /* cumulative, the most that ever was */
    struct quantity reserve;
    struct duration expires_in;
    bool is_recalled;
    struct gate_verdict verdict; /* as a check of 0 sees the counter */
};

struct lease_rejection {
    struct str user_id;
    enum metric metric;
    const char *code;   /* "spent_above_grant" … */
    const char *detail; /* a sentence */
};

/* DONE, or LEASE_INCARNATION: the store was restored since the node heard of it; nothing was
 * counted then. */
struct lease_exchange {
    struct command command;
    struct str node, epoch;
    bool has_incarnation, is_final;
    int64_t incarnation; /* in: as the node knows it; out: as it is */
    const struct lease_statement *statements;
    size_t count;
    struct arena *arena; /* the caller's; holds the answers, and must outlive the command */
    struct lease_answer *answers;
    size_t answer_count;
    struct lease_rejection *rejections;
    size_t rejection_count;
    void (*finished)(struct lease_exchange *exchange); /* on the loop's thread */
    struct str source;      /* of what the node reports, as an account of usage */
    struct lease_use *uses; /* what is to be counted */
    size_t use_count;
    struct lease_step *steps; /* what the gate was told and the store may yet refuse */
    struct lease_step *freed; /* what it is told once the store has it */
};
void lease_exchange(struct app *app, struct lease_exchange *exchange);

/* A take was denied while leases are out: calls back what is out of that counter, once a second at
 * most. On the loop's thread. */
void lease_call_back(struct app *app, struct str user_id, enum metric metric);

/* --- for operators --- */

/* The leases that count, in the order of customers, metrics, periods, nodes. */
MUST_USE struct err leases_read(struct tx *tx, const struct lease_filter *filter, size_t max,
                                struct row_list *ret_list);
struct leases_counted {
    uint64_t open, held;
    uint64_t recalled;  /* called back and not yet returned */
    uint64_t reclaimed; /* whose node has not accounted for what was reclaimed */
    uint64_t outstanding[METRIC_COUNT], reclaimed_amount[METRIC_COUNT];
};
MUST_USE struct err leases_count(struct tx *tx, struct leases_counted *ret_counted);

/* What becomes of a lease that its node does not renew in time. */
enum lease_policy {
    LEASE_POLICY_HOLD,    /* counts until the node returns or the period ends: exact */
    LEASE_POLICY_RECLAIM, /* is free again: what the node had spent then counts on top */
};
extern const char *const lease_policy_names[]; /* "hold", "reclaim", NULL */
MUST_USE struct err lease_policy_read(struct tx *tx, enum lease_policy *ret_policy);
struct lease_policy_change {
    struct command command;
    enum lease_policy policy;
    struct str reason;
};
void lease_policy_change(struct app *app, struct lease_policy_change *change);

/* Reclaims what a node holds: up to LEASE_RUN_MAX leases. */
struct lease_reclaiming {
    struct command command;
    struct str node, user_id; /* an empty user_id: of everybody */
    bool has_metric;
    enum metric metric;
    struct str reason;
    int64_t count;          /* out: leases reclaimed */
    struct quantity amount; /* out: that are free again */
    bool has_more;          /* out: there are more than could be done at once */
    struct lease_step *freed;
};
void lease_reclaim_of_node(struct app *app, struct lease_reclaiming *reclaiming);

/* --- as time passes, and with everything else --- */

/* When the next lease is due; INSTANT_MAX when none is. */
MUST_USE struct err lease_next_due_at(struct tx *tx, struct instant *ret_at);
/* What is due by now: held or reclaimed, by the policy; of ended nodes, given back. *ret_freed is
 * in the arena, for lease_free() once it is durable. */
MUST_USE struct err lease_run_due(struct app *app, struct tx *tx, struct lease_step **ret_freed);
/* Tells the gate what is free again. */
void lease_free(struct app *app, const struct lease_step *freed);

/* What is out of all metrics of a customer comes back: its usage period has ended early. */
MUST_USE struct err lease_recall_all(struct tx *tx, struct str user_id);

#endif
