/* Promise: bytes come back from their digits however a person types them, and nothing else is
 * taken for them. */
#include "proof/base32.h"

#include "base/testing.h"

static void writes_what_the_rfc_says(void **state) {
    (void)state;
    char text[8];
    base32_encode((const uint8_t *)"fooba", 5, text); /* RFC 4648, section 10 */
    assert_text(str_of(text, sizeof text), "MZXW6YTB");
}

static void every_byte_comes_back(void **state) {
    (void)state;
    uint8_t bytes[255];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + 3);
    }
    char text[BASE32_DIGITS(sizeof bytes)];
    base32_encode(bytes, sizeof bytes, text);
    uint8_t back[sizeof bytes];
    assert_true(base32_decode(str_of(text, sizeof text), back, sizeof back));
    assert_memory_equal(bytes, back, sizeof bytes);
}

static void typing_is_forgiven(void **state) {
    (void)state;
    const struct str typed[] = {STR("MZXW6YTB"), STR("mzxw6ytb"), STR(" MZXW-6YTB "),
                                STR("mZ-xW 6yTb")};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        uint8_t bytes[5];
        assert_true(base32_decode(typed[i], bytes, sizeof bytes));
        assert_memory_equal(bytes, "fooba", sizeof bytes);
    }
}

static void what_is_no_such_number_is_refused(void **state) {
    (void)state;
    const struct str typed[] = {STR(""),          STR("-"),           STR("MZXW6YT"),
                                STR("MZXW6YTBA"), STR("MZXW6YT1"),    STR("MZXW6YT0"),
                                STR("MZXW6YT8"),  STR("MZXW6YT="),    STR("MZXW6YT\0"),
                                STR("MZXW_6YTB"), STR("MZXW6YT\xc3"), STR("MZXW6YTBMZXW6YTB")};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        uint8_t bytes[5];
        assert_false(base32_decode(typed[i], bytes, sizeof bytes));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_the_rfc_says),
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(typing_is_forgiven),
        cmocka_unit_test(what_is_no_such_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
