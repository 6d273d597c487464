/* SipHash (https://www.aumasson.jp/siphash/siphash.pdf) with one round a word and three at the end:
 * SipHash-1-3, as in the tables of Rust, Python and Ruby. Every event, customer and name is hashed,
 * and here is half the work of the 2-4 that libsodium has; what a table needs, that an outsider
 * without the key cannot make names collide, holds for it as well. */
#include "base/crypto.h"

#include "base/eight.h"

struct state {
    uint64_t a, b, c, d;
};

static uint64_t rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static inline void mix(struct state *state) {
    state->a += state->b;
    state->c += state->d;
    state->b = rotate(state->b, 13) ^ state->a;
    state->d = rotate(state->d, 16) ^ state->c;
    state->a = rotate(state->a, 32);
    state->c += state->b;
    state->a += state->d;
    state->b = rotate(state->b, 17) ^ state->c;
    state->d = rotate(state->d, 21) ^ state->a;
    state->c = rotate(state->c, 32);
}

static inline void take(struct state *state, uint64_t word) {
    state->d ^= word;
    mix(state);
    state->a ^= word;
}

/* The last bytes, fewer than a word, and the length above them. Read as one word wherever there is
 * one: a word that is put together from bytes must wait until each of them is stored. */
static uint64_t last_word(struct str data) {
    enum { WORD = sizeof(uint64_t) };
    size_t rest = data.len % WORD;
    uint64_t last = 0;
    if (rest > 0 && data.len > WORD) {
        last = eight_at(data.bytes + data.len - WORD) >> 8 * (WORD - rest);
    } else {
        for (size_t i = 0; i < rest; i++) {
            last |= (uint64_t)(unsigned char)data.bytes[data.len - rest + i] << 8 * i;
        }
    }
    return last | (uint64_t)data.len << 56;
}

uint64_t siphash(const uint8_t key[16], struct str data) {
    uint64_t low = eight_at((const char *)key);
    uint64_t high = eight_at((const char *)key + 8);
    struct state state = {
        low ^ UINT64_C(0x736f6d6570736575),
        high ^ UINT64_C(0x646f72616e646f6d),
        low ^ UINT64_C(0x6c7967656e657261),
        high ^ UINT64_C(0x7465646279746573),
    };
    for (size_t at = 0; data.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        take(&state, eight_at(data.bytes + at));
    }
    take(&state, last_word(data));
    state.c ^= 0xff;
    mix(&state);
    mix(&state);
    mix(&state);
    return state.a ^ state.b ^ state.c ^ state.d;
}
