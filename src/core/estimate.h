/* What somebody's expected use comes to with each plan: which are enough, what stands in the way of
 * the others, which is the cheapest, and what will bind first there.
 *
 * Prices are fixed amounts, so a plan is enough when no limit is below what is expected; the
 * margin above a limit lasts for hours and is not counted on. A limit that a contract names is
 * enough. Counters are expected by month, gauges as a level. */
#ifndef CORE_ESTIMATE_H
#define CORE_ESTIMATE_H

#include "core/catalogue.h"
#include "core/price.h"

struct expected_use {
    struct quantity amounts[METRIC_COUNT]; /* by enum metric; 0..LIMIT_AMOUNT each */
};

enum estimate_fit {
    ESTIMATE_WITHIN,      /* the limit is at least as large */
    ESTIMATE_EXCEEDED,    /* it is smaller */
    ESTIMATE_UNBOUNDED,   /* there is none */
    ESTIMATE_BY_CONTRACT, /* it is what the contract says */
};
enum { ESTIMATE_FIT_COUNT = ESTIMATE_BY_CONTRACT + 1 };
const char *estimate_fit_name(enum estimate_fit fit); /* "within" */

struct estimate_plan {
    const struct plan *plan;
    enum estimate_fit fits[METRIC_COUNT];
    int percents[METRIC_COUNT]; /* of a limit, rounded down, at most ESTIMATE_PERCENT_MAX */
    bool is_enough;             /* none is exceeded */
    bool is_priced;             /* else by contract, and nothing is said of: */
    struct price_comparison price;
    bool is_cheapest[INTERVAL_COUNT]; /* of those that are enough; a contract is the dearest */
};
enum { ESTIMATE_PERCENT_MAX = 9999 };

struct estimate {
    struct estimate_plan plans[TIER_COUNT]; /* from the smallest; the newest version of each */
    /* Of the plan that is cheapest by month, when has_tightest: the metric that is nearest to its
     * limit, and the plan that would be next beyond that. */
    bool has_tightest, has_next;
    enum tier cheapest;
    enum metric tightest;
    enum tier next;
};

/* `catalogue` is checked. One plan is cheapest for each interval, where any is enough; of two that
 * cost the same the smaller. */
void estimate_of(const struct catalogue *catalogue, const struct expected_use *use,
                 struct estimate *ret_estimate);

#endif
