/* Guards: signatures and digits are those of the standards, and nothing else is taken for them. */
#include "base/base64_exact.h"
#include "base/sign.h"
#include "base/testing.h"

static void unhex(const char *text, uint8_t *ret_bytes, size_t len) {
    assert_true(str_unhex(str_from_cstr(text), ret_bytes, len));
}

/* RFC 8032, 7.1, test 3. */
static void test_vector(void **state) {
    (void)state;
    uint8_t seed[SIGN_SEED_SIZE];
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    uint8_t expected[SIGN_SIZE];
    uint8_t signature[SIGN_SIZE];
    struct sign_key key;
    unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", seed, sizeof seed);
    unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", public_key,
          sizeof public_key);
    unhex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
          expected, sizeof expected);
    sign_key_of(seed, &key);
    assert_memory_equal(key.public_key, public_key, sizeof public_key);
    sign(&key, STR("\xaf\x82"), signature);
    assert_memory_equal(signature, expected, sizeof expected);
    assert_true(sign_verify(public_key, STR("\xaf\x82"), signature));
}

static void test_every_bit_counts(void **state) {
    (void)state;
    const uint8_t seed[SIGN_SEED_SIZE] = {7};
    char message[] = "what was signed";
    struct sign_key key;
    uint8_t signature[SIGN_SIZE];
    sign_key_of(seed, &key);
    sign(&key, str_from_cstr(message), signature);
    for (size_t i = 0; i < SIGN_SIZE * 8; i++) {
        signature[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(sign_verify(key.public_key, str_from_cstr(message), signature));
        signature[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t i = 0; i < sizeof message - 1; i++) {
        message[i] ^= 1;
        assert_false(sign_verify(key.public_key, str_of(message, sizeof message - 1), signature));
        message[i] ^= 1;
    }
    assert_true(sign_verify(key.public_key, str_from_cstr(message), signature));
}

/* RFC 4648, section 10. */
static void test_base64(void **state) {
    (void)state;
    static const struct {
        const char *data, *text;
    } cases[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str data = str_from_cstr(cases[i].data);
        char text[16];
        char back[16] = "";
        base64_exact_encode(data, text);
        assert_string_equal(text, cases[i].text);
        assert_true(base64_exact_decode(str_from_cstr(text), back, data.len));
        assert_string_equal(back, cases[i].data);
    }
}

static void test_base64_is_written_one_way(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t len;
    } bad[] = {{"Zg", 1},   {"Zh==", 1},  {"Zg=", 1},      {"Zg==", 2},  {"Zg==\n", 1},
               {"Zm9", 2},  {"Zm9-", 3},  {"Zm9vYg==", 5}, {"Z g==", 1}, {"====", 1},
               {"Zm9v", 2}, {"Zm9vZ", 3}, {"", 1},         {"Zm8=", 3}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char back[16];
        assert_false(base64_exact_decode(str_from_cstr(bad[i].text), back, bad[i].len));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_is_written_one_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
