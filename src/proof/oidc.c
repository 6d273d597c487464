#include "proof/oidc.h"

#include <sodium.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/url.h"
#include "proof/base64url.h"

const char *oidc_verdict_text(enum oidc_verdict verdict) {
    static const char *const texts[OIDC_VERDICT_COUNT] = {
        [OIDC_FINE] = "The provider answers.",
        [OIDC_UNREACHABLE] = "The provider cannot be reached, or does not answer in time.",
        [OIDC_STATUS] = "The provider answers with another status than 200.",
        [OIDC_TOO_LARGE] = "The provider's answer is larger than 64 KiB.",
        [OIDC_DOCUMENT] = "The provider's answer is no JSON object.",
        [OIDC_OTHER_ISSUER] = "The provider names another issuer than the one that is set.",
        [OIDC_ENDPOINT] = "The provider names no address for something, or one that is not https.",
        [OIDC_FLOW] = "The provider does not offer the code flow with PKCE (S256).",
        [OIDC_CLIENT_AUTH] = "The provider takes no client secret.",
        [OIDC_ALGORITHM] = "The provider signs by none of ES256, EdDSA, RS256 and PS256.",
        [OIDC_KEYS] = "The provider's keys cannot be used.",
        [OIDC_CODE_REFUSED] = "The provider does not take the code, or not the client's secret.",
        [OIDC_NO_TOKEN] = "The provider gives no ID token for the code.",
        [OIDC_TOKEN] = "The provider's token does not hold.",
        [OIDC_ACCESS_TOKEN] = "The token is of another access token.",
    };
    return texts[verdict];
}

/* --- what it says of itself --- */

struct str oidc_discovery_url(struct arena *arena, struct str issuer) {
    struct str base = str_ends_with(issuer, STR("/")) ? str_first(issuer, issuer.len - 1) : issuer;
    return arena_printf(arena, STR_FMT "/.well-known/openid-configuration", STR_ARG(base));
}

/* "https://id.example:8443" of "https://id.example:8443/realms/one". */
static struct str origin_of(struct str url) {
    size_t scheme = str_find(url, ':') + 3;
    struct str rest = str_skip(url, scheme);
    return str_first(url, scheme + str_find(rest, '/'));
}

bool oidc_is_same_origin(struct str a, struct str b) {
    return str_equal_ignoring_case(origin_of(a), origin_of(b));
}

/* Whoever speaks http on one machine, for a test, may do so throughout. */
static bool is_address(struct str url, struct str issuer) {
    bool is_safe = str_starts_with(url, STR("https://")) ||
                   (str_starts_with(url, STR("http://")) && oidc_is_same_origin(url, issuer));
    struct str origin = origin_of(url);
    bool is_plain = str_find(origin, '@') == origin.len && str_find(url, '#') == url.len;
    for (size_t i = 0; i < url.len; i++) {
        is_plain = is_plain && url.bytes[i] > ' ' && url.bytes[i] < 0x7f;
    }
    return is_safe && is_plain && url.len <= OIDC_URL_MAX;
}

static bool lists(const json_t *object, const char *name, struct str word) {
    size_t i = 0;
    const json_t *one = NULL;
    json_array_foreach(json_at(object, name), i, one) {
        if (json_is_string(one) &&
            str_equal(str_of(json_string_value(one), json_string_length(one)), word)) {
            return true;
        }
    }
    return false;
}

/* What is not said has the default of Discovery, section 3. */
static bool lists_or_says_nothing(const json_t *object, const char *name, const char *word) {
    return json_at(object, name) == NULL || lists(object, name, str_from_cstr(word));
}

static unsigned algs_of(const json_t *document) {
    unsigned algs = 0;
    size_t i = 0;
    const json_t *one = NULL;
    json_array_foreach(json_at(document, "id_token_signing_alg_values_supported"), i, one) {
        enum signature_alg alg = SIGNATURE_RS256;
        if (jose_alg_read(str_of(json_string_value(one), json_string_length(one)), &alg)) {
            algs |= JWT_ALG(alg);
        }
    }
    return algs;
}

static enum oidc_verdict judge(const json_t *document, struct str issuer,
                               const struct oidc_discovery *read) {
    bool has_basic = lists_or_says_nothing(document, "token_endpoint_auth_methods_supported",
                                           "client_secret_basic");
    if (!json_is_object(document)) {
        return OIDC_DOCUMENT;
    }
    if (!str_equal(json_text(document, "issuer"), issuer)) {
        return OIDC_OTHER_ISSUER;
    }
    if (!is_address(read->authorization_endpoint, issuer) ||
        !is_address(read->token_endpoint, issuer) || !is_address(read->keys_uri, issuer)) {
        return OIDC_ENDPOINT;
    }
    if (!lists(document, "response_types_supported", STR("code")) ||
        !lists_or_says_nothing(document, "code_challenge_methods_supported", "S256")) {
        return OIDC_FLOW;
    }
    if (!has_basic && !read->posts_secret) {
        return OIDC_CLIENT_AUTH;
    }
    return read->algs == 0 ? OIDC_ALGORITHM : OIDC_FINE;
}

enum oidc_verdict oidc_discovery_read(struct arena *arena, struct str json, struct str issuer,
                                      struct oidc_discovery *ret_read) {
    struct json_problem problem;
    if (json.len > OIDC_DOCUMENT_MAX) {
        return OIDC_TOO_LARGE;
    }
    CLEANUP(json_release) json_t *document = json_read(json, &problem);
    struct oidc_discovery read = {
        .authorization_endpoint = arena_str(arena, json_text(document, "authorization_endpoint")),
        .token_endpoint = arena_str(arena, json_text(document, "token_endpoint")),
        .keys_uri = arena_str(arena, json_text(document, "jwks_uri")),
        .algs = algs_of(document),
        .posts_secret =
            !lists_or_says_nothing(document, "token_endpoint_auth_methods_supported",
                                   "client_secret_basic") &&
            lists(document, "token_endpoint_auth_methods_supported", STR("client_secret_post")),
        .names_issuer =
            json_flag(document, "authorization_response_iss_parameter_supported", false),
        .takes_claims = json_flag(document, "claims_parameter_supported", false),
    };
    enum oidc_verdict verdict = judge(document, issuer, &read);
    if (verdict == OIDC_FINE) {
        *ret_read = read;
    }
    return arena_failed(arena) ? OIDC_TOO_LARGE : verdict;
}

/* --- what is asked --- */

static void derive(struct str secret, struct str purpose, struct str state,
                   char ret_text[OIDC_NONCE_SIZE]) {
    struct str parts[] = {purpose, state};
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(secret, parts, ARRAY_LEN(parts), mac);
    (void)sodium_bin2base64(ret_text, OIDC_NONCE_SIZE, mac, sizeof mac,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void oidc_nonce(struct str secret, struct str state, char ret_nonce[OIDC_NONCE_SIZE]) {
    derive(secret, STR("oidc nonce "), state, ret_nonce);
}

void oidc_verifier(struct str secret, struct str state, char ret_verifier[OIDC_NONCE_SIZE]) {
    derive(secret, STR("oidc verifier "), state, ret_verifier);
}

/* Blanks are sent as %20 (RFC 6749, appendix B takes both). */
static void add_parameter(struct buf *out, const char *name, struct str value) {
    if (out->len > 0) {
        char last = out->bytes[out->len - 1];
        buf_add(out, last == '?' || last == '&' ? STR("") : STR("&"));
    }
    buf_add(out, str_from_cstr(name));
    buf_add_char(out, '=');
    url_encode(out, value);
}

static struct str challenge_of(struct arena *arena, struct str verifier) {
    uint8_t hash[SHA256_SIZE];
    sha256(verifier, hash);
    return base64url_encode(arena, str_of((const char *)hash, sizeof hash));
}

struct str oidc_authorization_url(struct arena *arena, const struct oidc_discovery *at,
                                  const struct oidc_client *client,
                                  const struct oidc_question *question) {
    enum { WHOLE_MAX = 8 * 1024 };
    struct buf url;
    buf_init(&url, arena->env, WHOLE_MAX);
    buf_add(&url, at->authorization_endpoint);
    bool has_query = str_find(at->authorization_endpoint, '?') < at->authorization_endpoint.len;
    buf_add(&url, has_query ? STR("") : STR("?"));
    add_parameter(&url, "response_type", STR("code"));
    add_parameter(&url, "client_id", client->id);
    add_parameter(&url, "redirect_uri", client->redirect_uri);
    add_parameter(&url, "scope", STR("openid email profile"));
    add_parameter(&url, "state", question->state);
    add_parameter(&url, "nonce", question->nonce);
    add_parameter(&url, "code_challenge", challenge_of(arena, question->verifier));
    add_parameter(&url, "code_challenge_method", STR("S256"));
    if (question->acr.len > 0) {
        add_parameter(&url, "acr_values", question->acr);
    }
    if (question->asks_again) {
        add_parameter(&url, "max_age", STR("0"));
        add_parameter(&url, "prompt", STR("login"));
    }
    if (at->takes_claims) {
        add_parameter(&url, "claims",
                      STR("{\"id_token\":{\"email\":null,\"email_verified\":null,\"name\":null,"
                          "\"auth_time\":null,\"amr\":null}}"));
    }
    return buf_finish_in(&url, arena);
}

struct oidc_code_request oidc_code_request(struct arena *arena, const struct oidc_discovery *at,
                                           const struct oidc_client *client, struct str code,
                                           struct str verifier) {
    enum { WHOLE_MAX = 16 * 1024 };
    struct oidc_code_request made = {.authorization = STR("")};
    struct buf out;
    buf_init(&out, arena->env, WHOLE_MAX);
    add_parameter(&out, "grant_type", STR("authorization_code"));
    add_parameter(&out, "code", code);
    add_parameter(&out, "redirect_uri", client->redirect_uri);
    add_parameter(&out, "code_verifier", verifier);
    if (at->posts_secret) {
        add_parameter(&out, "client_id", client->id);
        add_parameter(&out, "client_secret", client->secret);
        made.body = buf_finish_in(&out, arena);
        return made;
    }
    made.body = buf_finish_in(&out, arena);
    buf_init(&out, arena->env, WHOLE_MAX); /* both are encoded before they are joined: 2.3.1 */
    url_encode(&out, client->id);
    buf_add_char(&out, ':');
    url_encode(&out, client->secret);
    struct str pair = buf_finish_in(&out, arena);
    made.authorization =
        arena_printf(arena, "Authorization: Basic " STR_FMT, STR_ARG(base64_encode(arena, pair)));
    return made;
}

enum oidc_verdict oidc_tokens_read(struct arena *arena, int status, struct str json,
                                   struct oidc_tokens *ret_tokens) {
    struct json_problem problem;
    if (json.len > OIDC_DOCUMENT_MAX) {
        return OIDC_TOO_LARGE;
    }
    if (status != 200) {
        return status == 400 || status == 401 ? OIDC_CODE_REFUSED : OIDC_STATUS;
    }
    CLEANUP(json_release) json_t *answer = json_read(json, &problem);
    if (!json_is_object(answer)) {
        return OIDC_DOCUMENT;
    }
    struct oidc_tokens tokens = {arena_str(arena, json_text(answer, "id_token")),
                                 arena_str(arena, json_text(answer, "access_token"))};
    bool is_bearer = str_equal_ignoring_case(json_text(answer, "token_type"), STR("Bearer"));
    if (tokens.id_token.len == 0 || !is_bearer) {
        return OIDC_NO_TOKEN;
    }
    *ret_tokens = tokens;
    return arena_failed(arena) ? OIDC_TOO_LARGE : OIDC_FINE;
}

/* --- what a token says --- */

/* The left half of the hash that belongs to the signature's algorithm: SHA-512 for Ed25519, else
 * SHA-256 here. Which it was is plain from the length. */
bool oidc_access_token_holds(struct arena *arena, struct str payload, struct str access_token) {
    struct json_problem problem;
    uint8_t hash[crypto_hash_sha512_BYTES];
    struct str given;
    CLEANUP(json_release) json_t *claims = json_read(payload, &problem);
    if (json_at(claims, "at_hash") == NULL) {
        return true;
    }
    if (!base64url_decode(arena, json_text(claims, "at_hash"), &given)) {
        return false;
    }
    size_t half = SHA256_SIZE / 2;
    if (given.len == crypto_hash_sha512_BYTES / 2) {
        half = crypto_hash_sha512_BYTES / 2;
        (void)crypto_hash_sha512(hash, (const unsigned char *)access_token.bytes, access_token.len);
    } else {
        sha256(access_token, hash);
    }
    return secret_equal(given, str_of((const char *)hash, half));
}

/* Some say it in quotation marks. */
static bool is_true(const json_t *object, const char *name) {
    return json_flag(object, name, false) || str_equal(json_text(object, name), STR("true"));
}

struct oidc_person oidc_person_of(struct arena *arena, struct str payload) {
    enum { ADDRESS_MAX = 254, PERSON_NAME_MAX = 200 };
    struct json_problem problem;
    CLEANUP(json_release) json_t *claims = json_read(payload, &problem);
    struct str email = json_text(claims, "email");
    struct str name = json_text(claims, "name");
    bool is_address = email.len >= 3 && email.len <= ADDRESS_MAX && !str_has_control(email) &&
                      str_find(email, '@') < email.len;
    bool is_name = name.len <= PERSON_NAME_MAX && !str_has_control(name);
    return (struct oidc_person){
        .email = is_address ? arena_str(arena, email) : STR(""),
        .name = is_name ? arena_str(arena, name) : STR(""),
        .is_verified = is_address && is_true(claims, "email_verified"),
        .is_unsaid = is_address && json_at(claims, "email_verified") == NULL,
    };
}

bool oidc_claim_has(struct str payload, struct str claim, struct str value) {
    enum { CLAIM_MAX = 128 };
    struct json_problem problem;
    char name[CLAIM_MAX + 1] = {0};
    if (claim.len == 0 || claim.len > CLAIM_MAX) {
        return false;
    }
    memcpy(name, claim.bytes, claim.len);
    CLEANUP(json_release) json_t *claims = json_read(payload, &problem);
    return lists(claims, name, value) ||
           (json_is_string(json_at(claims, name)) && str_equal(json_text(claims, name), value));
}

/* RFC 8176, section 2, by what they prove. */
static bool is_among(struct str word, const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++) {
        if (str_equal(word, str_from_cstr(words[i]))) {
            return true;
        }
    }
    return false;
}

bool oidc_says_two_factors(const struct jwt_claims *claims, struct str acr) {
    static const char *const known[] = {"pwd", "pin", "kba", NULL};
    static const char *const had[] = {"otp",  "hwk", "swk",  "sc",  "sms",    "tel", "pop",
                                      "face", "fpt", "iris", "vbm", "retina", NULL};
    bool has_known = false;
    bool has_other = false;
    bool is_said = acr.len > 0 && str_equal(claims->acr, acr);
    for (size_t i = 0; i < claims->amr_count; i++) {
        has_known = has_known || is_among(claims->amr[i], known);
        has_other = has_other || is_among(claims->amr[i], had);
        is_said = is_said || str_equal(claims->amr[i], STR("mfa"));
    }
    return is_said || (has_known && has_other);
}
