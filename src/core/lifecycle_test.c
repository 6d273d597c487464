/* Guards: every subscription stands in exactly one place of the board, and what should have moved
 * by the clock is found, for whatever could have moved it. */
#include "core/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOUR (INT64_C(60) * 60 * 1000)
#define NOW ((struct instant){INT64_C(1000) * 24 * HOUR})

static struct instant ago(int64_t hours) {
    return (struct instant){NOW.ms - hours * HOUR};
}

static void every_status_has_its_place(void **state) {
    (void)state;
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        for (int access = ACCESS_FULL; access <= ACCESS_NONE; access++) {
            enum subscription_status is = (enum subscription_status)status;
            enum lifecycle stays = lifecycle_of(is, (enum access)access, false);
            enum lifecycle ends = lifecycle_of(is, (enum access)access, true);
            assert_int_equal(stays == LIFECYCLE_ENDED,
                             subscription_is_over(is) || is == SUBSCRIPTION_ABSENT);
            assert_true(stays != LIFECYCLE_CANCELLING);
            assert_true(ends == stays || ends == LIFECYCLE_CANCELLING);
        }
    }
    assert_int_equal(lifecycle_of(SUBSCRIPTION_PAST_DUE, ACCESS_FULL, true), LIFECYCLE_PAST_DUE);
    assert_int_equal(lifecycle_of(SUBSCRIPTION_PAST_DUE, ACCESS_RESTRICTED, false),
                     LIFECYCLE_SUSPENDED);
    assert_int_equal(lifecycle_of(SUBSCRIPTION_ACTIVE, ACCESS_RESTRICTED, false),
                     LIFECYCLE_SUSPENDED);
    assert_int_equal(lifecycle_of(SUBSCRIPTION_TRIALING, ACCESS_FULL, false), LIFECYCLE_TRIALING);
    assert_int_equal(lifecycle_of(SUBSCRIPTION_ACTIVE, ACCESS_FULL, true), LIFECYCLE_CANCELLING);
    assert_int_equal(lifecycle_of(SUBSCRIPTION_PAUSED, ACCESS_RESTRICTED, false), LIFECYCLE_PAUSED);
}

static struct lifecycle_clock live(enum subscription_status status) {
    return (struct lifecycle_clock){.status = status,
                                    .created_at = ago(1000),
                                    .period_end = ago(-10),
                                    .trial_ends_at = INSTANT_MAX,
                                    .past_due_since = INSTANT_MAX};
}

static void expect(const struct lifecycle_clock *at, enum stuck stuck) {
    assert_int_equal(lifecycle_stuck(at, &dunning_policy_default, NOW), stuck);
    struct lifecycle_bounds bounds = lifecycle_bounds(&dunning_policy_default, NOW);
    bool is_within = !instant_is_before(at->period_end, bounds.calendar) &&
                     !instant_is_before(at->trial_ends_at, bounds.calendar) &&
                     !instant_is_before(at->past_due_since, bounds.past_due);
    assert_false(is_within && stuck != STUCK_NOT && stuck != STUCK_FIRST_PAYMENT);
    if (stuck != STUCK_NOT) {
        assert_true(subscription_step(at->status, stuck_awaits(stuck)).is_legal);
    }
}

static void what_should_have_moved_is_found_and_could_have(void **state) {
    (void)state;
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        struct lifecycle_clock at = live((enum subscription_status)status);
        at.created_at = ago(1);
        expect(&at, STUCK_NOT);
    }
    struct lifecycle_clock first = live(SUBSCRIPTION_INCOMPLETE);
    first.created_at = ago(25);
    expect(&first, STUCK_NOT);
    first.created_at = ago(26);
    expect(&first, STUCK_FIRST_PAYMENT);
    struct lifecycle_clock trial = live(SUBSCRIPTION_TRIALING);
    trial.trial_ends_at = ago(24);
    expect(&trial, STUCK_NOT);
    trial.trial_ends_at = ago(25);
    expect(&trial, STUCK_TRIAL);
    trial.is_ending = true;
    trial.period_end = ago(25);
    expect(&trial, STUCK_END);
    struct lifecycle_clock active = live(SUBSCRIPTION_ACTIVE);
    active.period_end = ago(24);
    expect(&active, STUCK_NOT);
    active.period_end = ago(25);
    expect(&active, STUCK_RENEWAL);
    active.has_pending_change = true;
    expect(&active, STUCK_PENDING_CHANGE);
    active.is_ending = true;
    expect(&active, STUCK_END);
    struct lifecycle_clock owes = live(SUBSCRIPTION_PAST_DUE);
    owes.period_end = ago(500);
    owes.past_due_since = ago(15 * 24);
    expect(&owes, STUCK_NOT);
    owes.past_due_since = ago(15 * 24 + 1);
    expect(&owes, STUCK_PAST_DUE);
}

static void each_has_a_name(void **state) {
    (void)state;
    for (int i = 0; i < LIFECYCLE_COUNT; i++) {
        assert_true(lifecycle_name((enum lifecycle)i)[0] != '\0');
    }
    for (int i = 0; i < STUCK_COUNT; i++) {
        assert_int_equal(stuck_name((enum stuck)i)[0] == '\0', i == STUCK_NOT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(what_should_have_moved_is_found_and_could_have),
        cmocka_unit_test(each_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
