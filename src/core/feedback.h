/* What customers say: why they leave, whether they would recommend the service, and free words.
 *
 * The one place that defines the Net Promoter Score here, from how many answers on it is told, into
 * which bands customers fall by what they bring in a month, where a piece of feedback may go, and
 * when somebody may be asked for an opinion. Pure: rows and clocks are the caller's. */
#ifndef CORE_FEEDBACK_H
#define CORE_FEEDBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/calendar.h"
#include "core/money.h"

enum feedback_kind {
    FEEDBACK_CANCEL, /* why a plan was cancelled */
    FEEDBACK_NPS,    /* 0..10, with words */
    FEEDBACK_TEXT,   /* words about a page */
    FEEDBACK_KIND_COUNT,
};
const char *feedback_kind_name(enum feedback_kind kind); /* "nps" */

/* What led to it. */
enum feedback_cause {
    FEEDBACK_OF_UPGRADE, /* a larger plan began */
    FEEDBACK_OF_CANCEL,  /* a plan was cancelled */
    FEEDBACK_OF_DEMAND,  /* an operator asked */
    FEEDBACK_OF_OWN,     /* nobody asked */
    FEEDBACK_CAUSE_COUNT,
};
const char *feedback_cause_name(enum feedback_cause cause); /* "upgrade" */

/* Stripe's words: https://docs.stripe.com/api/subscriptions/object, cancellation_details.feedback.
 */
enum feedback_reason {
    FEEDBACK_CUSTOMER_SERVICE,
    FEEDBACK_LOW_QUALITY,
    FEEDBACK_MISSING_FEATURES,
    FEEDBACK_OTHER,
    FEEDBACK_SWITCHED_SERVICE,
    FEEDBACK_TOO_COMPLEX,
    FEEDBACK_TOO_EXPENSIVE,
    FEEDBACK_UNUSED,
    FEEDBACK_REASON_COUNT,
};
const char *feedback_reason_name(enum feedback_reason reason); /* "too_expensive" */
/* False when it is none of these words: it counts as `other` then. */
MUST_USE bool feedback_reason_parse(struct str word, enum feedback_reason *ret_reason);

/* --- where it stands --- */

enum feedback_status {
    FEEDBACK_NEW,
    FEEDBACK_REPLIED,
    FEEDBACK_CLOSED,
    FEEDBACK_STATUS_COUNT,
};
const char *feedback_status_name(enum feedback_status status); /* "new" */

enum feedback_event {
    FEEDBACK_REPLY,
    FEEDBACK_CLOSE,
    FEEDBACK_EVENT_COUNT,
};
struct feedback_step {
    bool is_legal; /* false: refused, `next` is the status before */
    enum feedback_status next;
};
struct feedback_step feedback_step(enum feedback_status status, enum feedback_event event);

/* How an item of the roadmap stands to which a theme leads; dropped: it will not be. */
enum roadmap { ROADMAP_PLANNED, ROADMAP_BUILDING, ROADMAP_SHIPPED, ROADMAP_DROPPED, ROADMAP_COUNT };
const char *roadmap_name(enum roadmap status); /* "planned" */

/* --- whom it came from --- */

/* By what a customer brings in a month, in whole units of their currency. */
enum feedback_band {
    FEEDBACK_PAYS_NOTHING,
    FEEDBACK_BELOW_50,
    FEEDBACK_BELOW_200,
    FEEDBACK_BELOW_500,
    FEEDBACK_FROM_500,
    FEEDBACK_BAND_COUNT,
};
const char *feedback_band_name(enum feedback_band band); /* "none", "1_49", "500_up" */
enum feedback_band feedback_band_of(struct money monthly);

/* --- the Net Promoter Score --- */

enum {
    FEEDBACK_SCORE_MAX = 10,
    FEEDBACK_PROMOTER_MIN = 9, /* 9 and 10 promote, ... */
    FEEDBACK_PASSIVE_MIN = 7,  /* ... 7 and 8 are passive, and 0 to 6 detract */
    FEEDBACK_FEW = 5,          /* below so many answers no figure is told */
    FEEDBACK_COUNT_MAX = 1000000000,
};
struct nps_counts {
    int64_t promoters, passives, detractors; /* 0..FEEDBACK_COUNT_MAX together */
};
/* In tenths of a point, -1000..1000. The score is the share of promoters less that of detractors,
 * in percent, rounded half away from zero. The interval of 95 % is the adjusted Wald interval of
 * Rocks (The American Statistician 70, 2016): three answers are added, of them 3/4 promoters and
 * 3/4 detractors, so that unanimous answers have a width, too; rounded outwards. The score itself
 * may lie off its middle. */
struct nps {
    int64_t answers;
    bool is_known; /* false: few answers, and nothing of the rest */
    int score, low, high;
};
struct nps nps_of(const struct nps_counts *counts);

/* --- asking --- */

enum {
    FEEDBACK_REST_DAYS = 90,   /* between two questions */
    FEEDBACK_OPEN_DAYS = 14,   /* after what led to a question */
    FEEDBACK_DEMAND_DAYS = 30, /* after an operator asked */
    FEEDBACK_SAID_A_DAY = 5,   /* pieces of a customer in 24 hours */
};

struct feedback_facts {
    struct instant now;
    bool is_allowed;   /* they agreed to be asked for an opinion, and nothing is restricted */
    bool has_occasion; /* something led to a question, which nobody has ended */
    enum feedback_cause cause;
    struct instant occasion_at;
    bool is_asked; /* this very question was put before */
    bool has_last; /* another question was put, or one was answered, at... */
    struct instant last_at;
};
enum feedback_asking {
    FEEDBACK_ASK,
    FEEDBACK_NOT_ALLOWED,
    FEEDBACK_NO_OCCASION,
    FEEDBACK_ASKED_LATELY,
    FEEDBACK_ASKING_COUNT,
};
const char *feedback_asking_name(enum feedback_asking asking); /* "asked_lately" */
/* Who has not agreed is never asked; then there must be an occasion that is not too long ago; and
 * the last question another 90 days. One that was put stays until it is answered or put aside. */
enum feedback_asking feedback_may_ask(const struct feedback_facts *facts);
/* From when on somebody who was asked or has answered then may be asked again. */
struct instant feedback_rest_ends(struct instant asked_at);

#endif
