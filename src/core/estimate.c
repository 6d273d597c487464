#include "core/estimate.h"

#include "base/check.h"
#include "base/int128.h"

const char *estimate_fit_name(enum estimate_fit fit) {
    static const char *const names[ESTIMATE_FIT_COUNT] = {
        [ESTIMATE_WITHIN] = "within",
        [ESTIMATE_EXCEEDED] = "exceeded",
        [ESTIMATE_UNBOUNDED] = "unbounded",
        [ESTIMATE_BY_CONTRACT] = "by_contract",
    };
    check((unsigned)fit < ESTIMATE_FIT_COUNT);
    return names[fit];
}

/* --- one plan --- */

static enum estimate_fit fit_of(struct limit limit, struct quantity amount) {
    switch (limit.kind) {
    case LIMIT_COUNT:
    case LIMIT_CAP:
        return amount.amount > limit.amount.amount ? ESTIMATE_EXCEEDED : ESTIMATE_WITHIN;
    case LIMIT_CONTRACT:
        return ESTIMATE_BY_CONTRACT;
    case LIMIT_UNLIMITED:
    case LIMIT_TRACKED:
        break;
    }
    return ESTIMATE_UNBOUNDED;
}

/* Of a limit of 0 whatever is above it is as much above it as can be said. */
static int percent_of(struct limit limit, struct quantity amount) {
    if (!limit_is_bounded(limit) || amount.amount == 0) {
        return 0;
    }
    i128 percent = limit.amount.amount == 0 ? ESTIMATE_PERCENT_MAX
                                            : (i128)amount.amount * 100 / limit.amount.amount;
    check(percent >= 0);
    return percent < ESTIMATE_PERCENT_MAX ? (int)percent : ESTIMATE_PERCENT_MAX;
}

static struct estimate_plan estimate_plan_of(const struct plan *plan,
                                             const struct expected_use *use) {
    struct estimate_plan out = {.plan = plan, .is_enough = true};
    for (int m = 0; m < METRIC_COUNT; m++) {
        check(use->amounts[m].amount >= 0);
        check(use->amounts[m].amount <= LIMIT_AMOUNT);
        out.fits[m] = fit_of(plan->limits[m], use->amounts[m]);
        out.percents[m] = percent_of(plan->limits[m], use->amounts[m]);
        out.is_enough &= out.fits[m] != ESTIMATE_EXCEEDED;
    }
    out.is_priced = price_compare(plan, &out.price);
    return out;
}

/* --- all of them --- */

static struct money price_in(const struct estimate_plan *plan, enum interval interval) {
    return interval == INTERVAL_YEAR ? plan->price.year : plan->price.month;
}

static bool is_cheaper(const struct estimate_plan *plan, const struct estimate_plan *other,
                       enum interval interval) {
    if (!plan->is_priced || !other->is_priced) {
        return plan->is_priced;
    }
    return money_compare(price_in(plan, interval), price_in(other, interval)) < 0;
}

/* NULL: none is enough. */
static struct estimate_plan *cheapest_of(struct estimate *estimate, enum interval interval) {
    struct estimate_plan *best = NULL;
    for (int t = 0; t < TIER_COUNT; t++) {
        struct estimate_plan *plan = &estimate->plans[t];
        if (plan->is_enough && (best == NULL || is_cheaper(plan, best, interval))) {
            best = plan;
        }
    }
    check(best == NULL || best->is_enough);
    return best;
}

/* What is not used at all binds nothing. */
static void find_tightest(const struct catalogue *catalogue, const struct estimate_plan *plan,
                          struct estimate *estimate) {
    for (int m = 0; m < METRIC_COUNT; m++) {
        bool is_tighter =
            !estimate->has_tightest || plan->percents[m] > plan->percents[estimate->tightest];
        if (plan->percents[m] > 0 && is_tighter) {
            estimate->has_tightest = true;
            estimate->tightest = (enum metric)m;
        }
    }
    if (estimate->has_tightest) {
        struct limit limit = plan->plan->limits[estimate->tightest];
        struct quantity more = quantity_of(limit.amount.amount + 1);
        estimate->has_next = catalogue_upgrade_for(catalogue, estimate->tightest, more,
                                                   plan->plan->tier, &estimate->next);
    }
}

void estimate_of(const struct catalogue *catalogue, const struct expected_use *use,
                 struct estimate *ret_estimate) {
    struct estimate out = {.has_tightest = false};
    for (int t = 0; t < TIER_COUNT; t++) {
        out.plans[t] = estimate_plan_of(catalogue_plan(catalogue, (enum tier)t), use);
    }
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        struct estimate_plan *cheapest = cheapest_of(&out, (enum interval)i);
        if (cheapest != NULL) {
            cheapest->is_cheapest[i] = true;
        }
    }
    const struct estimate_plan *by_month = cheapest_of(&out, INTERVAL_MONTH);
    if (by_month != NULL) {
        out.cheapest = by_month->plan->tier;
        find_tightest(catalogue, by_month, &out);
    }
    *ret_estimate = out;
}
