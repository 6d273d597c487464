/* Guards: who may withdraw from a purchase, and until when. */
#include "core/consumer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { STARTER = 1, PROFESSIONAL = 2 }; /* enum tier */

static void by_default_it_is_consumers_of_the_area(void **state) {
    (void)state;
    const struct consumer_policy policy = consumer_policy_default();
    static const struct {
        const char *country;
        bool has_tax_id, may;
    } rows[] = {
        {"DE", false, true},  {"SK", false, true},  {"AT", false, true},  {"NO", false, true},
        {"DE", true, false},  {"US", false, false}, {"", false, false},   {"D", false, false},
        {"de", false, false}, {"CH", false, false}, {"GB", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct consumer_facts facts = {str_from_cstr(rows[i].country), rows[i].has_tax_id, STARTER};
        assert_int_equal(consumer_may_withdraw(&policy, &facts), rows[i].may);
    }
    assert_int_equal(policy.country_count, 30);
    assert_int_equal(policy.withdrawal_days, 14);
    assert_false(policy.needs_renewal_consent);
}

static void a_catalogue_may_name_plans_and_places(void **state) {
    (void)state;
    struct consumer_policy policy = consumer_policy_default();
    policy.withdrawal_tiers = 1U << PROFESSIONAL;
    struct consumer_facts facts = {STR("FR"), false, STARTER};
    assert_false(consumer_may_withdraw(&policy, &facts));
    facts.tier = PROFESSIONAL;
    assert_true(consumer_may_withdraw(&policy, &facts));
    policy.country_count = 0;
    assert_false(consumer_may_withdraw(&policy, &facts));
}

/* In every zone the last moment of the 14th day after the day of the purchase lies before the end.
 */
static void the_end_is_never_too_early(void **state) {
    (void)state;
    const struct consumer_policy policy = consumer_policy_default();
    const int64_t hour = INT64_C(3600) * 1000;
    const int64_t day = 24 * hour;
    for (int64_t offset = -12; offset <= 14; offset++) {
        for (int64_t bought = 0; bought < day; bought += hour / 2) {
            int64_t local = bought + offset * hour + day; /* not negative */
            int64_t last = (local / day + policy.withdrawal_days + 1) * day;
            int64_t end = consumer_withdrawal_end(&policy, (struct instant){bought}).ms;
            assert_true(end >= last - offset * hour - day);
            assert_true(end - (last - offset * hour - day) <= day);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_it_is_consumers_of_the_area),
        cmocka_unit_test(a_catalogue_may_name_plans_and_places),
        cmocka_unit_test(the_end_is_never_too_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
