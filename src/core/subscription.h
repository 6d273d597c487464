/* Subscriptions: Stripe's statuses, the access that follows from them, and what each event does.
 *
 * Stripe is the system of record; this is Turnpike's view of it. The table in subscription.c has a
 * cell for every status and event, legal or refused; the diagram of the documentation and the
 * exhaustive test are made from it. The table serves Turnpike's own operations and the effects of
 * what Stripe reports; the mirror itself copies the status that Stripe shows.
 *
 * Sources: https://docs.stripe.com/billing/subscriptions/overview (statuses),
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries (the end of retries). */
#ifndef CORE_SUBSCRIPTION_H
#define CORE_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"
#include "core/catalogue.h"
#include "core/period.h"

enum subscription_status {
    SUBSCRIPTION_INCOMPLETE,
    SUBSCRIPTION_INCOMPLETE_EXPIRED,
    SUBSCRIPTION_TRIALING,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_PAST_DUE,
    SUBSCRIPTION_UNPAID,
    SUBSCRIPTION_CANCELED,
    SUBSCRIPTION_PAUSED,
    SUBSCRIPTION_ABSENT, /* not one of Stripe's: there is none yet, the customer is on `free` */
};
enum { SUBSCRIPTION_STATUS_COUNT = 9 };

const char *subscription_status_name(enum subscription_status status); /* Stripe's; "absent" */
/* Stripe's eight words. False for others: Stripe may add some, so never treat that as a bug. */
MUST_USE bool subscription_status_parse(struct str text, enum subscription_status *ret_status);
/* Canceled and incomplete_expired: nothing follows, a new subscription is needed. */
bool subscription_is_over(enum subscription_status status);

/* --- access --- */

enum access {
    ACCESS_FULL,       /* what the plan gives */
    ACCESS_RESTRICTED, /* the subscription stands, the entitlements are those of `free` */
    ACCESS_NONE,       /* the subscription is over: the customer is on `free` */
};
const char *access_name(enum access access); /* "full", "restricted", "none" */

/* `access_until` is looked at only for past_due: failure + 7 days, or what an operator extended it
 * to (dunning.h). The end itself is outside: access is full while now < access_until. */
enum access subscription_access(enum subscription_status status, struct instant access_until,
                                struct instant now);

/* --- status x event --- */

enum subscription_event {
    SUBSCRIPTION_CREATED_ACTIVE,
    SUBSCRIPTION_CREATED_TRIALING,
    SUBSCRIPTION_CREATED_INCOMPLETE,
    SUBSCRIPTION_PAYMENT_SUCCEEDED,
    SUBSCRIPTION_PAYMENT_FAILED,
    SUBSCRIPTION_GRACE_ENDED,
    SUBSCRIPTION_RETRIES_EXHAUSTED,
    SUBSCRIPTION_MARKED_UNPAID,
    SUBSCRIPTION_TRIAL_ENDED,
    SUBSCRIPTION_CANCEL_SCHEDULED,
    SUBSCRIPTION_CANCEL_UNDONE,
    SUBSCRIPTION_PERIOD_ENDED, /* and it renews; one that was to end gets ENDED instead */
    SUBSCRIPTION_ENDED,        /* cancelled now, or the end that was scheduled */
    SUBSCRIPTION_PAUSE,
    SUBSCRIPTION_RESUME,
    SUBSCRIPTION_EXPIRED, /* the first invoice was not paid within 23 hours */
};
enum { SUBSCRIPTION_EVENT_COUNT = SUBSCRIPTION_EXPIRED + 1 };

enum subscription_effect {
    SUBSCRIPTION_GRANT = 1,              /* entitlements become the plan's */
    SUBSCRIPTION_RESTRICT = 2,           /* entitlements become those of `free` */
    SUBSCRIPTION_FALL_TO_FREE = 4,       /* the customer is on `free` from now on */
    SUBSCRIPTION_BEGIN_USAGE_PERIOD = 8, /* a new usage period starts at this instant */
    SUBSCRIPTION_RENEW = 16,             /* the next billing period begins */
    SUBSCRIPTION_OPEN_CASE = 32,         /* dunning begins */
    SUBSCRIPTION_CLOSE_CASE = 64,        /* dunning, if any, is over: paid */
    SUBSCRIPTION_SCHEDULE_END = 128,     /* remember the end at the period's end */
    SUBSCRIPTION_CLEAR_END = 256,        /* forget it */
};

struct subscription_step {
    bool is_legal; /* false: refused, nothing changes, `next` is the status before */
    enum subscription_status next;
    unsigned effects; /* enum subscription_effect bits */
};

struct subscription_step subscription_step(enum subscription_status status,
                                           enum subscription_event event);
const char *subscription_event_name(enum subscription_event event); /* "payment_failed" */

/* --- changes of plan --- */

enum change { CHANGE_NONE, CHANGE_UPGRADE, CHANGE_DOWNGRADE, CHANGE_INTERVAL };
const char *change_name(enum change change); /* "none", "upgrade", "downgrade", "interval" */

/* What is bought: a version of a plan, at an interval. */
struct sale {
    const struct plan *plan;
    enum interval interval;
};

/* The tier decides; within a tier a change of interval is CHANGE_INTERVAL, and between versions the
 * price at that interval decides (equal or by contract: CHANGE_NONE). */
enum change subscription_change(struct sale from, struct sale to);

#endif
