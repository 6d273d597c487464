#include "proof/webauthn.h"

#include <sodium.h>

#include "base/crypto.h"
#include "base/json.h"
#include "proof/base64url.h"
#include "proof/cbor.h"
#include "proof/cose.h"

/* The steps' numbers are those of Level 3, 7.1 (registration) and 7.2 (assertion). */

/* --- client data --- */

enum { CHALLENGE_TEXT_MAX = 128 };

static bool is_challenge(struct str text, struct str challenge) {
    char expected[CHALLENGE_TEXT_MAX];
    size_t room =
        sodium_base64_encoded_len(challenge.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (challenge.len < WEBAUTHN_CHALLENGE_SIZE || room > sizeof expected) {
        return false;
    }
    sodium_bin2base64(expected, sizeof expected, (const unsigned char *)challenge.bytes,
                      challenge.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return secret_equal(text, str_of(expected, room - 1));
}

bool webauthn_challenge(struct arena *arena, struct str client_data, struct str *ret_challenge) {
    struct json_problem problem;
    if (client_data.len > WEBAUTHN_CLIENT_DATA_MAX) {
        return false;
    }
    CLEANUP(json_release) json_t *data = json_read(client_data, &problem);
    return base64url_decode(arena, json_text(data, "challenge"), ret_challenge) &&
           ret_challenge->len == WEBAUTHN_CHALLENGE_SIZE;
}

/* 7.1, steps 5 to 10, and 7.2, steps 8 to 13. We are never in another site's frame. */
static enum webauthn_verdict check_client_data(const struct webauthn_expected *expected,
                                               struct str text, struct str type) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *data = json_read(text, &problem);
    const json_t *cross = json_at(data, "crossOrigin");
    bool is_shaped = json_is_object(data) && json_is_string(json_at(data, "type")) &&
                     json_is_string(json_at(data, "challenge")) &&
                     json_is_string(json_at(data, "origin")) &&
                     (cross == NULL || json_is_boolean(cross));
    if (!is_shaped) {
        return WEBAUTHN_CLIENT_DATA;
    }
    if (!str_equal(json_text(data, "type"), type)) {
        return WEBAUTHN_TYPE;
    }
    if (!is_challenge(json_text(data, "challenge"), expected->challenge)) {
        return WEBAUTHN_CHALLENGE;
    }
    if (!str_equal(json_text(data, "origin"), expected->origin)) {
        return WEBAUTHN_ORIGIN;
    }
    bool is_framed = json_is_true(cross) || json_at(data, "topOrigin") != NULL;
    return is_framed ? WEBAUTHN_CROSS_ORIGIN : WEBAUTHN_PROVEN;
}

/* --- authenticator data --- */

/* Section 6.1: the hash of the rp id, flags, a count, then what the flags say. */
enum { FLAGS_AT = SHA256_SIZE, COUNT_AT = FLAGS_AT + 1, HEAD_SIZE = COUNT_AT + 4 };
enum {
    FLAG_USER_PRESENT = 1 << 0,
    FLAG_USER_VERIFIED = 1 << 2,
    FLAG_BACKUP_ELIGIBLE = 1 << 3,
    FLAG_BACKED_UP = 1 << 4,
    FLAG_CREDENTIAL = 1 << 6,
    FLAG_EXTENSIONS = 1 << 7,
};

struct authenticator_data {
    struct str rp_id_hash;
    unsigned flags;
    uint32_t sign_count;
    /* with FLAG_CREDENTIAL */
    struct str aaguid, id, public_key;
};

static bool has(const struct authenticator_data *data, unsigned flag) {
    return (data->flags & flag) != 0;
}

static uint32_t big_endian(struct str bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        value = value << 8 | (uint8_t)bytes.bytes[i];
    }
    return value;
}

/* Section 6.5.1: aaguid, the length of the id in two bytes, the id, the key. */
static bool read_credential(struct str *rest, struct authenticator_data *data) {
    enum { ID_LENGTH_SIZE = 2 };
    if (rest->len < WEBAUTHN_AAGUID_SIZE + ID_LENGTH_SIZE) {
        return false;
    }
    data->aaguid = str_first(*rest, WEBAUTHN_AAGUID_SIZE);
    *rest = str_skip(*rest, WEBAUTHN_AAGUID_SIZE);
    size_t id_len = big_endian(str_first(*rest, ID_LENGTH_SIZE));
    *rest = str_skip(*rest, ID_LENGTH_SIZE);
    if (id_len == 0 || id_len > WEBAUTHN_ID_MAX || id_len > rest->len) {
        return false;
    }
    data->id = str_first(*rest, id_len);
    struct cbor in = {.rest = str_skip(*rest, id_len)};
    if (!cbor_skip(&in, &data->public_key)) {
        return false;
    }
    *rest = in.rest;
    return true;
}

static bool read_extensions(struct str *rest) {
    struct cbor in = {.rest = *rest};
    struct str passed;
    bool is_map = rest->len > 0 && (uint8_t)rest->bytes[0] >> 5 == CBOR_MAP;
    if (!is_map || !cbor_skip(&in, &passed)) {
        return false;
    }
    *rest = in.rest;
    return true;
}

static bool read_authenticator_data(struct str bytes, struct authenticator_data *ret_data) {
    if (bytes.len < HEAD_SIZE || bytes.len > WEBAUTHN_AUTHENTICATOR_DATA_MAX) {
        return false;
    }
    struct authenticator_data data = {
        .rp_id_hash = str_first(bytes, SHA256_SIZE),
        .flags = (uint8_t)bytes.bytes[FLAGS_AT],
        .sign_count = big_endian(str_first(str_skip(bytes, COUNT_AT), 4)),
    };
    struct str rest = str_skip(bytes, HEAD_SIZE);
    if ((has(&data, FLAG_CREDENTIAL) && !read_credential(&rest, &data)) ||
        (has(&data, FLAG_EXTENSIONS) && !read_extensions(&rest)) || rest.len > 0) {
        return false;
    }
    *ret_data = data;
    return true;
}

/* 7.1, steps 13 to 18, and 7.2, steps 15 to 19. */
static enum webauthn_verdict check_authenticator_data(const struct webauthn_expected *expected,
                                                      const struct authenticator_data *data) {
    uint8_t hash[SHA256_SIZE];
    sha256(expected->rp_id, hash);
    if (!str_equal(data->rp_id_hash, str_of((const char *)hash, sizeof hash))) {
        return WEBAUTHN_RP;
    }
    if (!has(data, FLAG_USER_PRESENT)) {
        return WEBAUTHN_USER_ABSENT;
    }
    if (expected->must_verify_user && !has(data, FLAG_USER_VERIFIED)) {
        return WEBAUTHN_USER_UNVERIFIED;
    }
    if (has(data, FLAG_BACKED_UP) && !has(data, FLAG_BACKUP_ELIGIBLE)) {
        return WEBAUTHN_BACKUP;
    }
    return WEBAUTHN_PROVEN;
}

/* Whether the key signed the authenticator data and the hash of the client data: 7.2, steps 20 and
 * 21, and section 8.2. */
static bool is_signed(enum signature_alg alg, const struct public_key *key,
                      struct str authenticator_data, struct str client_data, struct str signature) {
    char message[WEBAUTHN_AUTHENTICATOR_DATA_MAX + SHA256_SIZE];
    memcpy(message, authenticator_data.bytes, authenticator_data.len);
    sha256(client_data, (uint8_t *)message + authenticator_data.len);
    return signature_is_valid(alg, key, str_of(message, authenticator_data.len + SHA256_SIZE),
                              signature);
}

/* --- registration --- */

struct attestation {
    struct str format;
    struct str statement; /* CBOR: a map */
    struct str authenticator_data;
};

/* Section 6.5.4: three members, which canonical CBOR has in this order. */
static bool read_attestation(struct str bytes, struct attestation *ret_attestation) {
    struct cbor in = {.rest = bytes};
    struct cbor_map map;
    struct cbor_item key;
    struct cbor_item format;
    struct cbor_item data;
    struct str statement;
    cbor_map_open(&in, &map);
    bool is_read = cbor_map_next(&map, &key) && cbor_is_text(&key, STR("fmt")) &&
                   cbor_read_type(&in, CBOR_TEXT, &format) && cbor_map_next(&map, &key) &&
                   cbor_is_text(&key, STR("attStmt")) && cbor_skip(&in, &statement) &&
                   cbor_map_next(&map, &key) && cbor_is_text(&key, STR("authData")) &&
                   cbor_read_type(&in, CBOR_BYTES, &data) && map.left == 0;
    if (!is_read || !cbor_is_done(&in)) {
        return false;
    }
    *ret_attestation = (struct attestation){format.bytes, statement, data.bytes};
    return true;
}

/* Section 8.2: alg and sig; x5c where a maker's certificate signed. */
struct packed {
    struct cbor_item alg, signature;
    bool has_certificate;
};

static bool read_packed(struct str statement, struct packed *ret_packed) {
    struct cbor in = {.rest = statement};
    struct cbor_map map;
    struct cbor_item key;
    struct str passed;
    struct packed packed = {.has_certificate = false};
    cbor_map_open(&in, &map);
    bool is_read = cbor_map_next(&map, &key) && cbor_is_text(&key, STR("alg")) &&
                   cbor_read(&in, &packed.alg) && cbor_map_next(&map, &key) &&
                   cbor_is_text(&key, STR("sig")) &&
                   cbor_read_type(&in, CBOR_BYTES, &packed.signature);
    if (is_read && map.left > 0) {
        is_read = cbor_map_next(&map, &key) && cbor_is_text(&key, STR("x5c")) &&
                  cbor_skip(&in, &passed) && (uint8_t)passed.bytes[0] >> 5 == CBOR_ARRAY &&
                  map.left == 0;
        packed.has_certificate = true;
    }
    *ret_packed = packed;
    return is_read && cbor_is_done(&in);
}

static const int identifiers[SIGNATURE_ALG_COUNT] = {
    [SIGNATURE_ES256] = COSE_ES256, [SIGNATURE_EDDSA] = COSE_EDDSA, [SIGNATURE_RS256] = COSE_RS256};

struct new_key {
    enum signature_alg alg;
    struct public_key key;
};

/* 7.1, steps 21 and 22. */
static enum webauthn_verdict check_statement(const struct attestation *attestation,
                                             struct str client_data, const struct new_key *made) {
    if (str_equal(attestation->format, STR("none"))) {
        return str_equal(attestation->statement, STR("\xa0")) ? WEBAUTHN_PROVEN
                                                              : WEBAUTHN_STATEMENT;
    }
    if (!str_equal(attestation->format, STR("packed"))) {
        return WEBAUTHN_FORMAT;
    }
    struct packed packed;
    if (!read_packed(attestation->statement, &packed)) {
        return WEBAUTHN_STATEMENT;
    }
    if (packed.has_certificate) {
        return WEBAUTHN_PROVEN;
    }
    bool is_own = cbor_is_int(&packed.alg, identifiers[made->alg]) &&
                  is_signed(made->alg, &made->key, attestation->authenticator_data, client_data,
                            packed.signature.bytes);
    return is_own ? WEBAUTHN_PROVEN : WEBAUTHN_STATEMENT;
}

static struct webauthn_credential credential_of(const struct authenticator_data *data,
                                                enum signature_alg alg) {
    struct webauthn_credential credential = {
        .id = data->id,
        .public_key = data->public_key,
        .algorithm = identifiers[alg],
        .sign_count = data->sign_count,
        .is_backup_eligible = has(data, FLAG_BACKUP_ELIGIBLE),
        .is_backed_up = has(data, FLAG_BACKED_UP),
        .was_user_verified = has(data, FLAG_USER_VERIFIED),
    };
    memcpy(credential.aaguid, data->aaguid.bytes, sizeof credential.aaguid);
    return credential;
}

/* Forwards a refusal, as TRY does a failure. */
#define PROVE(call)                                                                                \
    do {                                                                                           \
        enum webauthn_verdict verdict_ = (call);                                                   \
        if (verdict_ != WEBAUTHN_PROVEN) {                                                         \
            return verdict_;                                                                       \
        }                                                                                          \
    } while (0)

enum webauthn_verdict webauthn_register(const struct webauthn_expected *expected,
                                        const struct webauthn_registration *registration,
                                        struct webauthn_credential *ret_credential) {
    if (registration->client_data.len > WEBAUTHN_CLIENT_DATA_MAX ||
        registration->attestation.len > WEBAUTHN_ATTESTATION_MAX) {
        return WEBAUTHN_TOO_LARGE;
    }
    PROVE(check_client_data(expected, registration->client_data, STR("webauthn.create")));
    struct attestation attestation;
    if (!read_attestation(registration->attestation, &attestation)) {
        return WEBAUTHN_ATTESTATION;
    }
    struct authenticator_data data;
    if (!read_authenticator_data(attestation.authenticator_data, &data)) {
        return WEBAUTHN_AUTHENTICATOR_DATA;
    }
    PROVE(check_authenticator_data(expected, &data));
    if (!has(&data, FLAG_CREDENTIAL)) {
        return WEBAUTHN_NO_CREDENTIAL;
    }
    struct new_key made;
    if (!cose_key_read(data.public_key, &made.alg, &made.key)) {
        return WEBAUTHN_KEY;
    }
    PROVE(check_statement(&attestation, registration->client_data, &made));
    *ret_credential = credential_of(&data, made.alg);
    return WEBAUTHN_PROVEN;
}

/* --- assertion --- */

enum webauthn_verdict webauthn_assert(const struct webauthn_expected *expected,
                                      const struct webauthn_credential *credential,
                                      const struct webauthn_assertion *assertion,
                                      struct webauthn_use *ret_use) {
    if (assertion->client_data.len > WEBAUTHN_CLIENT_DATA_MAX ||
        assertion->authenticator_data.len > WEBAUTHN_AUTHENTICATOR_DATA_MAX) {
        return WEBAUTHN_TOO_LARGE;
    }
    PROVE(check_client_data(expected, assertion->client_data, STR("webauthn.get")));
    struct authenticator_data data;
    if (!read_authenticator_data(assertion->authenticator_data, &data)) {
        return WEBAUTHN_AUTHENTICATOR_DATA;
    }
    PROVE(check_authenticator_data(expected, &data));
    if (has(&data, FLAG_BACKUP_ELIGIBLE) != credential->is_backup_eligible) {
        return WEBAUTHN_BACKUP;
    }
    enum signature_alg alg;
    struct public_key key;
    if (!cose_key_read(credential->public_key, &alg, &key)) {
        return WEBAUTHN_KEY;
    }
    if (!is_signed(alg, &key, assertion->authenticator_data, assertion->client_data,
                   assertion->signature)) {
        return WEBAUTHN_SIGNATURE;
    }
    /* Step 22: authenticators that do not count say 0 for ever. */
    bool does_count = data.sign_count != 0 || credential->sign_count != 0;
    *ret_use = (struct webauthn_use){
        .sign_count = data.sign_count,
        .is_backed_up = has(&data, FLAG_BACKED_UP),
        .is_user_verified = has(&data, FLAG_USER_VERIFIED),
        .has_count_regressed = does_count && data.sign_count <= credential->sign_count,
    };
    return WEBAUTHN_PROVEN;
}

const char *webauthn_verdict_text(enum webauthn_verdict verdict) {
    static const char *const texts[WEBAUTHN_VERDICT_COUNT] = {
        [WEBAUTHN_PROVEN] = "The passkey is proven.",
        [WEBAUTHN_TOO_LARGE] = "The browser's answer is larger than any passkey's.",
        [WEBAUTHN_CLIENT_DATA] = "clientDataJSON is no JSON object with type, challenge, origin.",
        [WEBAUTHN_TYPE] = "clientDataJSON is of another ceremony.",
        [WEBAUTHN_CHALLENGE] = "The challenge is not the one that was given.",
        [WEBAUTHN_ORIGIN] = "The passkey was used on another site. Is the base URL right?",
        [WEBAUTHN_CROSS_ORIGIN] = "The passkey was used inside another site's frame.",
        [WEBAUTHN_ATTESTATION] = "attestationObject is no attestation object.",
        [WEBAUTHN_FORMAT] = "The attestation is of a format that was not asked for.",
        [WEBAUTHN_STATEMENT] = "The attestation statement is not the key's own.",
        [WEBAUTHN_AUTHENTICATOR_DATA] = "The authenticator data are malformed.",
        [WEBAUTHN_RP] = "The passkey was used for another relying party.",
        [WEBAUTHN_USER_ABSENT] = "Nobody was present at the authenticator.",
        [WEBAUTHN_USER_UNVERIFIED] = "The authenticator did not verify who was present.",
        [WEBAUTHN_BACKUP] = "The authenticator contradicts itself about backups of the key.",
        [WEBAUTHN_NO_CREDENTIAL] = "The authenticator data hold no key.",
        [WEBAUTHN_KEY] = "The key is not a sound one of ES256, EdDSA or RS256.",
        [WEBAUTHN_SIGNATURE] = "The signature is not the passkey's.",
    };
    return texts[verdict];
}
