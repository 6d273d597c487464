/* Where a paid subscription stands in its life, in the words of who operates: Stripe's statuses
 * joined with what access is left and whether it ends; and which have stood longer than the clock
 * allows, so that something that should have happened did not. Pure. */
#ifndef CORE_LIFECYCLE_H
#define CORE_LIFECYCLE_H

#include "core/dunning.h"
#include "core/subscription.h"

enum lifecycle {
    LIFECYCLE_TRIALING,
    LIFECYCLE_ACTIVE,
    LIFECYCLE_CANCELLING, /* active or in trial, and it ends with the period */
    LIFECYCLE_PAST_DUE,   /* it owes, with full access */
    LIFECYCLE_SUSPENDED,  /* it owes, without; or the first payment is not there */
    LIFECYCLE_PAUSED,
    LIFECYCLE_ENDED,
};
enum { LIFECYCLE_COUNT = LIFECYCLE_ENDED + 1 };
const char *lifecycle_name(enum lifecycle lifecycle); /* "past_due" */

enum lifecycle lifecycle_of(enum subscription_status status, enum access access, bool is_ending);

/* What of a subscription the clock is asked about; INSTANT_MAX for what will not be. */
struct lifecycle_clock {
    enum subscription_status status;
    bool is_ending, has_pending_change;
    struct instant created_at, period_end, trial_ends_at, past_due_since;
};

enum stuck {
    STUCK_NOT,
    STUCK_FIRST_PAYMENT,  /* incomplete for more than 23 hours: Stripe lets it expire then */
    STUCK_TRIAL,          /* the trial is over, and it is still one */
    STUCK_END,            /* it was to end with a period that is over */
    STUCK_PENDING_CHANGE, /* a change that waited for the period's end has not been made */
    STUCK_RENEWAL,        /* the period is over, and no other has begun */
    STUCK_PAST_DUE,       /* it owes for longer than the last retry waits */
};
enum { STUCK_COUNT = STUCK_PAST_DUE + 1 };
const char *stuck_name(enum stuck stuck); /* "first_payment" */
/* The event that would have moved it; legal in the status it is stuck in. Not of STUCK_NOT. */
enum subscription_event stuck_awaits(enum stuck stuck);

/* Nothing is stuck whose period and trial end at `calendar` or later, and that owes since
 * `past_due` or later, unless its first payment is not there. */
struct lifecycle_bounds {
    struct instant calendar, past_due;
};
struct lifecycle_bounds lifecycle_bounds(const struct dunning_policy *policy, struct instant now);

/* With a day's patience for what the provider does at an instant and tells later; a period that
 * lasts 23 hours is given two more. */
enum stuck lifecycle_stuck(const struct lifecycle_clock *at, const struct dunning_policy *policy,
                           struct instant now);

#endif
