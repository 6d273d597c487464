/* Guards: a subscription is paused only where nothing is lost by it, and never for ever by its
 * customer. */
#include "core/pause.h"

#include "base/testing.h"

static const struct instant now = {INT64_C(1772366400000)}; /* 2026-03-01 12:00 */

static struct pause_facts active(void) {
    return (struct pause_facts){
        .status = SUBSCRIPTION_ACTIVE,
        .interval = INTERVAL_MONTH,
        .has_end = true,
        .until = instant_add_months(now, 1),
    };
}

static void what_runs_and_is_paid_may_rest(void **state) {
    (void)state;
    struct pause_facts facts = active();
    assert_int_equal(pause_judge(&facts, now), PAUSE_MAY);
    facts.is_by_customer = true;
    assert_int_equal(pause_judge(&facts, now), PAUSE_MAY);
    facts.is_by_customer = facts.has_end = false;
    facts.interval = INTERVAL_YEAR;
    assert_int_equal(pause_judge(&facts, now), PAUSE_MAY);
}

static void all_else_is_refused(void **state) {
    (void)state;
    struct pause_facts bound = active();
    struct pause_facts owing = active();
    struct pause_facts fixed = active();
    bound.is_by_contract = owing.is_owing = fixed.has_next = true;
    assert_int_equal(pause_judge(&bound, now), PAUSE_BOUND);
    assert_int_equal(pause_judge(&owing, now), PAUSE_OWING);
    assert_int_equal(pause_judge(&fixed, now), PAUSE_FIXED);
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        struct pause_facts facts = active();
        facts.status = (enum subscription_status)status;
        assert_int_equal(pause_judge(&facts, now), status == SUBSCRIPTION_ACTIVE ? PAUSE_MAY
                                                   : status == SUBSCRIPTION_PAUSED
                                                       ? PAUSE_THERE
                                                       : PAUSE_NOT_ACTIVE);
    }
}

static void customers_pause_months_until_a_day(void **state) {
    (void)state;
    struct pause_facts yearly = active();
    struct pause_facts endless = active();
    yearly.is_by_customer = endless.is_by_customer = true;
    yearly.interval = INTERVAL_YEAR;
    endless.has_end = false;
    assert_int_equal(pause_judge(&yearly, now), PAUSE_NOT_OWN);
    assert_int_equal(pause_judge(&endless, now), PAUSE_NOT_OWN);
}

static void the_day_lies_ahead_and_not_too_far(void **state) {
    (void)state;
    struct pause_facts facts = active();
    facts.until = now;
    assert_int_equal(pause_judge(&facts, now), PAUSE_OUT_OF_RANGE);
    facts.until = instant_add_months(now, PAUSE_MONTHS_MAX);
    assert_int_equal(pause_judge(&facts, now), PAUSE_MAY);
    facts.until.ms++;
    assert_int_equal(pause_judge(&facts, now), PAUSE_OUT_OF_RANGE);
    facts.is_by_customer = true;
    facts.until = instant_add_months(now, PAUSE_MONTHS_OWN_MAX);
    assert_int_equal(pause_judge(&facts, now), PAUSE_MAY);
    facts.until.ms++;
    assert_int_equal(pause_judge(&facts, now), PAUSE_OUT_OF_RANGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_runs_and_is_paid_may_rest),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(customers_pause_months_until_a_day),
        cmocka_unit_test(the_day_lies_ahead_and_not_too_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
