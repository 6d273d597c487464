/* Guards: what is sent is signed as the standard says, to the byte, and no secret is taken that it
 * would not take. */
#include "app/webhook_signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"

struct fixture {
    struct env env;
    struct arena arena;
    struct cx cx;
};

static int set_up(void **state) {
    static struct fixture fixture;
    env_posix_init(&fixture.env);
    arena_init(&fixture.arena, &fixture.env, 1 << 20);
    cx_init(&fixture.cx, &fixture.env, &fixture.arena);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    arena_finish(&fixture->arena);
    return 0;
}

static void assert_text(struct str text, const char *expected) {
    if (!str_equal(text, str_from_cstr(expected))) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(text), expected);
    }
}

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const struct webhook_message message = {
    .id = STR_INIT("msg_p5jXN8AQM9LWM0D4loKWxJek"),
    .timestamp_s = 1614265330,
    .body = STR_INIT("{\"test\": 2432232314}"),
};

/* The example of the standard's own libraries. */
static void the_standards_example(void **state) {
    struct fixture *fixture = *state;
    const struct str secret = STR(SECRET);
    assert_text(webhook_signature(&fixture->arena, &message, &secret, 1), SIGNATURE);
}

static void while_a_secret_is_rolled_both_sign(void **state) {
    struct fixture *fixture = *state;
    const struct str secrets[] = {webhook_secret_new(&fixture->cx), STR(SECRET)};
    struct str own = webhook_signature(&fixture->arena, &message, secrets, 1);
    struct str both = webhook_signature(&fixture->arena, &message, secrets, 2);
    assert_text(both, arena_printf(&fixture->arena, STR_FMT " " SIGNATURE, STR_ARG(own)).bytes);
}

static void each_part_is_signed(void **state) {
    struct fixture *fixture = *state;
    const struct str secret = STR(SECRET);
    struct webhook_message others[] = {message, message, message};
    others[0].id = STR("msg_p5jXN8AQM9LWM0D4loKWxJel");
    others[1].timestamp_s++;
    others[2].body = STR("{\"test\": 2432232315}");
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct str signature = webhook_signature(&fixture->arena, &others[i], &secret, 1);
        assert_int_equal(signature.len, sizeof SIGNATURE - 1);
        assert_false(str_equal(signature, STR(SIGNATURE)));
    }
}

static void a_secret_has_24_to_64_bytes(void **state) {
    struct fixture *fixture = *state;
    char bytes[WEBHOOK_SECRET_BYTES_MAX + 1] = {0};
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct str text = base64_encode(&fixture->arena, str_of(bytes, len));
        struct str secret = arena_printf(&fixture->arena, "whsec_" STR_FMT, STR_ARG(text));
        bool is_expected = len >= WEBHOOK_SECRET_BYTES_MIN && len <= WEBHOOK_SECRET_BYTES_MAX;
        assert_int_equal(webhook_secret_is_valid(secret), is_expected);
        assert_true(!is_expected || secret.len <= WEBHOOK_SECRET_MAX);
    }
}

static void what_is_no_secret_is_refused(void **state) {
    static const char *const texts[] = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
        "whsec_MfKQ9r8GKYqrTwjU PD8ILPZIo2LaLaSw",
    };
    (void)state;
    assert_true(webhook_secret_is_valid(STR(SECRET)));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(webhook_secret_is_valid(str_from_cstr(texts[i])));
    }
}

static void a_fresh_secret_is_one_and_like_no_other(void **state) {
    struct fixture *fixture = *state;
    struct str one = webhook_secret_new(&fixture->cx);
    assert_true(webhook_secret_is_valid(one));
    assert_false(str_equal(one, webhook_secret_new(&fixture->cx)));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_standards_example),        TEST(while_a_secret_is_rolled_both_sign),
        TEST(each_part_is_signed),          TEST(a_secret_has_24_to_64_bytes),
        TEST(what_is_no_secret_is_refused), TEST(a_fresh_secret_is_one_and_like_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
