/* Guards: sessions end when they rest too long or are too old, and money asks for a fresh proof. */
#include "core/session.h"

#include <string.h>

#include "base/testing.h"

static struct instant at(int64_t minute) {
    return (struct instant){minute * 60 * 1000};
}

static bool has_ended(enum session_kind kind, int64_t seen_minute, int64_t now_minute) {
    struct session_instants instants = {at(0), at(seen_minute), at(100000)};
    return session_has_ended(kind, instants, at(now_minute));
}

static void test_a_session_ends_when_it_rests_or_is_old(void **state) {
    (void)state;
    static const struct {
        enum session_kind kind;
        int64_t idle, absolute;
    } cases[] = {
        {SESSION_PORTAL, 60, 10080},
        {SESSION_MEMBER, 60, 10080},
        {SESSION_OPERATOR, 15, 720},
        {SESSION_IMPERSONATION, 15, 30},
    };
    assert_int_equal(ARRAY_LEN(cases), SESSION_KIND_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_false(has_ended(cases[i].kind, 0, cases[i].idle - 1));
        assert_true(has_ended(cases[i].kind, 0, cases[i].idle));
        assert_false(has_ended(cases[i].kind, cases[i].absolute - 2, cases[i].absolute - 1));
        assert_true(has_ended(cases[i].kind, cases[i].absolute - 1, cases[i].absolute));
        assert_true(strlen(session_kind_name(cases[i].kind)) > 0);
    }
}

static void test_a_session_ends_when_it_was_said_to(void **state) {
    (void)state;
    struct session_instants instants = {at(0), at(0), at(10)};
    assert_false(session_has_ended(SESSION_MEMBER, instants, at(9)));
    assert_true(session_has_ended(SESSION_MEMBER, instants, at(10)));
}

static void test_links_last_for_what_they_do(void **state) {
    (void)state;
    static const int64_t span_minutes[] = {
        [LINK_PORTAL] = 15, [LINK_IMPERSONATION] = 5, [LINK_SETUP] = 1440, [LINK_RESET] = 30};
    assert_int_equal(ARRAY_LEN(span_minutes), LINK_PURPOSE_COUNT);
    for (int i = 0; i < LINK_PURPOSE_COUNT; i++) {
        assert_int_equal(link_span((enum link_purpose)i).ms, at(span_minutes[i]).ms);
        assert_true(strlen(link_purpose_name((enum link_purpose)i)) > 0);
    }
}

static void test_a_proof_must_be_strong_and_fresh(void **state) {
    (void)state;
    struct duration five = {STEP_UP_SECONDS_DEFAULT * INT64_C(1000)};
    for (int i = STEP_UP_NONE + 1; i < STEP_UP_COUNT; i++) {
        enum step_up action = (enum step_up)i;
        assert_true(step_up_holds(action, PROOF_TOTP, at(0), five, at(4)));
        assert_true(step_up_holds(action, PROOF_PASSKEY | PROOF_PASSWORD, at(0), five, at(0)));
        assert_false(step_up_holds(action, PROOF_TOTP, at(0), five, at(5)));
        assert_false(step_up_holds(action, PROOF_PASSWORD, at(0), five, at(0)));
        assert_false(step_up_holds(action, PROOF_RECOVERY, at(0), five, at(0)));
        assert_false(step_up_holds(action, 0, at(0), five, at(0)));
        assert_false(step_up_holds(action, PROOF_TOTP, at(1), five, at(0))); /* of tomorrow */
        assert_true(strlen(step_up_name(action)) > 0);
        assert_true(strlen(step_up_doc(action)) > 0);
    }
    assert_true(step_up_holds(STEP_UP_NONE, 0, at(0), five, at(100)));
}

static void test_proofs_are_words(void **state) {
    (void)state;
    for (unsigned proved = 0; proved < 32; proved++) {
        char text[PROOFS_TEXT_SIZE];
        proofs_text(proved, text);
        assert_int_equal(proofs_parse(str_from_cstr(text)), proved);
    }
    assert_int_equal(proofs_parse(STR("pwd sms otp")), PROOF_PASSWORD | PROOF_TOTP);
    assert_int_equal(proofs_parse(STR("")), 0);
    assert_int_equal(proofs_parse(STR("otpx  OTP")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_ends_when_it_rests_or_is_old),
        cmocka_unit_test(test_a_session_ends_when_it_was_said_to),
        cmocka_unit_test(test_links_last_for_what_they_do),
        cmocka_unit_test(test_a_proof_must_be_strong_and_fresh),
        cmocka_unit_test(test_proofs_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
