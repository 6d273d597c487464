/* Promise: a recovery code is found again however it is typed, and only the code itself. */
#include "proof/recovery_code.h"

#include "base/testing.h"

static const uint8_t RANDOM[RECOVERY_CODE_BYTES] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6,
                                                    0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7};

static void is_shown_in_groups(void **state) {
    (void)state;
    char text[RECOVERY_CODE_TEXT];
    recovery_code_text(RANDOM, text);
    assert_text(str_of(text, sizeof text), "ABCD-EFGH-IJKL-MNOP-QRST-UVWX");
}

static void is_kept_as_sha256_of_its_bytes(void **state) {
    (void)state;
    uint8_t expected[SHA256_SIZE];
    sha256(str_of((const char *)RANDOM, sizeof RANDOM), expected);
    const struct str typed[] = {STR("ABCD-EFGH-IJKL-MNOP-QRST-UVWX"),
                                STR("abcd efgh ijkl mnop qrst uvwx"),
                                STR(" AbcdEfghIjklMnopQrstUvwx ")};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        uint8_t hash[SHA256_SIZE] = {0};
        assert_true(recovery_code_hash(typed[i], hash));
        assert_memory_equal(hash, expected, sizeof hash);
    }
    uint8_t other[SHA256_SIZE];
    assert_true(recovery_code_hash(STR("ABCD-EFGH-IJKL-MNOP-QRST-UVWY"), other));
    assert_memory_not_equal(other, expected, sizeof other);
}

static void what_is_no_code_has_no_hash(void **state) {
    (void)state;
    const struct str typed[] = {STR(""), STR("081804"), STR("ABCD-EFGH-IJKL-MNOP-QRST-UVW"),
                                STR("ABCD-EFGH-IJKL-MNOP-QRST-UVWXY"),
                                STR("ABCD-EFGH-IJKL-MNOP-QRST-UVW1")};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        uint8_t hash[SHA256_SIZE];
        assert_false(recovery_code_hash(typed[i], hash));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_shown_in_groups),
        cmocka_unit_test(is_kept_as_sha256_of_its_bytes),
        cmocka_unit_test(what_is_no_code_has_no_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
