#include "base/seal_stream.h"

#include <assert.h>
#include <sodium.h>

#include "base/check.h"

static_assert(SEAL_STREAM_HEADER == crypto_secretstream_xchacha20poly1305_HEADERBYTES &&
                  SEAL_STREAM_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES &&
                  SEAL_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES,
              "the sizes are libsodium's");
static_assert(sizeof(struct seal_stream) >= sizeof(crypto_secretstream_xchacha20poly1305_state),
              "the stream holds libsodium's state");

static crypto_secretstream_xchacha20poly1305_state *state_of(struct seal_stream *stream) {
    return (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state;
}

static const unsigned char *octets(struct str text) {
    return (const unsigned char *)text.bytes;
}

void seal_stream_begin(struct seal_stream *stream, const uint8_t key[SEAL_KEY],
                       uint8_t ret_header[SEAL_STREAM_HEADER]) {
    int result = crypto_secretstream_xchacha20poly1305_init_push(state_of(stream), ret_header, key);
    check(result == 0);
}

void seal_stream_add(struct seal_stream *stream, struct str piece, bool is_last,
                     uint8_t *ret_sealed) {
    int result = crypto_secretstream_xchacha20poly1305_push(
        state_of(stream), ret_sealed, NULL, octets(piece), piece.len, NULL, 0,
        is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    check(result == 0);
}

bool seal_stream_open(struct seal_stream *stream, const uint8_t key[SEAL_KEY],
                      const uint8_t header[SEAL_STREAM_HEADER]) {
    return crypto_secretstream_xchacha20poly1305_init_pull(state_of(stream), header, key) == 0;
}

bool seal_stream_next(struct seal_stream *stream, struct str sealed, uint8_t *ret_plain,
                      bool *ret_is_last) {
    unsigned char tag = 0;
    if (sealed.len < SEAL_STREAM_EXTRA ||
        crypto_secretstream_xchacha20poly1305_pull(state_of(stream), ret_plain, NULL, &tag,
                                                   octets(sealed), sealed.len, NULL, 0) != 0) {
        return false;
    }
    *ret_is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return true;
}
