/* Promise: the hashes are the published ones. */
#include "base/crypto.h"

#include <string.h>

#include "base/testing.h"

static void assert_hex(const uint8_t *bytes, const char *expected) {
    char text[SHA256_HEX];
    str_hex(bytes, SHA256_SIZE, text);
    assert_text(str_of(text, sizeof text), expected);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void sha256_vectors(void **state) {
    (void)state;
    uint8_t hash[SHA256_SIZE];
    sha256(STR("abc"), hash);
    assert_hex(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), hash);
    assert_hex(hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sha256((struct str){NULL, 0}, hash);
    assert_hex(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void assert_mac(struct str key, const char *parts[3], const char *expected) {
    struct str strs[3];
    for (size_t i = 0; i < 3; i++) {
        strs[i] = str_from_cstr(parts[i]);
    }
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(key, strs, 3, mac);
    assert_hex(mac, expected);
}

/* RFC 4231, cases 2 and 6 (a key longer than a block). */
static void hmac_vectors(void **state) {
    (void)state;
    assert_mac(STR("Jefe"), (const char *[]){"what do ya want ", "for nothing?", ""},
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    char key[131];
    memset(key, 0xaa, sizeof key);
    assert_mac(str_of(key, sizeof key),
               (const char *[]){"Test Using Larger Than Block-Size Key ", "- Hash Key First", ""},
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* Stripe signs "<timestamp>.<body>" with the whole secret, prefix included. */
static void hmac_of_a_stripe_webhook(void **state) {
    (void)state;
    assert_mac(STR("whsec_test_secret"),
               (const char *[]){"1735689600", ".", "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}"},
               "76c8225ad449d8c402c545c4b306c813ecf7eddb38088980c184defc14e5207f");
}

/* The vectors of the SipHash paper's reference code: key 00..0f, messages 00 01 02 … */
static void siphash_vectors(void **state) {
    (void)state;
    static const struct {
        size_t len;
        uint64_t hash;
    } cases[] = {
        {0, UINT64_C(0xabac0158050fc4dc)},  {1, UINT64_C(0xc9f49bf37d57ca93)},
        {7, UINT64_C(0xd3927d989bb11140)},  {8, UINT64_C(0x369095118d299a8e)},
        {15, UINT64_C(0xd320d86d2a519956)}, {63, UINT64_C(0x9d199062b7bbb3a8)},
    };
    uint8_t key[16];
    char message[63];
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (char)i;
    }
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(siphash(key, str_of(message, cases[i].len)) == cases[i].hash);
    }
    uint64_t wide[2]; /* the first of the reference's vectors of 128 bits */
    siphash_128(key, str_of(message, 0), wide);
    assert_true(wide[0] == UINT64_C(0xe6a825ba047f81a3));
    assert_true(wide[1] == UINT64_C(0x930255c71472f66d));
}

static void crc32_vectors(void **state) {
    (void)state;
    assert_int_equal(crc32_of(STR("123456789")), 0xcbf43926);
    assert_int_equal(crc32_of((struct str){NULL, 0}), 0);
}

static void compares_secrets(void **state) {
    (void)state;
    assert_true(secret_equal(STR("abc"), STR("abc")));
    assert_false(secret_equal(STR("abc"), STR("abd")));
    assert_false(secret_equal(STR("abc"), STR("abcd")));
    assert_false(secret_equal(STR("abc"), (struct str){NULL, 0}));
    assert_true(secret_equal((struct str){NULL, 0}, STR("")));
}

static void test_a_stream_hashes_as_the_whole(void **state) {
    (void)state;
    static const char text[] = "In pieces or at once, the hash is one.";
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct sha256_stream stream;
        uint8_t whole[SHA256_SIZE];
        uint8_t pieces[SHA256_SIZE];
        sha256(str_of(text, sizeof text), whole);
        sha256_begin(&stream);
        sha256_add(&stream, str_of(text, cut));
        sha256_add(&stream, str_of(text + cut, sizeof text - cut));
        sha256_end(&stream, pieces);
        assert_memory_equal(whole, pieces, SHA256_SIZE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream_hashes_as_the_whole),
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(hmac_of_a_stripe_webhook),
        cmocka_unit_test(siphash_vectors),
        cmocka_unit_test(crc32_vectors),
        cmocka_unit_test(compares_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
