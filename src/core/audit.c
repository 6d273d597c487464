#include "core/audit.h"

#include <stdio.h>

#include "base/base64_exact.h"
#include "base/check.h"
#include "core/jcs.h"

enum { CHAIN_PREFIX = 0x02, ED25519 = 0x01, KEY_ID_SIZE = 4 };

/* An em dash and a blank begin a signature's line. */
#define SIGNATURE_MARK "\xe2\x80\x94 "

struct hash audit_chain(const struct hash *before, const struct hash *leaf) {
    char bytes[1 + 2 * SHA256_SIZE];
    struct hash hash;
    bytes[0] = CHAIN_PREFIX;
    memcpy(bytes + 1, before->bytes, SHA256_SIZE);
    memcpy(bytes + 1 + SHA256_SIZE, leaf->bytes, SHA256_SIZE);
    sha256(str_of(bytes, sizeof bytes), hash.bytes);
    return hash;
}

/* --- heads --- */

size_t audit_head_write(const struct audit_head *head, char ret_text[AUDIT_HEAD_MAX]) {
    char hash[SHA256_HEX];
    char root[SHA256_HEX];
    check(head->chain.len <= AUDIT_CHAIN_NAME_MAX);
    check(head->seq >= 0);
    str_hex(head->hash.bytes, SHA256_SIZE, hash);
    str_hex(head->root.bytes, SHA256_SIZE, root);
    const struct jcs_member members[] = {
        {.name = "chain", .kind = JCS_TEXT, .text = head->chain},
        {.name = "hash", .kind = JCS_TEXT, .text = str_of(hash, sizeof hash)},
        {.name = "root", .kind = JCS_TEXT, .text = str_of(root, sizeof root)},
        {.name = "seq", .kind = JCS_WHOLE, .whole = head->seq},
    };
    /* A name of 64 bytes is at most 384 when each is escaped; the rest is shorter than 256. */
    size_t len = jcs_write(members, sizeof members / sizeof members[0], ret_text);
    check(len <= AUDIT_HEAD_MAX);
    return len;
}

/* --- notes --- */

static size_t put(char *at, struct str text) {
    if (text.len > 0) {
        memcpy(at, text.bytes, text.len);
    }
    return text.len;
}

/* A name goes into a line between blanks. */
static bool is_origin(struct str text) {
    bool is_good = text.len > 0 && text.len <= AUDIT_ORIGIN_MAX;
    for (size_t i = 0; is_good && i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        is_good = c > ' ' && c < 0x7f && c != '+';
    }
    return is_good;
}

size_t audit_checkpoint_write(const struct audit_checkpoint *checkpoint,
                              char ret_text[AUDIT_NOTE_MAX]) {
    char root[BASE64_EXACT_LEN(SHA256_SIZE) + 1];
    check(is_origin(checkpoint->origin));
    base64_exact_encode(str_of((const char *)checkpoint->root.bytes, SHA256_SIZE), root);
    int len = snprintf(ret_text, AUDIT_NOTE_MAX, STR_FMT "\n%llu\n%s\n",
                       STR_ARG(checkpoint->origin), (unsigned long long)checkpoint->size, root);
    check(len > 0);
    check(len < AUDIT_NOTE_MAX);
    return (size_t)len;
}

/* What tells keys of one name apart: the first bytes of a hash over name, kind and key. */
static void key_id(struct str name, const uint8_t key[AUDIT_KEY_SIZE],
                   uint8_t ret_id[KEY_ID_SIZE]) {
    struct sha256_stream stream;
    uint8_t hash[SHA256_SIZE];
    const char kind[] = {'\n', ED25519};
    sha256_begin(&stream);
    sha256_add(&stream, name);
    sha256_add(&stream, str_of(kind, sizeof kind));
    sha256_add(&stream, str_of((const char *)key, AUDIT_KEY_SIZE));
    sha256_end(&stream, hash);
    memcpy(ret_id, hash, KEY_ID_SIZE);
}

static struct str first_line(struct str *rest) {
    return str_cut(rest, '\n');
}

size_t audit_note_write(struct str body, const uint8_t key[AUDIT_KEY_SIZE],
                        const uint8_t signature[AUDIT_SIGNATURE_SIZE],
                        char ret_text[AUDIT_NOTE_MAX]) {
    struct str rest = body;
    struct str name = first_line(&rest);
    check(is_origin(name));
    uint8_t signed_by[KEY_ID_SIZE + AUDIT_SIGNATURE_SIZE];
    char digits[BASE64_EXACT_LEN(sizeof signed_by) + 1];
    key_id(name, key, signed_by);
    memcpy(signed_by + KEY_ID_SIZE, signature, AUDIT_SIGNATURE_SIZE);
    base64_exact_encode(str_of((const char *)signed_by, sizeof signed_by), digits);
    check(body.len + name.len + sizeof digits + 8 <= AUDIT_NOTE_MAX);
    char *at = ret_text;
    at += put(at, body);
    at += put(at, STR("\n" SIGNATURE_MARK));
    at += put(at, name);
    at += put(at, STR(" "));
    at += put(at, str_from_cstr(digits));
    at += put(at, STR("\n"));
    check((size_t)(at - ret_text) <= AUDIT_NOTE_MAX);
    return (size_t)(at - ret_text);
}

/* "— name digits". */
static bool read_signature(struct str line, struct str name, const uint8_t id[KEY_ID_SIZE],
                           uint8_t ret_signature[AUDIT_SIGNATURE_SIZE]) {
    uint8_t signed_by[KEY_ID_SIZE + AUDIT_SIGNATURE_SIZE];
    check(str_starts_with(line, STR(SIGNATURE_MARK)));
    struct str rest = str_skip(line, sizeof SIGNATURE_MARK - 1);
    struct str signer = str_cut(&rest, ' ');
    if (!str_equal(signer, name) || !base64_exact_decode(rest, signed_by, sizeof signed_by) ||
        memcmp(signed_by, id, KEY_ID_SIZE) != 0) {
        return false;
    }
    memcpy(ret_signature, signed_by + KEY_ID_SIZE, AUDIT_SIGNATURE_SIZE);
    return true;
}

static bool read_body(struct str *rest, struct audit_checkpoint *ret_checkpoint) {
    struct audit_checkpoint checkpoint = {.origin = first_line(rest)};
    struct str size = first_line(rest);
    struct str root = first_line(rest);
    if (!is_origin(checkpoint.origin) || !str_to_u64(size, &checkpoint.size) ||
        !base64_exact_decode(root, checkpoint.root.bytes, SHA256_SIZE)) {
        return false;
    }
    *ret_checkpoint = checkpoint;
    return true;
}

bool audit_note_read(struct str *text, const uint8_t key[AUDIT_KEY_SIZE],
                     struct audit_note *ret_note) {
    struct audit_note note;
    struct str rest = *text;
    uint8_t id[KEY_ID_SIZE];
    bool is_signed = false;
    if (!read_body(&rest, &note.checkpoint) || !str_starts_with(rest, STR("\n"))) {
        return false; /* lines of an extension are none of ours either */
    }
    note.body = str_first(*text, (size_t)(rest.bytes - text->bytes));
    rest = str_skip(rest, 1);
    key_id(note.checkpoint.origin, key, id);
    while (str_starts_with(rest, STR(SIGNATURE_MARK))) {
        struct str line = first_line(&rest);
        is_signed = is_signed || read_signature(line, note.checkpoint.origin, id, note.signature);
    }
    while (str_starts_with(rest, STR("\n"))) {
        rest = str_skip(rest, 1);
    }
    if (is_signed) {
        *ret_note = note;
        *text = rest;
    }
    return is_signed;
}

/* --- keys --- */

size_t audit_key_write(struct str origin, const uint8_t key[AUDIT_KEY_SIZE],
                       char ret_text[AUDIT_KEY_TEXT_MAX]) {
    uint8_t id[KEY_ID_SIZE];
    char id_hex[2 * KEY_ID_SIZE];
    uint8_t bytes[1 + AUDIT_KEY_SIZE] = {ED25519};
    char digits[BASE64_EXACT_LEN(sizeof bytes) + 1];
    check(is_origin(origin));
    key_id(origin, key, id);
    str_hex(id, sizeof id, id_hex);
    memcpy(bytes + 1, key, AUDIT_KEY_SIZE);
    base64_exact_encode(str_of((const char *)bytes, sizeof bytes), digits);
    int len = snprintf(ret_text, AUDIT_KEY_TEXT_MAX, STR_FMT "+%.*s+%s", STR_ARG(origin),
                       (int)sizeof id_hex, id_hex, digits);
    check(len > 0);
    check(len < AUDIT_KEY_TEXT_MAX);
    return (size_t)len;
}

bool audit_key_read(struct str text, struct str *ret_origin, uint8_t ret_key[AUDIT_KEY_SIZE]) {
    struct str rest = text;
    struct str origin = str_cut(&rest, '+');
    struct str id_hex = str_cut(&rest, '+');
    uint8_t bytes[1 + AUDIT_KEY_SIZE];
    uint8_t id[KEY_ID_SIZE];
    uint8_t wanted[KEY_ID_SIZE];
    if (!is_origin(origin) || !str_unhex(id_hex, id, sizeof id) ||
        !base64_exact_decode(rest, bytes, sizeof bytes) || bytes[0] != ED25519) {
        return false;
    }
    key_id(origin, bytes + 1, wanted);
    if (memcmp(id, wanted, sizeof id) != 0) {
        return false;
    }
    *ret_origin = origin;
    memcpy(ret_key, bytes + 1, AUDIT_KEY_SIZE);
    return true;
}
