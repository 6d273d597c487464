/* Guards: every status answers every event as written here, and access follows from the status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/subscription.h"

/* What is legal, as a story would tell it; all that is not listed must be refused. */
static const struct {
    const char *status, *event, *next;
    unsigned effects;
} legal[] = {
    {"absent", "created_active", "active", SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"absent", "created_trialing", "trialing",
     SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"absent", "created_incomplete", "incomplete", 0},
    {"incomplete", "payment_succeeded", "active",
     SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"incomplete", "payment_failed", "incomplete", 0},
    {"incomplete", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE},
    {"incomplete", "expired", "incomplete_expired", SUBSCRIPTION_FALL_TO_FREE},
    {"trialing", "payment_succeeded", "trialing", 0},
    {"trialing", "payment_failed", "trialing", 0},
    {"trialing", "trial_ended", "active", SUBSCRIPTION_BEGIN_USAGE_PERIOD | SUBSCRIPTION_RENEW},
    {"trialing", "cancel_scheduled", "trialing", SUBSCRIPTION_SCHEDULE_END},
    {"trialing", "cancel_undone", "trialing", SUBSCRIPTION_CLEAR_END},
    {"trialing", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"trialing", "pause", "paused", SUBSCRIPTION_RESTRICT},
    {"active", "payment_succeeded", "active", SUBSCRIPTION_CLOSE_CASE},
    {"active", "payment_failed", "past_due", SUBSCRIPTION_OPEN_CASE},
    {"active", "cancel_scheduled", "active", SUBSCRIPTION_SCHEDULE_END},
    {"active", "cancel_undone", "active", SUBSCRIPTION_CLEAR_END},
    {"active", "period_ended", "active", SUBSCRIPTION_RENEW},
    {"active", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"active", "pause", "paused", SUBSCRIPTION_RESTRICT},
    {"past_due", "payment_succeeded", "active", SUBSCRIPTION_GRANT | SUBSCRIPTION_CLOSE_CASE},
    {"past_due", "payment_failed", "past_due", 0},
    {"past_due", "grace_ended", "past_due", SUBSCRIPTION_RESTRICT},
    {"past_due", "retries_exhausted", "canceled",
     SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"past_due", "marked_unpaid", "unpaid", SUBSCRIPTION_RESTRICT},
    {"past_due", "cancel_scheduled", "past_due", SUBSCRIPTION_SCHEDULE_END},
    {"past_due", "cancel_undone", "past_due", SUBSCRIPTION_CLEAR_END},
    {"past_due", "period_ended", "past_due", SUBSCRIPTION_RENEW},
    {"past_due", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"past_due", "pause", "paused", SUBSCRIPTION_RESTRICT},
    {"unpaid", "payment_succeeded", "active", SUBSCRIPTION_GRANT | SUBSCRIPTION_CLOSE_CASE},
    {"unpaid", "payment_failed", "unpaid", 0},
    {"unpaid", "retries_exhausted", "canceled",
     SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"unpaid", "cancel_scheduled", "unpaid", SUBSCRIPTION_SCHEDULE_END},
    {"unpaid", "cancel_undone", "unpaid", SUBSCRIPTION_CLEAR_END},
    {"unpaid", "period_ended", "unpaid", SUBSCRIPTION_RENEW},
    {"unpaid", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"paused", "payment_succeeded", "paused", SUBSCRIPTION_CLOSE_CASE},
    {"paused", "payment_failed", "paused", 0},
    {"paused", "cancel_scheduled", "paused", SUBSCRIPTION_SCHEDULE_END},
    {"paused", "cancel_undone", "paused", SUBSCRIPTION_CLEAR_END},
    {"paused", "ended", "canceled", SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD},
    {"paused", "resume", "active", SUBSCRIPTION_GRANT},
    {"canceled", "payment_succeeded", "canceled", SUBSCRIPTION_CLOSE_CASE},
    {"canceled", "payment_failed", "canceled", 0},
};

/* The row of `legal` for a cell, or its length. */
static size_t find(const char *status, const char *event) {
    size_t i = 0;
    while (i < ARRAY_LEN(legal) &&
           !(str_equal(str_from_cstr(legal[i].status), str_from_cstr(status)) &&
             str_equal(str_from_cstr(legal[i].event), str_from_cstr(event)))) {
        i++;
    }
    return i;
}

static void every_cell_is_as_written(void **state) {
    (void)state;
    size_t found = 0;
    for (int s = 0; s < SUBSCRIPTION_STATUS_COUNT; s++) {
        for (int e = 0; e < SUBSCRIPTION_EVENT_COUNT; e++) {
            enum subscription_status status = (enum subscription_status)s;
            enum subscription_event event = (enum subscription_event)e;
            struct subscription_step step = subscription_step(status, event);
            size_t row = find(subscription_status_name(status), subscription_event_name(event));
            assert_int_equal(step.is_legal, row < ARRAY_LEN(legal));
            if (!step.is_legal) {
                assert_int_equal(step.next, status);
                assert_int_equal(step.effects, 0);
                continue;
            }
            assert_string_equal(subscription_status_name(step.next), legal[row].next);
            assert_int_equal(step.effects, legal[row].effects);
            found++;
        }
    }
    assert_int_equal(found, ARRAY_LEN(legal));
}

static void what_is_over_stays_over(void **state) {
    (void)state;
    for (int e = 0; e < SUBSCRIPTION_EVENT_COUNT; e++) {
        enum subscription_event event = (enum subscription_event)e;
        assert_int_equal(subscription_step(SUBSCRIPTION_CANCELED, event).next,
                         SUBSCRIPTION_CANCELED);
        assert_false(subscription_step(SUBSCRIPTION_INCOMPLETE_EXPIRED, event).is_legal);
    }
    assert_true(subscription_is_over(SUBSCRIPTION_CANCELED));
    assert_true(subscription_is_over(SUBSCRIPTION_INCOMPLETE_EXPIRED));
    assert_false(subscription_is_over(SUBSCRIPTION_ABSENT));
}

static void statuses_are_stripes_eight(void **state) {
    (void)state;
    enum subscription_status status;
    for (int s = 0; s < SUBSCRIPTION_ABSENT; s++) {
        const char *name = subscription_status_name((enum subscription_status)s);
        assert_true(subscription_status_parse(str_from_cstr(name), &status));
        assert_int_equal(status, s);
    }
    assert_int_equal(SUBSCRIPTION_ABSENT, 8);
    assert_false(subscription_status_parse(STR("absent"), &status));
    assert_false(subscription_status_parse(STR("cancelled"), &status));
}

static void access_follows_from_the_status(void **state) {
    (void)state;
    static const char *const expected[SUBSCRIPTION_STATUS_COUNT] = {
        [SUBSCRIPTION_INCOMPLETE] = "restricted", [SUBSCRIPTION_INCOMPLETE_EXPIRED] = "none",
        [SUBSCRIPTION_TRIALING] = "full",         [SUBSCRIPTION_ACTIVE] = "full",
        [SUBSCRIPTION_PAST_DUE] = "restricted",   [SUBSCRIPTION_UNPAID] = "restricted",
        [SUBSCRIPTION_CANCELED] = "none",         [SUBSCRIPTION_PAUSED] = "restricted",
        [SUBSCRIPTION_ABSENT] = "none",
    };
    struct instant until = {7000};
    for (int s = 0; s < SUBSCRIPTION_STATUS_COUNT; s++) {
        enum access access =
            subscription_access((enum subscription_status)s, until, (struct instant){7000});
        assert_string_equal(access_name(access), expected[s]);
    }
    assert_int_equal(subscription_access(SUBSCRIPTION_PAST_DUE, until, (struct instant){6999}),
                     ACCESS_FULL);
}

static struct plan plan_of(enum tier tier, int32_t version, int64_t minor) {
    struct plan plan = {.tier = tier, .version = version};
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        plan.prices[i] = (struct plan_price){minor > 0, money_of(minor, CURRENCY_USD)};
    }
    return plan;
}

static void changes_have_a_direction(void **state) {
    (void)state;
    struct plan starter = plan_of(TIER_STARTER, 1, 2900);
    struct plan dearer = plan_of(TIER_STARTER, 2, 3900);
    struct plan same = plan_of(TIER_STARTER, 3, 2900);
    struct plan professional = plan_of(TIER_PROFESSIONAL, 1, 9900);
    struct plan contract = plan_of(TIER_ENTERPRISE, 1, 0);
    struct plan priced = plan_of(TIER_ENTERPRISE, 2, 50000);
    const struct {
        const struct plan *from;
        enum interval from_interval;
        const struct plan *to;
        enum interval to_interval;
        const char *change;
    } cases[] = {
        {&starter, INTERVAL_MONTH, &professional, INTERVAL_MONTH, "upgrade"},
        {&starter, INTERVAL_YEAR, &professional, INTERVAL_MONTH, "upgrade"},
        {&professional, INTERVAL_MONTH, &starter, INTERVAL_YEAR, "downgrade"},
        {&starter, INTERVAL_MONTH, &starter, INTERVAL_YEAR, "interval"},
        {&starter, INTERVAL_MONTH, &dearer, INTERVAL_YEAR, "interval"},
        {&starter, INTERVAL_MONTH, &starter, INTERVAL_MONTH, "none"},
        {&starter, INTERVAL_MONTH, &same, INTERVAL_MONTH, "none"},
        {&starter, INTERVAL_MONTH, &dearer, INTERVAL_MONTH, "upgrade"},
        {&dearer, INTERVAL_MONTH, &starter, INTERVAL_MONTH, "downgrade"},
        {&contract, INTERVAL_MONTH, &priced, INTERVAL_MONTH, "none"},
        {&priced, INTERVAL_MONTH, &contract, INTERVAL_MONTH, "none"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum change change =
            subscription_change((struct sale){cases[i].from, cases[i].from_interval},
                                (struct sale){cases[i].to, cases[i].to_interval});
        assert_string_equal(change_name(change), cases[i].change);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_written),
        cmocka_unit_test(what_is_over_stays_over),
        cmocka_unit_test(statuses_are_stripes_eight),
        cmocka_unit_test(access_follows_from_the_status),
        cmocka_unit_test(changes_have_a_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
