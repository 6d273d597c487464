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

/* The figures of Stripe's page: 5.00 off two lines of 10.00 and 20.00 is 1.66 and 3.34. */
static void an_amount_is_shared_by_the_lines_of_an_invoice(void **state) {
    (void)state;
    static const struct {
        int64_t off;
        int64_t amounts[3], parts[3];
    } rows[] = {
        {500, {1000, 2000, 0}, {166, 334, 0}},
        {500, {2900, 0, 0}, {500, 0, 0}},
        {100, {1, 1, 1}, {1, 1, 1}}, /* no more than there is */
        {2, {1, 1, 1}, {0, 1, 1}},   /* a line has room for itself only */
        {100, {0, 0, 0}, {0, 0, 0}},
        {MONEY_MINOR_MAX, {MONEY_MINOR_MAX, 0, 0}, {MONEY_MINOR_MAX, 0, 0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct coupon coupon = {.amount_off = money_of(rows[i].off, CURRENCY_USD)};
        struct money amounts[3];
        for (size_t k = 0; k < 3; k++) {
            amounts[k] = money_of(rows[i].amounts[k], CURRENCY_USD);
        }
        for (size_t k = 0; k < 3; k++) {
            struct money off;
            assert_true(coupon_off_line(&coupon, &(struct coupon_lines){amounts, 3}, k, &off));
            assert_int_equal(off.minor, rows[i].parts[k]);
        }
    }
}

static void a_share_of_a_line_is_its_own_and_what_no_invoice_has_is_refused(void **state) {
    (void)state;
    struct currency eur;
    struct money off;
    assert_true(currency_parse(STR("eur"), &eur));
    const struct money amounts[] = {money_of(1001, CURRENCY_USD), money_of(1, CURRENCY_USD)};
    const struct money mixed[] = {amounts[0], money_of(1, eur)};
    const struct money negative[] = {amounts[0], money_of(-1, CURRENCY_USD)};
    const struct coupon ten = {.amount_off = money_of(10, CURRENCY_USD)};
    const struct coupon euros = {.amount_off = money_of(10, eur)};
    const struct coupon_lines two = {amounts, 2};
    assert_true(coupon_off_line(&some.coupons[0], &two, 0, &off));
    assert_int_equal(off.minor, 100);
    assert_false(coupon_off_line(&euros, &two, 0, &off));
    assert_false(coupon_off_line(&ten, &(struct coupon_lines){mixed, 2}, 0, &off));
    assert_false(coupon_off_line(&ten, &(struct coupon_lines){negative, 2}, 0, &off));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_found_as_it_is_written),
        cmocka_unit_test(each_is_judged_by_plan_and_time),
        cmocka_unit_test(some_are_gone_at_the_next_invoice),
        cmocka_unit_test(an_amount_is_shared_by_the_lines_of_an_invoice),
        cmocka_unit_test(a_share_of_a_line_is_its_own_and_what_no_invoice_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
