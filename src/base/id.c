#include "base/id.h"

#include <stdatomic.h>
#include <string.h>

#include "base/check.h"
#include "base/eight.h"
#include "base/int128.h"

enum { KIND_LEN = 4, DIGITS = 26, ID_LEN = KIND_LEN + 1 + DIGITS };

static_assert(ID_LEN + 1 == LIMIT_RECORD_ID, "an id and its NUL fill a record_id");

/* Crockford's: no i, l, o, u. Ascending in ASCII, so that text sorts as the numbers do. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* What orders the ids of one millisecond: a count that is never behind the monotonic clock's
 * milliseconds, so that under a clock that stands still a restart goes on where it ended. */
enum { COUNT_BITS = 26, COUNT_LOW_BITS = 14, RANDOM_BYTES = 6 };
static const uint32_t COUNT_MASK = (UINT32_C(1) << COUNT_BITS) - 1;

static uint32_t count_of_clock(struct env *env) {
    return (uint32_t)(env->mono_ns(env) / 1000000) & COUNT_MASK;
}

/* The next count, `least` or more. */
static uint32_t next_count(struct env *env, uint32_t least) {
    uint32_t before = atomic_load(&env->ids_made);
    uint32_t next = 0;
    do {
        next = before + 1 > least ? before + 1 : least;
    } while (!atomic_compare_exchange_weak(&env->ids_made, &before, next));
    return next & COUNT_MASK;
}

/* RFC 9562, sections 5.7 and 6.2 (method 1): 48 bits of milliseconds, version 7, 12 bits of the
 * count, variant 10, 14 bits of the count, 48 random bits. The RFC knows no time before 1970; a
 * clock set there gives ids that sort wrongly, no more. */
static u128 uuid7(int64_t now_ms, uint32_t count, const uint8_t random[RANDOM_BYTES]) {
    u128 uuid = (uint64_t)now_ms & UINT64_C(0xffffffffffff);
    uuid = uuid << 16 | 0x7000u | count >> COUNT_LOW_BITS;
    uuid = uuid << 16 | 0x8000u | (count & ((1u << COUNT_LOW_BITS) - 1));
    for (size_t i = 0; i < RANDOM_BYTES; i++) {
        uuid = uuid << 8 | random[i];
    }
    return uuid;
}

/* The lowest 40 bits as eight digits, all at once: the bits are spread over the bytes by halves,
 * then each byte becomes the letter of its number. After the nines come the letters, and from the
 * digits that stand behind one of those left out, one more each. */
static void put_eight_digits(char *at, uint64_t bits) {
    uint64_t each = (bits >> 20 & 0xfffff) | (bits & 0xfffff) << 32;
    each = (each >> 10 & UINT64_C(0x000003ff000003ff)) | (each & UINT64_C(0x000003ff000003ff))
                                                             << 16;
    each = (each >> 5 & UINT64_C(0x001f001f001f001f)) | (each & UINT64_C(0x001f001f001f001f)) << 8;
    uint64_t letters = (eight_from(each, 10) >> 7) * ('a' - '9' - 1);
    uint64_t left_out = (eight_from(each, 18) >> 7) + (eight_from(each, 20) >> 7) +
                        (eight_from(each, 22) >> 7) + (eight_from(each, 27) >> 7);
    eight_put(at, each + EIGHT_EACH('0') + letters + left_out);
}

static struct record_id id_of(const char *kind, int64_t now_ms, uint32_t count,
                              const uint8_t random[RANDOM_BYTES]) {
    check(strlen(kind) == KIND_LEN);
    struct record_id id = {""};
    memcpy(id.text, kind, KIND_LEN);
    id.text[KIND_LEN] = '_';
    u128 uuid = uuid7(now_ms, count, random);
    unsigned top = (unsigned)(uuid >> 120); /* what eights leave over: two digits */
    char *at = id.text + KIND_LEN + 1;
    at[0] = alphabet[top >> 5];
    at[1] = alphabet[top & 31u];
    put_eight_digits(at + 2, (uint64_t)(uuid >> 80));
    put_eight_digits(at + 10, (uint64_t)(uuid >> 40));
    put_eight_digits(at + 18, (uint64_t)uuid);
    return id;
}

struct record_id id_new(const struct cx *cx, const char *kind) {
    uint8_t random[RANDOM_BYTES];
    cx->env->random(cx->env, random, sizeof random);
    return id_of(kind, cx_now_ms(cx), next_count(cx->env, count_of_clock(cx->env)), random);
}

struct record_id id_next(struct env *env, struct id_source *source, const char *kind,
                         int64_t now_ms) {
    uint32_t least = 0; /* the clock is asked as seldom as the system is for randomness */
    if (source->left < RANDOM_BYTES) {
        least = count_of_clock(env);
        env->random(env, source->random, sizeof source->random);
        source->left = sizeof source->random;
    }
    source->left -= RANDOM_BYTES;
    return id_of(kind, now_ms, next_count(env, least), source->random + source->left);
}

struct record_id id_first(const char *kind, int64_t ms) {
    static const uint8_t nothing[RANDOM_BYTES] = {0};
    return id_of(kind, ms < 0 ? 0 : ms, 0, nothing);
}

/* The first 50 of the 130 bits that digits hold: two of nothing, and 48 of milliseconds. */
int64_t id_made_ms(struct str text) {
    enum { DIGITS_OF_TIME = 10, BITS_OF_DIGIT = 5 };
    check(text.len == ID_LEN);
    uint64_t ms = 0;
    for (size_t i = 0; i < DIGITS_OF_TIME; i++) {
        const char *digit = strchr(alphabet, text.bytes[KIND_LEN + 1 + i]);
        check(digit != NULL && *digit != '\0');
        ms = ms << BITS_OF_DIGIT | (uint64_t)(digit - alphabet);
    }
    return (int64_t)ms;
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
