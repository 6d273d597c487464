#include "core/dunning_simulate.h"

#include "base/check.h"

static const char *const names[DUNNING_WOULD_COUNT] = {
    [WOULD_RECOVER] = "recovered",
    [WOULD_END] = "ended",
    [WOULD_GO_ON] = "open",
    [WOULD_UNKNOWN] = "unknown",
};

const char *dunning_would_name(enum dunning_would would) {
    check((unsigned)would < DUNNING_WOULD_COUNT);
    return names[would];
}

static int32_t last_day(const struct dunning_policy *policy) {
    return policy->retry_days[policy->retry_count - 1];
}

/* Its first retry on that day or later; 0: it has none. */
static int32_t retry_from(const struct dunning_policy *policy, int32_t day) {
    for (int32_t i = 0; i < policy->retry_count; i++) {
        if (policy->retry_days[i] >= day) {
            return policy->retry_days[i];
        }
    }
    return 0;
}

/* Given up, or going on: what is known reaches to the last charge that was declined. */
static enum dunning_would unpaid(const struct dunning_policy *policy,
                                 const struct dunning_past *past) {
    if (last_day(policy) <= past->last_failed_day) {
        return WOULD_END;
    }
    if (past->end == PAST_GOES_ON && last_day(policy) > past->end_day) {
        return WOULD_GO_ON;
    }
    return WOULD_UNKNOWN;
}

struct dunning_outlook dunning_simulate(const struct dunning_policy *policy,
                                        const struct dunning_past *past) {
    check(dunning_policy_is_valid(policy));
    check(past->end_day >= 0 && past->last_failed_day >= 0);
    struct dunning_outlook outlook = {.would = WOULD_UNKNOWN};
    int32_t day = past->end_day;
    switch (past->end) {
    case PAST_PAID_OTHERWISE:
        outlook.would = day <= last_day(policy) ? WOULD_RECOVER : WOULD_END;
        break;
    case PAST_PAID_BY_RETRY: {
        int32_t retry = retry_from(policy, past->end_day);
        enum dunning_would none =
            last_day(policy) <= past->last_failed_day ? WOULD_END : WOULD_UNKNOWN;
        outlook.would = retry > 0 ? WOULD_RECOVER : none;
        day = retry > 0 ? retry : last_day(policy);
        break;
    }
    case PAST_ENDED:
    case PAST_GOES_ON:
        outlook.would = unpaid(policy, past);
        day = outlook.would == WOULD_GO_ON ? past->end_day : last_day(policy);
        break;
    }
    outlook.is_restricted = day > policy->access_days;
    return outlook;
}
