/* Guards: a catalogue with a contradiction is refused and every contradiction is named; a good one
 * answers what is sold, to whom it is an upgrade, and what a customer may use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/attr.h"
#include "core/catalogue.h"
#include "core/entitlement.h"
#include "core/price.h"

static struct limit count_of(int64_t amount) {
    return (struct limit){LIMIT_COUNT, {amount}, LIMIT_PERCENT_DEFAULT};
}

static struct plan plan_of(enum tier tier, const char *name, int64_t month, int64_t year) {
    struct plan plan = {.tier = tier, .version = 1, .support = "E-mail"};
    memcpy(plan.name, name, strlen(name) + 1);
    plan.prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(month, CURRENCY_USD)};
    plan.prices[INTERVAL_YEAR] = (struct plan_price){true, money_of(year, CURRENCY_USD)};
    for (int i = 0; i < METRIC_COUNT; i++) {
        plan.limits[i] = count_of((int64_t)tier * 10 + 1);
    }
    return plan;
}

/* A small catalogue in which nothing is wrong. */
static struct catalogue good(void) {
    struct catalogue c = {.currency = CURRENCY_USD, .feature_count = 2, .plan_count = 4};
    c.features[0] = (struct feature){"custom_domains", "Custom domains"};
    c.features[1] = (struct feature){"sla_99_9", "SLA"};
    c.plans[0] = plan_of(TIER_FREE, "Free", 0, 0);
    c.plans[1] = plan_of(TIER_STARTER, "Starter", 2900, 31320);
    c.plans[2] = plan_of(TIER_PROFESSIONAL, "Professional", 9900, 106920);
    c.plans[3] = plan_of(TIER_ENTERPRISE, "Enterprise", 0, 0);
    c.plans[3].prices[INTERVAL_MONTH].is_set = false;
    c.plans[3].prices[INTERVAL_YEAR].is_set = false;
    c.plans[1].features.bits = 1;
    c.plans[2].features.bits = 3;
    c.plans[3].limits[METRIC_API_REQUESTS].kind = LIMIT_CONTRACT;
    c.plans[3].limits[METRIC_API_REQUESTS].amount = quantity_of(0);
    return c;
}

static struct catalogue_problems problems_of(const struct catalogue *catalogue) {
    struct catalogue_problems problems;
    bool is_good = catalogue_check(catalogue, &problems);
    assert_int_equal(is_good, problems.count == 0);
    return problems;
}

/* Exactly this one problem. */
static void assert_problem(const struct catalogue *catalogue, const char *path,
                           const char *expected) {
    struct catalogue_problems problems = problems_of(catalogue);
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.list[0].path, path);
    assert_non_null(strstr(problems.list[0].expected, expected));
}

static void a_good_catalogue_has_no_problems(void **state) {
    (void)state;
    struct catalogue c = good();
    assert_int_equal(problems_of(&c).count, 0);
    c.plans[2].limits[METRIC_MODULES] = count_of(0); /* less than a lower tier is a choice */
    assert_int_equal(problems_of(&c).count, 0);
    c.plans[3].prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(1, CURRENCY_USD)};
    c.plans[3].prices[INTERVAL_YEAR] = c.plans[3].prices[INTERVAL_MONTH];
    assert_int_equal(problems_of(&c).count, 0);
    c.plans[1].prices[INTERVAL_YEAR].amount.minor = MONEY_MINOR_MAX; /* the edges are inside */
    c.plans[1].version = CATALOGUE_VERSION_MAX;
    c.plans[1].limits[METRIC_MODULES] = (struct limit){LIMIT_COUNT, {LIMIT_AMOUNT}, 100};
    c.plans[1].limits[METRIC_STORAGE] = (struct limit){LIMIT_TRACKED, {0}, 1000};
    assert_int_equal(problems_of(&c).count, 0);
}

static void the_whole_is_checked(void **state) {
    (void)state;
    struct catalogue c = good();
    c.plan_count = 3;
    assert_problem(&c, "/plans", "enterprise");
    c = (struct catalogue){.currency = CURRENCY_USD};
    assert_int_equal(problems_of(&c).count, 4);
    memcpy(c.currency.code, "zzz", 4);
    assert_int_equal(problems_of(&c).count, 5);
    assert_string_equal(problems_of(&c).list[0].path, "/currency");
}

static void features_are_checked(void **state) {
    (void)state;
    struct catalogue c = good();
    c.features[1] = c.features[0];
    assert_problem(&c, "/features/1/name", "no other feature");
    c = good();
    c.features[0].name[0] = 'C';
    assert_problem(&c, "/features/0/name", "a-z");
    c = good();
    c.features[0].name[0] = '\0';
    assert_problem(&c, "/features/0/name", "a-z");
    c = good();
    c.features[1].title[0] = '\0';
    assert_problem(&c, "/features/1/title", "title");
    c = good();
    c.plans[1].features.bits = 4;
    assert_problem(&c, "/plans/1/features", "declares");
    c = good();
    c.feature_count = CATALOGUE_FEATURES_MAX;
    for (size_t i = 2; i < c.feature_count; i++) {
        c.features[i] = (struct feature){"f_", "F"};
        c.features[i].name[2] = (char)(i < 34 ? '0' + i / 10 : 'a' + i / 10);
        c.features[i].name[3] = (char)('0' + i % 10);
    }
    c.plans[3].features.bits = UINT64_MAX;
    assert_int_equal(problems_of(&c).count, 0);
}

static void plans_are_checked(void **state) {
    (void)state;
    struct catalogue c = good();
    c.plans[c.plan_count++] = c.plans[1];
    assert_problem(&c, "/plans/4/version", "no other plan");
    c.plans[4] = c.plans[0];
    assert_problem(&c, "/plans/4/version", "no other plan");
    c = good();
    c.plans[1].version = 0;
    assert_problem(&c, "/plans/1/version", "1 to 1000000");
    c.plans[1].version = CATALOGUE_VERSION_MAX + 1;
    assert_problem(&c, "/plans/1/version", "1 to 1000000");
    c = good();
    c.plans[1].name[0] = '\0';
    assert_problem(&c, "/plans/1/name", "name");
    c = good();
    c.plans[2].support[0] = '\0';
    assert_problem(&c, "/plans/2/support", "text");
    c = good();
    c.plans[c.plan_count] = c.plans[1];
    c.plans[c.plan_count++].tier = (enum tier)TIER_COUNT;
    assert_problem(&c, "/plans/4/tier", "free, starter");
}

static void prices_are_checked(void **state) {
    (void)state;
    static const struct {
        int plan;
        struct plan_price month, year;
        const char *path, *expected;
    } cases[] = {
        {0, {true, {1, {"usd"}}}, {true, {0, {"usd"}}}, "/plans/0/prices/month", "costs nothing"},
        {0, {true, {0, {"usd"}}}, {false, {0, {"usd"}}}, "/plans/0/prices/year", "costs nothing"},
        {1, {true, {-1, {"usd"}}}, {true, {1, {"usd"}}}, "/plans/1/prices/month", "0 to 2^53"},
        {1,
         {true, {LIMIT_AMOUNT + 1, {"usd"}}},
         {true, {1, {"usd"}}},
         "/plans/1/prices/month",
         "0 to 2^53"},
        {1, {true, {1, {"usd"}}}, {true, {1, {"eur"}}}, "/plans/1/prices/year", "currency"},
        {1, {true, {0, {"usd"}}}, {true, {1, {"usd"}}}, "/plans/1/prices/month", "more than 0"},
        {1, {true, {1, {"usd"}}}, {false, {0, {"usd"}}}, "/plans/1/prices/year", "other interval"},
        {3, {false, {0, {"usd"}}}, {true, {1, {"usd"}}}, "/plans/3/prices/month", "other interval"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct catalogue c = good();
        c.plans[cases[i].plan].prices[INTERVAL_MONTH] = cases[i].month;
        c.plans[cases[i].plan].prices[INTERVAL_YEAR] = cases[i].year;
        assert_problem(&c, cases[i].path, cases[i].expected);
    }
    struct catalogue c = good();
    c.plans[2].prices[INTERVAL_MONTH].is_set = false;
    c.plans[2].prices[INTERVAL_YEAR].is_set = false;
    assert_int_equal(problems_of(&c).count, 2); /* only enterprise is sold by contract */
}

static void limits_are_checked(void **state) {
    (void)state;
    static const struct {
        enum metric metric;
        struct limit limit;
        const char *expected;
    } cases[] = {
        {METRIC_MODULES, {LIMIT_COUNT, {1}, 99}, "100 to 1000"},
        {METRIC_MODULES, {LIMIT_COUNT, {1}, 1001}, "100 to 1000"},
        {METRIC_MODULES, {LIMIT_COUNT, {-1}, 110}, "0 to 2^53"},
        {METRIC_MODULES, {LIMIT_COUNT, {LIMIT_AMOUNT + 1}, 110}, "0 to 2^53"},
        {METRIC_MODULES, {(enum limit_kind)4, {1}, 110}, "tracked"},
        {METRIC_MODULES, {LIMIT_UNLIMITED, {1}, 110}, "no amount"},
        {METRIC_COLLABORATORS, {LIMIT_COUNT, {0}, 110}, "at least 1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct catalogue c = good();
        c.plans[2].limits[cases[i].metric] = cases[i].limit;
        assert_problem(&c,
                       cases[i].metric == METRIC_MODULES ? "/plans/2/limits/modules"
                                                         : "/plans/2/limits/collaborators",
                       cases[i].expected);
    }
}

static void problems_are_listed_up_to_a_bound(void **state) {
    (void)state;
    struct catalogue c = good();
    for (size_t i = 0; i < c.plan_count; i++) {
        for (int m = 0; m < METRIC_COUNT; m++) {
            c.plans[i].limits[m].soft_limit_percent = 0;
        }
        c.plans[i].version = 0;
        c.plans[i].name[0] = '\0';
    }
    assert_int_equal(problems_of(&c).count, CATALOGUE_PROBLEMS_MAX);
    c = (struct catalogue){.currency = CURRENCY_USD, .feature_count = CATALOGUE_FEATURES_MAX};
    assert_int_equal(problems_of(&c).count, CATALOGUE_PROBLEMS_MAX);
    c = good();
    for (size_t i = c.plan_count; i < 40; i++) {
        c.plans[i] = c.plans[0];
    }
    c.plan_count = 40;
    c.plans[3] = c.plans[0];
    assert_int_equal(problems_of(&c).count, CATALOGUE_PROBLEMS_MAX);
}

static void the_newest_version_is_sold(void **state) {
    (void)state;
    struct catalogue c = good();
    for (int32_t version = 3; version >= 2; version--) { /* three versions, the newest in between */
        c.plans[c.plan_count] = c.plans[1];
        c.plans[c.plan_count++].version = version;
    }
    assert_int_equal(problems_of(&c).count, 0);
    assert_int_equal(catalogue_plan(&c, TIER_STARTER)->version, 3);
    assert_int_equal(catalogue_plan_version(&c, TIER_STARTER, 2)->version, 2);
    assert_int_equal(catalogue_plan_version(&c, TIER_STARTER, 1)->version, 1);
    assert_ptr_equal(catalogue_plan(&c, TIER_FREE), &c.plans[0]);
    assert_ptr_equal(catalogue_plan_version(&c, TIER_FREE, 1), &c.plans[0]);
    assert_null(catalogue_plan_version(&c, TIER_STARTER, 4));
    assert_null(catalogue_plan_version(&c, TIER_FREE, 2));
}

static void candidates_are_sold_where_they_are_offered_alone(void **state) {
    (void)state;
    struct catalogue c = good();
    size_t at = c.plan_count++;
    c.plans[at] = c.plans[1];
    c.plans[at].version = c.plans[1].version + 1;
    c.plans[at].is_candidate = true;
    assert_int_equal(problems_of(&c).count, 0);
    enum tier tier = c.plans[1].tier;
    assert_ptr_equal(catalogue_plan(&c, tier), &c.plans[1]);
    c.offered[tier] = c.plans[at].version;
    assert_ptr_equal(catalogue_plan(&c, tier), &c.plans[at]);
    c.offered[tier] = 0;
    c.plans[1].is_candidate = true; /* nothing of this tier is left to be sold */
    assert_problem(&c, "/plans", tier_name(tier));
    c.plans[1].is_candidate = false;
    c.plans[3].is_candidate = true; /* by contract */
    assert_int_equal(problems_of(&c).count, 2);
    assert_string_equal(problems_of(&c).list[1].path, "/plans/3/candidate");
}

static void upgrades_are_the_cheapest_that_suffice(void **state) {
    (void)state;
    struct catalogue c = good(); /* limits 1, 11, 21, 31; requests of enterprise by contract */
    enum tier tier;
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(11), TIER_FREE, &tier));
    assert_int_equal(tier, TIER_STARTER);
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(12), TIER_FREE, &tier));
    assert_int_equal(tier, TIER_PROFESSIONAL);
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(1), TIER_STARTER, &tier));
    assert_int_equal(tier, TIER_PROFESSIONAL);
    assert_true(
        catalogue_upgrade_for(&c, METRIC_API_REQUESTS, quantity_of(1000), TIER_FREE, &tier));
    assert_int_equal(tier, TIER_ENTERPRISE);
    assert_false(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(1000), TIER_FREE, &tier));
    assert_false(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(1), TIER_ENTERPRISE, &tier));
    c.plans[1].prices[INTERVAL_MONTH].amount.minor = 9900; /* of equals the smaller tier */
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(5), TIER_FREE, &tier));
    assert_int_equal(tier, TIER_STARTER);
    c.plans[1].prices[INTERVAL_MONTH].amount.minor = 9901; /* dearer than professional */
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(5), TIER_FREE, &tier));
    assert_int_equal(tier, TIER_PROFESSIONAL);
    c.plans[2].prices[INTERVAL_MONTH].is_set = false; /* by contract: dearest, but not of two */
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(5), TIER_STARTER, &tier));
    assert_int_equal(tier, TIER_PROFESSIONAL);
    c.plans[3].prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(50000, CURRENCY_USD)};
    assert_true(catalogue_upgrade_for(&c, METRIC_MODULES, quantity_of(5), TIER_STARTER, &tier));
    assert_int_equal(tier, TIER_ENTERPRISE); /* a price is cheaper than a contract */
}

static void features_are_bits(void **state) {
    (void)state;
    struct catalogue c = good();
    struct feature_set set;
    assert_true(catalogue_feature(&c, STR("sla_99_9"), &set));
    assert_int_equal(set.bits, 2);
    struct feature_set first;
    assert_true(catalogue_feature(&c, STR("custom_domains"), &first));
    assert_int_equal(first.bits, 1);
    assert_true(feature_set_has(c.plans[2].features, set));
    assert_false(feature_set_has(c.plans[1].features, set));
    assert_false(catalogue_feature(&c, STR("sla"), &set));
    assert_int_equal(feature_set_without(c.plans[2].features, c.plans[1].features).bits, 2);
    assert_int_equal(feature_set_union(c.plans[1].features, set).bits, 3);
}

static void tiers_have_names(void **state) {
    (void)state;
    enum tier tier;
    for (int t = 0; t < TIER_COUNT; t++) {
        assert_true(tier_parse(str_from_cstr(tier_name((enum tier)t)), &tier));
        assert_int_equal(tier, t);
    }
    assert_false(tier_parse(STR("gold"), &tier));
    assert_false(tier_parse(STR("Free"), &tier));
}

static void prices_are_those_of_the_interval(void **state) {
    (void)state;
    struct catalogue c = good();
    struct money price;
    assert_true(price_of(&c.plans[1], INTERVAL_YEAR, &price));
    assert_int_equal(price.minor, 31320);
    assert_false(price_of(&c.plans[3], INTERVAL_MONTH, &price));
    assert_true(price_is_free(&c.plans[0]));
    assert_false(price_is_free(&c.plans[1]));
    assert_false(price_is_free(&c.plans[3]));
    assert_true(price_is_contract(&c.plans[3]));
    assert_false(price_is_contract(&c.plans[0]));
    assert_true(price_yearly_saving(&c.plans[1], &price));
    assert_int_equal(price.minor, 3480); /* 10 % of 12 x 29.00 */
    c.plans[1].prices[INTERVAL_YEAR].amount.minor = 99999;
    assert_true(price_yearly_saving(&c.plans[1], &price));
    assert_int_equal(price.minor, 0);
    assert_false(price_yearly_saving(&c.plans[3], &price));
    c.plans[1].prices[INTERVAL_MONTH].amount.minor = MONEY_MINOR_MAX;
    assert_false(price_yearly_saving(&c.plans[1], &price));
    c.plans[1].prices[INTERVAL_YEAR].is_set = false;
    assert_false(price_is_free(&c.plans[1]));
    assert_false(price_is_contract(&c.plans[1]));
    assert_false(price_yearly_saving(&c.plans[1], &price));
    c.plans[0].prices[INTERVAL_YEAR].amount.minor = 5;
    assert_false(price_is_free(&c.plans[0]));
    c.plans[3].prices[INTERVAL_YEAR].is_set = true;
    assert_false(price_is_contract(&c.plans[3]));
}

static void entitlements_follow_access_plan_and_contract(void **state) {
    (void)state;
    struct catalogue c = good();
    const struct plan *plan = &c.plans[2];
    const struct plan *free_plan = &c.plans[0];
    struct entitlement_override contract = {.added = {4}};
    contract.has_limit[METRIC_STORAGE] = true;
    contract.limits[METRIC_STORAGE] = count_of(777);

    contract.has_limit[METRIC_MODULES] = true;
    contract.limits[METRIC_MODULES] = count_of(555);
    struct entitlements e = entitlement_of(ACCESS_FULL, plan, free_plan, NULL);
    assert_int_equal(e.tier, TIER_PROFESSIONAL);
    assert_int_equal(e.limits[METRIC_STORAGE].amount.amount, 21);
    assert_int_equal(e.features.bits, 3);
    e = entitlement_of(ACCESS_FULL, plan, free_plan, &contract);
    assert_int_equal(e.limits[METRIC_STORAGE].amount.amount, 777);
    assert_int_equal(e.limits[METRIC_MODULES].amount.amount, 555);
    assert_int_equal(e.limits[METRIC_BANDWIDTH].amount.amount, 21);
    assert_int_equal(e.features.bits, 7);
    e = entitlement_of(ACCESS_RESTRICTED, plan, free_plan, &contract);
    assert_int_equal(e.tier, TIER_FREE);
    assert_int_equal(e.limits[METRIC_STORAGE].amount.amount, 1);
    assert_int_equal(e.features.bits, 0);
    e = entitlement_of(ACCESS_NONE, NULL, free_plan, NULL);
    assert_int_equal(e.tier, TIER_FREE);
}

static void a_downgrade_names_what_it_exceeds(void **state) {
    (void)state;
    struct catalogue c = good();
    struct entitlements e = entitlement_of(ACCESS_FULL, &c.plans[1], &c.plans[0], NULL);
    struct quantity used[METRIC_COUNT] = {{0}};
    assert_int_equal(entitlement_exceeded(&e, used), 0);
    used[METRIC_MODULES] = quantity_of(11);
    used[METRIC_STORAGE] = quantity_of(12);
    assert_int_equal(entitlement_exceeded(&e, used), 1U << METRIC_STORAGE);
    used[METRIC_MODULES] = quantity_of(12);
    assert_int_equal(entitlement_exceeded(&e, used), 1U << METRIC_STORAGE | 1U << METRIC_MODULES);
    used[METRIC_MODULES] = quantity_of(0);
    e.limits[METRIC_STORAGE].kind = LIMIT_TRACKED;
    assert_int_equal(entitlement_exceeded(&e, used), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_catalogue_has_no_problems),
        cmocka_unit_test(the_whole_is_checked),
        cmocka_unit_test(features_are_checked),
        cmocka_unit_test(plans_are_checked),
        cmocka_unit_test(prices_are_checked),
        cmocka_unit_test(limits_are_checked),
        cmocka_unit_test(problems_are_listed_up_to_a_bound),
        cmocka_unit_test(the_newest_version_is_sold),
        cmocka_unit_test(candidates_are_sold_where_they_are_offered_alone),
        cmocka_unit_test(upgrades_are_the_cheapest_that_suffice),
        cmocka_unit_test(features_are_bits),
        cmocka_unit_test(tiers_have_names),
        cmocka_unit_test(prices_are_those_of_the_interval),
        cmocka_unit_test(entitlements_follow_access_plan_and_contract),
        cmocka_unit_test(a_downgrade_names_what_it_exceeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
