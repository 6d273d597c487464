#include "proof/webauthn_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"

/* --- W3C's examples --- */

json_t *vectors_load(void) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tests/vectors/webauthn.json", getenv("TURNPIKE_SOURCE"));
    json_t *file = json_load_file(path, 0, NULL);
    if (file == NULL) {
        fail_msg("The examples cannot be read from %s.", path);
    }
    return file;
}

struct vector_bytes vector_read(const json_t *vector, const char *path) {
    struct str hex = json_text(vector, path);
    struct vector_bytes read = {.len = hex.len / 2};
    assert_in_range(hex.len, 2, 2 * sizeof read.bytes);
    assert_true(str_unhex(hex, (uint8_t *)read.bytes, read.len));
    return read;
}

struct str vector_str(const struct vector_bytes *bytes) {
    return str_of(bytes->bytes, bytes->len);
}

struct webauthn_expected vector_expected(const struct vector_bytes *challenge) {
    return (struct webauthn_expected){
        .challenge = vector_str(challenge),
        .origin = STR("https://example.org"),
        .rp_id = STR("example.org"),
    };
}

/* --- the authenticator --- */

static const uint8_t SEED[ED25519_SEED_SIZE + 1] = "an authenticator that never lies";
/* 0x00 to 0x1f, and its base64url. */
static const char CHALLENGE[] = "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
                                "\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37";
static const char CHALLENGE_TEXT[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
static const char ID[] = "the credential's id";

enum { CLIENT_DATA, AUTHENTICATOR_DATA, KEY, SIGNATURE, STATEMENT, ATTESTATION, PIECES };

static void add(struct piece *piece, const void *bytes, size_t len) {
    assert_in_range(piece->len + len, 0, sizeof piece->bytes);
    memcpy(piece->bytes + piece->len, bytes, len);
    piece->len += len;
}

static void add_hex(struct piece *piece, const char *hex) {
    struct str text = str_from_cstr(hex);
    assert_in_range(piece->len + text.len / 2, 0, sizeof piece->bytes);
    assert_true(str_unhex(text, (uint8_t *)piece->bytes + piece->len, text.len / 2));
    piece->len += text.len / 2;
}

static struct str piece_str(const struct piece *piece) {
    return str_of(piece->bytes, piece->len);
}

static const char *either(const char *wanted, const char *usual) {
    return wanted != NULL ? wanted : usual;
}

static void make_client_data(struct piece *out, const struct ceremony *ceremony, const char *type) {
    int len =
        ceremony->client_data != NULL
            ? snprintf(out->bytes, sizeof out->bytes, "%s", ceremony->client_data)
            : snprintf(out->bytes, sizeof out->bytes,
                       "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
                       either(ceremony->type, type), either(ceremony->challenge, CHALLENGE_TEXT),
                       either(ceremony->origin, "https://example.org"),
                       either(ceremony->members, ""));
    assert_in_range(len, 0, sizeof out->bytes - 1);
    out->len = (size_t)len;
}

static void make_key(struct piece *out, const struct ceremony *ceremony) {
    if (ceremony->key != NULL) {
        add_hex(out, ceremony->key);
        return;
    }
    uint8_t key[ED25519_KEY_SIZE];
    ed25519_public_key(SEED, key);
    add_hex(out, "a4010103272006215820");
    add(out, key, sizeof key);
}

static void make_authenticator_data(struct piece *out, const struct ceremony *ceremony,
                                    unsigned flags) {
    uint8_t hash[SHA256_SIZE];
    sha256(str_from_cstr(either(ceremony->rp_id, "example.org")), hash);
    add(out, hash, sizeof hash);
    uint32_t count = ceremony->count;
    const uint8_t head[] = {(uint8_t)(ceremony->flags != 0 ? ceremony->flags : flags),
                            (uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8),
                            (uint8_t)count};
    add(out, head, sizeof head);
}

static void make_credential(struct piece *out, const struct ceremony *ceremony,
                            const struct piece *key) {
    if (ceremony->credential != NULL) {
        add_hex(out, ceremony->credential);
        return;
    }
    const uint8_t id_len[] = {0, sizeof ID - 1};
    add(out, "model of the key", WEBAUTHN_AAGUID_SIZE);
    add(out, id_len, sizeof id_len);
    add(out, ID, sizeof ID - 1);
    add(out, key->bytes, key->len);
}

static void make_signature(struct piece *out, const struct ceremony *ceremony,
                           const struct piece *pieces) {
    struct piece message = pieces[AUTHENTICATOR_DATA];
    uint8_t hash[SHA256_SIZE];
    sha256(piece_str(&pieces[CLIENT_DATA]), hash);
    add(&message, hash, sizeof hash);
    message.bytes[0] = (char)(message.bytes[0] ^ ceremony->is_badly_signed);
    uint8_t signature[ED25519_SIGNATURE_SIZE];
    ed25519_sign(SEED, piece_str(&message), signature);
    add(out, signature, sizeof signature);
    add(out, "\0", 1); /* where it is to be longer */
    out->len = (size_t)(ED25519_SIGNATURE_SIZE + ceremony->signature_len);
}

static struct webauthn_expected expected_of(const struct ceremony *ceremony) {
    return (struct webauthn_expected){
        .challenge = str_of(CHALLENGE, WEBAUTHN_CHALLENGE_SIZE),
        .origin = STR("https://example.org"),
        .rp_id = STR("example.org"),
        .must_verify_user = ceremony->must_verify_user,
    };
}

static struct piece *fresh_pieces(void) {
    static struct piece pieces[PIECES];
    memset(pieces, 0, sizeof pieces);
    return pieces;
}

struct made assertion_make(const struct ceremony *ceremony) {
    struct piece *pieces = fresh_pieces();
    make_client_data(&pieces[CLIENT_DATA], ceremony, "webauthn.get");
    make_key(&pieces[KEY], ceremony);
    make_authenticator_data(&pieces[AUTHENTICATOR_DATA], ceremony, 0x05);
    add_hex(&pieces[AUTHENTICATOR_DATA], either(ceremony->tail, ""));
    make_signature(&pieces[SIGNATURE], ceremony, pieces);
    return (struct made){
        .expected = expected_of(ceremony),
        .credential = {.public_key = piece_str(&pieces[KEY]),
                       .is_backup_eligible = ceremony->was_eligible},
        .assertion = {.client_data = piece_str(&pieces[CLIENT_DATA]),
                      .authenticator_data = piece_str(&pieces[AUTHENTICATOR_DATA]),
                      .signature = piece_str(&pieces[SIGNATURE])},
    };
}

static void make_statement(struct piece *out, const struct ceremony *ceremony,
                           const struct piece *pieces) {
    bool is_packed = str_equal(str_from_cstr(either(ceremony->format, "none")), STR("packed"));
    if (ceremony->statement != NULL) {
        add_hex(out, ceremony->statement);
    } else if (!is_packed) {
        add_hex(out, "a0");
    } else {
        add_hex(out, "a263616c6727637369675840"); /* alg: -8, sig: 64 bytes */
        add(out, pieces[SIGNATURE].bytes, pieces[SIGNATURE].len);
    }
}

static void make_attestation(struct piece *out, const struct ceremony *ceremony,
                             const struct piece *pieces) {
    if (ceremony->attestation != NULL) {
        add_hex(out, ceremony->attestation);
        return;
    }
    struct str format = str_from_cstr(either(ceremony->format, "none"));
    const uint8_t format_head[] = {(uint8_t)(0x60 + format.len)};
    const struct piece *data = &pieces[AUTHENTICATOR_DATA];
    assert_in_range(data->len, 24, 255);
    const uint8_t data_head[] = {0x58, (uint8_t)data->len};
    add_hex(out, "a363666d74");
    add(out, format_head, sizeof format_head);
    add(out, format.bytes, format.len);
    add_hex(out, "6761747453746d74");
    add(out, pieces[STATEMENT].bytes, pieces[STATEMENT].len);
    add_hex(out, "686175746844617461");
    add(out, data_head, sizeof data_head);
    add(out, data->bytes, data->len);
}

struct made registration_make(const struct ceremony *ceremony) {
    struct piece *pieces = fresh_pieces();
    make_client_data(&pieces[CLIENT_DATA], ceremony, "webauthn.create");
    make_key(&pieces[KEY], ceremony);
    make_authenticator_data(&pieces[AUTHENTICATOR_DATA], ceremony, 0x45);
    make_credential(&pieces[AUTHENTICATOR_DATA], ceremony, &pieces[KEY]);
    add_hex(&pieces[AUTHENTICATOR_DATA], either(ceremony->tail, ""));
    make_signature(&pieces[SIGNATURE], ceremony, pieces);
    make_statement(&pieces[STATEMENT], ceremony, pieces);
    make_attestation(&pieces[ATTESTATION], ceremony, pieces);
    return (struct made){
        .expected = expected_of(ceremony),
        .credential = {.public_key = piece_str(&pieces[KEY])},
        .registration = {.client_data = piece_str(&pieces[CLIENT_DATA]),
                         .attestation = piece_str(&pieces[ATTESTATION])},
    };
}
