/* catalogue_check: everything that is wrong with a catalogue, in the order of its text.
 *
 * A catalogue comes from a file that a person edits, so nothing about it is trusted, and all of its
 * problems are named at once. A problem's path is a JSON Pointer into catalog/plans.json; its
 * arrays and members are named as there. */
#include <string.h>

#include "base/check.h"
#include "core/catalogue.h"
#include "core/coupon.h"
#include "core/text.h"

/* Where the check stands: a path of four parts, the last two of which may be NULL. */
struct place {
    const char *list;
    size_t index;
    const char *member;
    const char *leaf;
};

enum { INDEX_DIGITS = 1 };

static_assert(CATALOGUE_PATH_SIZE > sizeof "/features//softLimitPercent/collaborators" + 20,
              "every path fits");
static_assert(INTERVAL_COUNT == 2, "the other interval is 1 - this one");

static void report(struct catalogue_problems *problems, struct place place, const char *expected) {
    if (problems->count == CATALOGUE_PROBLEMS_MAX) {
        return;
    }
    struct catalogue_problem *problem = &problems->list[problems->count++];
    struct text path;
    text_init(&path, problem->path, sizeof problem->path);
    text_str(&path, STR("/"));
    check(place.list != NULL);
    check((place.member != NULL || place.leaf == NULL));
    text_str(&path, str_from_cstr(place.list));
    text_str(&path, STR("/"));
    text_number(&path, (int64_t)place.index, INDEX_DIGITS);
    const char *const rest[] = {place.member, place.leaf};
    for (size_t i = 0; i < ARRAY_LEN(rest) && rest[i] != NULL; i++) {
        text_str(&path, STR("/"));
        text_str(&path, str_from_cstr(rest[i]));
    }
    check(text_fits(&path));
    check(expected != NULL);
    problem->expected = expected;
}

static void report_whole(struct catalogue_problems *problems, const char *path,
                         const char *expected) {
    if (problems->count == CATALOGUE_PROBLEMS_MAX) {
        return;
    }
    struct catalogue_problem *problem = &problems->list[problems->count++];
    struct text text;
    text_init(&text, problem->path, sizeof problem->path);
    text_str(&text, str_from_cstr(path));
    check(text_fits(&text));
    check(expected != NULL);
    problem->expected = expected;
}

/* --- features --- */

static bool is_feature_name(const char *name) {
    struct str text = str_from_cstr(name);
    return text.len > 0 && str_only(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static void check_features(const struct catalogue *catalogue, struct catalogue_problems *problems) {
    for (size_t i = 0; i < catalogue->feature_count; i++) {
        const struct feature *feature = &catalogue->features[i];
        struct place name = {"features", i, "name", NULL};
        if (!is_feature_name(feature->name)) {
            report(problems, name, "a name of a-z, 0-9 and _");
        }
        for (size_t before = 0; before < i; before++) {
            if (strcmp(feature->name, catalogue->features[before].name) == 0) {
                report(problems, name, "a name that no other feature has");
                break;
            }
        }
        if (feature->title[0] == '\0') {
            report(problems, (struct place){"features", i, "title", NULL}, "a title for people");
        }
    }
}

/* --- one plan --- */

/* A price on its own: range and currency. */
static bool is_price_in_order(const struct catalogue *catalogue, struct plan_price price) {
    return !price.is_set || (price.amount.minor >= 0 && price.amount.minor <= MONEY_MINOR_MAX &&
                             currency_equal(price.amount.currency, catalogue->currency));
}

/* What is wrong with a price, given its tier and the price of the other interval; NULL: nothing. */
static const char *price_problem(enum tier tier, struct plan_price price, struct plan_price other) {
    if (tier == TIER_FREE) {
        return price.is_set && price.amount.minor == 0 ? NULL : "0: the free plan costs nothing";
    }
    if (!price.is_set && other.is_set) {
        return "a price: the other interval has one";
    }
    if (!price.is_set && tier != TIER_ENTERPRISE) {
        return "a price: only enterprise is sold by contract";
    }
    if (price.is_set && price.amount.minor == 0) {
        return "more than 0: only the free plan costs nothing";
    }
    return NULL;
}

static void check_prices(const struct catalogue *catalogue, size_t index,
                         struct catalogue_problems *problems) {
    check(index < catalogue->plan_count);
    const struct plan *plan = &catalogue->plans[index];
    for (unsigned i = 0; i < INTERVAL_COUNT; i++) {
        struct place place = {"plans", index, "prices", interval_name((enum interval)i)};
        struct plan_price price = plan->prices[i];
        struct plan_price other = plan->prices[INTERVAL_COUNT - 1 - i];
        if (!is_price_in_order(catalogue, price)) {
            report(problems, place, "0 to 2^53 minor units of the catalogue's currency");
            continue;
        }
        const char *problem = price_problem(plan->tier, price, other);
        if (problem != NULL) {
            report(problems, place, problem);
        }
    }
}

static const char *limit_problem(enum metric metric, struct limit limit) {
    if ((unsigned)limit.kind > LIMIT_TRACKED) {
        return "an amount, \"unlimited\", \"contract\" or \"tracked\"";
    }
    if (limit.soft_limit_percent < LIMIT_PERCENT_MIN ||
        limit.soft_limit_percent > LIMIT_PERCENT_MAX) {
        return "softLimitPercent from 100 to 1000";
    }
    if (limit.amount.amount < 0 || limit.amount.amount > LIMIT_AMOUNT) {
        return "an amount from 0 to 2^53";
    }
    if (limit.kind != LIMIT_COUNT) {
        return limit.amount.amount == 0 ? NULL : "no amount beside a word";
    }
    if (metric == METRIC_COLLABORATORS && limit.amount.amount == 0) {
        return "at least 1: the owner is a collaborator";
    }
    return NULL;
}

static void check_limits(const struct plan *plan, size_t index,
                         struct catalogue_problems *problems) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        const char *problem = limit_problem((enum metric)i, plan->limits[i]);
        if (problem != NULL) {
            report(problems, (struct place){"plans", index, "limits", metric_name((enum metric)i)},
                   problem);
        }
    }
}

static bool is_sold_before(const struct catalogue *catalogue, size_t index) {
    check(index < catalogue->plan_count);
    const struct plan *plan = &catalogue->plans[index];
    for (size_t i = 0; i < index; i++) {
        if (catalogue->plans[i].tier == plan->tier &&
            catalogue->plans[i].version == plan->version) {
            return true;
        }
    }
    return false;
}

static bool are_features_declared(const struct catalogue *catalogue, struct feature_set set) {
    return catalogue->feature_count == CATALOGUE_FEATURES_MAX ||
           set.bits >> catalogue->feature_count == 0;
}

static void check_trial(const struct plan *plan, size_t index,
                        struct catalogue_problems *problems) {
    struct place place = {"plans", index, "trialDays", NULL};
    if (plan->trial_days < 0 || plan->trial_days > CATALOGUE_TRIAL_DAYS_MAX) {
        report(problems, place, "0 to 730 days");
    } else if (plan->trial_days > 0 &&
               (plan->tier == TIER_FREE || !plan->prices[INTERVAL_MONTH].is_set)) {
        report(problems, place, "no trial of what has no price");
    }
    if (plan->is_trial_cardless && plan->trial_days == 0) {
        report(problems, (struct place){"plans", index, "trialWithoutPaymentMethod", NULL},
               "trialDays beside it");
    }
}

static void check_plan(const struct catalogue *catalogue, size_t index,
                       struct catalogue_problems *problems) {
    const struct plan *plan = &catalogue->plans[index];
    if ((unsigned)plan->tier >= TIER_COUNT) {
        report(problems, (struct place){"plans", index, "tier", NULL},
               "free, starter, professional or enterprise");
    }
    struct place version = {"plans", index, "version", NULL};
    if (plan->version < 1 || plan->version > CATALOGUE_VERSION_MAX) {
        report(problems, version, "a version from 1 to 1000000");
    }
    if (is_sold_before(catalogue, index)) {
        report(problems, version, "a version that no other plan of this tier has");
    }
    if (plan->name[0] == '\0') {
        report(problems, (struct place){"plans", index, "name", NULL}, "a name for people");
    }
    if (plan->support[0] == '\0') {
        report(problems, (struct place){"plans", index, "support", NULL}, "a text for people");
    }
    check_prices(catalogue, index, problems);
    check_limits(plan, index, problems);
    check_trial(plan, index, problems);
    if (plan->is_candidate && !plan->prices[INTERVAL_MONTH].is_set) {
        report(problems, (struct place){"plans", index, "candidate", NULL},
               "a price beside it: experiments sell nothing by contract");
    }
    if (!are_features_declared(catalogue, plan->features)) {
        report(problems, (struct place){"plans", index, "features", NULL},
               "features that /features declares");
    }
}

/* --- coupons --- */

static bool is_taken(const struct catalogue *catalogue, size_t index) {
    check(index < catalogue->coupon_count);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(catalogue->coupons[i].code, catalogue->coupons[index].code) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_cut_in_order(const struct catalogue *catalogue, const struct coupon *coupon) {
    int64_t off = coupon->amount_off.minor;
    return coupon->percent_off == 0
               ? off > 0 && off <= MONEY_MINOR_MAX &&
                     currency_equal(coupon->amount_off.currency, catalogue->currency)
               : coupon->percent_off > 0 && coupon->percent_off <= 100 && off == 0;
}

static bool are_months_in_order(const struct coupon *coupon) {
    return coupon->duration == COUPON_REPEATING
               ? coupon->months >= 1 && coupon->months <= CATALOGUE_COUPON_MONTHS_MAX
               : coupon->months == 0;
}

static void check_coupon(const struct catalogue *catalogue, size_t index,
                         struct catalogue_problems *problems) {
    const struct coupon *coupon = &catalogue->coupons[index];
    unsigned paid = ((1U << TIER_COUNT) - 1) & ~(1U << TIER_FREE);
    if (coupon->code[0] == '\0' || !str_only(str_from_cstr(coupon->code), COUPON_CHARACTERS)) {
        report(problems, (struct place){"coupons", index, "code", NULL},
               "a code of A-Z, 0-9, _ and -");
    } else if (is_taken(catalogue, index)) {
        report(problems, (struct place){"coupons", index, "code", NULL},
               "a code that no other coupon has");
    }
    if (coupon->name[0] == '\0') {
        report(problems, (struct place){"coupons", index, "name", NULL}, "a name for people");
    }
    if (!is_cut_in_order(catalogue, coupon)) {
        report(problems, (struct place){"coupons", index, "percentOff", NULL},
               "percentOff from 1 to 100, or amountOff in minor units: one of them");
    }
    if ((unsigned)coupon->duration >= COUPON_DURATION_COUNT || !are_months_in_order(coupon)) {
        report(problems, (struct place){"coupons", index, "months", NULL},
               "1 to 120 months when it repeats, none otherwise");
    }
    if ((coupon->tiers & ~paid) != 0) {
        report(problems, (struct place){"coupons", index, "tiers", NULL}, "tiers that are paid");
    }
}

/* --- the whole --- */

static const char *const missing_tier[TIER_COUNT] = {
    [TIER_FREE] = "a plan of tier free",
    [TIER_STARTER] = "a plan of tier starter",
    [TIER_PROFESSIONAL] = "a plan of tier professional",
    [TIER_ENTERPRISE] = "a plan of tier enterprise",
};

static void check_tiers(const struct catalogue *catalogue, struct catalogue_problems *problems) {
    bool has_tier[TIER_COUNT] = {false};
    for (size_t i = 0; i < catalogue->plan_count; i++) {
        if ((unsigned)catalogue->plans[i].tier < TIER_COUNT && !catalogue->plans[i].is_candidate) {
            has_tier[catalogue->plans[i].tier] = true;
        }
    }
    for (unsigned tier = 0; tier < TIER_COUNT; tier++) {
        if (!has_tier[tier]) {
            report_whole(problems, "/plans", missing_tier[tier]);
        }
    }
}

bool catalogue_check(const struct catalogue *catalogue, struct catalogue_problems *ret_problems) {
    check(catalogue->feature_count <= CATALOGUE_FEATURES_MAX);
    check(catalogue->plan_count <= CATALOGUE_PLANS_MAX);
    check(catalogue->coupon_count <= CATALOGUE_COUPONS_MAX);
    ret_problems->count = 0;
    if (!currency_is_known(catalogue->currency)) {
        report_whole(ret_problems, "/currency", "a lower-case ISO 4217 code, such as usd");
    }
    check_features(catalogue, ret_problems);
    check_tiers(catalogue, ret_problems);
    for (size_t i = 0; i < catalogue->plan_count; i++) {
        check_plan(catalogue, i, ret_problems);
    }
    for (size_t i = 0; i < catalogue->coupon_count; i++) {
        check_coupon(catalogue, i, ret_problems);
    }
    check(ret_problems->count <= CATALOGUE_PROBLEMS_MAX);
    return ret_problems->count == 0;
}
