/* Guards: a coupon is given where and while the catalogue says so, and stays with whom it was
 * given. */
#include "core/coupon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct catalogue some = {
    .coupon_count = 3,
    .coupons = {{.code = "ALL", .percent_off = 10},
                {.code = "PRO", .percent_off = 10, .tiers = 1U << TIER_PROFESSIONAL},
                {.code = "OLD", .percent_off = 10, .expires = true, .expires_at = {1000}}},
};

static void a_code_is_found_as_it_is_written(void **state) {
    (void)state;
    assert_ptr_equal(coupon_of(&some, STR("PRO")), &some.coupons[1]);
    assert_null(coupon_of(&some, STR("pro")));
    assert_null(coupon_of(&some, STR("PRO ")));
    assert_null(coupon_of(&some, STR("")));
}

static void each_is_judged_by_plan_and_time(void **state) {
    (void)state;
    static const struct {
        size_t coupon;
        enum tier tier;
        int64_t now;
        enum coupon_verdict verdict;
    } rows[] = {
        {0, TIER_STARTER, 5000, COUPON_FITS},           {1, TIER_PROFESSIONAL, 5000, COUPON_FITS},
        {1, TIER_STARTER, 5000, COUPON_OF_OTHER_PLANS}, {2, TIER_STARTER, 999, COUPON_FITS},
        {2, TIER_STARTER, 1000, COUPON_EXPIRED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct coupon *coupon = &some.coupons[rows[i].coupon];
        assert_int_equal(coupon_judge(coupon, rows[i].tier, (struct instant){rows[i].now}),
                         rows[i].verdict);
    }
    assert_true(coupon_applies(&some.coupons[2], TIER_STARTER)); /* who has it keeps it */
}

static void some_are_gone_at_the_next_invoice(void **state) {
    (void)state;
    static const struct {
        enum coupon_duration duration;
        int32_t months;
        bool at_next_month, at_next_year;
    } rows[] = {
        {COUPON_ONCE, 0, false, false},     {COUPON_REPEATING, 1, false, false},
        {COUPON_REPEATING, 2, true, false}, {COUPON_REPEATING, 12, true, false},
        {COUPON_REPEATING, 13, true, true}, {COUPON_FOREVER, 0, true, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct coupon coupon = {.duration = rows[i].duration, .months = rows[i].months};
        assert_int_equal(coupon_lasts(&coupon, INTERVAL_MONTH), rows[i].at_next_month);
        assert_int_equal(coupon_lasts(&coupon, INTERVAL_YEAR), rows[i].at_next_year);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_found_as_it_is_written),
        cmocka_unit_test(each_is_judged_by_plan_and_time),
        cmocka_unit_test(some_are_gone_at_the_next_invoice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
