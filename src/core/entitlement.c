/* Entitlements; see entitlement.h. */
#include "core/entitlement.h"

#include <string.h>

#include "base/check.h"

static_assert(METRIC_COUNT < 32, "a bit for each metric");
static_assert(sizeof((struct plan *)0)->limits == sizeof((struct entitlements *)0)->limits,
              "limits are copied whole");

static struct entitlements of_plan(const struct plan *plan) {
    struct entitlements result = {.tier = plan->tier, .features = plan->features};
    memcpy(result.limits, plan->limits, sizeof result.limits);
    return result;
}

static void lay_over(struct entitlements *entitlements,
                     const struct entitlement_override *override) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (override->has_limit[i]) {
            entitlements->limits[i] = override->limits[i];
        }
    }
    entitlements->features = feature_set_union(entitlements->features, override->added);
    check(feature_set_has(entitlements->features, override->added));
}

struct entitlements entitlement_of(enum access access, const struct plan *plan,
                                   const struct plan *free_plan,
                                   const struct entitlement_override *override) {
    check((unsigned)access <= ACCESS_NONE);
    check(free_plan != NULL);
    check(free_plan->tier == TIER_FREE);
    if (access != ACCESS_FULL) {
        return of_plan(free_plan);
    }
    check(plan != NULL);
    struct entitlements result = of_plan(plan);
    if (override != NULL) {
        lay_over(&result, override);
    }
    check(result.tier == plan->tier);
    check(feature_set_has(result.features, plan->features));
    return result;
}

unsigned entitlement_exceeded(const struct entitlements *after,
                              const struct quantity used[METRIC_COUNT]) {
    unsigned exceeded = 0;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        struct limit limit = after->limits[i];
        if (limit_is_bounded(limit) && used[i].amount > limit.amount.amount) {
            exceeded |= 1U << i;
        }
    }
    check(exceeded < 1U << METRIC_COUNT);
    return exceeded;
}
