/* Guards: a provider is asked when it must be and no more often, what it answers wrongly is not
 * kept, and a code comes to whatever its token says, if that holds. */
#include "app/oidc_provider.h"

#include <sodium.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "proof/base64url.h"

#define ISSUER "https://id.example"
#define DOCUMENT                                                                                   \
    "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"" ISSUER "/auth\","                   \
    "\"token_endpoint\":\"" ISSUER "/token\",\"jwks_uri\":\"" ISSUER "/keys\","                    \
    "\"response_types_supported\":[\"code\"],"                                                     \
    "\"id_token_signing_alg_values_supported\":[\"EdDSA\"]}"

struct desk {
    struct env_sim *sim;
    struct arena arena;
    struct oidc_provider *provider;
    /* what it answers: status 0 says nothing at all */
    struct env_http_answer document, token, keys;
    size_t documents, tokens, key_sets; /* how often it was asked */
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
};

static void serve(void *context, uint64_t exchange, const struct env_http_request *request) {
    struct desk *desk = context;
    const struct env_http_answer *answer = &desk->document;
    size_t *count = &desk->documents;
    assert_int_equal(request->timeout_ms, 5000);
    assert_false(request->is_guarded);
    if (str_equal(request->url, STR(ISSUER "/token"))) {
        assert_text(request->method, "POST");
        answer = &desk->token;
        count = &desk->tokens;
    } else if (str_equal(request->url, STR(ISSUER "/keys"))) {
        answer = &desk->keys;
        count = &desk->key_sets;
    }
    (*count)++;
    if (answer->status != 0) {
        env_sim_reply(desk->sim, exchange, answer);
    }
}

static struct env_http_answer ok(struct str body) {
    return (struct env_http_answer){.status = 200, .body = body};
}

static struct str encoded(struct desk *desk, struct str text) {
    return base64url_encode(&desk->arena, text);
}

static struct env_http_answer keys_named(struct desk *desk, const char *kid) {
    struct str x = encoded(desk, str_of((const char *)desk->public_key, sizeof desk->public_key));
    return ok(arena_printf(&desk->arena,
                           "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\","
                           "\"use\":\"sig\",\"kid\":\"%s\",\"x\":\"" STR_FMT "\"}]}",
                           kid, STR_ARG(x)));
}

/* A token that the provider signs with the key of that name; `more` are further claims. */
static struct env_http_answer token_of(struct desk *desk, const char *kid, const char *more) {
    uint8_t signature[crypto_sign_BYTES];
    int64_t now_s = env_sim_env(desk->sim)->wall_ms(env_sim_env(desk->sim)) / 1000;
    struct str head =
        encoded(desk, arena_printf(&desk->arena, "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}", kid));
    struct str claims = encoded(
        desk, arena_printf(&desk->arena,
                           "{\"iss\":\"" ISSUER "\",\"aud\":\"us\",\"sub\":\"ada\",\"nonce\":\"n\","
                           "\"iat\":%lld,\"exp\":%lld%s}",
                           (long long)now_s, (long long)now_s + 300, more));
    struct str signed_text =
        arena_printf(&desk->arena, STR_FMT "." STR_FMT, STR_ARG(head), STR_ARG(claims));
    crypto_sign_detached(signature, NULL, (const unsigned char *)signed_text.bytes, signed_text.len,
                         desk->secret_key);
    struct str sealed = encoded(desk, str_of((const char *)signature, sizeof signature));
    return ok(
        arena_printf(&desk->arena,
                     "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"id_token\":\"" STR_FMT
                     "." STR_FMT "\"}",
                     STR_ARG(signed_text), STR_ARG(sealed)));
}

static int begin(void **state) {
    static struct desk desk;
    static const struct oidc_settings settings = {
        .issuer = STR_INIT(ISSUER), .client_id = STR_INIT("us"), .client_secret = STR_INIT("s")};
    desk = (struct desk){.sim = env_sim_create(1)};
    arena_init(&desk.arena, env_sim_env(desk.sim), 16 * 1024 * 1024);
    desk.provider = oidc_provider_create(env_sim_env(desk.sim), &settings);
    assert_non_null(desk.provider);
    assert_int_equal(crypto_sign_keypair(desk.public_key, desk.secret_key), 0);
    env_sim_serve(desk.sim, ISSUER, serve, &desk);
    desk.document = ok(STR(DOCUMENT));
    desk.keys = keys_named(&desk, "one");
    desk.token = token_of(&desk, "one", "");
    *state = &desk;
    return 0;
}

static int end(void **state) {
    struct desk *desk = *state;
    oidc_provider_destroy(desk->provider);
    arena_finish(&desk->arena);
    env_sim_destroy(desk->sim);
    return 0;
}

struct asked {
    struct oidc_redeem redeem; /* first: `done` hands its call back */
    bool is_done;
};

static void done(struct oidc_call *call) {
    ((struct asked *)call)->is_done = true;
}

static void wait_for(struct desk *desk, const struct asked *asked) {
    while (!asked->is_done) {
        int64_t due = env_sim_net_due_ms(desk->sim);
        assert_true(due >= 0);
        env_sim_advance(desk->sim, due);
        (void)env_sim_net_step(desk->sim);
    }
}

static struct asked asked_of(struct desk *desk) {
    return (struct asked){
        .redeem = {
            .call = {.provider = desk->provider, .arena = &desk->arena, .done = done},
            .client = {STR("us"), STR("s"), STR("https://us.example/back")},
            .code = STR("c"),
            .verifier = STR("v"),
            .nonce = STR("n"),
        }};
}

static enum oidc_verdict discover(struct desk *desk) {
    struct asked asked = asked_of(desk);
    oidc_discover(&asked.redeem.call);
    wait_for(desk, &asked);
    return asked.redeem.call.verdict;
}

static enum oidc_verdict redeem(struct desk *desk, struct oidc_redeem *ret_redeem) {
    struct asked asked = asked_of(desk);
    oidc_discover(&asked.redeem.call);
    wait_for(desk, &asked);
    assert_int_equal(asked.redeem.call.verdict, OIDC_FINE);
    asked.is_done = false;
    asked.redeem.now_s = env_sim_env(desk->sim)->wall_ms(env_sim_env(desk->sim)) / 1000;
    oidc_redeem(&asked.redeem);
    wait_for(desk, &asked);
    *ret_redeem = asked.redeem;
    return asked.redeem.call.verdict;
}

static void its_document_is_kept_for_an_hour(void **state) {
    struct desk *desk = *state;
    assert_int_equal(discover(desk), OIDC_FINE);
    env_sim_advance(desk->sim, INT64_C(3599) * 1000);
    assert_int_equal(discover(desk), OIDC_FINE);
    assert_int_equal(desk->documents, 1);
    env_sim_advance(desk->sim, 2000);
    assert_int_equal(discover(desk), OIDC_FINE);
    assert_int_equal(desk->documents, 2);
}

static void what_is_wrong_is_told_and_not_kept(void **state) {
    struct desk *desk = *state;
    const struct {
        struct env_http_answer answer;
        enum oidc_verdict verdict;
    } cases[] = {
        {{.status = 0}, OIDC_UNREACHABLE},
        {{.err = ERR(ERR_NETWORK), .status = 1}, OIDC_UNREACHABLE},
        {{.err = ERR(ERR_TOO_LARGE), .status = 1}, OIDC_TOO_LARGE},
        {{.status = 500, .body = STR(DOCUMENT)}, OIDC_STATUS},
        {{.status = 302, .body = STR(DOCUMENT)}, OIDC_STATUS},
        {{.status = 200, .body = STR("<html>")}, OIDC_DOCUMENT},
        {{.status = 200, .body = STR("{\"issuer\":\"https://evil.example\"}")}, OIDC_OTHER_ISSUER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk->document = cases[i].answer;
        assert_int_equal(discover(desk), cases[i].verdict);
    }
    desk->document = ok(STR(DOCUMENT));
    assert_int_equal(discover(desk), OIDC_FINE);
    desk->document.status = 500;
    assert_int_equal(discover(desk), OIDC_FINE);
}

static void a_code_comes_to_what_its_token_says(void **state) {
    struct desk *desk = *state;
    struct oidc_redeem got;
    desk->token = token_of(desk, "one", ",\"email\":\"ada@example.com\",\"email_verified\":true");
    assert_int_equal(redeem(desk, &got), OIDC_FINE);
    assert_text(got.claims.subject, "ada");
    assert_text(got.person.email, "ada@example.com");
    assert_true(got.person.is_verified);
    assert_false(got.person.is_unsaid);
    desk->token = token_of(desk, "one", ",\"email\":\"ada@example.com\"");
    assert_int_equal(redeem(desk, &got), OIDC_FINE);
    assert_false(got.person.is_verified);
    assert_true(got.person.is_unsaid);
    assert_int_equal(desk->key_sets, 1);
}

static void what_does_not_hold_is_told(void **state) {
    struct desk *desk = *state;
    struct oidc_redeem got;
    desk->token = (struct env_http_answer){.status = 400, .body = STR("{}")};
    assert_int_equal(redeem(desk, &got), OIDC_CODE_REFUSED);
    desk->token = ok(STR("{\"token_type\":\"Bearer\"}"));
    assert_int_equal(redeem(desk, &got), OIDC_NO_TOKEN);
    desk->token = token_of(desk, "one", ",\"at_hash\":\"AAAAAAAAAAAAAAAAAAAAAA\"");
    assert_int_equal(redeem(desk, &got), OIDC_ACCESS_TOKEN);
    desk->token = token_of(desk, "one", ",\"nbf\":99999999999");
    assert_int_equal(redeem(desk, &got), OIDC_TOKEN);
    assert_true(oidc_redeem_text(&got) != NULL && oidc_redeem_text(&got)[0] != '\0');
}

static void keys_are_fetched_anew_for_a_new_one_once_a_minute(void **state) {
    struct desk *desk = *state;
    struct oidc_redeem got;
    assert_int_equal(redeem(desk, &got), OIDC_FINE);
    assert_int_equal(desk->key_sets, 1);
    desk->token = token_of(desk, "two", "");
    assert_int_equal(redeem(desk, &got), OIDC_TOKEN);
    assert_int_equal(redeem(desk, &got), OIDC_TOKEN);
    assert_int_equal(desk->key_sets, 2);
    desk->keys = keys_named(desk, "two");
    assert_int_equal(redeem(desk, &got), OIDC_TOKEN);
    env_sim_advance(desk->sim, 60000);
    assert_int_equal(redeem(desk, &got), OIDC_FINE);
    assert_int_equal(desk->key_sets, 3);
}

static void keys_that_are_none_are_not_kept(void **state) {
    struct desk *desk = *state;
    struct oidc_redeem got;
    desk->keys = ok(STR("{}"));
    assert_int_equal(redeem(desk, &got), OIDC_KEYS);
    desk->keys = keys_named(desk, "one");
    assert_int_equal(redeem(desk, &got), OIDC_FINE);
}

static void a_newcomers_role_is_the_first_that_holds(void **state) {
    static const struct oidc_role_rule rules[] = {
        {STR_INIT("groups"), STR_INIT("money"), ROLE_FINANCE},
        {STR_INIT("groups"), STR_INIT("desk"), ROLE_SUPPORT},
    };
    static const struct {
        const char *payload;
        enum role role;
    } cases[] = {
        {"{\"groups\":[\"desk\",\"money\"]}", ROLE_FINANCE},
        {"{\"groups\":\"desk\"}", ROLE_SUPPORT},
        {"{\"groups\":[\"Desk\"]}", ROLE_AUDITOR},
        {"{\"groups\":[[\"desk\"],{\"desk\":1},null,1]}", ROLE_AUDITOR},
        {"{\"groups\":\"desk,money\"}", ROLE_AUDITOR},
        {"{\"roles\":[\"desk\"]}", ROLE_AUDITOR},
        {"{}", ROLE_AUDITOR},
        {"", ROLE_AUDITOR},
    };
    struct oidc_settings settings = {.newcomers = ROLE_AUDITOR, .rules = rules, .rule_count = 2};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(oidc_newcomer_role(&settings, str_from_cstr(cases[i].payload)),
                         cases[i].role);
    }
    settings.newcomers = ROLE_NONE;
    assert_int_equal(oidc_newcomer_role(&settings, STR("{}")), ROLE_NONE);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(its_document_is_kept_for_an_hour),
        DESK_TEST(what_is_wrong_is_told_and_not_kept),
        DESK_TEST(a_code_comes_to_what_its_token_says),
        DESK_TEST(what_does_not_hold_is_told),
        DESK_TEST(keys_are_fetched_anew_for_a_new_one_once_a_minute),
        DESK_TEST(keys_that_are_none_are_not_kept),
        DESK_TEST(a_newcomers_role_is_the_first_that_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
