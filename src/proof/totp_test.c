/* Promise: codes are those of RFC 6238; each is accepted in its step and the next, and once. */
#include "proof/totp.h"

#include "base/env_sim.h"
#include "base/testing.h"

static const uint8_t SECRET[TOTP_SECRET_SIZE + 1] = "12345678901234567890";

static bool accepts(const char *code, int64_t now_s, int64_t last_step, int64_t *ret_step) {
    const struct totp_attempt attempt = {
        .secret = SECRET, .code = str_from_cstr(code), .now_s = now_s, .last_step = last_step};
    return totp_accepts(&attempt, ret_step);
}

static void codes_are_those_of_the_rfc(void **state) {
    (void)state;
    /* RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
    static const struct {
        int64_t now_s;
        const char *code;
    } cases[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {INT64_C(20000000000), "353130"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char code[TOTP_DIGITS];
        totp_code(SECRET, cases[i].now_s / TOTP_STEP_S, code);
        assert_text(str_of(code, sizeof code), cases[i].code);
        int64_t step = 0;
        assert_true(accepts(cases[i].code, cases[i].now_s, TOTP_NEVER, &step));
        assert_int_equal(step, cases[i].now_s / TOTP_STEP_S);
    }
}

/* The code of step 37037036, which begins at 1111111080. */
static void a_code_is_accepted_in_its_step_and_the_next(void **state) {
    (void)state;
    const int64_t begin = 1111111080;
    for (int64_t now_s = begin - 90; now_s < begin + 120; now_s++) {
        int64_t step = 0;
        bool is_due = now_s >= begin && now_s < begin + 2 * (int64_t)TOTP_STEP_S;
        assert_int_equal(accepts("081804", now_s, TOTP_NEVER, &step), is_due);
        assert_int_equal(step, is_due ? 37037036 : 0);
    }
}

static void a_step_is_accepted_once(void **state) {
    (void)state;
    int64_t step = 0;
    assert_true(accepts("081804", 1111111109, 37037035, &step));
    assert_int_equal(step, 37037036);
    step = 0;
    assert_false(accepts("081804", 1111111109, 37037036, &step));
    assert_false(accepts("081804", 1111111111, 37037036, &step));
    /* Once the next step was accepted, the one before it is over too. */
    assert_false(accepts("081804", 1111111111, 37037037, &step));
    assert_int_equal(step, 0);
    assert_true(accepts("050471", 1111111111, 37037036, &step));
    assert_int_equal(step, 37037037);
}

static void the_first_step_has_none_before_it(void **state) {
    (void)state;
    char code[TOTP_DIGITS + 1] = {0};
    totp_code(SECRET, 0, code);
    assert_string_equal(code, "755224"); /* RFC 4226, appendix D, count 0 */
    int64_t step = 7;
    assert_true(accepts(code, 0, TOTP_NEVER, &step));
    assert_int_equal(step, 0);
}

static void only_six_digits_are_a_code(void **state) {
    (void)state;
    int64_t step = 0;
    assert_true(accepts("081 804", 1111111109, TOTP_NEVER, &step));
    assert_true(accepts(" 081804 ", 1111111109, TOTP_NEVER, &step));
    static const char *const wrong[] = {"",       " ",       "81804",    "0081804",
                                        "08180",  "081805",  "08180x",   "081-804",
                                        "+81804", "0818044", "081804\n", "０81804"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(accepts(wrong[i], 1111111109, TOTP_NEVER, &step));
    }
}

static void the_url_names_everything(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    arena_init(&arena, env_sim_env(sim), 4096);
    assert_text(totp_url(&arena, STR("Acme & Söhne"), STR("ada@example.com"), SECRET),
                "otpauth://totp/Acme%20%26%20S%C3%B6hne:ada%40example.com"
                "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%26%20S%C3%B6hne"
                "&algorithm=SHA1&digits=6&period=30");
    arena_finish(&arena);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_rfc),
        cmocka_unit_test(a_code_is_accepted_in_its_step_and_the_next),
        cmocka_unit_test(a_step_is_accepted_once),
        cmocka_unit_test(the_first_step_has_none_before_it),
        cmocka_unit_test(only_six_digits_are_a_code),
        cmocka_unit_test(the_url_names_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
