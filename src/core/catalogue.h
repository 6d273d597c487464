/* The catalogue: what is sold. Tiers, versions of plans, prices, limits, features.
 *
 * A catalogue is a value with fixed bounds, decoded elsewhere (app/catalogue_shape.h) and proved
 * free of contradictions by catalogue_check; everything else in core may then trust it. Plans are
 * immutable once sold: a change is a new version, for new sales; subscribers stay on theirs. */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/accessibility.h"
#include "core/approval.h"
#include "core/calendar.h"
#include "core/consumer.h"
#include "core/dunning.h"
#include "core/limit.h"
#include "core/metric.h"
#include "core/money.h"
#include "core/period.h"
#include "core/price_notice.h"
#include "core/retention.h"

/* From the smallest to the largest; the order is that of upgrades. */
enum tier { TIER_FREE, TIER_STARTER, TIER_PROFESSIONAL, TIER_ENTERPRISE };

enum {
    TIER_COUNT = 4,
    CATALOGUE_PLANS_MAX = 64,
    CATALOGUE_FEATURES_MAX = 64, /* bits of a feature_set */
    CATALOGUE_NAME_SIZE = 64,    /* names and titles, NUL included */
    CATALOGUE_SUPPORT_SIZE = 128,
    CATALOGUE_VERSION_MAX = 1000000,
    CATALOGUE_PROBLEMS_MAX = 32,
    CATALOGUE_COUPONS_MAX = 32,
    CATALOGUE_CODE_SIZE = 33,       /* of a coupon, NUL included */
    CATALOGUE_TRIAL_DAYS_MAX = 730, /* Stripe's: two years */
    CATALOGUE_COUPON_MONTHS_MAX = 120,
    CATALOGUE_PATH_SIZE = 96,
};

const char *tier_name(enum tier tier); /* "free" */
MUST_USE bool tier_parse(struct str text, enum tier *ret_tier);

/* Bit i stands for catalogue.features[i]. */
struct feature_set {
    uint64_t bits;
};

struct feature {
    char name[CATALOGUE_NAME_SIZE];  /* "private_modules": a-z 0-9 _ */
    char title[CATALOGUE_NAME_SIZE]; /* "Private modules" */
};
/* Unset: not sold at that interval, or by contract. */
struct plan_price {
    bool is_set;
    struct money amount;
};

struct plan {
    enum tier tier;
    int32_t version; /* 1..CATALOGUE_VERSION_MAX; the greatest of a tier, no candidate, is sold */
    char name[CATALOGUE_NAME_SIZE];
    char support[CATALOGUE_SUPPORT_SIZE];
    struct plan_price prices[INTERVAL_COUNT]; /* by enum interval */
    struct limit limits[METRIC_COUNT];        /* by enum metric */
    struct feature_set features;
    int32_t trial_days;     /* of a first purchase; 0: none */
    bool is_trial_cardless; /* the trial begins without a payment method, and may end so */
    bool is_candidate;      /* sold by experiments alone (core/experiment.h) */
};
enum coupon_duration { COUPON_ONCE, COUPON_REPEATING, COUPON_FOREVER };
enum { COUPON_DURATION_COUNT = COUPON_FOREVER + 1 };
/* A price cut by code; see core/coupon.h. */
struct coupon {
    char code[CATALOGUE_CODE_SIZE]; /* "LAUNCH": A-Z 0-9 _ - */
    char name[CATALOGUE_NAME_SIZE]; /* what people read on the invoice */
    int32_t percent_off;            /* 1..100; 0: an amount */
    struct money amount_off;
    enum coupon_duration duration;
    int32_t months; /* of a repeating one */
    unsigned tiers; /* bit 1 << tier: where it applies; 0: everywhere */
    bool expires;
    struct instant expires_at; /* no longer taken from then on */
};

struct catalogue {
    struct currency currency;
    size_t feature_count;
    struct feature features[CATALOGUE_FEATURES_MAX];
    size_t plan_count;
    struct plan plans[CATALOGUE_PLANS_MAX];
    struct dunning_policy dunning;      /* what happens after a failed payment */
    struct approval_policy approvals;   /* what needs a second person */
    struct consumer_policy consumer;    /* what is done for consumers */
    struct retention_policy retention;  /* how long what is kept */
    struct price_notice price_notice;   /* the least that holders have of another price */
    struct accessibility accessibility; /* who answers for that of the pages */
    size_t coupon_count;
    struct coupon coupons[CATALOGUE_COUPONS_MAX];
    const struct plan_book *book; /* what is sold by contract (core/plan_book.h); NULL: nothing */
    /* As an experiment offers it to somebody: versions in the place of those sold; 0: those. */
    int32_t offered[TIER_COUNT];
};

/* One contradiction: where (JSON Pointer, "/plans/2/prices/year"), and what was expected. */
struct catalogue_problem {
    char path[CATALOGUE_PATH_SIZE];
    const char *expected; /* static text */
};

struct catalogue_problems {
    struct catalogue_problem list[CATALOGUE_PROBLEMS_MAX];
    size_t count; /* stops at the limit */
};
/* Finds every contradiction; true when there is none. Nothing about the input is assumed but its
 * counts and NUL-terminated texts. Checked: known currency; features named, well-formed, not twice;
 * every tier sold; (tier, version) known, in range, not twice; names present; prices within
 * range, in the catalogue's currency, both intervals or neither, nothing for `free` and a price or
 * a contract (enterprise only) for the others; limits within range, at least one collaborator, soft
 * limits of 100..1000 %; feature bits that are declared; trials only of what has a price; coupons
 * with a code of their own, one kind of cut, months when they repeat, for plans that are paid. */
MUST_USE bool catalogue_check(const struct catalogue *catalogue,
                              struct catalogue_problems *ret_problems);

/* --- of a checked catalogue --- */

/* The version of the tier that is sold: the one offered, or the newest. Never NULL. */
const struct plan *catalogue_plan(const struct catalogue *catalogue, enum tier tier);
/* NULL when there is no such version. Those of contracts are found, too. */
const struct plan *catalogue_plan_version(const struct catalogue *catalogue, enum tier tier,
                                          int32_t version);
/* The cheapest tier above `from` whose limit on `metric` is at least `amount` (by month; a contract
 * counts as dearest, and as sufficient). False when none is. */
MUST_USE bool catalogue_upgrade_for(const struct catalogue *catalogue, enum metric metric,
                                    struct quantity amount, enum tier from, enum tier *ret_tier);

/* True when the feature is declared; *ret_set then has its bit alone. */
MUST_USE bool catalogue_feature(const struct catalogue *catalogue, struct str name,
                                struct feature_set *ret_set);
bool feature_set_has(struct feature_set set, struct feature_set wanted);
struct feature_set feature_set_union(struct feature_set a, struct feature_set b);
/* In `a` and not in `b`: what a downgrade from a to b loses. */
struct feature_set feature_set_without(struct feature_set a, struct feature_set b);

#endif
