/* Promise: a token is taken for what it says only when the issuer signed it by an algorithm that is
 * allowed, for us, now; everything else is refused by its name. */
#include "proof/jwt.h"

#include <sodium.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "proof/base64url.h"

static const int64_t NOW = 1000100;
static const uint8_t SEED[ED25519_SEED_SIZE + 1] = "the issuer's key, known to tests";

struct fixture {
    struct env_sim *sim;
    struct arena arena;
    struct jwks keys;
};

static int begin(void **state) {
    static struct fixture fixture;
    fixture.sim = env_sim_create(1);
    arena_init(&fixture.arena, env_sim_env(fixture.sim), 16 * 1024 * 1024);
    uint8_t key[ED25519_KEY_SIZE];
    ed25519_public_key(SEED, key);
    struct str x = base64url_encode(&fixture.arena, str_of((const char *)key, sizeof key));
    struct str set = arena_printf(
        &fixture.arena,
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"one\",\"x\":\"" STR_FMT "\"},"
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"two\","
        "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
        STR_ARG(x));
    assert_int_equal(jwks_read(&fixture.arena, set, &fixture.keys), JWKS_READ);
    *state = &fixture;
    return 0;
}

static int end(void **state) {
    struct fixture *fixture = *state;
    arena_finish(&fixture->arena);
    env_sim_destroy(fixture->sim);
    return 0;
}

static struct str signing_input(struct arena *arena, const char *header, const char *payload) {
    return arena_printf(arena, STR_FMT "." STR_FMT,
                        STR_ARG(base64url_encode(arena, str_from_cstr(header))),
                        STR_ARG(base64url_encode(arena, str_from_cstr(payload))));
}

static struct str with_signature(struct arena *arena, struct str input, const void *signature,
                                 size_t len) {
    return arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(input),
                        STR_ARG(base64url_encode(arena, str_of(signature, len))));
}

static struct str token_make(struct arena *arena, const char *header, const char *payload) {
    struct str input = signing_input(arena, header, payload);
    uint8_t signature[ED25519_SIGNATURE_SIZE];
    ed25519_sign(SEED, input, signature);
    return with_signature(arena, input, signature, sizeof signature);
}

static struct jwt_expected expected_of(const struct fixture *fixture) {
    return (struct jwt_expected){
        .signature = {.keys = &fixture->keys,
                      .algs = JWT_ALG(SIGNATURE_EDDSA) | JWT_ALG(SIGNATURE_ES256)},
        .issuer = STR("https://id.example"),
        .audience = STR("turnpike"),
        .nonce = STR("n-1"),
        .now_s = NOW,
        .skew_s = 60,
    };
}

static void assert_verdict(enum jwt_verdict verdict, enum jwt_verdict expected) {
    assert_string_equal(jwt_verdict_text(verdict), jwt_verdict_text(expected));
}

#define HEADER "{\"alg\":\"EdDSA\",\"kid\":\"one\"}"
#define WITH(members)                                                                              \
    "{\"iss\":\"https://id.example\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,"        \
    "\"iat\":1000000,\"nonce\":\"n-1\"" members "}"
#define ISSUED "\"iss\":\"https://id.example\",\"sub\":\"ada\",\"nonce\":\"n-1\""
#define FOR_US ISSUED ",\"aud\":\"turnpike\""

static const struct {
    const char *name, *header, *payload;
    enum jwt_verdict verdict;
} cases[] = {
    {"as it should be", HEADER, WITH(""), JWT_VALID},
    {"with a type", "{\"alg\":\"EdDSA\",\"kid\":\"one\",\"typ\":\"JWT\"}", WITH(""), JWT_VALID},
    {"its type in small letters", "{\"alg\":\"EdDSA\",\"typ\":\"jwt\"}", WITH(""), JWT_VALID},
    {"without a kid, where one key fits", "{\"alg\":\"EdDSA\"}", WITH(""), JWT_VALID},
    {"with members nobody knows", "{\"alg\":\"EdDSA\",\"x5t\":\"a\",\"new\":[]}",
     WITH(",\"new\":{}"), JWT_VALID},

    {"no algorithm", "{\"kid\":\"one\"}", WITH(""), JWT_MALFORMED},
    {"alg none", "{\"alg\":\"none\"}", WITH(""), JWT_ALGORITHM},
    {"alg None", "{\"alg\":\"None\"}", WITH(""), JWT_ALGORITHM},
    {"alg nOnE", "{\"alg\":\"nOnE\",\"kid\":\"one\"}", WITH(""), JWT_ALGORITHM},
    {"alg empty", "{\"alg\":\"\"}", WITH(""), JWT_ALGORITHM},
    {"alg HS256", "{\"alg\":\"HS256\",\"kid\":\"one\"}", WITH(""), JWT_ALGORITHM},
    {"alg HS384", "{\"alg\":\"HS384\"}", WITH(""), JWT_ALGORITHM},
    {"alg HS512", "{\"alg\":\"HS512\"}", WITH(""), JWT_ALGORITHM},
    {"alg RS1", "{\"alg\":\"RS1\"}", WITH(""), JWT_ALGORITHM},
    {"alg of other case", "{\"alg\":\"eddsa\"}", WITH(""), JWT_ALGORITHM},
    {"alg known, not allowed", "{\"alg\":\"RS256\",\"kid\":\"one\"}", WITH(""), JWT_ALGORITHM},
    {"alg a number", "{\"alg\":1}", WITH(""), JWT_MALFORMED},
    {"alg twice", "{\"alg\":\"EdDSA\",\"alg\":\"none\"}", WITH(""), JWT_MALFORMED},
    {"alg of the other key", "{\"alg\":\"ES256\",\"kid\":\"one\"}", WITH(""), JWT_NO_KEY},
    {"alg and key of another", "{\"alg\":\"ES256\",\"kid\":\"two\"}", WITH(""), JWT_SIGNATURE},
    {"kid unknown", "{\"alg\":\"EdDSA\",\"kid\":\"three\"}", WITH(""), JWT_NO_KEY},
    {"kid a path", "{\"alg\":\"EdDSA\",\"kid\":\"../../one\"}", WITH(""), JWT_NO_KEY},
    {"kid empty", "{\"alg\":\"EdDSA\",\"kid\":\"\"}", WITH(""), JWT_MALFORMED},
    {"kid a number", "{\"alg\":\"EdDSA\",\"kid\":1}", WITH(""), JWT_MALFORMED},
    {"kid twice", "{\"alg\":\"EdDSA\",\"kid\":\"one\",\"kid\":\"two\"}", WITH(""), JWT_MALFORMED},
    {"crit", "{\"alg\":\"EdDSA\",\"crit\":[\"exp\"],\"exp\":1}", WITH(""), JWT_CRITICAL},
    {"crit empty", "{\"alg\":\"EdDSA\",\"crit\":[]}", WITH(""), JWT_CRITICAL},
    {"b64", "{\"alg\":\"EdDSA\",\"b64\":false}", WITH(""), JWT_CRITICAL},
    {"jku", "{\"alg\":\"EdDSA\",\"jku\":\"https://evil.test\"}", WITH(""), JWT_KEY_INSIDE},
    {"jwk", "{\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"OKP\"}}", WITH(""), JWT_KEY_INSIDE},
    {"x5u", "{\"alg\":\"EdDSA\",\"x5u\":\"https://evil.test\"}", WITH(""), JWT_KEY_INSIDE},
    {"x5c", "{\"alg\":\"EdDSA\",\"x5c\":[]}", WITH(""), JWT_KEY_INSIDE},
    {"an access token", "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", WITH(""), JWT_TYPE},
    {"a proof of possession", "{\"alg\":\"EdDSA\",\"typ\":\"dpop+jwt\"}", WITH(""), JWT_TYPE},
    {"typ a number", "{\"alg\":\"EdDSA\",\"typ\":7}", WITH(""), JWT_TYPE},
    {"header no object", "[\"EdDSA\"]", WITH(""), JWT_MALFORMED},
    {"header no JSON", "{", WITH(""), JWT_MALFORMED},
    {"header empty", "", WITH(""), JWT_MALFORMED},

    {"payload no object", HEADER, "[]", JWT_CLAIMS},
    {"payload no JSON", HEADER, "{", JWT_CLAIMS},
    {"payload empty", HEADER, "", JWT_CLAIMS},
    {"a claim twice", HEADER, WITH(",\"sub\":\"eve\""), JWT_CLAIMS},
    {"nested too deeply", HEADER, WITH(",\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]"), JWT_CLAIMS},
    {"no issuer", HEADER, "{\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1}",
     JWT_CLAIMS},
    {"no subject", HEADER,
     "{\"iss\":\"https://id.example\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1}", JWT_CLAIMS},
    {"subject empty", HEADER,
     "{\"iss\":\"https://id.example\",\"sub\":\"\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1}",
     JWT_CLAIMS},
    {"no audience", HEADER, "{" ISSUED ",\"exp\":1000600,\"iat\":1000000}", JWT_CLAIMS},
    {"no expiry", HEADER, "{" FOR_US ",\"iat\":1000000}", JWT_CLAIMS},
    {"no time of issue", HEADER, "{" FOR_US ",\"exp\":1000600}", JWT_CLAIMS},
    {"expiry a text", HEADER, "{" FOR_US ",\"exp\":\"1000600\",\"iat\":1000000}", JWT_CLAIMS},
    {"expiry with a fraction", HEADER, "{" FOR_US ",\"exp\":1000600.5,\"iat\":1000000}",
     JWT_CLAIMS},
    {"expiry negative", HEADER, "{" FOR_US ",\"exp\":-1,\"iat\":1000000}", JWT_CLAIMS},
    {"expiry past all clocks", HEADER, "{" FOR_US ",\"exp\":9007199254740993,\"iat\":1000000}",
     JWT_CLAIMS},
    {"expiry past 64 bits", HEADER, "{" FOR_US ",\"exp\":99999999999999999999,\"iat\":1000000}",
     JWT_CLAIMS},
    {"nbf a text", HEADER, WITH(",\"nbf\":\"0\""), JWT_CLAIMS},
    {"auth_time null", HEADER, WITH(",\"auth_time\":null"), JWT_CLAIMS},
    {"nonce a number", HEADER,
     "{\"iss\":\"https://"
     "id.example\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1,\"nonce\":1}",
     JWT_CLAIMS},
    {"acr a number", HEADER, WITH(",\"acr\":1"), JWT_CLAIMS},
    {"amr a text", HEADER, WITH(",\"amr\":\"pwd\""), JWT_CLAIMS},
    {"amr of numbers", HEADER, WITH(",\"amr\":[1]"), JWT_CLAIMS},
    {"amr too long", HEADER,
     WITH(",\"amr\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
          "\"a\",\"a\",\"a\",\"a\"]"),
     JWT_CLAIMS},
    {"azp a list", HEADER, WITH(",\"azp\":[\"turnpike\"]"), JWT_CLAIMS},

    {"another issuer", HEADER,
     "{\"iss\":\"https://"
     "id.example.evil.test\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1000000}",
     JWT_ISSUER},
    {"an issuer with a slash", HEADER,
     "{\"iss\":\"https://id.example/"
     "\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1000000}",
     JWT_ISSUER},
    {"for another", HEADER, "{" ISSUED ",\"aud\":\"other\",\"exp\":1000600,\"iat\":1000000}",
     JWT_AUDIENCE},
    {"for others", HEADER, "{" ISSUED ",\"aud\":[\"a\",\"b\"],\"exp\":1000600,\"iat\":1000000}",
     JWT_AUDIENCE},
    {"for us in other case", HEADER,
     "{" ISSUED ",\"aud\":\"Turnpike\",\"exp\":1000600,\"iat\":1000000}", JWT_AUDIENCE},
    {"audience empty", HEADER, "{" ISSUED ",\"aud\":[],\"exp\":1000600,\"iat\":1000000}",
     JWT_CLAIMS},
    {"audience of numbers", HEADER,
     "{" ISSUED ",\"aud\":[\"turnpike\",1],\"exp\":1000600,\"iat\":1000000}", JWT_CLAIMS},
    {"audience an object", HEADER,
     "{" ISSUED ",\"aud\":{\"turnpike\":1},\"exp\":1000600,\"iat\":1000000}", JWT_CLAIMS},
    {"audience a list of us", HEADER,
     "{" ISSUED ",\"aud\":[\"turnpike\"],\"exp\":1000600,\"iat\":1000000}", JWT_VALID},
    {"several, issued to us", HEADER,
     "{" ISSUED
     ",\"aud\":[\"a\",\"turnpike\"],\"azp\":\"turnpike\",\"exp\":1000600,\"iat\":1000000}",
     JWT_VALID},
    {"several, issued to nobody", HEADER,
     "{" ISSUED ",\"aud\":[\"a\",\"turnpike\"],\"exp\":1000600,\"iat\":1000000}", JWT_PARTY},
    {"issued to another", HEADER, WITH(",\"azp\":\"other\""), JWT_PARTY},

    {"expired within the skew", HEADER, "{" FOR_US ",\"exp\":1000041,\"iat\":1000000}", JWT_VALID},
    {"expired", HEADER, "{" FOR_US ",\"exp\":1000040,\"iat\":1000000}", JWT_EXPIRED},
    {"not before, within the skew", HEADER, WITH(",\"nbf\":1000160"), JWT_VALID},
    {"not before", HEADER, WITH(",\"nbf\":1000161"), JWT_NOT_YET},
    {"issued ahead, within the skew", HEADER, "{" FOR_US ",\"exp\":1000600,\"iat\":1000160}",
     JWT_VALID},
    {"issued ahead", HEADER, "{" FOR_US ",\"exp\":1000600,\"iat\":1000161}", JWT_NOT_YET},
    {"of another sign-in", HEADER,
     "{\"iss\":\"https://"
     "id.example\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1000000,\"nonce\":"
     "\"n-2\"}",
     JWT_NONCE},
    {"of no sign-in", HEADER,
     "{\"iss\":\"https://"
     "id.example\",\"sub\":\"ada\",\"aud\":\"turnpike\",\"exp\":1000600,\"iat\":1000000}",
     JWT_NONCE},
};

static void tokens_are_judged_by_name(void **state) {
    struct fixture *fixture = *state;
    const struct jwt_expected expected = expected_of(fixture);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        print_message("%s\n", cases[i].name);
        struct str token = token_make(&fixture->arena, cases[i].header, cases[i].payload);
        struct jwt_claims claims = {.subject = STR("untouched")};
        assert_verdict(jwt_verify(&fixture->arena, &expected, token, &claims), cases[i].verdict);
        assert_text(claims.subject, cases[i].verdict == JWT_VALID ? "ada" : "untouched");
    }
}

static void claims_are_what_was_signed(void **state) {
    struct fixture *fixture = *state;
    const struct jwt_expected expected = expected_of(fixture);
    struct str token =
        token_make(&fixture->arena, HEADER,
                   WITH(",\"auth_time\":1000050,\"acr\":\"mfa\",\"amr\":[\"pwd\",\"otp\"]"));
    struct jwt_claims claims;
    assert_verdict(jwt_verify(&fixture->arena, &expected, token, &claims), JWT_VALID);
    assert_text(claims.issuer, "https://id.example");
    assert_text(claims.acr, "mfa");
    assert_int_equal(claims.amr_count, 2);
    assert_text(claims.amr[1], "otp");
    assert_int_equal(claims.authenticated_at_s, 1000050);
    assert_int_equal(claims.issued_at_s, 1000000);
    assert_int_equal(claims.expires_at_s, 1000600);
    assert_true(str_starts_with(claims.payload, STR("{\"iss\":")));
}

static void ages_are_bounded_where_asked(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *payload;
        int64_t age_max, auth_age_max, skew;
        enum jwt_verdict verdict;
    } ages[] = {
        {WITH(""), 40, 0, 60, JWT_VALID},
        {WITH(""), 39, 0, 60, JWT_TOO_OLD},
        {WITH(""), 0, 300, 60, JWT_AUTHENTICATED_LONG_AGO},
        {WITH(",\"auth_time\":999740"), 0, 300, 60, JWT_VALID},
        {WITH(",\"auth_time\":999739"), 0, 300, 60, JWT_AUTHENTICATED_LONG_AGO},
        {WITH(",\"auth_time\":1000161"), 0, 300, 60, JWT_AUTHENTICATED_LONG_AGO},
        {WITH(",\"auth_time\":0"), 0, 300, 60, JWT_AUTHENTICATED_LONG_AGO},
        /* Whatever is asked for, clocks differ by 300 seconds at most, and never by less than 0. */
        {"{" FOR_US ",\"exp\":999801,\"iat\":999000}", 0, 0, 1000000, JWT_VALID},
        {"{" FOR_US ",\"exp\":999800,\"iat\":999000}", 0, 0, 1000000, JWT_EXPIRED},
        {"{" FOR_US ",\"exp\":1000101,\"iat\":999000}", 0, 0, -1000, JWT_VALID},
        {"{" FOR_US ",\"exp\":1000100,\"iat\":999000}", 0, 0, -1000, JWT_EXPIRED},
    };
    for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
        struct jwt_expected expected = expected_of(fixture);
        expected.age_s_max = ages[i].age_max;
        expected.auth_age_s_max = ages[i].auth_age_max;
        expected.skew_s = ages[i].skew;
        struct jwt_claims claims;
        struct str token = token_make(&fixture->arena, HEADER, ages[i].payload);
        assert_verdict(jwt_verify(&fixture->arena, &expected, token, &claims), ages[i].verdict);
    }
}

static void a_server_without_a_nonce_looks_for_none(void **state) {
    struct fixture *fixture = *state;
    struct jwt_expected expected = expected_of(fixture);
    expected.nonce = STR("");
    struct jwt_claims claims;
    struct str token = token_make(&fixture->arena, HEADER, WITH(""));
    assert_verdict(jwt_verify(&fixture->arena, &expected, token, &claims), JWT_VALID);
    /* But one without a name of its own accepts nothing. */
    expected.audience = STR("");
    token = token_make(&fixture->arena, HEADER,
                       "{" ISSUED ",\"aud\":\"\",\"exp\":1000600,\"iat\":1000000}");
    assert_verdict(jwt_verify(&fixture->arena, &expected, token, &claims), JWT_AUDIENCE);
}

static void only_three_parts_are_a_token(void **state) {
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    const struct jwt_expected expected = expected_of(fixture);
    struct str good = token_make(arena, HEADER, WITH(""));
    struct str unsigned_ = signing_input(arena, HEADER, WITH(""));
    const struct {
        struct str token;
        enum jwt_verdict verdict;
    } shapes[] = {
        {STR(""), JWT_MALFORMED},
        {STR("."), JWT_MALFORMED},
        {STR(".."), JWT_MALFORMED},
        {unsigned_, JWT_MALFORMED},
        {arena_printf(arena, STR_FMT ".", STR_ARG(unsigned_)), JWT_SIGNATURE},
        {arena_printf(arena, STR_FMT ".A", STR_ARG(unsigned_)), JWT_MALFORMED},
        {arena_printf(arena, STR_FMT ".AAAA", STR_ARG(unsigned_)), JWT_SIGNATURE},
        {arena_printf(arena, STR_FMT ".AAAA", STR_ARG(good)), JWT_MALFORMED},
        {arena_printf(arena, STR_FMT "=", STR_ARG(good)), JWT_MALFORMED},
        {arena_printf(arena, STR_FMT "\n", STR_ARG(good)), JWT_MALFORMED},
        {arena_printf(arena, " " STR_FMT, STR_ARG(good)), JWT_MALFORMED},
        {arena_printf(arena, "%.*s.....", 5, "eyJhb"), JWT_MALFORMED},
        /* The JSON serialization (RFC 7515, 7.2). */
        {STR("{\"payload\":\"e30\",\"signatures\":[]}"), JWT_MALFORMED},
    };
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        struct jwt_claims claims;
        assert_verdict(jwt_verify(arena, &expected, shapes[i].token, &claims), shapes[i].verdict);
    }
    char *large = arena_alloc(arena, JWT_MAX + 1);
    memset(large, 'A', JWT_MAX + 1);
    struct jwt_claims claims;
    assert_verdict(jwt_verify(arena, &expected, str_of(large, JWT_MAX + 1), &claims),
                   JWT_TOO_LARGE);
    assert_verdict(jwt_verify(arena, &expected, str_of(large, JWT_MAX), &claims), JWT_MALFORMED);
}

/* The public key as a secret: what a verifier that trusts `alg` falls for. */
static void a_mac_under_the_public_key_is_no_signature(void **state) {
    struct fixture *fixture = *state;
    uint8_t key[ED25519_KEY_SIZE];
    ed25519_public_key(SEED, key);
    struct str input =
        signing_input(&fixture->arena, "{\"alg\":\"HS256\",\"kid\":\"one\"}", WITH(""));
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256(mac, (const uint8_t *)input.bytes, input.len, key);
    struct jwt_expected expected = expected_of(fixture);
    expected.signature.algs = ~0u; /* even a caller who allows everything */
    struct jwt_claims claims;
    assert_verdict(jwt_verify(&fixture->arena, &expected,
                              with_signature(&fixture->arena, input, mac, sizeof mac), &claims),
                   JWT_ALGORITHM);
}

/* Every bit of a token flipped, and every length cut. */
static void nothing_changed_is_accepted(void **state) {
    struct fixture *fixture = *state;
    const struct jwt_expected expected = expected_of(fixture);
    struct str good = token_make(&fixture->arena, HEADER, WITH(""));
    struct arena arena;
    arena_init(&arena, env_sim_env(fixture->sim), 64 * 1024);
    for (size_t bit = 0; bit < good.len * 8; bit++) {
        char *changed = test_malloc(good.len);
        memcpy(changed, good.bytes, good.len);
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
        struct jwt_claims claims;
        assert_int_not_equal(jwt_verify(&arena, &expected, str_of(changed, good.len), &claims),
                             JWT_VALID);
        test_free(changed);
        arena_reset(&arena);
    }
    for (size_t len = 0; len < good.len; len++) {
        char *cut = test_malloc(len + 1);
        memcpy(cut, good.bytes, len);
        struct jwt_claims claims;
        assert_int_not_equal(jwt_verify(&arena, &expected, str_of(cut, len), &claims), JWT_VALID);
        test_free(cut);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void without_memory_nothing_is_valid(void **state) {
    struct fixture *fixture = *state;
    const struct jwt_expected expected = expected_of(fixture);
    struct str good = token_make(&fixture->arena, HEADER, WITH(",\"amr\":[\"pwd\"]"));
    int valid = 0;
    for (size_t max = 0; max < 16 * 1024; max += 64) {
        struct arena arena;
        arena_init(&arena, env_sim_env(fixture->sim), max);
        struct jwt_claims claims;
        enum jwt_verdict verdict = jwt_verify(&arena, &expected, good, &claims);
        assert_true(verdict == JWT_VALID || arena_failed(&arena));
        valid += verdict == JWT_VALID;
        arena_finish(&arena);
    }
    assert_in_range(valid, 1, 255);
}

int main(void) {
    if (sodium_init() < 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_judged_by_name),
        cmocka_unit_test(claims_are_what_was_signed),
        cmocka_unit_test(ages_are_bounded_where_asked),
        cmocka_unit_test(a_server_without_a_nonce_looks_for_none),
        cmocka_unit_test(only_three_parts_are_a_token),
        cmocka_unit_test(a_mac_under_the_public_key_is_no_signature),
        cmocka_unit_test(nothing_changed_is_accepted),
        cmocka_unit_test(without_memory_nothing_is_valid),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
