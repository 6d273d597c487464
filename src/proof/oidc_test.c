/* Promise: a provider is taken at its word only where the standards let it be, what is asked of it
 * is spelled as they say, and two factors are two. */
#include "proof/oidc.h"

#include "base/env_sim.h"
#include "base/sha256.h"
#include "base/testing.h"
#include "proof/base64url.h"

#define ISSUER "https://id.example/realms/one"
#define HEAD "{\"issuer\":\"" ISSUER "\","
#define AUTHORIZE "\"authorization_endpoint\":\"https://id.example/auth\","
#define TOKEN "\"token_endpoint\":\"https://id.example/token\","
#define KEYS "\"jwks_uri\":\"https://keys.example/jwks\","
#define CODE "\"response_types_supported\":[\"code\",\"id_token\"],"
#define ALGS "\"id_token_signing_alg_values_supported\":[\"RS256\",\"HS256\",\"none\",\"ES256\"]}"
#define WHOLE HEAD AUTHORIZE TOKEN KEYS CODE ALGS

struct desk {
    struct arena arena; /* first: the tests know it alone */
    struct env_sim *sim;
};

static int begin(void **state) {
    static struct desk desk;
    desk.sim = env_sim_create(1);
    arena_init(&desk.arena, env_sim_env(desk.sim), 16 * 1024 * 1024);
    *state = &desk.arena;
    return 0;
}

static int end(void **state) {
    struct desk *desk = *state;
    arena_finish(&desk->arena);
    env_sim_destroy(desk->sim);
    return 0;
}

static void its_document_lies_below_the_issuer(void **state) {
    assert_text(oidc_discovery_url(*state, STR("https://a.example")),
                "https://a.example/.well-known/openid-configuration");
    assert_text(oidc_discovery_url(*state, STR("https://a.example/b/")),
                "https://a.example/b/.well-known/openid-configuration");
}

static void a_document_is_read(void **state) {
    struct oidc_discovery read;
    assert_int_equal(oidc_discovery_read(*state, STR(WHOLE), STR(ISSUER), &read), OIDC_FINE);
    assert_text(read.authorization_endpoint, "https://id.example/auth");
    assert_text(read.token_endpoint, "https://id.example/token");
    assert_text(read.keys_uri, "https://keys.example/jwks");
    assert_int_equal(read.algs, JWT_ALG(SIGNATURE_RS256) | JWT_ALG(SIGNATURE_ES256));
    assert_false(read.posts_secret || read.names_issuer || read.takes_claims);
}

static void what_is_not_to_be_relied_on_is_refused(void **state) {
    static const struct {
        const char *json;
        enum oidc_verdict verdict;
    } cases[] = {
        {"", OIDC_DOCUMENT},
        {"[]", OIDC_DOCUMENT},
        {"<html>", OIDC_DOCUMENT},
        {"{}", OIDC_OTHER_ISSUER},
        {"{\"issuer\":\"" ISSUER "/\"," AUTHORIZE TOKEN KEYS CODE ALGS, OIDC_OTHER_ISSUER},
        {"{\"issuer\":[\"" ISSUER "\"]," AUTHORIZE TOKEN KEYS CODE ALGS, OIDC_OTHER_ISSUER},
        {HEAD TOKEN KEYS CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE KEYS CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN "\"jwks_uri\":\"http://id.example/jwks\"," CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN "\"jwks_uri\":\"https://u@id.example/jwks\"," CODE ALGS,
         OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN "\"jwks_uri\":\"https://id.example/j#x\"," CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN "\"jwks_uri\":\"https://id.example/j x\"," CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN "\"jwks_uri\":\"file:///etc/passwd\"," CODE ALGS, OIDC_ENDPOINT},
        {HEAD AUTHORIZE TOKEN KEYS ALGS, OIDC_FLOW},
        {HEAD AUTHORIZE TOKEN KEYS "\"response_types_supported\":[\"id_token\"]," ALGS, OIDC_FLOW},
        {HEAD AUTHORIZE TOKEN KEYS CODE "\"code_challenge_methods_supported\":[\"plain\"]," ALGS,
         OIDC_FLOW},
        {HEAD AUTHORIZE TOKEN KEYS CODE
         "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"]," ALGS,
         OIDC_CLIENT_AUTH},
        {HEAD AUTHORIZE TOKEN KEYS CODE
         "\"id_token_signing_alg_values_supported\":[\"HS256\",\"none\"]}",
         OIDC_ALGORITHM},
        {HEAD AUTHORIZE TOKEN KEYS CODE "\"a\":1}", OIDC_ALGORITHM},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct oidc_discovery read = {.posts_secret = true};
        assert_int_equal(
            oidc_discovery_read(*state, str_from_cstr(cases[i].json), STR(ISSUER), &read),
            cases[i].verdict);
        assert_true(read.posts_secret); /* untouched */
    }
}

static void a_document_has_an_end(void **state) {
    struct arena *arena = *state;
    struct oidc_discovery read;
    char *bytes = arena_alloc(arena, OIDC_DOCUMENT_MAX + 1);
    assert_int_equal(
        oidc_discovery_read(arena, str_of(bytes, OIDC_DOCUMENT_MAX + 1), STR(ISSUER), &read),
        OIDC_TOO_LARGE);
}

static void on_one_machine_http_does_throughout(void **state) {
#define LOCAL "http://127.0.0.1:9000"
    struct oidc_discovery read;
    struct str own =
        STR("{\"issuer\":\"" LOCAL "\",\"authorization_endpoint\":\"" LOCAL
            "/a\",\"token_endpoint\":\"" LOCAL "/t\",\"jwks_uri\":\"" LOCAL "/k\"," CODE ALGS);
    struct str other =
        STR("{\"issuer\":\"" LOCAL "\",\"authorization_endpoint\":\"" LOCAL
            "/a\",\"token_endpoint\":\"http://127.0.0.1:9001/t\",\"jwks_uri\":\"" LOCAL
            "/k\"," CODE ALGS);
    assert_int_equal(oidc_discovery_read(*state, own, STR(LOCAL), &read), OIDC_FINE);
    assert_int_equal(oidc_discovery_read(*state, other, STR(LOCAL), &read), OIDC_ENDPOINT);
    assert_true(oidc_is_same_origin(STR(LOCAL), STR(LOCAL "/x")));
    assert_false(oidc_is_same_origin(STR(LOCAL), STR("http://127.0.0.1:90001")));
    assert_false(oidc_is_same_origin(STR("https://a.example"), STR("https://a.example.net/")));
    assert_false(oidc_is_same_origin(STR(""), STR("https://a.example")));
}

/* RFC 7636, appendix B, for the challenge. */
static void a_browser_is_sent_with_all_that_binds_it(void **state) {
    struct arena *arena = *state;
    struct oidc_discovery at = {.authorization_endpoint = STR("https://id.example/a")};
    struct oidc_client client = {STR("c 1"), STR("s"), STR("https://us.example/back")};
    struct oidc_question question = {
        .state = STR("st"),
        .nonce = STR("no"),
        .verifier = STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    };
    assert_text(oidc_authorization_url(arena, &at, &client, &question),
                "https://id.example/a?response_type=code&client_id=c%201&redirect_uri="
                "https%3A%2F%2Fus.example%2Fback&scope=openid%20email%20profile&state=st&nonce=no"
                "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                "&code_challenge_method=S256");
    at.authorization_endpoint = STR("https://id.example/a?tenant=1");
    at.takes_claims = true;
    question.acr = STR("urn:two");
    question.asks_again = true;
    struct str url = oidc_authorization_url(arena, &at, &client, &question);
    assert_true(str_starts_with(url, STR("https://id.example/a?tenant=1&response_type=code&")));
    assert_non_null(strstr(arena_cstr(arena, url), "&acr_values=urn%3Atwo&max_age=0&prompt=login"));
    assert_non_null(strstr(arena_cstr(arena, url), "&claims=%7B%22id_token%22"));
}

static void nonce_and_verifier_are_of_one_browser_and_one_attempt(void **state) {
    (void)state;
    char nonce[4][OIDC_NONCE_SIZE];
    oidc_nonce(STR("secret"), STR("state"), nonce[0]);
    oidc_nonce(STR("secret"), STR("other"), nonce[1]);
    oidc_nonce(STR("others"), STR("state"), nonce[2]);
    oidc_verifier(STR("secret"), STR("state"), nonce[3]);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(strlen(nonce[i]), OIDC_NONCE_SIZE - 1);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(nonce[i], nonce[j]);
        }
    }
}

/* RFC 6749, 2.3.1: both are encoded before they are joined. */
static void the_secret_goes_in_a_header_or_in_the_body(void **state) {
    struct arena *arena = *state;
    struct oidc_discovery at = {.posts_secret = false};
    struct oidc_client client = {STR("c:1"), STR("s&%"), STR("https://us.example/b")};
    struct oidc_code_request sent = oidc_code_request(arena, &at, &client, STR("c+d"), STR("v"));
    assert_text(sent.authorization, "Authorization: Basic YyUzQTE6cyUyNiUyNQ==");
    assert_text(sent.body, "grant_type=authorization_code&code=c%2Bd&redirect_uri="
                           "https%3A%2F%2Fus.example%2Fb&code_verifier=v");
    at.posts_secret = true;
    sent = oidc_code_request(arena, &at, &client, STR("c"), STR("v"));
    assert_int_equal(sent.authorization.len, 0);
    assert_text(sent.body, "grant_type=authorization_code&code=c&redirect_uri="
                           "https%3A%2F%2Fus.example%2Fb&code_verifier=v&client_id=c%3A1"
                           "&client_secret=s%26%25");
}

static void what_comes_for_a_code(void **state) {
    static const struct {
        int status;
        const char *json;
        enum oidc_verdict verdict;
    } cases[] = {
        {200, "{\"id_token\":\"a.b.c\",\"access_token\":\"t\",\"token_type\":\"bearer\"}",
         OIDC_FINE},
        {200, "{\"id_token\":\"a.b.c\"}", OIDC_NO_TOKEN},
        {200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\"}", OIDC_NO_TOKEN},
        {200, "{\"id_token\":\"a.b.c\",\"token_type\":\"mac\"}", OIDC_NO_TOKEN},
        {200, "id_token=a.b.c", OIDC_DOCUMENT},
        {400, "{\"error\":\"invalid_grant\"}", OIDC_CODE_REFUSED},
        {401, "{\"error\":\"invalid_client\"}", OIDC_CODE_REFUSED},
        {302, "", OIDC_STATUS},
        {500, "", OIDC_STATUS},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct oidc_tokens tokens;
        assert_int_equal(
            oidc_tokens_read(*state, cases[i].status, str_from_cstr(cases[i].json), &tokens),
            cases[i].verdict);
    }
}

static struct str with_hash(struct arena *arena, struct str hash) {
    return arena_printf(arena, "{\"at_hash\":\"" STR_FMT "\"}", STR_ARG(hash));
}

static void an_access_token_is_of_its_token(void **state) {
    struct arena *arena = *state;
    uint8_t hash[SHA256_SIZE];
    sha256(STR("t"), hash);
    struct str half = base64url_encode(arena, str_of((const char *)hash, sizeof hash / 2));
    assert_true(oidc_access_token_holds(arena, STR("{}"), STR("t")));
    assert_true(oidc_access_token_holds(arena, with_hash(arena, half), STR("t")));
    assert_false(oidc_access_token_holds(arena, with_hash(arena, half), STR("u")));
    assert_false(oidc_access_token_holds(arena, STR("{\"at_hash\":\"\"}"), STR("t")));
    assert_false(oidc_access_token_holds(arena, STR("{\"at_hash\":\"=\"}"), STR("t")));
    assert_false(oidc_access_token_holds(arena, STR("{\"at_hash\":7}"), STR("t")));
}

static void who_it_is(void **state) {
    static const struct {
        const char *json, *email;
        bool is_verified;
    } cases[] = {
        {"{\"email\":\"a@b.example\",\"email_verified\":true}", "a@b.example", true},
        {"{\"email\":\"a@b.example\",\"email_verified\":\"true\"}", "a@b.example", true},
        {"{\"email\":\"a@b.example\",\"email_verified\":false}", "a@b.example", false},
        {"{\"email\":\"a@b.example\"}", "a@b.example", false},
        {"{\"email\":\"a@b.example\",\"email_verified\":1}", "a@b.example", false},
        {"{\"email_verified\":true}", "", false},
        {"{\"email\":\"nobody\",\"email_verified\":true}", "", false},
        {"{\"email\":[\"a@b.example\"],\"email_verified\":true}", "", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct oidc_person person = oidc_person_of(*state, str_from_cstr(cases[i].json));
        assert_text(person.email, cases[i].email);
        assert_int_equal(person.is_verified, cases[i].is_verified);
    }
}

static void two_factors_are_two(void **state) {
    static const struct {
        const char *amr[3];
        const char *acr;
        bool is_two;
    } cases[] = {
        {{NULL}, "", false},         {{"pwd"}, "", false},
        {{"hwk"}, "", false},        {{"otp"}, "", false},
        {{"pwd", "kba"}, "", false}, {{"otp", "hwk"}, "", false},
        {{"mfa"}, "", true},         {{"pwd", "otp"}, "", true},
        {{"pin", "hwk"}, "", true},  {{"pwd", "rba", "fpt"}, "", true},
        {{"MFA"}, "", false},        {{"pwd"}, "urn:two", true},
        {{"pwd"}, "urn:one", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct jwt_claims claims = {.acr = str_from_cstr(cases[i].acr)};
        while (claims.amr_count < 3 && cases[i].amr[claims.amr_count] != NULL) {
            claims.amr[claims.amr_count] = str_from_cstr(cases[i].amr[claims.amr_count]);
            claims.amr_count++;
        }
        assert_int_equal(oidc_says_two_factors(&claims, STR("urn:two")), cases[i].is_two);
        if (cases[i].acr[0] != '\0') {
            assert_false(oidc_says_two_factors(&claims, STR("")));
        }
    }
}

static void every_verdict_has_its_words(void **state) {
    (void)state;
    for (int i = 0; i < OIDC_VERDICT_COUNT; i++) {
        assert_non_null(oidc_verdict_text((enum oidc_verdict)i));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_document_lies_below_the_issuer, begin, end),
        cmocka_unit_test_setup_teardown(a_document_is_read, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_to_be_relied_on_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_document_has_an_end, begin, end),
        cmocka_unit_test_setup_teardown(on_one_machine_http_does_throughout, begin, end),
        cmocka_unit_test_setup_teardown(a_browser_is_sent_with_all_that_binds_it, begin, end),
        cmocka_unit_test(nonce_and_verifier_are_of_one_browser_and_one_attempt),
        cmocka_unit_test_setup_teardown(the_secret_goes_in_a_header_or_in_the_body, begin, end),
        cmocka_unit_test_setup_teardown(what_comes_for_a_code, begin, end),
        cmocka_unit_test_setup_teardown(an_access_token_is_of_its_token, begin, end),
        cmocka_unit_test_setup_teardown(who_it_is, begin, end),
        cmocka_unit_test(two_factors_are_two),
        cmocka_unit_test(every_verdict_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
