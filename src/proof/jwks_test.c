/* Promise: keys are those that the issuer publishes, one for each kid and algorithm, and the
 * examples of the RFCs verify by them. */
#include "proof/jwks.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "proof/base64url.h"
#include "proof/jwt.h"

/* RFC 7515, appendix A.2 and A.3; RFC 8037, appendix A. */
#define RSA_N                                                                                      \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4" \
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re" \
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX" \
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define RSA "\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\""
#define EC_X "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define EC_Y "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "," EC_Y
#define OKP                                                                                        \
    "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""

static const char RS256_TOKEN[] =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4"
    "Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xB"
    "ArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1"
    "phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char ES256_TOKEN[] =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfK"
    "TUJqPP3-Kg6NU1Q";
static const char EDDSA_TOKEN[] =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3"
    "AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

static struct arena *begin_arena(void) {
    static struct arena arena;
    arena_init(&arena, env_sim_env(env_sim_create(1)), 16 * 1024 * 1024);
    return &arena;
}

static int begin(void **state) {
    *state = begin_arena();
    return 0;
}

static struct jwks read_set(struct arena *arena, const char *json) {
    struct jwks keys;
    enum jwks_verdict verdict = jwks_read(arena, str_from_cstr(json), &keys);
    assert_string_equal(jwks_verdict_text(verdict), jwks_verdict_text(JWKS_READ));
    return keys;
}

static void the_rfcs_examples_verify(void **state) {
    struct jwks keys = read_set(*state, "{\"keys\":[{" RSA "},{" EC "},{" OKP "}]}");
    static const struct {
        const char *token, *payload;
        enum signature_alg alg;
    } examples[] = {
        {RS256_TOKEN,
         "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
         SIGNATURE_RS256},
        {ES256_TOKEN,
         "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
         SIGNATURE_ES256},
        {EDDSA_TOKEN, "Example of Ed25519 signing", SIGNATURE_EDDSA},
    };
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        struct jws_expected expected = {&keys, JWT_ALG(examples[i].alg)};
        struct str payload;
        assert_int_equal(jws_verify(*state, &expected, str_from_cstr(examples[i].token), &payload),
                         JWT_VALID);
        assert_text(payload, examples[i].payload);
        expected.algs = ~0u & ~JWT_ALG(examples[i].alg);
        assert_int_equal(jws_verify(*state, &expected, str_from_cstr(examples[i].token), &payload),
                         JWT_ALGORITHM);
    }
}

/* --- PS256, of which the RFCs have no example --- */

static struct str sign_rsa(struct arena *arena, EVP_PKEY *pkey, struct str input, int salt_len) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    size_t len = 512;
    unsigned char *signature = arena_alloc(arena, len);
    assert_int_equal(EVP_DigestSignInit(context, &padding, EVP_sha256(), NULL, pkey), 1);
    if (salt_len >= 0) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, salt_len), 1);
    }
    assert_int_equal(
        EVP_DigestSign(context, signature, &len, (const unsigned char *)input.bytes, input.len), 1);
    EVP_MD_CTX_free(context);
    return arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(input),
                        STR_ARG(base64url_encode(arena, str_of((char *)signature, len))));
}

static struct str modulus_of(struct arena *arena, EVP_PKEY *pkey) {
    BIGNUM *n = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    size_t len = (size_t)BN_num_bytes(n);
    unsigned char *bytes = arena_alloc(arena, len);
    BN_bn2bin(n, bytes);
    BN_free(n);
    return base64url_encode(arena, str_of((char *)bytes, len));
}

static void ps256_is_told_from_rs256(void **state) {
    struct arena *arena = *state;
    EVP_PKEY *pkey = EVP_RSA_gen(2048);
    assert_non_null(pkey);
    struct str set =
        arena_printf(arena, "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" STR_FMT "\"}]}",
                     STR_ARG(modulus_of(arena, pkey)));
    struct jwks keys = read_set(arena, set.bytes);
    const struct jws_expected expected = {&keys,
                                          JWT_ALG(SIGNATURE_PS256) | JWT_ALG(SIGNATURE_RS256)};
    const struct {
        const char *header;
        int salt_len; /* -1: PKCS#1 v1.5 */
        enum jwt_verdict verdict;
    } cases[] = {
        {"{\"alg\":\"PS256\"}", 32, JWT_VALID},     {"{\"alg\":\"RS256\"}", -1, JWT_VALID},
        {"{\"alg\":\"PS256\"}", -1, JWT_SIGNATURE}, {"{\"alg\":\"RS256\"}", 32, JWT_SIGNATURE},
        {"{\"alg\":\"PS256\"}", 0, JWT_SIGNATURE},  {"{\"alg\":\"PS256\"}", 20, JWT_SIGNATURE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str head = base64url_encode(arena, str_from_cstr(cases[i].header));
        struct str input = arena_printf(arena, STR_FMT ".e30", STR_ARG(head));
        struct str payload;
        assert_int_equal(
            jws_verify(arena, &expected, sign_rsa(arena, pkey, input, cases[i].salt_len), &payload),
            cases[i].verdict);
    }
    EVP_PKEY_free(pkey);
}

/* --- sets --- */

static const struct {
    const char *name, *json;
    enum jwks_verdict verdict;
} sets[] = {
    {"one key", "{\"keys\":[{" RSA "}]}", JWKS_READ},
    {"with all that is said of it",
     "{\"keys\":[{" RSA ",\"kid\":\"a\",\"use\":\"sig\",\"alg\":\"RS256\",\"key_ops\":[\"verify\"],"
     "\"x5c\":[\"AA==\"],\"x5t\":\"A\",\"new\":1}],\"more\":1}",
     JWKS_READ},
    {"one kid, two types", "{\"keys\":[{" RSA ",\"kid\":\"a\"},{" EC ",\"kid\":\"a\"}]}",
     JWKS_READ},
    {"no JSON", "{", JWKS_MALFORMED},
    {"no object", "[]", JWKS_MALFORMED},
    {"no keys", "{}", JWKS_MALFORMED},
    {"keys no list", "{\"keys\":{}}", JWKS_MALFORMED},
    {"keys twice", "{\"keys\":[],\"keys\":[{" RSA "}]}", JWKS_MALFORMED},
    {"an empty list", "{\"keys\":[]}", JWKS_NONE},
    {"of another use", "{\"keys\":[{" RSA ",\"use\":\"enc\"}]}", JWKS_NONE},
    {"for other operations", "{\"keys\":[{" RSA ",\"key_ops\":[\"encrypt\"]}]}", JWKS_NONE},
    {"another algorithm", "{\"keys\":[{" RSA ",\"alg\":\"RS512\"}]}", JWKS_NONE},
    {"an algorithm of another type", "{\"keys\":[{" RSA ",\"alg\":\"ES256\"}]}", JWKS_NONE},
    {"another curve", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"\",\"y\":\"\"}]}",
     JWKS_NONE},
    {"another type", "{\"keys\":[{\"kty\":\"AKP\",\"pub\":\"\"}]}", JWKS_NONE},
    {"a key of no type", "{\"keys\":[{}]}", JWKS_KEY},
    {"a key that is a text", "{\"keys\":[\"a\"]}", JWKS_KEY},
    {"kid a number", "{\"keys\":[{" RSA ",\"kid\":1}]}", JWKS_KEY},
    {"a member twice", "{\"keys\":[{" RSA ",\"kty\":\"RSA\"}]}", JWKS_MALFORMED},
    {"no modulus", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", JWKS_KEY},
    {"a short modulus", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRl\"}]}",
     JWKS_KEY},
    {"exponent 1", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQ\",\"n\":\"" RSA_N "\"}]}", JWKS_KEY},
    {"exponent 3", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"Aw\",\"n\":\"" RSA_N "\"}]}", JWKS_KEY},
    {"exponent even", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAC\",\"n\":\"" RSA_N "\"}]}",
     JWKS_KEY},
    {"exponent with a leading zero",
     "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AAEAAQ\",\"n\":\"" RSA_N "\"}]}", JWKS_KEY},
    {"a point not on the curve",
     "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X
     ",\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}]}",
     JWKS_KEY},
    {"half a point", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "}]}", JWKS_KEY},
    {"padding",
     "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
     "7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}]}",
     JWKS_KEY},
    {"a private key",
     "{\"keys\":[{" OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}]}", JWKS_PRIVATE},
    {"a symmetrical key", "{\"keys\":[{" RSA "},{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", JWKS_PRIVATE},
    {"two under one kid", "{\"keys\":[{" RSA ",\"kid\":\"a\"},{" RSA ",\"kid\":\"a\"}]}",
     JWKS_SAME_TWICE},
};

static void sets_are_judged_by_name(void **state) {
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        print_message("%s\n", sets[i].name);
        struct jwks keys = {.count = 77};
        enum jwks_verdict verdict = jwks_read(*state, str_from_cstr(sets[i].json), &keys);
        assert_string_equal(jwks_verdict_text(verdict), jwks_verdict_text(sets[i].verdict));
        assert_true((verdict == JWKS_READ) == (keys.count != 77));
    }
}

static void a_set_is_bounded(void **state) {
    struct arena *arena = *state;
    struct str keys = STR("{" OKP "}");
    struct jwks set;
    for (int count = 1; count <= JWKS_KEYS_MAX + 1; count++) {
        struct str json = arena_printf(arena, "{\"keys\":[" STR_FMT "]}", STR_ARG(keys));
        assert_int_equal(jwks_read(arena, json, &set),
                         count <= JWKS_KEYS_MAX ? JWKS_READ : JWKS_TOO_LARGE);
        keys = arena_printf(arena, STR_FMT ",{" OKP "}", STR_ARG(keys));
    }
    char *large = arena_alloc(arena, JWKS_MAX + 1);
    assert_int_equal(jwks_read(arena, str_of(large, JWKS_MAX + 1), &set), JWKS_TOO_LARGE);
    struct arena small;
    arena_init(&small, arena->env, 64);
    assert_int_equal(jwks_read(&small, STR("{\"keys\":[{" OKP "}]}"), &set), JWKS_TOO_LARGE);
    arena_finish(&small);
}

static void a_key_is_found_by_kid_and_algorithm(void **state) {
    struct jwks keys =
        read_set(*state, "{\"keys\":[{" RSA ",\"kid\":\"a\"},{" RSA
                         ",\"kid\":\"b\",\"alg\":\"PS256\"},{" EC ",\"kid\":\"a\"},{" OKP "}]}");
    static const struct {
        const char *kid;
        enum signature_alg alg;
        int found;
    } cases[] = {
        {"a", SIGNATURE_RS256, 0},  {"a", SIGNATURE_PS256, 0}, {"b", SIGNATURE_PS256, 1},
        {"b", SIGNATURE_RS256, -1}, {"a", SIGNATURE_ES256, 2}, {"b", SIGNATURE_ES256, -1},
        {"A", SIGNATURE_RS256, -1}, {"", SIGNATURE_RS256, 0},  {"", SIGNATURE_PS256, -1},
        {"", SIGNATURE_ES256, 2},   {"", SIGNATURE_EDDSA, 3},  {"c", SIGNATURE_EDDSA, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct jwk *found = jwks_find(&keys, str_from_cstr(cases[i].kid), cases[i].alg);
        assert_ptr_equal(found, cases[i].found < 0 ? NULL : &keys.keys[cases[i].found]);
    }
}

/* Zeros as r and s are a signature of everything to a verifier that does not look (CVE-2022-21449).
 */
static void a_signature_of_zeros_is_none(void **state) {
    struct jwks keys = read_set(*state, "{\"keys\":[{" EC "}]}");
    const struct jws_expected expected = {&keys, JWT_ALG(SIGNATURE_ES256)};
    static const char zeros[ES256_SIGNATURE_SIZE];
    struct str end = base64url_encode(*state, str_of(zeros, sizeof zeros));
    struct str head = base64url_encode(*state, STR("{\"alg\":\"ES256\"}"));
    struct str token = arena_printf(*state, STR_FMT ".e30." STR_FMT, STR_ARG(head), STR_ARG(end));
    struct str payload;
    assert_int_equal(jws_verify(*state, &expected, token, &payload), JWT_SIGNATURE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfcs_examples_verify),
        cmocka_unit_test(a_signature_of_zeros_is_none),
        cmocka_unit_test(ps256_is_told_from_rs256),
        cmocka_unit_test(sets_are_judged_by_name),
        cmocka_unit_test(a_set_is_bounded),
        cmocka_unit_test(a_key_is_found_by_kid_and_algorithm),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
