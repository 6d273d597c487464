#include "main/simulate_passkey.h"

#include <string.h>

#include "base/buf.h"
#include "base/sha256.h"
#include "proof/base64url.h"

/* Of DRIVEN_URL, as browsers name a server on an address of numbers (api/passkey_json.c). */
#define PASSKEY_HOST "localhost"
#define PASSKEY_ORIGIN "http://localhost:8080"

enum {
    /* Level 3, section 6.1: user present, verified, and a new credential follows. */
    FLAG_PRESENT = 0x01,
    FLAG_VERIFIED = 0x04,
    FLAG_CREDENTIAL = 0x40,
    COUNT_SIZE = 4,
    AAGUID_SIZE = 16,
    DATA_MAX = 256,
};

void passkey_make(struct passkey *passkey, struct env *env) {
    uint8_t seed[SIGN_SEED_SIZE];
    env->random(env, seed, sizeof seed);
    sign_key_of(seed, &passkey->key);
    env->random(env, passkey->id, sizeof passkey->id);
    passkey->count = 0;
}

struct bytes {
    uint8_t list[DATA_MAX];
    size_t len;
};

static void add(struct bytes *bytes, const void *from, size_t len) {
    memcpy(bytes->list + bytes->len, from, len); /* parts of fixed sizes, which fit */
    bytes->len += len;
}

static void add_byte(struct bytes *bytes, uint8_t byte) {
    add(bytes, &byte, 1);
}

static struct str text_of(struct arena *arena, const struct bytes *bytes) {
    return base64url_encode(arena, str_of((const char *)bytes->list, bytes->len));
}

static struct str client_data(struct arena *arena, const char *type, struct str challenge) {
    return arena_printf(arena,
                        "{\"type\":\"%s\",\"challenge\":\"" STR_FMT
                        "\",\"origin\":\"" PASSKEY_ORIGIN "\",\"crossOrigin\":false}",
                        type, STR_ARG(challenge));
}

/* Authenticator data, Level 3, section 6.1. */
static void begin(struct bytes *data, uint8_t flags, uint32_t count) {
    uint8_t hash[SHA256_SIZE];
    sha256(STR(PASSKEY_HOST), hash);
    add(data, hash, sizeof hash);
    add_byte(data, flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
        add_byte(data, (uint8_t)(count >> shift));
    }
}

/* The model that is told to nobody, the id, and the key as COSE has it: {1: 1, 3: -8, -1: 6, -2:
 * x}.
 */
static void add_credential(struct bytes *data, const struct passkey *passkey) {
    static const uint8_t model[AAGUID_SIZE] = {0};
    static const uint8_t key[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
    add(data, model, sizeof model);
    add_byte(data, 0);
    add_byte(data, sizeof passkey->id);
    add(data, passkey->id, sizeof passkey->id);
    add(data, key, sizeof key);
    add(data, passkey->key.public_key, sizeof passkey->key.public_key);
}

struct str passkey_registration(struct arena *arena, const struct passkey *passkey,
                                struct str challenge) {
    /* {"fmt": "none", "attStmt": {}, "authData": h'…'}, a length of one byte. */
    static const char head[] = "\xa3"
                               "cfmt"
                               "dnone"
                               "gattStmt"
                               "\xa0"
                               "hauthData"
                               "\x58";
    struct bytes data = {.len = 0}, object = {.len = 0};
    begin(&data, FLAG_PRESENT | FLAG_VERIFIED | FLAG_CREDENTIAL, 0);
    add_credential(&data, passkey);
    add(&object, head, sizeof head - 1);
    add_byte(&object, (uint8_t)data.len);
    add(&object, data.list, data.len);
    struct str client = base64url_encode(arena, client_data(arena, "webauthn.create", challenge));
    struct str attestation = text_of(arena, &object);
    return arena_printf(
        arena, "{\"clientDataJSON\":\"" STR_FMT "\",\"attestationObject\":\"" STR_FMT "\"}",
        STR_ARG(client), STR_ARG(attestation));
}

struct str passkey_assertion(struct arena *arena, struct passkey *passkey, struct str challenge) {
    struct bytes data = {.len = 0}, all = {.len = 0};
    uint8_t hash[SHA256_SIZE];
    uint8_t signature[SIGN_SIZE];
    begin(&data, FLAG_PRESENT | FLAG_VERIFIED, ++passkey->count);
    struct str client = client_data(arena, "webauthn.get", challenge);
    sha256(client, hash);
    all = data;
    add(&all, hash, sizeof hash);
    sign(&passkey->key, str_of((const char *)all.list, all.len), signature);
    struct str parts[] = {
        base64url_encode(arena, str_of((const char *)passkey->id, sizeof passkey->id)),
        base64url_encode(arena, client),
        text_of(arena, &data),
        base64url_encode(arena, str_of((const char *)signature, sizeof signature)),
    };
    return arena_printf(arena,
                        "{\"credentialId\":\"" STR_FMT "\",\"clientDataJSON\":\"" STR_FMT
                        "\",\"authenticatorData\":\"" STR_FMT "\",\"signature\":\"" STR_FMT "\"}",
                        STR_ARG(parts[0]), STR_ARG(parts[1]), STR_ARG(parts[2]), STR_ARG(parts[3]));
}
