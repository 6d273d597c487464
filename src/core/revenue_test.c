/* Guards: amounts of a year are exact, a total is rounded once, and each figure is what its formula
 * says, to the cent; where there is nothing to divide by, no figure is made up. */
#include "core/revenue_figure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
static const struct revenue_rate par = {REVENUE_RATE_PAR};

static struct annual annual_of(int64_t minor, enum revenue_step step, int32_t count) {
    struct ratio exact;
    struct annual annual;
    assert_true(revenue_annualised(money_of(minor, CURRENCY_USD),
                                   (struct revenue_cycle){step, count}, &exact));
    assert_true(revenue_annual(exact, &annual));
    return annual;
}

/* So many customers at a price. */
struct book_line {
    int64_t customers, minor;
    enum revenue_step step;
};

static struct revenue_total total_of(const struct book_line *lines, size_t count) {
    struct revenue_total total = {0};
    for (size_t i = 0; i < count; i++) {
        struct annual one = annual_of(lines[i].minor, lines[i].step, 1);
        for (int64_t n = 0; n < lines[i].customers; n++) {
            total = revenue_plus(total, revenue_at(one, par));
        }
    }
    return total;
}

#define TOTAL(...)                                                                                 \
    total_of((const struct book_line[]){__VA_ARGS__},                                              \
             COUNT(((const struct book_line[]){__VA_ARGS__})))

static void shows(struct revenue_total total, int64_t month, int64_t year) {
    assert_int_equal(revenue_monthly(total, CURRENCY_USD).minor, month);
    assert_int_equal(revenue_yearly(total, CURRENCY_USD).minor, year);
}

#define is_value(figure, expected) assert_figure((figure), REVENUE_KNOWN, (expected))
#define is_unknown(figure, why) assert_figure((figure), (why), 0)
static void assert_figure(struct revenue_figure figure, enum revenue_known known, int64_t value) {
    assert_string_equal(revenue_known_name(figure.known), revenue_known_name(known));
    assert_int_equal(figure.value, value);
}

/* --- amounts --- */

static void every_interval_has_its_exact_amount_of_a_year(void **state) {
    (void)state;
    static const struct {
        int64_t minor;
        struct revenue_cycle cycle;
        struct ratio exact;
        int64_t units; /* -1: not a whole number of them */
    } cases[] = {
        {2900, {REVENUE_MONTH, 1}, {34800, 1}, 208800},
        {8700, {REVENUE_MONTH, 3}, {34800, 1}, 208800},
        {31320, {REVENUE_YEAR, 1}, {31320, 1}, 187920},
        {100, {REVENUE_WEEK, 1}, {5200, 1}, 31200},
        {7, {REVENUE_DAY, 1}, {2555, 1}, 15330},
        {100, {REVENUE_YEAR, 2}, {50, 1}, 300},
        {101, {REVENUE_YEAR, 2}, {101, 2}, 303},
        {100, {REVENUE_YEAR, 3}, {100, 3}, 200},
        {100, {REVENUE_MONTH, 36}, {100, 3}, 200},
        {100, {REVENUE_MONTH, 5}, {240, 1}, 1440},
        {1, {REVENUE_MONTH, 5}, {12, 5}, -1},
        {1, {REVENUE_WEEK, 7}, {52, 7}, -1},
        {0, {REVENUE_YEAR, 3}, {0, 1}, 0},
        {-2900, {REVENUE_MONTH, 1}, {-34800, 1}, -208800},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ratio exact;
        struct annual annual;
        assert_true(
            revenue_annualised(money_of(cases[i].minor, CURRENCY_USD), cases[i].cycle, &exact));
        assert_int_equal(exact.numerator, cases[i].exact.numerator);
        assert_int_equal(exact.denominator, cases[i].exact.denominator);
        assert_int_equal(revenue_annual(exact, &annual),
                         cases[i].units >= 0 || i + 1 == COUNT(cases));
        if (cases[i].units != -1) {
            assert_int_equal(annual.units, cases[i].units);
        }
    }
}

static void what_is_too_large_is_refused(void **state) {
    (void)state;
    struct ratio exact = {7, 1};
    struct annual annual = {7};
    const struct money most = money_of(MONEY_MINOR_MAX, CURRENCY_USD);
    assert_false(revenue_annualised(most, (struct revenue_cycle){REVENUE_DAY, 4000}, &exact) &&
                 exact.denominator == 0);
    assert_true(revenue_annualised(most, (struct revenue_cycle){REVENUE_MONTH, 1}, &exact));
    assert_true(revenue_annual(exact, &annual));
    assert_false(revenue_annual((struct ratio){INT64_MAX / 2, 1}, &annual));
    assert_true(revenue_annualised(most, (struct revenue_cycle){REVENUE_DAY, 1}, &exact));
    assert_false(revenue_annual(exact, &annual)); /* 365 x 6 of it is more than 63 bits */
}

static void halves_go_to_the_even_one(void **state) {
    (void)state;
    static const struct {
        int64_t numerator, denominator, whole;
    } cases[] = {{0, 3, 0},  {1, 2, 0},   {3, 2, 2},   {5, 2, 2},   {7, 2, 4},
                 {1, 3, 0},  {2, 3, 1},   {-1, 2, 0},  {-3, 2, -2}, {-5, 2, -2},
                 {-1, 3, 0}, {-2, 3, -1}, {-7, 3, -2}, {8, 4, 2}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        i128 whole = revenue_round_half_even(cases[i].numerator, cases[i].denominator);
        assert_int_equal((int64_t)whole, cases[i].whole);
    }
}

static void days_and_months_are_those_of_the_calendar(void **state) {
    (void)state;
    static const struct {
        int64_t ms;
        int32_t day, month;
    } cases[] = {{0, 0, 0},
                 {-1, -1, -1},
                 {INT64_C(86400000) * 30, 30, 0},
                 {INT64_C(86400000) * 31, 31, 1},
                 {INT64_C(1772323200000), 20513, 674}}; /* 2026-03-01 */
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct revenue_day day = revenue_day_of((struct instant){cases[i].ms});
        assert_int_equal(day.number, cases[i].day);
        assert_int_equal(revenue_month_of(day).number, cases[i].month);
    }
    for (int32_t month = -1200; month < 1200; month++) {
        struct revenue_day first = revenue_month_first((struct revenue_month){month});
        assert_int_equal(revenue_month_of(first).number, month);
        assert_int_equal(revenue_month_of((struct revenue_day){first.number - 1}).number,
                         month - 1);
        assert_int_equal(revenue_day_of(revenue_day_start(first)).number, first.number);
    }
}

/* --- the vectors: totals --- */

static struct revenue_total first_year(void) {
    return TOTAL({500, 2900, REVENUE_MONTH}, {200, 9900, REVENUE_MONTH},
                 {20, 50000, REVENUE_MONTH});
}
enum { PAYING = 720, FREE = 10000 };

static void v1_and_v2_the_first_year(void **state) {
    (void)state;
    struct revenue_total total = first_year();
    shows(total, 4430000, 53160000);
    is_value(revenue_per_head(total, PAYING), 6153);
    is_value(revenue_per_head(total, PAYING + FREE), 413);
    is_value(revenue_share_of_count(PAYING, PAYING + FREE), 672);
    is_value(revenue_share_of_count(PAYING, FREE), 720);
    const struct revenue_conversion of_cohort = {.signups = 14400, .converted = PAYING};
    is_value(revenue_converted(&of_cohort), 500);
}

static struct revenue_worth worth(struct revenue_total total, int64_t paying, int32_t margin,
                                  int64_t lost, int64_t opening) {
    return (struct revenue_worth){total, paying, margin, {lost, opening}};
}

static void v3_what_a_customer_is_worth(void **state) {
    (void)state;
    struct revenue_worth all = worth(first_year(), PAYING, REVENUE_SHARE, 36, 720);
    struct revenue_worth margin = worth(first_year(), PAYING, 8000, 36, 720);
    is_value(revenue_lifetime(all.churn), 200);
    is_value(revenue_ltv(&all), 123056);
    is_value(revenue_ltv(&margin), 98444);
    is_value(revenue_cac_max(&margin), 32815);
    struct revenue_worth less = worth(first_year(), PAYING, 8000, 40, 1000);
    is_value(revenue_ltv(&less), 123056);
    is_value(revenue_cac_max(&less), 41019);
}

static void v4_years_are_part_of_the_price(void **state) {
    (void)state;
    shows(TOTAL({1, 31320, REVENUE_YEAR}), 2610, 31320);
    shows(TOTAL({1, 106920, REVENUE_YEAR}), 8910, 106920);
    shows(TOTAL({1, 540000, REVENUE_YEAR}), 45000, 540000);
    shows(
        TOTAL({500, 31320, REVENUE_YEAR}, {200, 106920, REVENUE_YEAR}, {20, 540000, REVENUE_YEAR}),
        3987000, 47844000);
    shows(TOTAL({350, 2900, REVENUE_MONTH}, {150, 31320, REVENUE_YEAR}, {140, 9900, REVENUE_MONTH},
                {60, 106920, REVENUE_YEAR}, {14, 50000, REVENUE_MONTH}, {6, 540000, REVENUE_YEAR}),
          4297100, 51565200);
}

static void v5_and_v7_a_total_is_rounded_once(void **state) {
    (void)state;
    shows(TOTAL({1000, 10000, REVENUE_YEAR}), 833333, 10000000);
    shows(TOTAL({100, 10000, REVENUE_MONTH}, {50, 60000, REVENUE_YEAR}), 1250000, 15000000);
}

/* --- the vectors: churn, retention --- */

static struct revenue_total monthly(int64_t minor) {
    return revenue_at(annual_of(minor, REVENUE_MONTH, 1), par);
}

static void v9_of_whom_was_there_at_the_opening(void **state) {
    (void)state;
    is_value(revenue_logo_churn((struct revenue_churn){12 - 1 - 1, 100}), 1000);
    is_value(revenue_logo_churn_of_year((struct revenue_churn){5, 100}), 4596);
    is_value(revenue_logo_churn_of_year((struct revenue_churn){0, 100}), 0);
    is_value(revenue_logo_churn_of_year((struct revenue_churn){100, 100}), 10000);
    is_unknown(revenue_logo_churn_of_year((struct revenue_churn){0, 0}), REVENUE_NO_BASE);
}

static void v10_gross_and_net(void **state) {
    (void)state;
    struct revenue_moves moves = {.opening = monthly(10000),
                                  .of = {[REVENUE_CHURN] = monthly(1000),
                                         [REVENUE_CONTRACTION] = monthly(1000),
                                         [REVENUE_EXPANSION] = monthly(1000)}};
    is_value(revenue_gross_churn(&moves), 2000);
    is_value(revenue_net_churn(&moves), 1000);
    is_value(revenue_grr(&moves), 8000);
    is_value(revenue_nrr(&moves), 9000);
    is_value(revenue_expansion_rate(&moves), 1000);
    is_value(revenue_quick_ratio(&moves), 50);
    assert_int_equal(revenue_monthly(revenue_net_new(&moves), CURRENCY_USD).minor, -1000);
    moves.of[REVENUE_REACTIVATION] = monthly(500);
    is_value(revenue_net_churn(&moves), 500);
}

static void v11_what_a_rate_makes_of_it(void **state) {
    (void)state;
    struct annual euros = annual_of(9000, REVENUE_MONTH, 1);
    struct revenue_total opening = revenue_at(euros, (struct revenue_rate){1100000});
    struct revenue_total closing = revenue_at(euros, (struct revenue_rate){1200000});
    assert_int_equal(revenue_monthly(opening, CURRENCY_USD).minor, 9900);
    assert_int_equal(revenue_monthly(closing, CURRENCY_USD).minor, 10800);
    assert_int_equal(revenue_monthly(revenue_minus(closing, opening), CURRENCY_USD).minor, 900);
}

static void v22_by_plan_and_blended(void **state) {
    (void)state;
    static const struct {
        int64_t minor, ltv, cac_max;
    } plans[] = {{2900, 46400, 15467}, {9900, 158400, 52800}, {50000, 800000, 266667}};
    for (size_t i = 0; i < COUNT(plans); i++) {
        struct revenue_total total = TOTAL({100, plans[i].minor, REVENUE_MONTH});
        struct revenue_worth of = worth(total, 100, 8000, 25, 500);
        is_value(revenue_ltv(&of), plans[i].ltv);
        is_value(revenue_cac_max(&of), plans[i].cac_max);
    }
}

/* --- spend --- */

static void what_a_customer_costs(void **state) {
    (void)state;
    struct revenue_worth of = worth(first_year(), PAYING, 8000, 36, 720);
    struct revenue_spend spend = {.is_known = true, .minor = 1000000, .customers = 40};
    is_value(revenue_cac(&spend), 25000);
    is_value(revenue_payback(&of, &spend), 51); /* 250.00 / 49.22 */
    is_value(revenue_ltv_to_cac(&of, &spend), 394);
    spend.minor = 0;
    is_value(revenue_cac(&spend), 0);
    is_unknown(revenue_ltv_to_cac(&of, &spend), REVENUE_INFINITE);
    is_value(revenue_payback(&of, &spend), 0);
}

static void what_cannot_be_known_is_not_made_up(void **state) {
    (void)state;
    const struct revenue_total none = {0};
    const struct revenue_moves quiet = {.opening = none};
    struct revenue_moves growing = {.opening = none, .of = {[REVENUE_NEW] = monthly(2900)}};
    is_unknown(revenue_share(none, none), REVENUE_NO_BASE);
    is_unknown(revenue_gross_churn(&quiet), REVENUE_NO_BASE);
    is_unknown(revenue_net_churn(&quiet), REVENUE_NO_BASE);
    is_unknown(revenue_grr(&quiet), REVENUE_NO_BASE);
    is_unknown(revenue_nrr(&quiet), REVENUE_NO_BASE);
    is_unknown(revenue_expansion_rate(&growing), REVENUE_NO_BASE);
    is_unknown(revenue_quick_ratio(&quiet), REVENUE_NO_BASE);
    is_unknown(revenue_quick_ratio(&growing), REVENUE_INFINITE);
    is_unknown(revenue_per_head(none, 0), REVENUE_NO_BASE);
    is_unknown(revenue_logo_churn((struct revenue_churn){0, 0}), REVENUE_NO_BASE);
    struct revenue_worth of = worth(first_year(), PAYING, 8000, 19, 720);
    is_unknown(revenue_ltv(&of), REVENUE_FEW_DATA);
    is_unknown(revenue_cac_max(&of), REVENUE_FEW_DATA);
    is_unknown(revenue_lifetime(of.churn), REVENUE_FEW_DATA);
    of.churn.lost = 0;
    is_unknown(revenue_ltv(&of), REVENUE_FEW_DATA);
    of = worth(first_year(), PAYING, 0, 36, 720);
    is_unknown(revenue_ltv(&of), REVENUE_NO_MARGIN);
    struct revenue_spend spend = {.customers = 40};
    is_unknown(revenue_cac(&spend), REVENUE_NO_SPEND);
    is_unknown(revenue_payback(&of, &spend), REVENUE_NO_SPEND);
    is_unknown(revenue_ltv_to_cac(&of, &spend), REVENUE_NO_SPEND);
    spend = (struct revenue_spend){.is_known = true, .minor = 100};
    is_unknown(revenue_cac(&spend), REVENUE_NO_BASE);
    spend.customers = 1;
    is_unknown(revenue_payback(&of, &spend), REVENUE_NO_MARGIN);
    of = worth(none, 0, 8000, 36, 720);
    is_unknown(revenue_payback(&of, &spend), REVENUE_NO_BASE);
    is_unknown(revenue_ltv(&of), REVENUE_NO_BASE);
    of = worth(none, 1, 8000, 36, 0);
    is_unknown(revenue_lifetime(of.churn), REVENUE_NO_BASE);
    is_unknown(revenue_ltv_to_cac(&of, &spend), REVENUE_NO_BASE);
}

static void conversion_waits_for_its_window(void **state) {
    (void)state;
    struct revenue_conversion of = {
        .signups = 200, .converted = 9, .last = {100}, .as_of = {129}, .window = 30};
    is_unknown(revenue_converted(&of), REVENUE_TOO_RECENT);
    of.as_of.number++;
    is_value(revenue_converted(&of), 450);
    of.signups = 0;
    is_unknown(revenue_converted(&of), REVENUE_NO_BASE);
}

static void amounts_beyond_all_bounds_are_no_figures(void **state) {
    (void)state;
    const struct revenue_total most = {(i128)1 << 120};
    struct revenue_worth of = worth(most, 7, 9999, 23, INT64_MAX);
    is_unknown(revenue_ltv(&of), REVENUE_NO_BASE);
    is_unknown(revenue_share(most, (struct revenue_total){3}), REVENUE_NO_BASE);
    assert_int_equal(revenue_monthly(most, CURRENCY_USD).minor, MONEY_MINOR_MAX);
    assert_int_equal(revenue_monthly(revenue_negated(most), CURRENCY_USD).minor, -MONEY_MINOR_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interval_has_its_exact_amount_of_a_year),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(halves_go_to_the_even_one),
        cmocka_unit_test(days_and_months_are_those_of_the_calendar),
        cmocka_unit_test(v1_and_v2_the_first_year),
        cmocka_unit_test(v3_what_a_customer_is_worth),
        cmocka_unit_test(v4_years_are_part_of_the_price),
        cmocka_unit_test(v5_and_v7_a_total_is_rounded_once),
        cmocka_unit_test(v9_of_whom_was_there_at_the_opening),
        cmocka_unit_test(v10_gross_and_net),
        cmocka_unit_test(v11_what_a_rate_makes_of_it),
        cmocka_unit_test(v22_by_plan_and_blended),
        cmocka_unit_test(what_a_customer_costs),
        cmocka_unit_test(what_cannot_be_known_is_not_made_up),
        cmocka_unit_test(conversion_waits_for_its_window),
        cmocka_unit_test(amounts_beyond_all_bounds_are_no_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
