/* Hashes and comparisons, by libsodium and libdeflate but for one. */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdint.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "base/str.h"

/* SHA-256 in hexadecimal, in the arena. */
struct str sha256_text(struct arena *arena, struct str data);

/* Equal, in time that depends on the lengths only. */
bool secret_equal(struct str a, struct str b);
/* SipHash-1-3 under a 16-byte key: for hash tables in memory that outsiders fill. */
uint64_t siphash(const uint8_t key[16], struct str data);
/* SipHash-2-4 with a result of 128 bits, for what must not collide at all. */
void siphash_128(const uint8_t key[16], struct str data, uint64_t ret_hash[2]);
/* CRC-32 as in zip and PNG. */
uint32_t crc32_of(struct str data);

#endif
