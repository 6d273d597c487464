/* CRC-32 by zlib, and where the processor multiplies without carries (PCLMULQDQ) most of it by
 * that, several times as fast: every batch of events is sealed by one, and every start reads all
 * of the journal.
 *
 * A text is a polynomial over GF(2), its CRC the remainder by one of degree 32. 128 bits of it may
 * be moved further back by a distance if they are multiplied by x^distance: of that, too, only the
 * remainder matters, which is a constant. So sixteen bytes after sixteen are folded onto those
 * that come behind them, and of the sixteen that are left at last zlib takes the CRC, and goes on
 * (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009). */
#include "base/crypto.h"

#include <zlib.h>

static uint32_t zlib_crc(uint32_t crc, struct str data) {
    return (uint32_t)crc32_z(crc, (const unsigned char *)data.bytes, data.len);
}

uint32_t crc32_plainly(struct str data) {
    return data.len == 0 ? 0 : zlib_crc(0, data);
}

#if defined __x86_64__
#include <immintrin.h>

#define CARRYLESS __attribute__((target("pclmul")))

enum { LANE = 16, LANES = 4, FOLD_MIN = 2 * LANES * LANE };

/* x^(distance + 32) and x^(distance - 32) for the lower and the upper half: the lowest bit is the
 * highest power, as everywhere in this CRC, and one place is lost in a product. */
static const uint64_t by_lanes[2] = {0x154442bd4, 0x1c6e41596}; /* a distance of 512 bits */
static const uint64_t by_lane[2] = {0x1751997d0, 0x0ccaa009e};  /* 128 bits */

static CARRYLESS __m128i sixteen_at(const void *bytes) {
    return _mm_loadu_si128(bytes);
}

static CARRYLESS __m128i fold(__m128i lane, __m128i by, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(lane, by, 0x00);
    __m128i high = _mm_clmulepi64_si128(lane, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Four lanes, so that one need not wait for another's product. */
static CARRYLESS uint32_t crc32_folded(struct str data) {
    const char *at = data.bytes;
    size_t left = data.len;
    __m128i lanes[LANES];
    for (size_t i = 0; i < LANES; i++) {
        lanes[i] = sixteen_at(at + i * LANE);
    }
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(-1)); /* what a CRC begins with */
    __m128i by = sixteen_at(by_lanes);
    for (at += LANES * LANE, left -= LANES * LANE; left >= LANES * LANE;
         at += LANES * LANE, left -= LANES * LANE) {
        for (size_t i = 0; i < LANES; i++) {
            lanes[i] = fold(lanes[i], by, sixteen_at(at + i * LANE));
        }
    }
    by = sixteen_at(by_lane);
    __m128i rest = lanes[0];
    for (size_t i = 1; i < LANES; i++) {
        rest = fold(rest, by, lanes[i]);
    }
    for (; left >= LANE; at += LANE, left -= LANE) {
        rest = fold(rest, by, sixteen_at(at));
    }
    char bytes[LANE];
    _mm_storeu_si128((void *)bytes, rest);
    uint32_t crc =
        zlib_crc(UINT32_MAX, str_of(bytes, LANE)); /* begins with nothing: it has begun */
    return left == 0 ? crc : zlib_crc(crc, str_of(at, left));
}

uint32_t crc32_of(struct str data) {
    bool is_worth_it = data.len >= FOLD_MIN && __builtin_cpu_supports("pclmul");
    return is_worth_it ? crc32_folded(data) : crc32_plainly(data);
}
#else
uint32_t crc32_of(struct str data) {
    return crc32_plainly(data);
}
#endif
