/* Entitlements: what a customer may use at this moment.
 *
 * Access decides whose: full access has the plan's limits and features, with what a contract agrees
 * laid over them; restricted access and no subscription have those of `free`, whatever the
 * contract. */
#ifndef CORE_ENTITLEMENT_H
#define CORE_ENTITLEMENT_H

#include <stdbool.h>

#include "core/catalogue.h"
#include "core/limit.h"
#include "core/metric.h"
#include "core/subscription.h"

/* What a contract changes about a plan. Zeroed, it changes nothing. */
struct entitlement_override {
    bool has_limit[METRIC_COUNT];
    struct limit limits[METRIC_COUNT]; /* where has_limit */
    struct feature_set added;
};

struct entitlements {
    enum tier tier; /* whose limits these are */
    struct limit limits[METRIC_COUNT];
    struct feature_set features;
};

/* `free_plan` is the newest one of tier free; `plan` may be NULL when access is none; `override`
 * may be NULL.
 */
struct entitlements entitlement_of(enum access access, const struct plan *plan,
                                   const struct plan *free_plan,
                                   const struct entitlement_override *override);

/* Metrics whose limit in `after` is below `used` (bit 1 << metric): what a downgrade must say
 * first. Counters are judged too: the present usage period goes on across a change. */
unsigned entitlement_exceeded(const struct entitlements *after,
                              const struct quantity used[METRIC_COUNT]);

#endif
