#include "proof/jwt.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "proof/base64url.h"

/* Forwards a refusal, as TRY does a failure. */
#define ACCEPT(call)                                                                               \
    do {                                                                                           \
        enum jwt_verdict verdict_ = (call);                                                        \
        if (verdict_ != JWT_VALID) {                                                               \
            return verdict_;                                                                       \
        }                                                                                          \
    } while (0)

/* --- header --- */

struct header {
    enum signature_alg alg;
    struct str kid; /* empty: none */
};

static bool has_any(const json_t *object, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (json_at(object, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* RFC 7515, section 4.1. What it does not name is passed over, as it must be. */
static enum jwt_verdict judge_header(struct arena *arena, const json_t *object, unsigned algs,
                                     struct header *ret_header) {
    static const char *const keys[] = {"jku", "jwk", "x5u", "x5c"};
    const json_t *kid = json_at(object, "kid");
    const json_t *type = json_at(object, "typ");
    bool is_shaped = json_is_object(object) && json_is_string(json_at(object, "alg")) &&
                     (kid == NULL || json_string_length(kid) > 0) &&
                     json_text(object, "kid").len <= JWKS_KID_MAX;
    if (!is_shaped) {
        return JWT_MALFORMED;
    }
    if (json_at(object, "crit") != NULL || json_at(object, "b64") != NULL) {
        return JWT_CRITICAL;
    }
    if (has_any(object, keys, ARRAY_LEN(keys))) {
        return JWT_KEY_INSIDE;
    }
    struct header header;
    if (!jose_alg_read(json_text(object, "alg"), &header.alg) ||
        (algs & JWT_ALG(header.alg)) == 0) {
        return JWT_ALGORITHM;
    }
    if (type != NULL && !str_equal_ignoring_case(json_text(object, "typ"), STR("JWT"))) {
        return JWT_TYPE;
    }
    header.kid = arena_str(arena, json_text(object, "kid"));
    *ret_header = header;
    return arena_failed(arena) ? JWT_TOO_LARGE : JWT_VALID;
}

static enum jwt_verdict read_header(struct arena *arena, struct str encoded, unsigned algs,
                                    struct header *ret_header) {
    struct str text;
    struct json_problem problem;
    if (!base64url_decode(arena, encoded, &text)) {
        return JWT_MALFORMED;
    }
    CLEANUP(json_release) json_t *object = json_read(text, &problem);
    return judge_header(arena, object, algs, ret_header);
}

/* --- signature --- */

/* COSE and OpenSSL have ECDSA's signatures in DER, JOSE has the two numbers (RFC 7518, 3.4). */
static bool is_signed(const struct header *header, const struct jwk *key, struct str message,
                      struct str signature) {
    uint8_t der[ES256_DER_MAX];
    if (header->alg == SIGNATURE_ES256) {
        size_t len = signature_es256_der(signature, der);
        signature = str_of((const char *)der, len);
    }
    return signature_is_valid(header->alg, &key->key, message, signature);
}

enum jwt_verdict jws_verify(struct arena *arena, const struct jws_expected *expected,
                            struct str token, struct str *ret_payload) {
    if (token.len > JWT_MAX) {
        return JWT_TOO_LARGE;
    }
    struct str rest = token;
    struct str head = str_cut(&rest, '.');
    struct str body = str_cut(&rest, '.');
    if (rest.bytes == NULL) {
        return JWT_MALFORMED;
    }
    struct header header;
    ACCEPT(read_header(arena, head, expected->algs, &header));
    struct str payload;
    struct str signature;
    if (!base64url_decode(arena, body, &payload) || !base64url_decode(arena, rest, &signature)) {
        return arena_failed(arena) ? JWT_TOO_LARGE : JWT_MALFORMED;
    }
    const struct jwk *key = jwks_find(expected->keys, header.kid, header.alg);
    if (key == NULL) {
        return JWT_NO_KEY;
    }
    struct str message = str_first(token, head.len + 1 + body.len);
    if (!is_signed(&header, key, message, signature)) {
        return JWT_SIGNATURE;
    }
    *ret_payload = payload;
    return JWT_VALID;
}

/* --- claims --- */

/* A NumericDate in whole seconds, within what all can carry; absent where that is allowed. */
static bool read_time(const json_t *claims, const char *name, bool is_needed, int64_t *ret_time) {
    const json_t *value = json_at(claims, name);
    if (value == NULL) {
        return !is_needed;
    }
    int64_t time = json_i64(claims, name, -1);
    *ret_time = time;
    return time >= 0 && time <= LIMIT_AMOUNT;
}

static bool is_text_or_absent(const json_t *claims, const char *name) {
    const json_t *value = json_at(claims, name);
    return value == NULL || json_is_string(value);
}

static struct str text_of(const json_t *value) {
    return str_of(json_string_value(value), json_string_length(value));
}

/* RFC 7519, section 4.1.3: one text or a list; OpenID Connect Core 3.1.3.7, steps 3 to 5. */
static enum jwt_verdict check_audience(const json_t *claims, struct str audience) {
    const json_t *listed = json_at(claims, "aud");
    size_t count = json_is_string(listed) ? 1 : json_array_size(listed);
    if (count == 0 || count > JWT_AUDIENCES_MAX || !is_text_or_absent(claims, "azp")) {
        return JWT_CLAIMS;
    }
    bool is_ours = false;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_is_string(listed) ? listed : json_array_get(listed, i);
        if (!json_is_string(one)) {
            return JWT_CLAIMS;
        }
        is_ours = is_ours || str_equal(text_of(one), audience);
    }
    if (!is_ours || audience.len == 0) {
        return JWT_AUDIENCE;
    }
    bool has_party = json_at(claims, "azp") != NULL;
    bool is_party = has_party ? str_equal(json_text(claims, "azp"), audience) : count == 1;
    return is_party ? JWT_VALID : JWT_PARTY;
}

struct times {
    int64_t expires_at, not_before, issued_at, authenticated_at;
};

static enum jwt_verdict check_times(const struct jwt_expected *expected,
                                    const struct times *times) {
    int64_t now = expected->now_s;
    int64_t skew = expected->skew_s < 0 ? 0 : expected->skew_s;
    skew = skew > JWT_SKEW_S_MAX ? JWT_SKEW_S_MAX : skew;
    if (now >= times->expires_at + skew) {
        return JWT_EXPIRED;
    }
    if (times->not_before > now + skew || times->issued_at > now + skew) {
        return JWT_NOT_YET;
    }
    if (expected->age_s_max > 0 && now - times->issued_at > expected->age_s_max + skew) {
        return JWT_TOO_OLD;
    }
    bool is_late = expected->auth_age_s_max > 0 &&
                   (times->authenticated_at == 0 || times->authenticated_at > now + skew ||
                    now - times->authenticated_at > expected->auth_age_s_max + skew);
    return is_late ? JWT_AUTHENTICATED_LONG_AGO : JWT_VALID;
}

static enum jwt_verdict read_amr(struct arena *arena, const json_t *claims,
                                 struct jwt_claims *read) {
    const json_t *listed = json_at(claims, "amr");
    if (listed != NULL && (!json_is_array(listed) || json_array_size(listed) > JWT_AMR_MAX)) {
        return JWT_CLAIMS;
    }
    size_t i = 0;
    const json_t *method = NULL;
    json_array_foreach(listed, i, method) {
        if (!json_is_string(method)) {
            return JWT_CLAIMS;
        }
        read->amr[read->amr_count++] = arena_str(arena, text_of(method));
    }
    return JWT_VALID;
}

static enum jwt_verdict judge_claims(struct arena *arena, const struct jwt_expected *expected,
                                     const json_t *claims, struct jwt_claims *read) {
    struct times times = {0};
    bool is_shaped = json_is_object(claims) && json_is_string(json_at(claims, "iss")) &&
                     json_text(claims, "sub").len > 0 && is_text_or_absent(claims, "nonce") &&
                     is_text_or_absent(claims, "acr") &&
                     read_time(claims, "exp", true, &times.expires_at) &&
                     read_time(claims, "iat", true, &times.issued_at) &&
                     read_time(claims, "nbf", false, &times.not_before) &&
                     read_time(claims, "auth_time", false, &times.authenticated_at);
    if (!is_shaped) {
        return JWT_CLAIMS;
    }
    if (!str_equal(json_text(claims, "iss"), expected->issuer)) {
        return JWT_ISSUER;
    }
    ACCEPT(check_audience(claims, expected->audience));
    ACCEPT(check_times(expected, &times));
    if (expected->nonce.len > 0 && !secret_equal(json_text(claims, "nonce"), expected->nonce)) {
        return JWT_NONCE;
    }
    read->issuer = arena_str(arena, json_text(claims, "iss"));
    read->subject = arena_str(arena, json_text(claims, "sub"));
    read->acr = arena_str(arena, json_text(claims, "acr"));
    read->issued_at_s = times.issued_at;
    read->expires_at_s = times.expires_at;
    read->authenticated_at_s = times.authenticated_at;
    return read_amr(arena, claims, read);
}

enum jwt_verdict jwt_verify(struct arena *arena, const struct jwt_expected *expected,
                            struct str token, struct jwt_claims *ret_claims) {
    struct jwt_claims read = {.amr_count = 0};
    ACCEPT(jws_verify(arena, &expected->signature, token, &read.payload));
    struct json_problem problem;
    CLEANUP(json_release) json_t *claims = json_read(read.payload, &problem);
    ACCEPT(judge_claims(arena, expected, claims, &read));
    if (arena_failed(arena)) {
        return JWT_TOO_LARGE;
    }
    *ret_claims = read;
    return JWT_VALID;
}

const char *jwt_verdict_text(enum jwt_verdict verdict) {
    static const char *const texts[JWT_VERDICT_COUNT] = {
        [JWT_VALID] = "The token is valid.",
        [JWT_TOO_LARGE] = "The token is larger than 16 KiB.",
        [JWT_MALFORMED] = "The token is no signed token in compact form.",
        [JWT_ALGORITHM] = "The token is signed by an algorithm that is not allowed.",
        [JWT_CRITICAL] = "The token asks for an extension that is not known here.",
        [JWT_KEY_INSIDE] = "The token brings its own key along.",
        [JWT_TYPE] = "The token is of another type.",
        [JWT_NO_KEY] = "The issuer has no such key.",
        [JWT_SIGNATURE] = "The token's signature is not the issuer's.",
        [JWT_CLAIMS] = "The token lacks a claim, or one is of another type.",
        [JWT_ISSUER] = "The token is of another issuer.",
        [JWT_AUDIENCE] = "The token is for somebody else.",
        [JWT_PARTY] = "The token was issued to somebody else.",
        [JWT_EXPIRED] = "The token has expired. Is this machine's clock right?",
        [JWT_NOT_YET] = "The token is not valid yet. Is this machine's clock right?",
        [JWT_TOO_OLD] = "The token was issued too long ago.",
        [JWT_NONCE] = "The token is of another sign-in.",
        [JWT_AUTHENTICATED_LONG_AGO] = "The issuer saw the person too long ago.",
    };
    return texts[verdict];
}
