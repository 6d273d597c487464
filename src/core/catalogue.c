/* Looking things up in a checked catalogue; see catalogue.h. Finding its contradictions is
 * catalogue_check.c. Plans are few: every search is a walk. */
#include "core/catalogue.h"

#include "base/check.h"
#include "core/plan_book.h"

static const char *const tier_names[TIER_COUNT] = {
    [TIER_FREE] = "free",
    [TIER_STARTER] = "starter",
    [TIER_PROFESSIONAL] = "professional",
    [TIER_ENTERPRISE] = "enterprise",
};

static_assert(CATALOGUE_FEATURES_MAX == 8 * sizeof(struct feature_set), "a bit for each feature");
static_assert(TIER_COUNT == TIER_ENTERPRISE + 1, "every tier is counted");

const char *tier_name(enum tier tier) {
    check((unsigned)tier < TIER_COUNT);
    return tier_names[tier];
}

bool tier_parse(struct str text, enum tier *ret_tier) {
    for (unsigned i = 0; i < TIER_COUNT; i++) {
        if (str_equal(text, str_from_cstr(tier_names[i]))) {
            *ret_tier = (enum tier)i;
            return true;
        }
    }
    return false;
}

const struct plan *catalogue_plan(const struct catalogue *catalogue, enum tier tier) {
    check((unsigned)tier < TIER_COUNT);
    check(catalogue->plan_count <= CATALOGUE_PLANS_MAX);
    const struct plan *newest = NULL;
    if (catalogue->offered[tier] != 0) {
        newest = catalogue_plan_version(catalogue, tier, catalogue->offered[tier]);
        check(newest != NULL); /* whoever offers it has seen it */
        return newest;
    }
    for (size_t i = 0; i < catalogue->plan_count; i++) {
        const struct plan *plan = &catalogue->plans[i];
        if (plan->tier == tier && !plan->is_candidate &&
            (newest == NULL || plan->version > newest->version)) {
            newest = plan;
        }
    }
    check(newest != NULL); /* catalogue_check has seen every tier */
    return newest;
}

const struct plan *catalogue_plan_version(const struct catalogue *catalogue, enum tier tier,
                                          int32_t version) {
    check((unsigned)tier < TIER_COUNT);
    check(catalogue->plan_count <= CATALOGUE_PLANS_MAX);
    for (size_t i = 0; i < catalogue->plan_count; i++) {
        const struct plan *plan = &catalogue->plans[i];
        if (plan->tier == tier && plan->version == version) {
            return plan;
        }
    }
    const struct plan *own = plan_book_find(catalogue->book, version);
    return own != NULL && own->tier == tier ? own : NULL;
}

static bool suffices(struct limit limit, struct quantity amount) {
    check((unsigned)limit.kind <= LIMIT_TRACKED);
    return !limit_is_bounded(limit) || limit.amount.amount >= amount.amount;
}

/* By month; a plan without a list price is dearer than any with one. */
static bool is_cheaper(const struct plan *a, const struct plan *b) {
    const struct plan_price *of_a = &a->prices[INTERVAL_MONTH];
    const struct plan_price *of_b = &b->prices[INTERVAL_MONTH];
    if (!of_a->is_set || !of_b->is_set) {
        return of_a->is_set;
    }
    return money_compare(of_a->amount, of_b->amount) < 0;
}

bool catalogue_upgrade_for(const struct catalogue *catalogue, enum metric metric,
                           struct quantity amount, enum tier from, enum tier *ret_tier) {
    check((unsigned)metric < METRIC_COUNT);
    check((unsigned)from < TIER_COUNT);
    check(amount.amount >= 0);
    const struct plan *best = NULL;
    for (unsigned tier = from + 1; tier < TIER_COUNT; tier++) {
        const struct plan *plan = catalogue_plan(catalogue, (enum tier)tier);
        if (suffices(plan->limits[metric], amount) && (best == NULL || is_cheaper(plan, best))) {
            best = plan;
        }
    }
    if (best == NULL) {
        return false;
    }
    check(best->tier > from);
    check(suffices(best->limits[metric], amount));
    *ret_tier = best->tier;
    return true;
}

bool catalogue_feature(const struct catalogue *catalogue, struct str name,
                       struct feature_set *ret_set) {
    check(catalogue->feature_count <= CATALOGUE_FEATURES_MAX);
    for (size_t i = 0; i < catalogue->feature_count; i++) {
        if (str_equal(name, str_from_cstr(catalogue->features[i].name))) {
            *ret_set = (struct feature_set){UINT64_C(1) << i};
            return true;
        }
    }
    return false;
}

bool feature_set_has(struct feature_set set, struct feature_set wanted) {
    return (set.bits & wanted.bits) == wanted.bits;
}

struct feature_set feature_set_union(struct feature_set a, struct feature_set b) {
    struct feature_set both = {a.bits | b.bits};
    check(feature_set_has(both, a));
    check(feature_set_has(both, b));
    return both;
}

struct feature_set feature_set_without(struct feature_set a, struct feature_set b) {
    struct feature_set rest = {a.bits & ~b.bits};
    check((rest.bits & b.bits) == 0);
    return rest;
}
