#include "base/id.h"

#include <string.h>

#include "base/check.h"
#include "base/int128.h"

enum { KIND_LEN = 4, DIGITS = 26, ID_LEN = KIND_LEN + 1 + DIGITS };

static_assert(ID_LEN + 1 == LIMIT_RECORD_ID, "an id and its NUL fill a record_id");

/* Crockford's: no i, l, o, u. Ascending in ASCII, so that text sorts as the numbers do. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* RFC 9562, section 5.7: 48 bits of milliseconds, version 7, 12 random bits, variant 10, 62 random
 * bits. The RFC knows no time before 1970; a clock set there gives ids that sort wrongly, no more.
 */
static u128 uuid7(const struct cx *cx) {
    uint8_t random[10];
    cx->env->random(cx->env, random, sizeof random);
    u128 uuid = (uint64_t)cx_now_ms(cx) & UINT64_C(0xffffffffffff);
    for (size_t i = 0; i < sizeof random; i++) {
        uuid = uuid << 8 | random[i];
    }
    uuid &= ~((u128)0xf000 << 64 | (u128)0xc0 << 56);
    return uuid | (u128)0x7000 << 64 | (u128)0x80 << 56;
}

struct record_id id_new(const struct cx *cx, const char *kind) {
    check(strlen(kind) == KIND_LEN);
    struct record_id id = {""};
    memcpy(id.text, kind, KIND_LEN);
    id.text[KIND_LEN] = '_';
    u128 uuid = uuid7(cx);
    for (int i = ID_LEN - 1; i > KIND_LEN; i--) {
        id.text[i] = alphabet[(unsigned)uuid & 31u];
        uuid >>= 5;
    }
    return id;
}

bool id_is(struct str text, const char *kind) {
    check(strlen(kind) == KIND_LEN);
    struct str digits = str_skip(text, KIND_LEN + 1);
    /* 26 digits hold 130 bits: the first one is at most 7. */
    return text.len == ID_LEN && str_starts_with(text, str_from_cstr(kind)) &&
           text.bytes[KIND_LEN] == '_' && digits.bytes[0] <= '7' && str_only(digits, alphabet);
}

struct record_id id_from(struct str text) {
    check(text.len == ID_LEN);
    struct record_id id = {""};
    memcpy(id.text, text.bytes, ID_LEN);
    return id;
}
