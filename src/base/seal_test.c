/* Promise: what is sealed opens only as it was sealed; a single other bit of key, context, nonce,
 * text or tag opens nothing. */
#include "base/seal.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
static const char vector_key[] = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
static const char vector_nonce[] = "404142434445464748494a4b4c4d4e4f5051525354555657";
static const char vector_context[] = "50515253c0c1c2c3c4c5c6c7";
static const char vector_plain[] =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";
static const char vector_text[] =
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e"
    "39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3"
    "fff921f9664c97637da9768812f615c68b13b52e";
static const char vector_tag[] = "c0875924c1c7987947deafd8780acf49";

enum { PLAIN = sizeof vector_plain - 1, SEALED = PLAIN + SEAL_EXTRA };

static void read_hex(const char *hex, uint8_t *bytes) {
    struct str text = str_from_cstr(hex);
    assert_true(str_unhex(text, bytes, text.len / 2));
}

struct vector {
    uint8_t key[SEAL_KEY];
    uint8_t context[12];
    uint8_t sealed[SEALED];
};

static struct vector read_vector(void) {
    struct vector vector;
    read_hex(vector_key, vector.key);
    read_hex(vector_context, vector.context);
    read_hex(vector_nonce, vector.sealed);
    read_hex(vector_text, vector.sealed + SEAL_NONCE);
    read_hex(vector_tag, vector.sealed + SEAL_NONCE + PLAIN);
    return vector;
}

static bool opens(const struct vector *vector, uint8_t *ret_plain) {
    return seal_open(vector->key, str_of((const char *)vector->context, sizeof vector->context),
                     str_of((const char *)vector->sealed, SEALED), ret_plain);
}

static void the_published_vector_opens(void **state) {
    (void)state;
    struct vector vector = read_vector();
    uint8_t plain[PLAIN];
    assert_true(opens(&vector, plain));
    assert_memory_equal(plain, vector_plain, PLAIN);
}

static void no_other_bit_opens(struct vector *vector, uint8_t *bytes, size_t len) {
    uint8_t plain[PLAIN];
    for (size_t i = 0; i < len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1 << bit);
            assert_false(opens(vector, plain));
            bytes[i] ^= (uint8_t)(1 << bit);
        }
    }
    assert_true(opens(vector, plain));
}

static void a_single_other_bit_opens_nothing(void **state) {
    (void)state;
    struct vector vector = read_vector();
    no_other_bit_opens(&vector, vector.key, sizeof vector.key);
    no_other_bit_opens(&vector, vector.context, sizeof vector.context);
    no_other_bit_opens(&vector, vector.sealed, sizeof vector.sealed);
}

static void a_text_that_was_cut_opens_nothing(void **state) {
    (void)state;
    struct vector vector = read_vector();
    struct str context = str_of((const char *)vector.context, sizeof vector.context);
    uint8_t plain[PLAIN];
    for (size_t len = 0; len < SEALED; len++) {
        assert_false(
            seal_open(vector.key, context, str_of((const char *)vector.sealed, len), plain));
    }
}

static void what_is_sealed_opens_and_twice_is_not_the_same(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    const uint8_t key[SEAL_KEY] = {7};
    const struct str texts[] = {STR(""), STR("a"), STR("someone@example.com")};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        uint8_t one[64 + SEAL_EXTRA];
        uint8_t other[64 + SEAL_EXTRA];
        char plain[64];
        seal_bytes(env_sim_env(sim), key, STR("here"), texts[i], one);
        seal_bytes(env_sim_env(sim), key, STR("here"), texts[i], other);
        size_t len = texts[i].len + SEAL_EXTRA;
        assert_memory_not_equal(one, other, len);
        assert_true(seal_open(key, STR("here"), str_of((const char *)one, len), (uint8_t *)plain));
        assert_true(str_equal(str_of(plain, texts[i].len), texts[i]));
        assert_false(
            seal_open(key, STR("there"), str_of((const char *)one, len), (uint8_t *)plain));
    }
    env_sim_destroy(sim);
}

/* RFC 4648, section 10. */
static void base64_is_the_published_one(void **state) {
    (void)state;
    static const struct {
        const char *plain, *text;
    } vectors[] = {{"", ""},
                   {"f", "Zg=="},
                   {"fo", "Zm8="},
                   {"foo", "Zm9v"},
                   {"foob", "Zm9vYg=="},
                   {"fooba", "Zm9vYmE="},
                   {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct str plain = str_from_cstr(vectors[i].plain);
        char text[BASE64_SIZE(6)];
        uint8_t bytes[6];
        size_t len = 0;
        base64_write(plain.bytes, plain.len, text);
        assert_string_equal(text, vectors[i].text);
        assert_int_equal(base64_read(str_from_cstr(text), bytes, sizeof bytes, &len),
                         plain.len > 0);
        assert_memory_equal(bytes, plain.bytes, plain.len);
    }
}

static void what_is_no_base64_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", "Z", "Zg", "Zg=", "Zg==x", "Z!==", "Zm9v Zm9v", "Zm9vYmFyZm9v"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        uint8_t bytes[6];
        size_t len = 0;
        assert_false(base64_read(str_from_cstr(texts[i]), bytes, sizeof bytes, &len));
    }
}

static void memory_for_keys_is_empty_and_can_be_written(void **state) {
    (void)state;
    static const uint8_t zeros[100];
    uint8_t *secret = secret_alloc(sizeof zeros);
    assert_non_null(secret);
    assert_memory_equal(secret, zeros, sizeof zeros);
    memset(secret, 0xaa, sizeof zeros);
    secret_wipe(secret, sizeof zeros);
    assert_memory_equal(secret, zeros, sizeof zeros);
    secret_free(secret);
    secret_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_opens),
        cmocka_unit_test(a_single_other_bit_opens_nothing),
        cmocka_unit_test(a_text_that_was_cut_opens_nothing),
        cmocka_unit_test(what_is_sealed_opens_and_twice_is_not_the_same),
        cmocka_unit_test(base64_is_the_published_one),
        cmocka_unit_test(what_is_no_base64_is_refused),
        cmocka_unit_test(memory_for_keys_is_empty_and_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
