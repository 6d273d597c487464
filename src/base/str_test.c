/* Promise: text is cut, compared and turned into numbers without reading past its length, and
 * nothing that is not a number passes for one. */
#include "base/testing.h"

#include <string.h>

static void compares(void **state) {
    (void)state;
    assert_true(str_equal(STR("abc"), str_of("abcd", 3)));
    assert_false(str_equal(STR("abc"), STR("abd")));
    assert_true(str_equal(STR(""), (struct str){NULL, 0}));
    assert_true(str_equal_ignoring_case(STR("Content-Type"), STR("content-tYPE")));
    assert_false(str_equal_ignoring_case(STR("a["), STR("a{")));
    assert_true(str_equal_ignoring_case((struct str){NULL, 0}, STR("")));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_compare(STR(""), (struct str){NULL, 0}), 0);
    assert_true(str_starts_with(STR("whsec_x"), STR("whsec_")));
    assert_false(str_starts_with(STR("wh"), STR("whsec_")));
    assert_true(str_ends_with(STR("plans.json"), STR(".json")));
    assert_false(str_ends_with(STR("n"), STR(".json")));
    assert_int_equal(str_from_cstr(NULL).len, 0);
}

static void cuts(void **state) {
    (void)state;
    struct str rest = STR("a=1,,b");
    assert_text(str_cut(&rest, ','), "a=1");
    assert_text(str_cut(&rest, ','), "");
    assert_non_null(rest.bytes);
    assert_text(str_cut(&rest, ','), "b");
    assert_null(rest.bytes);
    assert_text(str_trim(STR("\t  a b ")), "a b");
    assert_text(str_trim(STR("  ")), "");
    assert_text(str_skip(STR("abc"), 2), "c");
    assert_text(str_skip(STR("abc"), 7), "");
    assert_text(str_first(STR("abc"), 7), "abc");
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_true(str_only(STR("cab"), "abc"));
    assert_false(str_only(str_of("a\0b", 3), "abc"));
}

static void reads_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_i64;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-1", true, -1},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"-0", false, 0},
        {"+1", false, 0},
        {"01", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
        {"--1", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t value = 77;
        assert_int_equal(str_to_i64(str_from_cstr(cases[i].text), &value), cases[i].is_i64);
        assert_int_equal(value, cases[i].is_i64 ? cases[i].value : 77);
    }
    uint64_t big = 0;
    assert_true(str_to_u64(STR("18446744073709551615"), &big));
    assert_true(big == UINT64_MAX);
    assert_false(str_to_u64(STR("-1"), &big));
}

static void knows_utf8(void **state) {
    (void)state;
    static const char *const good[] = {
        "", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {
        "\x80",             /* a continuation alone */
        "\xc3",             /* cut short */
        "\xc0\xaf",         /* overlong / */
        "\xe0\x80\xaf",     /* overlong, three bytes */
        "\xf0\x80\x80\xaf", /* overlong, four bytes */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* past U+10FFFF */
        "\xe2\x28\xa1",     /* a wrong continuation */
        "\xff",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(str_is_utf8(str_from_cstr(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(str_is_utf8(str_from_cstr(bad[i])));
    }
    assert_int_equal(str_characters(STR("")), 0);
    assert_int_equal(str_characters(STR("a\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x94\x91")), 4);
}

static void writes_and_reads_hex(void **state) {
    (void)state;
    const uint8_t bytes[] = {0x00, 0x9f, 0xff};
    char text[6];
    str_hex(bytes, sizeof bytes, text);
    assert_text(str_of(text, sizeof text), "009fff");
    uint8_t back[3] = {1, 1, 1};
    assert_true(str_unhex(STR("009FfF"), back, sizeof back));
    assert_memory_equal(back, bytes, sizeof bytes);
    assert_false(str_unhex(STR("009f"), back, sizeof back));
    assert_false(str_unhex(STR("009fzz"), back, sizeof back));
}

/* Each byte at each place of texts of each length, so that no word and no rest of one is left out.
 */
static void knows_control_characters(void **state) {
    (void)state;
    char text[40];
    for (size_t len = 0; len <= sizeof text; len++) {
        memset(text, 'x', sizeof text);
        assert_false(str_has_control(str_of(text, len)));
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                assert_int_equal(str_has_control(str_of(text, len)), byte < 0x20 || byte == 0x7f);
            }
            text[at] = '\xff';
        }
    }
}

static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Every two bytes, at each place of texts of lengths around those of words. */
static void knows_letters_of_either_case(void **state) {
    (void)state;
    static const size_t lens[] = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17};
    for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
        char a[17];
        char b[17];
        for (size_t at = 0; at < lens[i]; at++) {
            memset(a, 'x', sizeof a);
            memset(b, 'X', sizeof b);
            for (int pair = 0; pair < 256 * 256; pair++) {
                a[at] = (char)(pair / 256);
                b[at] = (char)(pair % 256);
                assert_int_equal(str_equal_ignoring_case(str_of(a, lens[i]), str_of(b, lens[i])),
                                 lower(pair / 256) == lower(pair % 256));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),
        cmocka_unit_test(cuts),
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(knows_control_characters),
        cmocka_unit_test(knows_letters_of_either_case),
        cmocka_unit_test(writes_and_reads_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
