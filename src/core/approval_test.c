/* Guards: nobody agrees to their own wish, a threshold is exact, and what is decided stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/approval.h"

/* A row a status, a column an event: the next status, "-" for refused. */
static const char *const expected[APPROVAL_STATUS_COUNT][APPROVAL_EVENT_COUNT] = {
    [APPROVAL_PENDING] = {"approved", "rejected", "withdrawn", "expired", "-", "-"},
    [APPROVAL_APPROVED] = {"-", "-", "-", "-", "executed", "failed"},
    [APPROVAL_EXECUTED] = {"-", "-", "-", "-", "-", "-"},
    [APPROVAL_FAILED] = {"-", "-", "-", "-", "-", "-"},
    [APPROVAL_REJECTED] = {"-", "-", "-", "-", "-", "-"},
    [APPROVAL_WITHDRAWN] = {"-", "-", "-", "-", "-", "-"},
    [APPROVAL_EXPIRED] = {"-", "-", "-", "-", "-", "-"},
};

static void every_cell_is_as_written(void **state) {
    (void)state;
    for (int s = 0; s < APPROVAL_STATUS_COUNT; s++) {
        for (int e = 0; e < APPROVAL_EVENT_COUNT; e++) {
            struct approval_step step =
                approval_step((enum approval_status)s, (enum approval_event)e);
            assert_string_equal(step.is_legal ? approval_status_name(step.next) : "-",
                                expected[s][e]);
            assert_true(step.is_legal || (int)step.next == s);
        }
    }
    assert_string_equal(approval_event_name(APPROVAL_APPROVE), "approve");
    assert_string_equal(approval_event_name(APPROVAL_STALE), "stale");
}

static void by_default_money_above_500_and_all_else_always(void **state) {
    (void)state;
    const char *const names[] = {"refund",    "credit_note", "write_off", "contract",
                                 "catalogue", "erasure",     "purge",     "price_change"};
    const enum approval_need needs[] = {APPROVAL_ABOVE,  APPROVAL_ABOVE,  APPROVAL_ALWAYS,
                                        APPROVAL_ALWAYS, APPROVAL_ALWAYS, APPROVAL_ALWAYS,
                                        APPROVAL_ALWAYS, APPROVAL_ALWAYS};
    struct approval_policy policy = approval_policy_default(CURRENCY_USD);
    for (int i = 0; i < APPROVAL_ACTION_COUNT; i++) {
        const struct approval_rule *rule = &policy.rules[i];
        assert_string_equal(approval_action_name((enum approval_action)i), names[i]);
        assert_int_equal(rule->need, needs[i]);
        assert_int_equal(rule->threshold, rule->need == APPROVAL_ABOVE ? 50000 : 0);
        assert_int_equal(rule->hours, 72);
        assert_int_equal(rule->permission, PERMISSION_APPROVE);
        assert_true(approval_rule_is_valid((enum approval_action)i, *rule));
    }
    struct approval_policy yen = approval_policy_default((struct currency){"jpy"});
    struct approval_policy dinar = approval_policy_default((struct currency){"kwd"});
    assert_int_equal(yen.rules[APPROVAL_REFUND].threshold, 500);
    assert_int_equal(dinar.rules[APPROVAL_REFUND].threshold, 500000);
}

static void a_threshold_is_exact(void **state) {
    (void)state;
    struct approval_policy policy = approval_policy_default(CURRENCY_USD);
    const struct {
        enum approval_action action;
        struct money amount;
        bool is_needed;
    } rows[] = {
        {APPROVAL_REFUND, {0, CURRENCY_USD}, false},
        {APPROVAL_REFUND, {50000, CURRENCY_USD}, false},
        {APPROVAL_REFUND, {50001, CURRENCY_USD}, true},
        {APPROVAL_REFUND, {MONEY_MINOR_MAX, CURRENCY_USD}, true},
        {APPROVAL_REFUND, {1, {"eur"}}, true}, /* of another currency nobody can tell */
        {APPROVAL_CREDIT_NOTE, {50000, CURRENCY_USD}, false},
        {APPROVAL_CREDIT_NOTE, {50001, CURRENCY_USD}, true},
        {APPROVAL_WRITE_OFF, {1, CURRENCY_USD}, true},
        {APPROVAL_CONTRACT, {0, CURRENCY_USD}, true},
        {APPROVAL_CATALOGUE, {0, {""}}, true},
        {APPROVAL_ERASURE, {0, {""}}, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(approval_is_needed(&policy, rows[i].action, rows[i].amount),
                         rows[i].is_needed);
    }
    for (int i = 0; i < APPROVAL_ACTION_COUNT; i++) {
        policy.rules[i].need = APPROVAL_NEVER;
        policy.rules[i].threshold = 0;
        assert_false(approval_is_needed(&policy, (enum approval_action)i,
                                        money_of(MONEY_MINOR_MAX, CURRENCY_USD)));
    }
}

static void a_rule_out_of_range_is_none(void **state) {
    (void)state;
    struct approval_rule good = {APPROVAL_ABOVE, 100, 24, PERMISSION_OPERATORS_WRITE};
    assert_true(approval_rule_is_valid(APPROVAL_REFUND, good));
    assert_false(approval_rule_is_valid(APPROVAL_ERASURE, good)); /* it has no amount */
    const struct approval_rule bad[] = {
        {APPROVAL_ABOVE, -1, 24, PERMISSION_APPROVE},
        {APPROVAL_ABOVE, MONEY_MINOR_MAX + 1, 24, PERMISSION_APPROVE},
        {APPROVAL_ALWAYS, 1, 24, PERMISSION_APPROVE},
        {APPROVAL_NEVER, 1, 24, PERMISSION_APPROVE},
        {APPROVAL_NEED_COUNT, 0, 24, PERMISSION_APPROVE},
        {APPROVAL_ALWAYS, 0, 0, PERMISSION_APPROVE},
        {APPROVAL_ALWAYS, 0, APPROVAL_HOURS_MAX + 1, PERMISSION_APPROVE},
        {APPROVAL_ALWAYS, 0, 24, PERMISSION_NONE},
        {APPROVAL_ALWAYS, 0, 24, PERMISSION_EVIDENCE},      /* who only looks */
        {APPROVAL_ALWAYS, 0, 24, PERMISSION_BILLING_WRITE}, /* no operator has it */
        {APPROVAL_ALWAYS, 0, 24, PERMISSION_COUNT},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(approval_rule_is_valid(APPROVAL_REFUND, bad[i]));
    }
}

static void it_expires_by_the_hour(void **state) {
    (void)state;
    struct approval_policy policy = approval_policy_default(CURRENCY_USD);
    struct instant at = approval_expires_at(&policy, APPROVAL_REFUND, (struct instant){1000});
    assert_int_equal(at.ms, 1000 + INT64_C(72) * 3600 * 1000);
}

/* Every role, with the permission to approve and with one that only admins have. */
static void only_another_person_with_the_role_decides(void **state) {
    (void)state;
    struct approval_rule rule = {APPROVAL_ALWAYS, 0, 72, PERMISSION_APPROVE};
    struct approval_rule strict = {APPROVAL_ALWAYS, 0, 72, PERMISSION_OPERATORS_WRITE};
    struct str ada = STR("pers_a");
    struct str bob = STR("pers_b");
    for (int role = ROLE_NONE; role < ROLE_COUNT; role++) {
        enum role as = (enum role)role;
        bool may = as == ROLE_ADMIN || as == ROLE_FINANCE;
        assert_int_equal(approval_may_decide(&rule, ada, bob, as),
                         may ? APPROVAL_MAY_DECIDE : APPROVAL_NOT_THEIRS);
        assert_int_equal(approval_may_decide(&strict, ada, bob, as),
                         as == ROLE_ADMIN ? APPROVAL_MAY_DECIDE : APPROVAL_NOT_THEIRS);
        assert_int_equal(approval_may_decide(&rule, ada, ada, as), APPROVAL_OWN);
        assert_int_equal(approval_may_decide(&rule, ada, STR(""), as), APPROVAL_NO_PERSON);
        assert_int_equal(approval_may_decide(&rule, STR(""), STR(""), as), APPROVAL_NO_PERSON);
        assert_int_equal(approval_may_decide(&rule, STR("apik_k"), bob, as),
                         may ? APPROVAL_MAY_DECIDE : APPROVAL_NOT_THEIRS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_written),
        cmocka_unit_test(by_default_money_above_500_and_all_else_always),
        cmocka_unit_test(a_threshold_is_exact),
        cmocka_unit_test(a_rule_out_of_range_is_none),
        cmocka_unit_test(it_expires_by_the_hour),
        cmocka_unit_test(only_another_person_with_the_role_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
