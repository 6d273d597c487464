/* Guards: what a customer brings in a month is one figure everywhere, to the minor unit, in any
 * currency; and who needs to be looked at is found, whoever else does not. */
#include "core/standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct plan plan_at(int64_t month, int64_t year, const char *code) {
    struct currency currency = {""};
    assert_true(currency_parse(str_from_cstr(code), &currency));
    struct plan plan = {.tier = TIER_STARTER, .version = 1, .name = "Starter"};
    plan.prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(month, currency)};
    plan.prices[INTERVAL_YEAR] = (struct plan_price){true, money_of(year, currency)};
    return plan;
}

static void a_month_is_what_it_costs_and_a_year_a_twelfth(void **state) {
    (void)state;
    static const struct {
        int64_t year, monthly;
        const char *code;
    } cases[] = {
        {0, 0, "usd"},
        {1, 0, "usd"},
        {5, 0, "usd"},
        {6, 1, "usd"},
        {12, 1, "usd"},
        {17, 1, "usd"},
        {18, 2, "usd"},
        {29000, 2417, "usd"},
        {9000, 750, "jpy"},
        {100000, 8333, "kwd"},
        {MONEY_MINOR_MAX, (MONEY_MINOR_MAX + 6) / 12, "usd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan = plan_at(2900, cases[i].year, cases[i].code);
        struct money year =
            standing_monthly(&plan, INTERVAL_YEAR, SUBSCRIPTION_ACTIVE, CURRENCY_USD);
        assert_int_equal(year.minor, cases[i].monthly);
        assert_string_equal(year.currency.code, cases[i].code);
        struct money month =
            standing_monthly(&plan, INTERVAL_MONTH, SUBSCRIPTION_ACTIVE, CURRENCY_USD);
        assert_int_equal(month.minor, 2900);
    }
}

static void only_what_is_paid_for_counts(void **state) {
    (void)state;
    struct plan plan = plan_at(2900, 29000, "eur");
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        bool counts = status == SUBSCRIPTION_ACTIVE || status == SUBSCRIPTION_PAST_DUE;
        struct money monthly =
            standing_monthly(&plan, INTERVAL_MONTH, (enum subscription_status)status, CURRENCY_USD);
        assert_int_equal(monthly.minor, counts ? 2900 : 0);
        assert_string_equal(monthly.currency.code, "eur");
    }
    plan.prices[INTERVAL_MONTH].is_set = false;
    struct money none = standing_monthly(&plan, INTERVAL_MONTH, SUBSCRIPTION_ACTIVE, CURRENCY_USD);
    assert_int_equal(none.minor, 0);
    assert_string_equal(none.currency.code, "usd");
}

/* Said another way than in the code: by every combination. */
static void whoever_needs_a_look_is_found(void **state) {
    (void)state;
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        for (int rest = 0; rest < (ACCESS_NONE + 1) * 4; rest++) {
            struct standing standing = {
                .status = (enum subscription_status)status,
                .access = (enum access)(rest / 4),
                .is_parked = (rest & 1) != 0,
                .is_ending = (rest & 2) != 0,
            };
            bool is_on_free = status == SUBSCRIPTION_ABSENT;
            bool is_well = !standing.is_parked && (is_on_free || standing.access == ACCESS_FULL);
            bool is_quiet = !standing.is_ending && status != SUBSCRIPTION_PAST_DUE;
            const char *expected = !is_well ? "at_risk" : is_quiet ? "good" : "watch";
            assert_string_equal(health_name(standing_health(&standing)), expected);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_is_what_it_costs_and_a_year_a_twelfth),
        cmocka_unit_test(only_what_is_paid_for_counts),
        cmocka_unit_test(whoever_needs_a_look_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
