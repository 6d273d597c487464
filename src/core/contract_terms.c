#include "core/contract_terms.h"

#include <string.h>

#include "base/check.h"
#include "core/price.h"
#include "core/text.h"

enum { MONTHS_A_YEAR = 12, INDEX_DIGITS = 1 };

static_assert(CATALOGUE_PATH_SIZE > sizeof "/limits/collaborators" + 20, "paths fit");

static const char *const renewal_names[CONTRACT_RENEWAL_COUNT] = {
    [CONTRACT_RENEWS_NOT] = "none",
    [CONTRACT_RENEWS_AUTOMATICALLY] = "auto",
};
static const char *const collection_names[CONTRACT_COLLECTION_COUNT] = {
    [CONTRACT_CHARGE] = "charge_automatically",
    [CONTRACT_INVOICE] = "send_invoice",
};

const char *contract_renewal_name(enum contract_renewal renewal) {
    check((unsigned)renewal < CONTRACT_RENEWAL_COUNT);
    return renewal_names[renewal];
}

const char *contract_collection_name(enum contract_collection collection) {
    check((unsigned)collection < CONTRACT_COLLECTION_COUNT);
    return collection_names[collection];
}

/* --- what is wrong with terms --- */

static struct text path_begin(struct contract_problems *problems, const char *expected) {
    struct text text;
    struct contract_problem *problem = &problems->list[problems->count++];
    check(expected != NULL);
    problem->expected = expected;
    text_init(&text, problem->path, sizeof problem->path);
    return text;
}

static void report(struct contract_problems *problems, const char *path, const char *expected) {
    if (problems->count < CONTRACT_PROBLEMS_MAX) {
        struct text text = path_begin(problems, expected);
        text_str(&text, str_from_cstr(path));
        check(text_fits(&text));
    }
}

static void report_ramp(struct contract_problems *problems, size_t index, const char *member,
                        const char *expected) {
    if (problems->count < CONTRACT_PROBLEMS_MAX) {
        struct text text = path_begin(problems, expected);
        text_str(&text, STR("/ramp/"));
        text_number(&text, (int64_t)index, INDEX_DIGITS);
        text_str(&text, str_from_cstr(member));
        check(text_fits(&text));
    }
}

static void report_limit(struct contract_problems *problems, enum metric metric,
                         const char *expected) {
    if (problems->count < CONTRACT_PROBLEMS_MAX) {
        struct text text = path_begin(problems, expected);
        text_str(&text, STR("/limits/"));
        text_str(&text, str_from_cstr(metric_name(metric)));
        check(text_fits(&text));
    }
}

static int32_t months_of(enum interval interval) {
    check((unsigned)interval < INTERVAL_COUNT);
    return interval == INTERVAL_YEAR ? MONTHS_A_YEAR : 1;
}

static bool is_price(const struct catalogue *catalogue, struct money amount) {
    return currency_equal(amount.currency, catalogue->currency) && amount.minor > 0 &&
           amount.minor <= MONEY_MINOR_MAX;
}

#define PRICE_EXPECTED "more than 0, at most 2^53 minor units of the catalogue's currency"

static void check_prices(const struct catalogue *catalogue, const struct contract_terms *terms,
                         struct contract_problems *problems) {
    int32_t months = months_of(terms->interval);
    int32_t before = 0;
    if (!is_price(catalogue, terms->amount)) {
        report(problems, "/amount", PRICE_EXPECTED);
    }
    for (size_t i = 0; i < terms->ramp_count; i++) {
        int32_t month = terms->ramp[i].month;
        if (month <= before || month % months != 0 || month >= terms->term_months) {
            report_ramp(problems, i, "/month",
                        "a month of the term at which an interval begins, after the one before");
        }
        if (!is_price(catalogue, terms->ramp[i].amount)) {
            report_ramp(problems, i, "/amount", PRICE_EXPECTED);
        }
        before = month > before ? month : before;
    }
}

static bool is_limit(enum metric metric, struct limit limit) {
    bool is_counted = limit.kind == LIMIT_COUNT;
    return (is_counted || limit.kind == LIMIT_UNLIMITED) &&
           limit.soft_limit_percent >= LIMIT_PERCENT_MIN &&
           limit.soft_limit_percent <= LIMIT_PERCENT_MAX && limit.amount.amount >= 0 &&
           limit.amount.amount <= LIMIT_AMOUNT && (is_counted || limit.amount.amount == 0) &&
           (metric != METRIC_COLLABORATORS || !is_counted || limit.amount.amount > 0);
}

static void check_override(const struct catalogue *catalogue, const struct contract_terms *terms,
                           struct contract_problems *problems) {
    uint64_t declared = catalogue->feature_count == CATALOGUE_FEATURES_MAX
                            ? UINT64_MAX
                            : (UINT64_C(1) << catalogue->feature_count) - 1;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (terms->override.has_limit[i] && !is_limit((enum metric)i, terms->override.limits[i])) {
            report_limit(problems, (enum metric)i, "an amount from 0 to 2^53, or \"unlimited\"");
        }
    }
    if ((terms->override.added.bits & ~declared) != 0) {
        report(problems, "/features", "features that the catalogue declares");
    }
}

static void check_term(const struct contract_terms *terms, struct instant now,
                       struct contract_problems *problems) {
    if (terms->term_months < 1 || terms->term_months > CONTRACT_TERM_MAX ||
        terms->term_months % months_of(terms->interval) != 0) {
        report(problems, "/termMonths", "1 to 120 months, whole years when it is paid by the year");
    }
    if (terms->has_start && instant_is_before(terms->starts_at, now)) {
        report(problems, "/startsAt", "an instant that is still to come");
    }
    if (terms->notice_days < 0 || terms->notice_days > CONTRACT_NOTICE_MAX) {
        report(problems, "/noticeDays", "0 to 180 days");
    }
    if (terms->uplift_basis_points < 0 || terms->uplift_basis_points > CONTRACT_UPLIFT_MAX ||
        (terms->renewal == CONTRACT_RENEWS_NOT && terms->uplift_basis_points != 0)) {
        report(problems, "/upliftBasisPoints", "0 to 5000, and 0 when it does not renew");
    }
    if (terms->days_until_due < 0 || terms->days_until_due > CONTRACT_DUE_MAX ||
        (terms->collection == CONTRACT_CHARGE && terms->days_until_due != 0)) {
        report(problems, "/daysUntilDue", "0 to 90 days, and 0 when it is charged by itself");
    }
}

bool contract_check(const struct catalogue *catalogue, const struct contract_terms *terms,
                    struct instant now, struct contract_problems *ret_problems) {
    check((unsigned)terms->renewal < CONTRACT_RENEWAL_COUNT);
    check((unsigned)terms->collection < CONTRACT_COLLECTION_COUNT);
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    const struct plan *plan =
        (unsigned)terms->tier < TIER_COUNT
            ? catalogue_plan_version(catalogue, terms->tier, terms->plan_version)
            : NULL;
    ret_problems->count = 0;
    if (plan == NULL || !price_is_contract(plan)) {
        report(ret_problems, "/plan", "a plan that is sold by contract");
    }
    check_prices(catalogue, terms, ret_problems);
    check_override(catalogue, terms, ret_problems);
    check_term(terms, now, ret_problems);
    check(ret_problems->count <= CONTRACT_PROBLEMS_MAX);
    return ret_problems->count == 0;
}

/* --- of checked terms --- */

struct instant contract_ends_at(const struct contract_terms *terms, struct instant start) {
    check(terms->term_months >= 1);
    struct instant end = instant_add_months(start, terms->term_months);
    check(instant_is_before(start, end));
    return end;
}

struct instant contract_notice_at(const struct contract_terms *terms, struct instant start) {
    check(terms->notice_days >= 0);
    struct instant end = contract_ends_at(terms, start);
    return instant_later(instant_add(end, duration_days(-terms->notice_days)), start);
}

struct money contract_amount_at(const struct contract_terms *terms, struct instant start,
                                struct instant at) {
    struct money amount = terms->amount;
    check(!instant_is_before(at, start));
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    for (size_t i = 0; i < terms->ramp_count; i++) {
        if (!instant_is_before(at, instant_add_months(start, terms->ramp[i].month))) {
            amount = terms->ramp[i].amount;
        }
    }
    check(amount.minor > 0);
    return amount;
}

bool contract_next_ramp(const struct contract_terms *terms, struct instant start,
                        struct instant after, struct instant *ret_at, struct money *ret_amount) {
    for (size_t i = 0; i < terms->ramp_count; i++) {
        struct instant at = instant_add_months(start, terms->ramp[i].month);
        if (instant_is_before(after, at)) {
            *ret_at = at;
            *ret_amount = terms->ramp[i].amount;
            return true;
        }
    }
    return false;
}

/* The price from a step of the ramp on; step 0 is the beginning. */
static struct money price_of_step(const struct contract_terms *terms, size_t step) {
    check(step <= terms->ramp_count);
    struct money price = step == 0 ? terms->amount : terms->ramp[step - 1].amount;
    check(price.minor > 0);
    return price;
}

struct plan contract_plan(const struct catalogue *catalogue, const struct contract_terms *terms,
                          size_t step) {
    const struct plan *base = catalogue_plan_version(catalogue, terms->tier, terms->plan_version);
    check(base != NULL);
    check(base->version <= CATALOGUE_VERSION_MAX); /* contract_check */
    struct plan plan = *base;
    struct entitlements entitled =
        entitlement_of(ACCESS_FULL, base, catalogue_plan(catalogue, TIER_FREE), &terms->override);
    memcpy(plan.limits, entitled.limits, sizeof plan.limits);
    plan.features = entitled.features;
    check(feature_set_has(plan.features, base->features));
    plan.version = 0;
    plan.trial_days = 0;
    plan.is_trial_cardless = false;
    memset(plan.prices, 0, sizeof plan.prices);
    plan.prices[terms->interval] = (struct plan_price){true, price_of_step(terms, step)};
    return plan;
}

bool contract_total(const struct contract_terms *terms, struct money *ret_total) {
    int32_t months = months_of(terms->interval);
    struct money total = money_zero(terms->amount.currency);
    for (size_t i = 0; i <= terms->ramp_count; i++) {
        int32_t from = i == 0 ? 0 : terms->ramp[i - 1].month;
        int32_t to = i < terms->ramp_count ? terms->ramp[i].month : terms->term_months;
        struct ratio times = {(to - from) / months, 1};
        struct money part;
        check(to > from);
        check((to - from) % months == 0);
        if (!money_multiply_ratio(price_of_step(terms, i), times, ROUND_TOWARD_ZERO, &part) ||
            !money_add(total, part, &total)) {
            return false;
        }
    }
    *ret_total = total;
    return true;
}

bool contract_renewed(const struct contract_terms *terms, struct instant start,
                      struct contract_terms *ret_terms) {
    check(terms->renewal == CONTRACT_RENEWS_AUTOMATICALLY);
    const struct ratio raised = {CONTRACT_BASIS_POINTS + terms->uplift_basis_points,
                                 CONTRACT_BASIS_POINTS};
    struct contract_terms next = *terms;
    if (!money_multiply_ratio(price_of_step(terms, terms->ramp_count), raised,
                              ROUND_HALF_AWAY_FROM_ZERO, &next.amount)) {
        return false;
    }
    check(next.amount.minor >= price_of_step(terms, terms->ramp_count).minor);
    next.ramp_count = 0;
    memset(next.ramp, 0, sizeof next.ramp);
    next.has_start = true;
    next.starts_at = contract_ends_at(terms, start);
    *ret_terms = next;
    return true;
}
