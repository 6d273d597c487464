/* Leases: parts of what a customer may still use, handed to nodes that spend them without asking.
 *
 * A lease is what one run of one node (an epoch) holds of one counter in one usage period. All of
 * its figures are cumulative and only grow, so that a report which is lost, repeated or overtaken
 * does no harm: of each figure the larger counts.
 *
 *     outstanding = granted - taken + released - returned
 *
 * is out of reach for everybody else, like use. How much is handed out follows from what is left
 * (A), the rates of all nodes (R) and of this one (r), and how many nodes there are (N):
 *
 *     horizon  T = A / (20 R), within 60 s to 600 s: a twentieth of the time to the limit
 *     size     q = r T, within a least amount and A / 2N: each refill at most halves what is left
 *     ask      when A < 2 N least, or the hard limit < 64 N least: then each unit is decided by
 *              the server alone, and what is out is called back, so that nothing is stranded
 *     reserve  half of the band between limit and hard limit, shared by the nodes: to be spent
 *              only while the server cannot be reached
 *
 * A lease that its node does not renew ends. What is then neither known to be spent nor given back
 * is held (it counts until the node returns or the period ends), or it is reclaimed at the
 * operator's word: then it is free again, and what turns out to have been spent counts on top.
 *
 * Everything is a function of its arguments; gate and store keep what they say. */
#ifndef CORE_LEASE_H
#define CORE_LEASE_H

#include "core/calendar.h"
#include "core/limit.h"
#include "core/metric.h"

/* The most that one figure comes to: two of them are still an amount of usage. */
#define LEASE_FIGURE_MAX (LIMIT_AMOUNT / 2)

enum {
    LEASE_HORIZON_MIN_MS = 60 * 1000,
    LEASE_HORIZON_MAX_MS = 600 * 1000,
    LEASE_REST_MS = 10 * 1000, /* nothing is granted for so long after a recall */
};

/* --- what one lease has come to --- */

struct lease {
    struct quantity granted, taken, released, returned, recorded; /* cumulative, never negative */
    /* The most that was ever granted: above `granted` once a part was reclaimed. */
    struct quantity granted_most;
    /* At some time no limit held the counter, and the node could spend without a grant. */
    bool is_open;
};

/* What a node says, cumulative since its epoch began; each 0..LEASE_FIGURE_MAX. */
struct lease_report {
    struct quantity taken;    /* spent of the lease */
    struct quantity released; /* of that, given back by whoever had taken it */
    struct quantity returned; /* never spent, given back to the server */
    struct quantity recorded; /* what had happened already: counts without a lease */
};

/* What follows for the counter: both to be added, both may be negative. */
struct lease_move {
    struct quantity used;
    struct quantity outstanding;
};

enum lease_refusal {
    LEASE_REFUSAL_NONE,
    LEASE_REFUSAL_SPENT,    /* more than was ever granted */
    LEASE_REFUSAL_RELEASED, /* more given back than taken */
};
/* "none", "spent_above_grant", "released_above_taken" */
const char *lease_refusal_name(enum lease_refusal refusal);

struct quantity lease_outstanding(const struct lease *lease);
/* What was spent: taken - released + recorded. */
struct quantity lease_used(const struct lease *lease);

/* The lease after the report, which may take the place of that before. A refused report changes
 * nothing. */
enum lease_refusal lease_report(const struct lease *before, const struct lease_report *report,
                                struct lease *ret_after, struct lease_move *ret_move);
/* The lease with `amount` more, which is positive and within lease_room(). */
struct lease lease_grant(struct lease lease, struct quantity amount);
/* How much more its figures can carry; 0 while a part of it is reclaimed: first the node has to say
 * what it spent of that. */
struct quantity lease_room(const struct lease *lease);
/* Nothing of it will ever be spent any more: the rest goes back. */
struct lease lease_end(struct lease lease, struct lease_move *ret_move);
/* The rest is taken back without a word from the node, which may yet say that it had spent it. */
struct lease lease_reclaim(struct lease lease, struct lease_move *ret_move);

/* Where a lease stands. */
enum lease_state {
    LEASE_STATE_OPEN,      /* its node renews it, or has until its end to do so */
    LEASE_STATE_HELD,      /* not renewed in time: counts until the node returns */
    LEASE_STATE_RECLAIMED, /* what was not known to be spent is free again */
    LEASE_STATE_ENDING,    /* its node has ended: the rest is about to go back */
    LEASE_STATE_ENDED,     /* nothing of it counts any more */
};
enum { LEASE_STATE_COUNT = LEASE_STATE_ENDED + 1 };
/* "open", "held", "reclaimed", "ending", "ended" */
const char *lease_state_name(enum lease_state state);

/* --- how much to hand out --- */

enum lease_mode {
    LEASE_MODE_LEASE, /* spend what is granted */
    LEASE_MODE_ASK,   /* ask the server for each unit */
    LEASE_MODE_OPEN,  /* no limit holds: spend, and report */
};
const char *lease_mode_name(enum lease_mode mode); /* "lease", "ask", "open" */

struct lease_question {
    enum metric metric;
    struct limit limit;
    struct quantity used;         /* of the counter, by everybody */
    struct quantity allowance;    /* what could be handed out now: limit_decide()'s */
    struct quantity outstanding;  /* of this lease */
    struct quantity wanted;       /* how much unspent allowance the node would like to hold */
    struct quantity rate;         /* of this node, a second */
    struct quantity rate_of_all;  /* of all nodes, this one included */
    int64_t nodes;                /* that use the counter, this one included: at least 1 */
    bool is_recalled;             /* a recall of this counter is under way, or was just now */
    bool has_grace;               /* used is above the limit */
    struct instant grace_ends_at; /* when has_grace */
    struct instant now;
};

struct lease_offer {
    enum lease_mode mode;
    struct quantity grant;   /* to be handed out, if the gate lets it through; 0 for nothing */
    struct quantity reserve; /* so much of what is out then is kept for when there is no server */
    struct duration ttl;     /* how long the node may spend without a word from the server */
    bool is_recalled;        /* what is unspent is to come back */
};
struct lease_offer lease_offer(const struct lease_question *question);

/* The least worth a lease of this metric. */
struct quantity lease_least(enum metric metric);
/* When a lease renewed at `now` ends for the server: later than for a node whose clock runs up to
 * 1 % slow. */
struct instant lease_ends_at(struct instant now, struct duration ttl);

#endif
