/* SHA-256 (FIPS 180-4) and HMAC, by libsodium. A header of its own, since it only computes: core
 * uses it. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdint.h>

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX = 64 };

void sha256(struct str data, uint8_t ret_hash[SHA256_SIZE]);
/* The same piece by piece, for what does not fit into memory. */
struct sha256_stream {
    uint64_t state[16]; /* libsodium's */
};
void sha256_begin(struct sha256_stream *stream);
void sha256_add(struct sha256_stream *stream, struct str data);
void sha256_end(struct sha256_stream *stream, uint8_t ret_hash[SHA256_SIZE]);

/* HMAC-SHA-256 (RFC 2104) over the parts, one after the other. */
void hmac_sha256(struct str key, const struct str *parts, size_t count,
                 uint8_t ret_mac[SHA256_SIZE]);

#endif
