/* Experiments with prices and with the page that shows them: who sees what, what is written down
 * before the start, and which states one passes through.
 *
 * A *unit* is an account, or a visitor who has none yet, by its id. Which *arm* it is in follows
 * from its id and the experiment's salt alone: the same at every look, by nothing about a person.
 * Experiments that must not meet share a *layer*: each owns a range of the layer's buckets, and a
 * unit is in the one whose range has its own.
 *
 * What the figures say is experiment_inference.h's. */
#ifndef CORE_EXPERIMENT_H
#define CORE_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/catalogue.h"
#include "core/experiment_inference.h"

enum {
    EXPERIMENT_BUCKETS = 10000,
    EXPERIMENT_PPM = 1000000,   /* shares are whole parts per million */
    EXPERIMENT_DAYS_LEAST = 14, /* two whole weeks: weekdays differ */
    EXPERIMENT_DAYS_MAX = 730,
    EXPERIMENT_WINDOW_MAX = 90,
    EXPERIMENT_HONOUR_DAYS = 30, /* how long after its end a price that was seen is still given */
    EXPERIMENT_UNITS_MAX = 100000000,
    EXPERIMENT_PROBLEMS_MAX = 16,
    EXPERIMENT_WEEKS_FEASIBLE = 13,
    EXPERIMENT_CHURN_DAYS = 60, /* from exposure: who left within them is lost to the arm */
};

/* --- who sees what --- */

/* be64(HMAC-SHA-256(salt, experiment || 0x1F || unit)[0..7]) mod EXPERIMENT_BUCKETS. */
int32_t experiment_bucket(struct str salt, struct str experiment, struct str unit);

struct experiment_arm {
    struct str name;
    int64_t weight;               /* buckets; all arms' together are EXPERIMENT_BUCKETS */
    int64_t versions[TIER_COUNT]; /* of the catalogue; 0: the one that is sold */
    int emphasis;                 /* enum tier that is recommended; TIER_FREE: none */
    int interval;                 /* that the page begins with: 1 + enum interval; 0: as it is */
    struct str headline;          /* of the page; empty: as it is */
};

/* A range of the buckets of a layer; without a layer all of them. */
struct experiment_range {
    int64_t from, to; /* `to` not included */
};
bool experiment_range_meets(struct experiment_range a, struct experiment_range b);
/* The arm whose buckets hold this one, in the order of the arms. */
size_t experiment_arm_of(const struct experiment_arm *arms, size_t count, int32_t bucket);

/* --- what is written down before --- */

enum experiment_metric {
    EXPERIMENT_CONVERSION, /* share of units that have paid within the window */
    EXPERIMENT_REVENUE,    /* monthly recurring revenue of a unit at the end of the window */
    EXPERIMENT_METRIC_COUNT,
};
const char *experiment_metric_name(enum experiment_metric metric);
enum experiment_method { EXPERIMENT_SEQUENTIAL, EXPERIMENT_FIXED, EXPERIMENT_METHOD_COUNT };
const char *experiment_method_name(enum experiment_method method);
enum experiment_guardrail {
    EXPERIMENT_REFUNDS,       /* units with money given back */
    EXPERIMENT_FAILURES,      /* units of which a payment failed */
    EXPERIMENT_CANCELLATIONS, /* units that left all paid plans within EXPERIMENT_CHURN_DAYS */
    EXPERIMENT_DOWNGRADES,    /* units that went to a lower plan */
    EXPERIMENT_CONTACTS,      /* times that units wrote to us */
    EXPERIMENT_GUARDRAIL_COUNT,
};
const char *experiment_guardrail_name(enum experiment_guardrail guardrail);

struct experiment_plan {
    struct str hypothesis, stop_rule;
    struct str disclosure, disclosure_countries; /* a sentence beside prices, and for whom */
    int metric, method;                          /* enum experiment_metric, experiment_method */
    int64_t baseline_ppm;                        /* share of units that convert today */
    int64_t mde_ppm; /* the least effect worth finding, in points of the share */
    int64_t alpha_ppm, power_ppm;
    int64_t tau;            /* of the mSPRT: ppm for conversions, minor units for revenue */
    int64_t horizon;        /* units of each arm; the fixed test is read when they are there */
    int64_t days_least;     /* not decided before */
    int64_t window_days;    /* from exposure until a unit counts */
    int64_t cut;            /* minor units: revenue above it counts as it */
    int64_t guardrails_ppm; /* of units: an arm that is worse by more breaks one; 0: none */
    struct str layer;       /* empty: none */
    struct experiment_range range;
    size_t arm_count;
    struct experiment_arm arms[EXPERIMENT_ARMS_MAX]; /* the first is the control */
};

/* One thing that is wrong: where (JSON Pointer into the plan), and what was expected there. */
struct experiment_problem {
    char path[32];
    const char *expected; /* static text */
};
struct experiment_problems {
    struct experiment_problem list[EXPERIMENT_PROBLEMS_MAX];
    size_t count; /* stops at the limit */
};
/* Every contradiction of a plan whose numbers are within their shapes' ranges; true when there is
 * none: 2..EXPERIMENT_ARMS_MAX arms, names once, weights above 0 and together EXPERIMENT_BUCKETS,
 * versions that the catalogue has with a price, arms that differ from the control, a tau and for
 * revenue a cut, a range that is whole without a layer, an effect that leaves a share. */
MUST_USE bool experiment_check(const struct experiment_plan *plan,
                               const struct catalogue *catalogue,
                               struct experiment_problems *ret_problems);

/* --- states --- */

enum experiment_state {
    EXPERIMENT_DRAFT,
    EXPERIMENT_REGISTERED, /* its plan is hashed and never changes */
    EXPERIMENT_RUNNING,
    EXPERIMENT_PAUSED, /* nobody new is exposed; who was keeps what they saw */
    EXPERIMENT_ENDED,
    EXPERIMENT_DECIDED
};
enum { EXPERIMENT_STATE_COUNT = EXPERIMENT_DECIDED + 1 };
const char *experiment_state_name(enum experiment_state state);

enum experiment_event {
    EXPERIMENT_REGISTER,
    EXPERIMENT_START,
    EXPERIMENT_PAUSE,
    EXPERIMENT_RESUME,
    EXPERIMENT_END,
    EXPERIMENT_DECIDE,
};
enum { EXPERIMENT_EVENT_COUNT = EXPERIMENT_DECIDE + 1 };
const char *experiment_event_name(enum experiment_event event);

struct experiment_step {
    bool is_legal; /* false: refused, `next` is the state before */
    enum experiment_state next;
};
struct experiment_step experiment_step(enum experiment_state state, enum experiment_event event);

#endif
