/* Limits: what a plan allows, what the gate never lets through, and the 48 hours between.
 *
 * For a limit L the hard limit is H = floor(soft_limit_percent x L / 100). In 0..L all is well
 * (from 80 % with a warning), between L and H a grace of 48 h runs, past H nothing more is let
 * through:
 *
 *     ok       used < 80 % of L            take allowed
 *     warning  80 % of L <= used <= L      take allowed
 *     over     L < used <= H, in grace     take allowed while used + n <= H
 *     blocked  used + n > H, or used + n > L after the grace
 *
 * The grace begins when used first exceeds L and is not begun anew within a usage period. It is
 * forgotten when a new usage period begins (counters), when a change of plan brings L to used or
 * above, and, for gauges, when used has stayed at or below L for as long as a grace lasts: a gauge
 * that dips for a moment wins nothing by it. A limit of 0 blocks at once. Unlimited and tracked
 * metrics, and those left to a contract that names no amount, are counted and never held.
 *
 * Everything is a function of its arguments: the caller (gate, store) keeps `struct limit_watch`
 * beside the counter, asks limit_decide before counting, and limit_step after. */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "core/calendar.h"
#include "core/metric.h"

enum limit_kind {
    LIMIT_COUNT,     /* `amount` is L */
    LIMIT_UNLIMITED, /* never held */
    LIMIT_CONTRACT,  /* agreed by contract; not held until a contract names an amount */
    LIMIT_TRACKED,   /* counted and shown, never held */
    LIMIT_CAP, /* `amount` is what the customer itself allows, within the plan: without a grace,
                  and without notices of its own (core/usage_alert.h has those) */
};

struct limit {
    enum limit_kind kind;
    struct quantity amount;     /* of LIMIT_COUNT and LIMIT_CAP, 0..LIMIT_AMOUNT; else 0 */
    int32_t soft_limit_percent; /* LIMIT_PERCENT_MIN..LIMIT_PERCENT_MAX */
};

enum {
    LIMIT_PERCENT_MIN = 100,
    LIMIT_PERCENT_MAX = 1000,
    LIMIT_PERCENT_DEFAULT = 110,
    LIMIT_WARNING_PERCENT = 80,
    LIMIT_REARM_POINTS = 5, /* a gauge's notices re-arm this far below their threshold */
    LIMIT_GRACE_HOURS = 48,
    LIMIT_GRACE_ENDING_HOURS = 12,
};

static_assert(LIMIT_AMOUNT <= INT64_MAX / LIMIT_PERCENT_MAX, "every hard limit fits an int64_t");

bool limit_is_bounded(struct limit limit); /* true for LIMIT_COUNT and LIMIT_CAP */
bool limit_equal(struct limit a, struct limit b);
/* H of a bounded limit: 3 -> 3, 10 -> 11, 25 -> 27 at 110 %. */
struct quantity limit_hard(struct limit limit);

enum limit_state { LIMIT_STATE_OK, LIMIT_STATE_WARNING, LIMIT_STATE_OVER, LIMIT_STATE_BLOCKED };
const char *limit_state_name(enum limit_state state); /* "ok", "warning", "over", "blocked" */

/* Each at most once a usage period (gauges: until re-armed). */
enum limit_notice {
    LIMIT_NOTICE_WARNING = 1,      /* used reached 80 % of L */
    LIMIT_NOTICE_REACHED = 2,      /* used reached L */
    LIMIT_NOTICE_GRACE_ENDING = 4, /* 12 h of the grace are left */
    LIMIT_NOTICE_BLOCKED = 8,      /* nothing more may be taken, or a take was denied (of a gauge:
                                      within 5 points of L or above) */
};
enum { LIMIT_NOTICE_COUNT = 4 }; /* the bits 1 << 0 and so on */
/* "warning", "limit_reached", "grace_ending", "blocked" */
const char *limit_notice_name(enum limit_notice notice);

/* What is remembered of one customer's metric between steps; zeroed at first. */
struct limit_watch {
    struct instant grace_ends_at; /* when has_grace */
    struct instant settled_since; /* when is_settling: a gauge is back at or below L since then */
    bool has_grace;
    bool is_settling;
    uint8_t sent; /* enum limit_notice bits that were given and are not re-armed */
};

/* --- before counting --- */

struct limit_query {
    struct limit limit;
    enum metric_kind kind;
    struct limit_watch watch;
    struct quantity used;
    /* Handed to others to spend, never negative: held against the limits like use when more is
     * wanted, and no part of the state, which is that of what is used. */
    struct quantity leased;
    struct quantity amount; /* how much more is wanted; 0 asks for the state as it stands */
    struct instant now;
};

enum limit_denial { LIMIT_DENIAL_NONE, LIMIT_DENIAL_HARD_LIMIT, LIMIT_DENIAL_GRACE_ENDED };
const char *limit_denial_name(enum limit_denial denial); /* "none", "hard_limit", "grace_ended" */

/* What would lift a denial. */
enum limit_remedy {
    LIMIT_REMEDY_UPGRADE = 1,    /* a plan with a larger limit */
    LIMIT_REMEDY_NEW_PERIOD = 2, /* counters: the next usage period */
    LIMIT_REMEDY_REDUCE = 4,     /* gauges: use less */
    LIMIT_REMEDY_RAISE_CAP = 8,  /* the cap is the customer's own */
};

struct limit_decision {
    bool is_allowed;
    enum limit_denial denial;
    enum limit_state state;       /* blocked when denied; else as it stands before counting */
    unsigned remedies;            /* enum limit_remedy bits; 0 when allowed */
    bool is_bounded;              /* false: the two quantities below say nothing */
    struct quantity remaining;    /* to L, never negative */
    struct quantity allowance;    /* what take would still let through now: to H, or to L */
    bool has_grace;               /* a grace runs or has run out, and used is above L */
    struct instant grace_ends_at; /* when has_grace */
};

struct limit_decision limit_decide(const struct limit_query *query);

/* --- after counting --- */

enum limit_cause {
    LIMIT_CAUSE_USED,         /* used has changed */
    LIMIT_CAUSE_DENIED,       /* a take was denied */
    LIMIT_CAUSE_PERIOD_BEGAN, /* a new usage period; `used` is what stands in it */
    LIMIT_CAUSE_LIMIT_CHANGED,
    LIMIT_CAUSE_TIME_PASSED, /* nothing but the clock */
};

/* The next watch, and in *ret_notices (enum limit_notice bits) what the customer is to be told now.
 * `query` holds the watch before, the used *after* and the limit that now applies; its `amount` is
 * not looked at. Several thresholds crossed at once give several bits. */
struct limit_watch limit_step(const struct limit_query *query, enum limit_cause cause,
                              unsigned *ret_notices);

/* When limit_step must be called next for no other reason than the clock (12 h before the grace
 * ends, or its end). False when there is no such moment. */
MUST_USE bool limit_next_step_at(const struct limit_query *query, struct instant *ret_at);

#endif
