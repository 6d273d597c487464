/* Guards: of a report about the pages' policy an origin is kept and nothing that tells of people;
 * directives are the standard's, however they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/csp_report.h"

static void assert_blocked(const char *text, const char *expected) {
    char blocked[CSP_BLOCKED_SIZE];
    csp_blocked_of(str_from_cstr(text), blocked);
    assert_string_equal(blocked, expected);
}

static void an_origin_is_left_of_an_address(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"https://evil.example/x.js?user=ada#7", "https://evil.example"},
        {"https://evil.example", "https://evil.example"},
        {"HTTPS://Evil.Example:8443/", "https://evil.example:8443"},
        {"http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080"},
        {"https://ada:secret@evil.example/", "https://evil.example"},
        {"https://evil.example?ada@example.com", "https://evil.example"},
        {"https://evil.example#ada", "https://evil.example"},
        {"https://evil.example\\ada", "https://evil.example"},
        {"wss://live.example/socket", "wss://live.example"},
        {"  https://evil.example/  ", "https://evil.example"},
        {"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_blocked(cases[i][0], cases[i][1]);
    }
}

static void a_word_or_a_scheme_is_left_of_the_rest(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", "inline"},
        {"inline", "inline"},
        {"INLINE", "inline"},
        {"eval", "eval"},
        {"wasm-eval", "wasm-eval"},
        {"trusted-types-sink", "trusted-types-sink"},
        {"trusted-types-policy", "trusted-types-policy"},
        {"data", "data"},
        {"data:text/html,ada", "data"},
        {"blob:https://shop.example/6b1f", "blob"},
        {"chrome-extension://abcdef/content.js", "chrome-extension"},
        {"about:blank", "about"},
        {"ada@example.com", "other"},
        {"Ada Lovelace: 1 Road", "other"},
        {":", "other"},
        {"1a:b", "other"},
        {"https:", "other"},
        {"https:/evil.example", "other"},
        {"https://", "other"},
        {"https:///path", "other"},
        {"https://ada lovelace/", "other"},
        {"https://ev\xc3\xafl.example/", "other"},
        {"https://\"><script>/", "other"},
        {"https://4242424242424242.example/", "other"},
        {"a-scheme-that-is-longer-than-any-that-there-is:x", "other"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_blocked(cases[i][0], cases[i][1]);
    }
}

static void the_longest_host_fits(void **state) {
    (void)state;
    char text[400] = "https://";
    for (size_t len = 1; len < 300; len++) {
        memset(text + 8, 'a', len);
        text[8 + len] = '\0';
        assert_blocked(text, len <= 259 ? text : "other");
    }
}

static void directives_are_the_standards(void **state) {
    (void)state;
    assert_true(str_equal(csp_directive_of(STR("script-src-elem")), STR("script-src-elem")));
    assert_true(str_equal(csp_directive_of(STR(" Script-Src 'self' x")), STR("script-src")));
    static const char *const none[] = {"",       " ",   "script",   "script-srcs",
                                       "'self'", "ada", "report-to"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        assert_null(csp_directive_of(str_from_cstr(none[i])).bytes);
    }
    assert_true(csp_directive_is_of_scripts(STR("script-src")));
    assert_true(csp_directive_is_of_scripts(STR("form-action")));
    assert_false(csp_directive_is_of_scripts(STR("img-src")));
    assert_false(csp_directive_is_of_scripts(STR("ada")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origin_is_left_of_an_address),
        cmocka_unit_test(a_word_or_a_scheme_is_left_of_the_rest),
        cmocka_unit_test(the_longest_host_fits),
        cmocka_unit_test(directives_are_the_standards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
