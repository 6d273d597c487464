/* Promise: bytes have one spelling, and nothing else is read. */
#include "proof/base64url.h"

#include "base/env_sim.h"
#include "base/testing.h"

static int begin(void **state) {
    static struct arena arena;
    arena_init(&arena, env_sim_env(env_sim_create(1)), 64 * 1024);
    *state = &arena;
    return 0;
}

static void what_is_written_is_read(void **state) {
    char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 31 + 0xf8);
    }
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct str text = base64url_encode(*state, str_of(bytes, len));
        assert_int_equal(text.len, BASE64URL_DIGITS(len));
        struct str back;
        assert_true(base64url_decode(*state, text, &back));
        assert_true(str_equal(back, str_of(bytes, len)));
    }
}

static void spellings_are_those_of_the_rfc(void **state) {
    /* RFC 4648, section 10, without padding; and the two digits that differ from base64. */
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(base64url_encode(*state, str_from_cstr(cases[i].bytes)), cases[i].text);
    }
}

static void nothing_else_is_read(void **state) {
    const struct str texts[] = {STR("Z"),          STR("Zg=="),
                                STR("Zg="),        STR("Zh"),
                                STR("Zm9"),        STR("+/8"),
                                STR("Zg "),        STR(" Zg"),
                                STR("Zm9v\n"),     STR("Zm9v\0"),
                                STR("Zm9vY"),      STR("Z\xc3\xa9"),
                                STR("-_\xbf\xbf"), STR("\xdf\xdf\xdf\xdf")};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str bytes;
        assert_false(base64url_decode(*state, texts[i], &bytes));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(spellings_are_those_of_the_rfc),
        cmocka_unit_test(nothing_else_is_read),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
