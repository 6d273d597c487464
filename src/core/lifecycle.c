#include "core/lifecycle.h"

#include "base/check.h"

static const char *const names[LIFECYCLE_COUNT] = {
    [LIFECYCLE_TRIALING] = "trialing",     [LIFECYCLE_ACTIVE] = "active",
    [LIFECYCLE_CANCELLING] = "cancelling", [LIFECYCLE_PAST_DUE] = "past_due",
    [LIFECYCLE_SUSPENDED] = "suspended",   [LIFECYCLE_PAUSED] = "paused",
    [LIFECYCLE_ENDED] = "ended",
};

const char *lifecycle_name(enum lifecycle lifecycle) {
    check((int)lifecycle < LIFECYCLE_COUNT);
    return names[lifecycle];
}

enum lifecycle lifecycle_of(enum subscription_status status, enum access access, bool is_ending) {
    switch (status) {
    case SUBSCRIPTION_TRIALING:
        return is_ending ? LIFECYCLE_CANCELLING : LIFECYCLE_TRIALING;
    case SUBSCRIPTION_ACTIVE:
        if (access != ACCESS_FULL) { /* an invoice that was sent is overdue: Stripe leaves it so */
            return LIFECYCLE_SUSPENDED;
        }
        return is_ending ? LIFECYCLE_CANCELLING : LIFECYCLE_ACTIVE;
    case SUBSCRIPTION_PAST_DUE:
        return access == ACCESS_FULL ? LIFECYCLE_PAST_DUE : LIFECYCLE_SUSPENDED;
    case SUBSCRIPTION_INCOMPLETE:
    case SUBSCRIPTION_UNPAID:
        return LIFECYCLE_SUSPENDED;
    case SUBSCRIPTION_PAUSED:
        return LIFECYCLE_PAUSED;
    case SUBSCRIPTION_INCOMPLETE_EXPIRED:
    case SUBSCRIPTION_CANCELED:
    case SUBSCRIPTION_ABSENT:
        break;
    }
    return LIFECYCLE_ENDED;
}

/* --- stuck --- */

static const struct {
    const char *name;
    enum subscription_event awaits;
} waits[STUCK_COUNT] = {
    [STUCK_NOT] = {"", SUBSCRIPTION_CREATED_ACTIVE},
    [STUCK_FIRST_PAYMENT] = {"first_payment", SUBSCRIPTION_EXPIRED},
    [STUCK_TRIAL] = {"trial", SUBSCRIPTION_TRIAL_ENDED},
    [STUCK_END] = {"end", SUBSCRIPTION_ENDED},
    [STUCK_PENDING_CHANGE] = {"pending_change", SUBSCRIPTION_PERIOD_ENDED},
    [STUCK_RENEWAL] = {"renewal", SUBSCRIPTION_PERIOD_ENDED},
    [STUCK_PAST_DUE] = {"past_due", SUBSCRIPTION_RETRIES_EXHAUSTED},
};

const char *stuck_name(enum stuck stuck) {
    check((int)stuck < STUCK_COUNT);
    return waits[stuck].name;
}

enum subscription_event stuck_awaits(enum stuck stuck) {
    check(stuck != STUCK_NOT && (int)stuck < STUCK_COUNT);
    return waits[stuck].awaits;
}

#define HOUR_MS (INT64_C(60) * 60 * 1000)
#define PATIENCE ((struct duration){24 * HOUR_MS})
#define FIRST_PAYMENT ((struct duration){25 * HOUR_MS})

static bool is_over(struct instant end, struct duration patience, struct instant now) {
    return instant_is_before(instant_add(end, patience), now);
}

/* A day longer than the last retry waits. */
static struct duration policy_end_of(const struct dunning_policy *policy) {
    check(policy->retry_count > 0 && policy->retry_count <= DUNNING_RETRIES_MAX);
    return duration_days(policy->retry_days[policy->retry_count - 1] + 1);
}

struct lifecycle_bounds lifecycle_bounds(const struct dunning_policy *policy, struct instant now) {
    return (struct lifecycle_bounds){
        .calendar = {now.ms - PATIENCE.ms},
        .past_due = {now.ms - policy_end_of(policy).ms},
    };
}

enum stuck lifecycle_stuck(const struct lifecycle_clock *at, const struct dunning_policy *policy,
                           struct instant now) {
    bool is_live = at->status == SUBSCRIPTION_ACTIVE || at->status == SUBSCRIPTION_TRIALING;
    bool is_past = is_over(at->period_end, PATIENCE, now);
    struct duration policy_end = policy_end_of(policy);
    if (at->status == SUBSCRIPTION_INCOMPLETE) {
        return is_over(at->created_at, FIRST_PAYMENT, now) ? STUCK_FIRST_PAYMENT : STUCK_NOT;
    }
    if (at->status == SUBSCRIPTION_PAST_DUE) {
        return is_over(at->past_due_since, policy_end, now) ? STUCK_PAST_DUE : STUCK_NOT;
    }
    if (is_live && at->is_ending && is_past) {
        return STUCK_END;
    }
    if (at->status == SUBSCRIPTION_TRIALING && is_over(at->trial_ends_at, PATIENCE, now)) {
        return STUCK_TRIAL;
    }
    if (at->status == SUBSCRIPTION_ACTIVE && is_past) {
        return at->has_pending_change ? STUCK_PENDING_CHANGE : STUCK_RENEWAL;
    }
    return STUCK_NOT;
}
