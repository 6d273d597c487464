#include "proof/jwks.h"

#include "base/json.h"
#include "proof/base64url.h"

bool jose_alg_read(struct str name, enum signature_alg *ret_alg) {
    static const char *const names[SIGNATURE_ALG_COUNT] = {[SIGNATURE_ES256] = "ES256",
                                                           [SIGNATURE_EDDSA] = "EdDSA",
                                                           [SIGNATURE_RS256] = "RS256",
                                                           [SIGNATURE_PS256] = "PS256"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_equal(name, str_from_cstr(names[i]))) {
            *ret_alg = (enum signature_alg)i;
            return true;
        }
    }
    return false;
}

/* RFC 7518, section 6, and RFC 8037, section 2: which members make the key. */
static const struct form {
    const char *kty, *curve; /* curve NULL: it has none */
    enum public_key_type type;
    const char *parts[2];
} forms[] = {
    {"EC", "P-256", PUBLIC_KEY_P256, {"x", "y"}},
    {"OKP", "Ed25519", PUBLIC_KEY_ED25519, {"x", NULL}},
    {"RSA", NULL, PUBLIC_KEY_RSA, {"n", "e"}},
};

static const struct form *find_form(const json_t *key) {
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (str_equal(json_text(key, "kty"), str_from_cstr(forms[i].kty)) &&
            (forms[i].curve == NULL ||
             str_equal(json_text(key, "crv"), str_from_cstr(forms[i].curve)))) {
            return &forms[i];
        }
    }
    return NULL;
}

static bool is_private(const json_t *key) {
    return json_at(key, "d") != NULL || json_at(key, "k") != NULL ||
           str_equal(json_text(key, "kty"), STR("oct"));
}

/* Whether signatures are verified with it, as far as it says (RFC 7517, 4.2 and 4.3). */
static bool is_for_signatures(const json_t *key) {
    const json_t *use = json_at(key, "use");
    const json_t *operations = json_at(key, "key_ops");
    bool is_listed = operations == NULL;
    size_t i = 0;
    const json_t *operation = NULL;
    json_array_foreach(operations, i, operation) {
        const char *name = json_string_value(operation); /* NULL when it is no text */
        is_listed = is_listed || str_equal(str_from_cstr(name), STR("verify"));
    }
    return is_listed && (use == NULL || str_equal(json_text(key, "use"), STR("sig")));
}

static bool read_parts(struct arena *arena, const json_t *key, const struct form *form,
                       struct public_key *ret_key) {
    struct str parts[2] = {{0}};
    for (size_t i = 0; i < ARRAY_LEN(parts) && form->parts[i] != NULL; i++) {
        if (!base64url_decode(arena, json_text(key, form->parts[i]), &parts[i])) {
            return false;
        }
    }
    bool is_rsa = form->type == PUBLIC_KEY_RSA;
    struct public_key made = {.type = form->type};
    *(is_rsa ? &made.n : &made.x) = parts[0];
    *(is_rsa ? &made.e : &made.y) = parts[1];
    *ret_key = made;
    return public_key_is_sound(&made);
}

/* What is to be done with a key: JWKS_READ to keep it, JWKS_NONE to pass it over. */
static enum jwks_verdict read_key(struct arena *arena, const json_t *key, struct jwk *ret_key) {
    struct str kid = json_text(key, "kid");
    const json_t *alg = json_at(key, "alg");
    bool is_shaped = json_is_string(json_at(key, "kty")) &&
                     (json_at(key, "kid") == NULL || json_is_string(json_at(key, "kid"))) &&
                     kid.len <= JWKS_KID_MAX;
    if (!is_shaped) {
        return JWKS_KEY;
    }
    if (is_private(key)) {
        return JWKS_PRIVATE;
    }
    const struct form *form = find_form(key);
    struct jwk made = {.kid = arena_str(arena, kid), .has_alg = alg != NULL};
    bool is_useful = form != NULL && is_for_signatures(key) &&
                     (alg == NULL || (jose_alg_read(json_text(key, "alg"), &made.alg) &&
                                      signature_key_type(made.alg) == form->type));
    if (!is_useful) {
        return JWKS_NONE;
    }
    if (!read_parts(arena, key, form, &made.key)) {
        return JWKS_KEY;
    }
    *ret_key = made;
    return JWKS_READ;
}

static bool has_same(const struct jwks *keys, const struct jwk *key) {
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].key.type == key->key.type && str_equal(keys->keys[i].kid, key->kid) &&
            key->kid.len > 0) {
            return true;
        }
    }
    return false;
}

enum jwks_verdict jwks_read(struct arena *arena, struct str json, struct jwks *ret_keys) {
    if (json.len > JWKS_MAX) {
        return JWKS_TOO_LARGE;
    }
    struct json_problem problem;
    CLEANUP(json_release) json_t *set = json_read(json, &problem);
    const json_t *listed = json_at(set, "keys");
    if (!json_is_array(listed)) {
        return JWKS_MALFORMED;
    }
    struct jwks *keys = ARENA_NEW(arena, struct jwks);
    if (keys == NULL || json_array_size(listed) > JWKS_KEYS_MAX) {
        return JWKS_TOO_LARGE;
    }
    size_t i = 0;
    const json_t *member = NULL;
    json_array_foreach(listed, i, member) {
        struct jwk *key = &keys->keys[keys->count];
        enum jwks_verdict verdict = read_key(arena, member, key);
        if (verdict == JWKS_READ && has_same(keys, key)) {
            return JWKS_SAME_TWICE;
        }
        if (verdict != JWKS_READ && verdict != JWKS_NONE) {
            return verdict;
        }
        keys->count += verdict == JWKS_READ;
    }
    if (arena_failed(arena)) {
        return JWKS_TOO_LARGE;
    }
    if (keys->count == 0) {
        return JWKS_NONE;
    }
    *ret_keys = *keys;
    return JWKS_READ;
}

const struct jwk *jwks_find(const struct jwks *keys, struct str kid, enum signature_alg alg) {
    const struct jwk *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        const struct jwk *key = &keys->keys[i];
        bool is_fit = key->key.type == signature_key_type(alg) &&
                      (!key->has_alg || key->alg == alg) &&
                      (kid.len == 0 || str_equal(key->kid, kid));
        if (is_fit && found != NULL) {
            return NULL;
        }
        found = is_fit ? key : found;
    }
    return found;
}

const char *jwks_verdict_text(enum jwks_verdict verdict) {
    static const char *const texts[JWKS_VERDICT_COUNT] = {
        [JWKS_READ] = "The keys were read.",
        [JWKS_TOO_LARGE] = "The key set is larger than 64 KiB or 32 keys.",
        [JWKS_MALFORMED] = "The key set is no JSON object with a list of keys.",
        [JWKS_KEY] = "The key set holds a key that is malformed or weak.",
        [JWKS_PRIVATE] = "The key set holds a secret key.",
        [JWKS_SAME_TWICE] = "The key set holds two keys under one kid.",
        [JWKS_NONE] = "The key set holds no key of ES256, EdDSA, RS256 or PS256.",
    };
    return texts[verdict];
}
