#include "base/crypto.h"

#include <libdeflate.h>
#include <sodium.h>

#include "base/check.h"
#include "base/eight.h"

/* An empty text may have no bytes; libsodium wants an address all the same. */
static const unsigned char *octets(struct str data) {
    return (const unsigned char *)(data.bytes == NULL ? "" : data.bytes);
}

struct str sha256_text(struct arena *arena, struct str data) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(data, hash);
    str_hex(hash, sizeof hash, hex);
    return arena_str(arena, str_of(hex, sizeof hex));
}

bool secret_equal(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.bytes, b.bytes, a.len) == 0);
}

void siphash_128(const uint8_t key[16], struct str data, uint64_t ret_hash[2]) {
    char bytes[crypto_shorthash_siphashx24_BYTES]; /* little-endian, as in the paper */
    int result = crypto_shorthash_siphashx24((uint8_t *)bytes, octets(data), data.len, key);
    check(result == 0);
    ret_hash[0] = eight_at(bytes);
    ret_hash[1] = eight_at(bytes + 8);
}

uint32_t crc32_of(struct str data) {
    return data.len == 0 ? 0 : libdeflate_crc32(0, data.bytes, data.len);
}
