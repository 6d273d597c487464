/* What is too long to be sealed at once: a stream of pieces, each of which opens only in its place,
 * and of which it is seen when the end was cut off (libsodium's secretstream, XChaCha20-Poly1305).
 */
#ifndef BASE_SEAL_STREAM_H
#define BASE_SEAL_STREAM_H

#include "base/seal.h"

enum { SEAL_STREAM_HEADER = 24, SEAL_STREAM_EXTRA = 17 };

struct seal_stream {
    uint64_t state[8]; /* libsodium's */
};

/* The header is not secret and comes first. */
void seal_stream_begin(struct seal_stream *stream, const uint8_t key[SEAL_KEY],
                       uint8_t ret_header[SEAL_STREAM_HEADER]);
/* piece.len + SEAL_STREAM_EXTRA bytes at `ret_sealed`. */
void seal_stream_add(struct seal_stream *stream, struct str piece, bool is_last,
                     uint8_t *ret_sealed);

/* False when this is no header. */
MUST_USE bool seal_stream_open(struct seal_stream *stream, const uint8_t key[SEAL_KEY],
                               const uint8_t header[SEAL_STREAM_HEADER]);
/* The next piece: sealed.len - SEAL_STREAM_EXTRA bytes at `ret_plain`. False when it is not the
 * next one as it was sealed. */
MUST_USE bool seal_stream_next(struct seal_stream *stream, struct str sealed, uint8_t *ret_plain,
                               bool *ret_is_last);

#endif
