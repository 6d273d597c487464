#include "proof/signed_note.h"

#include <sodium.h>

#include "base/check.h"
#include "base/crypto.h"

enum {
    ALG_ED25519 = 1,
    KEY_ID_SIZE = 4,
    TYPED_KEY_SIZE = 1 + ED25519_KEY_SIZE,            /* the algorithm before the key */
    BLOB_SIZE = KEY_ID_SIZE + ED25519_SIGNATURE_SIZE, /* what a line of a signature holds */
    BASE64_MAX = 128,
    SIGNATURES_MAX = 16, /* others may have signed too */
};
#define DASH "\xe2\x80\x94 " /* an em dash and a blank begin a signature's line */

bool signed_note_is_name(struct str name) {
    return name.len > 0 && str_is_utf8(name) && !str_has_control(name) &&
           memchr(name.bytes, ' ', name.len) == NULL && memchr(name.bytes, '+', name.len) == NULL;
}

static struct str base64_encode(struct arena *arena, const uint8_t *bytes, size_t len) {
    char text[BASE64_MAX];
    sodium_bin2base64(text, sizeof text, bytes, len, sodium_base64_VARIANT_ORIGINAL);
    return arena_str(arena, str_from_cstr(text));
}

/* Exactly `len` bytes. libsodium takes bytes from 0x80 on for digits (1.0.18). */
static bool base64_decode(struct str text, uint8_t *ret_bytes, size_t len) {
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    size_t read = 0;
    return str_only(text, digits) &&
           sodium_base642bin(ret_bytes, len, text.bytes, text.len, NULL, &read, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           read == len;
}

/* The first bytes of SHA-256 over name, line break, algorithm and key. */
static void key_id(struct str name, const uint8_t typed_key[TYPED_KEY_SIZE],
                   uint8_t ret_id[KEY_ID_SIZE]) {
    struct sha256_stream stream;
    uint8_t hash[SHA256_SIZE];
    sha256_begin(&stream);
    sha256_add(&stream, name);
    sha256_add(&stream, STR("\n"));
    sha256_add(&stream, str_of((const char *)typed_key, TYPED_KEY_SIZE));
    sha256_end(&stream, hash);
    memcpy(ret_id, hash, KEY_ID_SIZE);
}

struct str signed_note_verifier(struct arena *arena, struct str name,
                                const uint8_t seed[ED25519_SEED_SIZE]) {
    check(signed_note_is_name(name));
    uint8_t typed_key[TYPED_KEY_SIZE] = {ALG_ED25519};
    uint8_t id[KEY_ID_SIZE];
    char id_text[2 * KEY_ID_SIZE];
    ed25519_public_key(seed, typed_key + 1);
    key_id(name, typed_key, id);
    str_hex(id, sizeof id, id_text);
    struct str key = base64_encode(arena, typed_key, sizeof typed_key);
    return arena_printf(arena, STR_FMT "+%.*s+" STR_FMT, STR_ARG(name), (int)sizeof id_text,
                        id_text, STR_ARG(key));
}

struct str signed_note_sign(struct arena *arena, struct str name,
                            const uint8_t seed[ED25519_SEED_SIZE], struct str text) {
    check(signed_note_is_name(name) && str_ends_with(text, STR("\n")));
    uint8_t typed_key[TYPED_KEY_SIZE] = {ALG_ED25519};
    uint8_t blob[BLOB_SIZE];
    ed25519_public_key(seed, typed_key + 1);
    key_id(name, typed_key, blob);
    ed25519_sign(seed, text, blob + KEY_ID_SIZE);
    struct str signature = base64_encode(arena, blob, sizeof blob);
    return arena_printf(arena, STR_FMT "\n" DASH STR_FMT " " STR_FMT "\n", STR_ARG(text),
                        STR_ARG(name), STR_ARG(signature));
}

/* Where the text ends: before the last empty line. 0 when there is none. */
static size_t text_len(struct str note) {
    for (size_t i = note.len; i > 1; i--) {
        if (note.bytes[i - 1] == '\n' && note.bytes[i - 2] == '\n') {
            return i - 1;
        }
    }
    return 0;
}

struct verifier {
    struct str name;
    uint8_t id[KEY_ID_SIZE];
    uint8_t typed_key[TYPED_KEY_SIZE];
};

static bool read_verifier(struct str text, struct verifier *ret_verifier) {
    uint8_t id[KEY_ID_SIZE];
    ret_verifier->name = str_cut(&text, '+');
    struct str told = str_cut(&text, '+');
    if (!signed_note_is_name(ret_verifier->name) ||
        !str_unhex(told, ret_verifier->id, KEY_ID_SIZE) ||
        !base64_decode(text, ret_verifier->typed_key, TYPED_KEY_SIZE)) {
        return false;
    }
    key_id(ret_verifier->name, ret_verifier->typed_key, id);
    return ret_verifier->typed_key[0] == ALG_ED25519 &&
           memcmp(id, ret_verifier->id, sizeof id) == 0;
}

static bool is_signature_of(const struct verifier *verifier, struct str line, struct str text) {
    struct str rest = str_skip(line, sizeof DASH - 1);
    struct str name = str_cut(&rest, ' ');
    uint8_t blob[BLOB_SIZE];
    const struct public_key key = {
        .type = PUBLIC_KEY_ED25519,
        .x = str_of((const char *)verifier->typed_key + 1, ED25519_KEY_SIZE)};
    return str_equal(name, verifier->name) && base64_decode(rest, blob, sizeof blob) &&
           memcmp(blob, verifier->id, KEY_ID_SIZE) == 0 &&
           signature_is_valid(SIGNATURE_EDDSA, &key, text,
                              str_of((const char *)blob + KEY_ID_SIZE, ED25519_SIGNATURE_SIZE));
}

bool signed_note_verify(struct str note, struct str verifier, struct str *ret_text) {
    struct verifier read;
    size_t len = text_len(note);
    if (len == 0 || !str_ends_with(note, STR("\n")) || !read_verifier(verifier, &read)) {
        return false;
    }
    struct str text = str_first(note, len);
    struct str lines = str_skip(note, len + 1);
    for (int i = 0; i < SIGNATURES_MAX && lines.len > 0; i++) {
        struct str line = str_cut(&lines, '\n');
        if (!str_starts_with(line, STR(DASH))) {
            return false;
        }
        if (is_signature_of(&read, line, text)) {
            *ret_text = text;
            return true;
        }
    }
    return false;
}
