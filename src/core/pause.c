#include "core/pause.h"

static bool is_in_range(const struct pause_facts *facts, struct instant now) {
    int months = facts->is_by_customer ? PAUSE_MONTHS_OWN_MAX : PAUSE_MONTHS_MAX;
    struct instant last = instant_add_months(now, months);
    return !facts->has_end ||
           (instant_is_before(now, facts->until) && !instant_is_before(last, facts->until));
}

enum pause_verdict pause_judge(const struct pause_facts *facts, struct instant now) {
    if (facts->is_by_contract) {
        return PAUSE_BOUND;
    }
    if (facts->status == SUBSCRIPTION_PAUSED) {
        return PAUSE_THERE;
    }
    if (facts->status != SUBSCRIPTION_ACTIVE) {
        return PAUSE_NOT_ACTIVE;
    }
    if (facts->is_owing) {
        return PAUSE_OWING;
    }
    if (facts->has_next) {
        return PAUSE_FIXED;
    }
    if (facts->is_by_customer && (facts->interval != INTERVAL_MONTH || !facts->has_end)) {
        return PAUSE_NOT_OWN;
    }
    return is_in_range(facts, now) ? PAUSE_MAY : PAUSE_OUT_OF_RANGE;
}
