/* Guards: a plan is called enough exactly when no limit is below what is expected, the cheapest of
 * those is found for each interval, and two prices of a plan are compared to the minor unit. The
 * catalogue that is sold, and other currencies, are held against tests/vectors/estimate.json in
 * app/estimate_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/estimate.h"

static struct plan plan_of(enum tier tier, int64_t month, int64_t year, int64_t limit) {
    struct plan plan = {.tier = tier, .version = 1, .name = "Plan", .support = "E-mail"};
    plan.prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(month, CURRENCY_USD)};
    plan.prices[INTERVAL_YEAR] = (struct plan_price){true, money_of(year, CURRENCY_USD)};
    for (int m = 0; m < METRIC_COUNT; m++) {
        plan.limits[m] = (struct limit){LIMIT_COUNT, {limit}, LIMIT_PERCENT_DEFAULT};
    }
    return plan;
}

/* Limits of 10, 20 and 40 of everything; the last plan by contract. */
static struct catalogue small(void) {
    struct catalogue c = {.currency = CURRENCY_USD, .plan_count = TIER_COUNT};
    c.plans[0] = plan_of(TIER_FREE, 0, 0, 10);
    c.plans[1] = plan_of(TIER_STARTER, 1000, 10000, 20);
    c.plans[2] = plan_of(TIER_PROFESSIONAL, 3000, 30000, 40);
    c.plans[3] = plan_of(TIER_ENTERPRISE, 0, 0, 0);
    c.plans[3].prices[INTERVAL_MONTH].is_set = false;
    c.plans[3].prices[INTERVAL_YEAR].is_set = false;
    for (int m = 0; m < METRIC_COUNT; m++) {
        c.plans[3].limits[m] =
            (struct limit){m % 2 == 0 ? LIMIT_UNLIMITED : LIMIT_CONTRACT, {0}, 100};
    }
    return c;
}

static struct expected_use all_of(int64_t amount) {
    struct expected_use use;
    for (int m = 0; m < METRIC_COUNT; m++) {
        use.amounts[m] = quantity_of(amount);
    }
    return use;
}

static void each_metric_alone_decides(void **state) {
    (void)state;
    const struct catalogue c = small();
    static const int64_t limits[] = {10, 20, 40};
    for (int m = 0; m < METRIC_COUNT; m++) {
        for (int64_t amount = 0; amount <= 42; amount++) {
            struct expected_use use = all_of(0);
            struct estimate estimate;
            use.amounts[m] = quantity_of(amount);
            estimate_of(&c, &use, &estimate);
            int enough = 0;
            for (int t = TIER_PROFESSIONAL; t >= TIER_FREE; t--) {
                const struct estimate_plan *plan = &estimate.plans[t];
                assert_int_equal(plan->is_enough, amount <= limits[t]);
                assert_int_equal(plan->fits[m],
                                 amount <= limits[t] ? ESTIMATE_WITHIN : ESTIMATE_EXCEEDED);
                assert_int_equal(plan->percents[m], amount * 100 / limits[t]);
                enough = plan->is_enough ? t : enough;
            }
            enough = amount > 40 ? TIER_ENTERPRISE : enough;
            for (int t = 0; t < TIER_COUNT; t++) {
                assert_int_equal(estimate.plans[t].is_cheapest[INTERVAL_MONTH], t == enough);
                assert_int_equal(estimate.plans[t].is_cheapest[INTERVAL_YEAR], t == enough);
            }
            assert_int_equal(estimate.cheapest, enough);
            bool binds = amount > 0 && amount <= 40;
            assert_int_equal(estimate.has_tightest, binds);
            if (binds) {
                assert_int_equal(estimate.tightest, m);
                assert_true(estimate.has_next);
                assert_int_equal(estimate.next, enough + 1);
            }
        }
    }
}

static void a_contract_is_enough_and_the_dearest(void **state) {
    (void)state;
    const struct catalogue c = small();
    struct estimate estimate;
    const struct expected_use much = all_of(LIMIT_AMOUNT);
    estimate_of(&c, &much, &estimate);
    const struct estimate_plan *contract = &estimate.plans[TIER_ENTERPRISE];
    assert_true(contract->is_enough);
    assert_false(contract->is_priced);
    assert_true(contract->is_cheapest[INTERVAL_MONTH]);
    assert_int_equal(contract->fits[0], ESTIMATE_UNBOUNDED);
    assert_int_equal(contract->fits[1], ESTIMATE_BY_CONTRACT);
    assert_int_equal(estimate.plans[TIER_STARTER].percents[0], ESTIMATE_PERCENT_MAX);
    assert_false(estimate.has_tightest);

    const struct expected_use little = all_of(1);
    estimate_of(&c, &little, &estimate);
    assert_false(estimate.plans[TIER_ENTERPRISE].is_cheapest[INTERVAL_MONTH]);
    assert_true(estimate.plans[TIER_FREE].is_cheapest[INTERVAL_MONTH]);
}

static void a_limit_of_nothing_holds_nothing(void **state) {
    (void)state;
    struct catalogue c = small();
    struct estimate estimate;
    c.plans[0].limits[METRIC_STORAGE].amount = quantity_of(0);
    const struct expected_use one = all_of(1);
    estimate_of(&c, &one, &estimate);
    assert_false(estimate.plans[TIER_FREE].is_enough);
    assert_int_equal(estimate.plans[TIER_FREE].percents[METRIC_STORAGE], ESTIMATE_PERCENT_MAX);
    assert_int_equal(estimate.cheapest, TIER_STARTER);
    const struct expected_use none = all_of(0);
    estimate_of(&c, &none, &estimate);
    assert_true(estimate.plans[TIER_FREE].is_enough);
    assert_int_equal(estimate.cheapest, TIER_FREE);
}

/* A larger plan that costs less, by one interval only. */
static void the_cheapest_is_looked_for_by_interval(void **state) {
    (void)state;
    struct catalogue c = small();
    struct estimate estimate;
    c.plans[2].prices[INTERVAL_YEAR].amount = money_of(9999, CURRENCY_USD);
    const struct expected_use use = all_of(15);
    estimate_of(&c, &use, &estimate);
    assert_true(estimate.plans[TIER_STARTER].is_cheapest[INTERVAL_MONTH]);
    assert_false(estimate.plans[TIER_STARTER].is_cheapest[INTERVAL_YEAR]);
    assert_true(estimate.plans[TIER_PROFESSIONAL].is_cheapest[INTERVAL_YEAR]);
    c.plans[2].prices[INTERVAL_MONTH].amount = c.plans[1].prices[INTERVAL_MONTH].amount;
    estimate_of(&c, &use, &estimate);
    assert_true(estimate.plans[TIER_STARTER].is_cheapest[INTERVAL_MONTH]); /* the smaller */
}

static void nothing_may_be_enough(void **state) {
    (void)state;
    struct catalogue c = small();
    struct estimate estimate;
    c.plans[3].limits[METRIC_MODULES] = (struct limit){LIMIT_COUNT, {50}, 100};
    struct expected_use use = all_of(0);
    use.amounts[METRIC_MODULES] = quantity_of(51);
    estimate_of(&c, &use, &estimate);
    for (int t = 0; t < TIER_COUNT; t++) {
        assert_false(estimate.plans[t].is_enough);
        assert_false(estimate.plans[t].is_cheapest[INTERVAL_MONTH]);
        assert_false(estimate.plans[t].is_cheapest[INTERVAL_YEAR]);
    }
    assert_false(estimate.has_tightest);
    use.amounts[METRIC_MODULES] = quantity_of(50);
    estimate_of(&c, &use, &estimate);
    assert_true(estimate.has_tightest);
    assert_false(estimate.has_next); /* nothing is above it */
}

static void prices_are_compared_to_the_minor_unit(void **state) {
    (void)state;
    static const struct {
        int64_t month, year, by_month, saving;
        int percent, pay_off;
    } cases[] = {
        {0, 0, 0, 0, 0, 0},
        {2900, 31320, 2610, 3480, 10, 11},
        {9900, 106920, 8910, 11880, 10, 11},
        {1, 11, 1, 1, 8, 12},
        {1, 12, 1, 0, 0, 0},
        {1, 13, 1, 0, 0, 0},
        {1, 5, 0, 7, 58, 6},
        {1, 6, 1, 6, 50, 7},
        {1000, 0, 0, 12000, 100, 1},
        {1000, 999, 83, 11001, 91, 1},
        {1000, 1000, 83, 11000, 91, 2},
        {MONEY_MINOR_MAX / 12, MONEY_MINOR_MAX / 12 * 12, MONEY_MINOR_MAX / 12, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan = plan_of(TIER_STARTER, cases[i].month, cases[i].year, 1);
        struct price_comparison price;
        assert_true(price_compare(&plan, &price));
        assert_int_equal(price.twelve_months.minor, cases[i].month * 12);
        assert_int_equal(price.year_by_month.minor, cases[i].by_month);
        assert_int_equal(price.saving.minor, cases[i].saving);
        assert_int_equal(price.saving_percent, cases[i].percent);
        assert_int_equal(price.months_to_pay_off, cases[i].pay_off);
    }
    struct price_comparison untouched = {.saving_percent = 7};
    struct plan much = plan_of(TIER_STARTER, MONEY_MINOR_MAX, MONEY_MINOR_MAX, 1);
    assert_false(price_compare(&much, &untouched)); /* twelve months are out of range */
    much.prices[INTERVAL_YEAR].is_set = false;
    assert_false(price_compare(&much, &untouched));
    assert_int_equal(untouched.saving_percent, 7);
}

static void each_fit_has_its_name(void **state) {
    (void)state;
    static const char *const names[] = {"within", "exceeded", "unbounded", "by_contract"};
    for (int fit = 0; fit < ESTIMATE_FIT_COUNT; fit++) {
        assert_string_equal(estimate_fit_name((enum estimate_fit)fit), names[fit]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_metric_alone_decides),
        cmocka_unit_test(a_contract_is_enough_and_the_dearest),
        cmocka_unit_test(a_limit_of_nothing_holds_nothing),
        cmocka_unit_test(the_cheapest_is_looked_for_by_interval),
        cmocka_unit_test(nothing_may_be_enough),
        cmocka_unit_test(prices_are_compared_to_the_minor_unit),
        cmocka_unit_test(each_fit_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
