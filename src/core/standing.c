#include "core/standing.h"

#include "base/check.h"

enum { MONTHS_OF_YEAR = 12 };

static bool is_paid_for(enum subscription_status status) {
    return status == SUBSCRIPTION_ACTIVE || status == SUBSCRIPTION_PAST_DUE;
}

struct money standing_monthly(const struct plan *plan, enum interval interval,
                              enum subscription_status status, struct currency otherwise) {
    check(plan != NULL && (int)interval < INTERVAL_COUNT &&
          (int)status < SUBSCRIPTION_STATUS_COUNT);
    const struct plan_price *price = &plan->prices[interval];
    if (!price->is_set) {
        return money_zero(otherwise);
    }
    if (!is_paid_for(status)) {
        return money_zero(price->amount.currency);
    }
    struct money monthly = price->amount;
    const struct ratio share = {1, interval == INTERVAL_YEAR ? MONTHS_OF_YEAR : 1};
    bool fits = money_multiply_ratio(price->amount, share, ROUND_HALF_AWAY_FROM_ZERO, &monthly);
    check(fits); /* a part of what is in range */
    return monthly;
}

const char *health_name(enum health health) {
    static const char *const names[HEALTH_COUNT] = {"good", "watch", "at_risk"};
    check((int)health < HEALTH_COUNT);
    return names[health];
}

enum health standing_health(const struct standing *standing) {
    check((int)standing->status < SUBSCRIPTION_STATUS_COUNT && standing->access <= ACCESS_NONE);
    bool has_plan = standing->status != SUBSCRIPTION_ABSENT;
    if (standing->is_parked || (has_plan && standing->access != ACCESS_FULL)) {
        return HEALTH_AT_RISK;
    }
    return standing->is_ending || standing->status == SUBSCRIPTION_PAST_DUE ? HEALTH_WATCH
                                                                            : HEALTH_GOOD;
}
