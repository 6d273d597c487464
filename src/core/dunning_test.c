/* Guards: retries on days 3, 7 and 14, access for 7 days, an end, and no case that hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/dunning.h"

#define DAY INT64_C(86400000)

static const struct dunning_policy *const policy = &dunning_policy_default;

static struct instant day(int64_t n) {
    return (struct instant){n * DAY};
}

static struct dunning_case opened(bool is_hard_decline) {
    struct dunning_step step = dunning_open(policy, day(0), is_hard_decline);
    assert_true(step.is_legal);
    assert_int_equal(step.effects, DUNNING_MAIL_FAILED);
    return step.next;
}

static struct dunning_step step_on(const struct dunning_case *before, enum dunning_event event,
                                   int64_t on_day) {
    struct dunning_input input = {.event = event, .now = day(on_day), .extend = day(on_day + 30)};
    return dunning_step(policy, before, &input);
}

/* A row a status, a column an event: the next status, "-" for refused. */
static const char *const expected[DUNNING_STATUS_COUNT][DUNNING_EVENT_COUNT] = {
    [DUNNING_OPEN] = {"recovered", "open", "open", "open", "open", "open", "open", "paused", "-",
                      "open", "written_off", "closed", "exhausted"},
    [DUNNING_PAUSED] = {"recovered", "paused", "-", "paused", "paused", "paused", "paused", "-",
                        "open", "paused", "written_off", "closed", "exhausted"},
    [DUNNING_RECOVERED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    [DUNNING_EXHAUSTED] = {"recovered", "-", "-", "-", "exhausted", "-", "-", "-", "-", "-",
                           "written_off", "closed", "-"},
    [DUNNING_WRITTEN_OFF] = {"recovered", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-",
                             "-"},
    [DUNNING_CLOSED] = {"recovered", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
};

static void every_cell_is_as_written(void **state) {
    (void)state;
    for (int s = 0; s < DUNNING_STATUS_COUNT; s++) {
        for (int e = 0; e < DUNNING_EVENT_COUNT; e++) {
            struct dunning_case before = opened(false);
            before.status = (enum dunning_status)s;
            before.has_next_attempt = before.status == DUNNING_OPEN;
            struct dunning_step step = step_on(&before, (enum dunning_event)e, 8);
            const char *next = step.is_legal ? dunning_status_name(step.next.status) : "-";
            assert_string_equal(next, expected[s][e]);
            assert_true(step.is_legal || step.effects == 0);
            assert_true(step.is_legal || step.next.status == before.status);
        }
    }
}

static void a_case_runs_to_its_end(void **state) {
    (void)state;
    struct dunning_case c = opened(false);
    assert_int_equal(c.access_until.ms, 7 * DAY);
    assert_true(c.has_next_attempt);
    assert_int_equal(c.next_attempt_at.ms, 3 * DAY);

    struct dunning_step step = step_on(&c, DUNNING_RETRY_FAILED, 3);
    assert_int_equal(step.effects, DUNNING_MAIL_FAILED);
    assert_int_equal(step.next.attempts, 1);
    assert_int_equal(step.next.next_attempt_at.ms, 7 * DAY);
    c = step.next;

    assert_false(step_on(&c, DUNNING_ACCESS_ENDED, 6).is_legal); /* it has not ended yet */
    step = step_on(&c, DUNNING_ACCESS_ENDED, 7);
    assert_int_equal(step.effects, DUNNING_RESTRICT | DUNNING_MAIL_RESTRICTED);
    c = step.next;
    assert_false(step_on(&c, DUNNING_ACCESS_ENDED, 8).is_legal); /* it ends once */

    c = step_on(&c, DUNNING_RETRY_FAILED, 7).next;
    assert_int_equal(c.next_attempt_at.ms, 14 * DAY);
    step = step_on(&c, DUNNING_RETRY_FAILED, 14);
    assert_int_equal(step.next.status, DUNNING_EXHAUSTED);
    assert_int_equal(step.effects, DUNNING_CANCEL | DUNNING_MAIL_ENDED);
    assert_int_equal(step.next.attempts, 3);
    assert_false(step.next.has_next_attempt);
}

static void paying_closes_the_case_at_once(void **state) {
    (void)state;
    struct dunning_case c = opened(false);
    c = step_on(&c, DUNNING_ACCESS_ENDED, 7).next;
    struct dunning_step step = step_on(&c, DUNNING_PAID, 8);
    assert_int_equal(step.next.status, DUNNING_RECOVERED);
    assert_int_equal(step.effects, DUNNING_RESTORE | DUNNING_MAIL_RECOVERED);
    assert_false(step.next.has_next_attempt);
    assert_false(step.next.is_access_ended);
}

static void hard_declines_wait_for_another_method(void **state) {
    (void)state;
    struct dunning_case c = opened(true);
    assert_true(c.needs_new_method);
    struct dunning_step step = step_on(&c, DUNNING_RETRY_SKIPPED, 3);
    assert_true(step.next.needs_new_method);
    assert_int_equal(step.next.attempts, 1); /* the schedule goes on */
    assert_int_equal(step.effects, DUNNING_MAIL_FAILED);
    step = step_on(&step.next, DUNNING_METHOD_ADDED, 4);
    assert_false(step.next.needs_new_method);
    assert_int_equal(step.effects, DUNNING_CHARGE);
    assert_int_equal(step.next.next_attempt_at.ms, 7 * DAY);
    struct dunning_input input = {
        .event = DUNNING_CUSTOMER_FAILED, .now = day(4), .is_hard_decline = true};
    step = dunning_step(policy, &step.next, &input);
    assert_true(step.next.needs_new_method);
    assert_int_equal(step.next.attempts, 1); /* what the customer tries is not counted */
}

static void a_pause_holds_the_retries(void **state) {
    (void)state;
    struct dunning_case c = opened(false);
    c.attempts = 2;
    c = step_on(&c, DUNNING_PAUSE, 5).next;
    assert_false(c.has_next_attempt);
    c = step_on(&c, DUNNING_RETRY_FAILED, 6).next;
    assert_int_equal(c.attempts, 2); /* was on its way before the pause */
    struct dunning_step step = step_on(&c, DUNNING_RESUME, 20);
    assert_true(step.next.has_next_attempt);
    assert_int_equal(step.next.next_attempt_at.ms, 20 * DAY); /* its day has passed: at once */
}

static void an_extension_gives_access_back(void **state) {
    (void)state;
    struct dunning_case c = opened(false);
    c = step_on(&c, DUNNING_ACCESS_ENDED, 7).next;
    struct dunning_step step = step_on(&c, DUNNING_EXTEND, 8);
    assert_int_equal(step.next.access_until.ms, 38 * DAY);
    assert_int_equal(step.effects, DUNNING_RESTORE);
    assert_false(step.next.is_access_ended);
    assert_true(step_on(&step.next, DUNNING_ACCESS_ENDED, 38).is_legal);
    struct dunning_input back = {.event = DUNNING_EXTEND, .now = day(1), .extend = day(6)};
    assert_false(dunning_step(policy, &c, &back).is_legal); /* earlier than it was */
    struct dunning_input past = {.event = DUNNING_EXTEND, .now = day(10), .extend = day(9)};
    assert_false(dunning_step(policy, &c, &past).is_legal);
}

static void a_shorter_policy_ends_its_old_cases(void **state) {
    (void)state;
    struct dunning_policy shorter = {.retry_count = 1, .retry_days = {2}, .access_days = 0};
    struct dunning_case c = opened(false);
    c.attempts = 2;
    c = step_on(&c, DUNNING_PAUSE, 8).next;
    struct dunning_input resume = {.event = DUNNING_RESUME, .now = day(9)};
    struct dunning_step step = dunning_step(&shorter, &c, &resume);
    assert_true(step.next.has_next_attempt);
    assert_int_equal(step.next.next_attempt_at.ms, 9 * DAY);
    struct dunning_input failed = {.event = DUNNING_RETRY_FAILED, .now = day(9)};
    assert_int_equal(dunning_step(&shorter, &step.next, &failed).next.status, DUNNING_EXHAUSTED);
}

static void policies_are_bounded(void **state) {
    (void)state;
    assert_true(dunning_policy_is_valid(policy));
    struct dunning_policy longest = {.retry_count = DUNNING_RETRIES_MAX,
                                     .retry_days = {1, 2, 3, 4, 5, 6, 7, DUNNING_DAYS_MAX},
                                     .access_days = DUNNING_DAYS_MAX};
    assert_true(dunning_policy_is_valid(&longest));
    static const struct dunning_policy bad[] = {
        {.retry_count = 0, .access_days = 7},
        {.retry_count = DUNNING_RETRIES_MAX + 1, .access_days = 7},
        {.retry_count = 1, .retry_days = {3}, .access_days = -1},
        {.retry_count = 1, .retry_days = {3}, .access_days = DUNNING_DAYS_MAX + 1},
        {.retry_count = 1, .retry_days = {0}, .access_days = 7},
        {.retry_count = 2, .retry_days = {3, 3}, .access_days = 7},
        {.retry_count = 2, .retry_days = {3, DUNNING_DAYS_MAX + 1}, .access_days = 7},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(dunning_policy_is_valid(&bad[i]));
    }
    struct instant at = {5};
    assert_true(dunning_next_attempt_at(policy, day(1), 2, &at));
    assert_int_equal(at.ms, 15 * DAY);
    assert_false(dunning_next_attempt_at(policy, day(1), 3, &at));
}

static void a_dispute_is_the_banks_to_decide(void **state) {
    (void)state;
    struct dunning_case c = dunning_open_dispute(day(0)).next;
    assert_false(c.has_next_attempt);
    assert_int_equal(dunning_next_due(policy, &c).due, DUNNING_DUE_NOTHING);
    for (int e = 0; e < DUNNING_EVENT_COUNT; e++) {
        struct dunning_step step = step_on(&c, (enum dunning_event)e, 8);
        assert_true(step.is_legal == (e == DUNNING_PAID || e == DUNNING_LOST));
    }
    struct dunning_step lost = step_on(&c, DUNNING_LOST, 60);
    assert_int_equal(lost.next.status, DUNNING_EXHAUSTED);
    assert_int_equal(lost.effects, DUNNING_CANCEL | DUNNING_MAIL_ENDED);
}

static void assert_due(const struct dunning_case *c, enum dunning_due due, int64_t on_day) {
    struct dunning_next next = dunning_next_due(policy, c);
    assert_int_equal(next.due, due);
    assert_int_equal(next.at.ms, day(on_day).ms);
}

/* MAIL.md's days: 3, 5, 7, 7, 12, 14. */
static void what_falls_due_comes_in_order(void **state) {
    (void)state;
    struct dunning_case c = opened(false);
    assert_due(&c, DUNNING_DUE_RETRY, 3);
    c = step_on(&c, DUNNING_RETRY_FAILED, 3).next;
    assert_due(&c, DUNNING_DUE_ACCESS_WARNING, 5);
    c.has_warned_access = true;
    assert_due(&c, DUNNING_DUE_RETRY, 7);
    c = step_on(&c, DUNNING_RETRY_FAILED, 7).next;
    assert_due(&c, DUNNING_DUE_ACCESS_END, 7);
    c = step_on(&c, DUNNING_ACCESS_ENDED, 7).next;
    assert_due(&c, DUNNING_DUE_END_WARNING, 12);
    c.has_warned_end = true;
    assert_due(&c, DUNNING_DUE_RETRY, 14);
    c = step_on(&c, DUNNING_EXTEND, 8).next; /* until day 38, with a warning of its own */
    assert_false(c.has_warned_access);
    c = step_on(&c, DUNNING_RETRY_FAILED, 14).next;
    assert_int_equal(dunning_next_due(policy, &c).due, DUNNING_DUE_NOTHING);
}

static void names_and_codes(void **state) {
    (void)state;
    enum dunning_status status;
    for (int s = 0; s < DUNNING_STATUS_COUNT; s++) {
        const char *name = dunning_status_name((enum dunning_status)s);
        assert_true(dunning_status_parse(str_from_cstr(name), &status));
        assert_int_equal(status, s);
    }
    assert_false(dunning_status_parse(STR("settled"), &status));
    assert_string_equal(dunning_kind_name(DUNNING_LATE), "late_failure");
    assert_string_equal(dunning_event_name(DUNNING_RETRY_SKIPPED), "retry_skipped");
    assert_true(dunning_is_hard_decline(STR("authentication_required")));
    assert_true(dunning_is_hard_decline(STR("lost_card")));
    assert_true(dunning_is_hard_decline(STR("transaction_not_allowed")));
    assert_false(dunning_is_hard_decline(STR("insufficient_funds")));
    assert_false(dunning_is_hard_decline(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_written),
        cmocka_unit_test(a_case_runs_to_its_end),
        cmocka_unit_test(paying_closes_the_case_at_once),
        cmocka_unit_test(hard_declines_wait_for_another_method),
        cmocka_unit_test(a_pause_holds_the_retries),
        cmocka_unit_test(an_extension_gives_access_back),
        cmocka_unit_test(a_shorter_policy_ends_its_old_cases),
        cmocka_unit_test(policies_are_bounded),
        cmocka_unit_test(a_dispute_is_the_banks_to_decide),
        cmocka_unit_test(what_falls_due_comes_in_order),
        cmocka_unit_test(names_and_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
