/* Guards: what an arm sold is told as shares of who pays and a price of who pays, and nothing is
 * divided by nobody. */
#include "core/experiment_sold.h"

#include "base/testing.h"

static void test_nobody(void **state) {
    (void)state;
    const struct experiment_sold sold = {.units = 0};
    assert_int_equal(experiment_sold_conversion(&sold), 0);
    assert_int_equal(experiment_sold_annual(&sold), 0);
    assert_int_equal(experiment_sold_mix(&sold, TIER_STARTER), 0);
    assert_int_equal(experiment_sold_price(&sold), 0);
}

/* 100 units: 3 hold Starter at 29.00, 1 Professional by the year at 89.10 a month. */
static void test_shares(void **state) {
    (void)state;
    struct experiment_sold sold = {.units = 100};
    experiment_sold_add(&sold, TIER_STARTER, INTERVAL_MONTH, 2900, 3);
    experiment_sold_add(&sold, TIER_PROFESSIONAL, INTERVAL_YEAR, 8910, 1);
    assert_int_equal(experiment_sold_conversion(&sold), 40000);
    assert_int_equal(experiment_sold_annual(&sold), 250000);
    assert_int_equal(experiment_sold_mix(&sold, TIER_STARTER), 750000);
    assert_int_equal(experiment_sold_mix(&sold, TIER_PROFESSIONAL), 250000);
    assert_int_equal(experiment_sold_mix(&sold, TIER_ENTERPRISE), 0);
    assert_int_equal(experiment_sold_price(&sold), 4402); /* 17610 / 4 = 4402.5, to even */
}

static void test_rounding(void **state) {
    (void)state;
    static const struct {
        int64_t monthly, paying, price;
    } cases[] = {{5, 2, 2}, {7, 2, 4}, {8, 3, 3}, {7, 3, 2}, {9, 3, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct experiment_sold sold = {
            .units = 10, .paying = cases[i].paying, .monthly = cases[i].monthly};
        assert_int_equal(experiment_sold_price(&sold), cases[i].price);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
