#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { V4_BEFORE = 12, V4_BITS = 32, ALL_BITS = 128 };

static const uint8_t mapped[V4_BEFORE] = {[10] = 0xff, [11] = 0xff};

bool network_is_v4(const uint8_t bytes[NETWORK_BYTES]) {
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

bool network_address(struct str text, uint8_t ret_bytes[NETWORK_BYTES]) {
    char terminated[INET6_ADDRSTRLEN] = {0};
    if (text.len == 0 || text.len >= sizeof terminated ||
        memchr(text.bytes, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(terminated, text.bytes, text.len);
    if (inet_pton(AF_INET6, terminated, ret_bytes) == 1) {
        return true;
    }
    memcpy(ret_bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, terminated, ret_bytes + V4_BEFORE) == 1;
}

void network_print(const uint8_t bytes[NETWORK_BYTES], char ret_text[NETWORK_ADDRESS_SIZE]) {
    bool is_v4 = network_is_v4(bytes);
    _Static_assert(NETWORK_ADDRESS_SIZE >= INET6_ADDRSTRLEN, "the longest text has room");
    check(inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes + (is_v4 ? V4_BEFORE : 0), ret_text,
                    NETWORK_ADDRESS_SIZE) != NULL);
}

/* One to three digits, no zero before others. */
static bool read_bits(struct str text, uint64_t max, uint64_t *ret_bits) {
    bool is_plain = text.len > 0 && text.len <= 3 && str_only(text, "0123456789") &&
                    (text.len == 1 || text.bytes[0] != '0');
    return is_plain && str_to_u64(text, ret_bits) && *ret_bits <= max;
}

/* The byte's bits that belong to a prefix of so many. */
static uint8_t mask_of(unsigned bits, size_t byte) {
    unsigned before = (unsigned)byte * 8;
    check(bits <= ALL_BITS);
    if (bits >= before + 8) {
        return 0xff;
    }
    if (bits <= before) {
        return 0;
    }
    return (uint8_t)(0xffU << (8 - (bits - before)) & 0xffU);
}

static bool is_in(const struct network *network, const uint8_t address[NETWORK_BYTES]) {
    for (size_t i = 0; i < NETWORK_BYTES; i++) {
        if ((address[i] & mask_of(network->bits, i)) != network->bytes[i]) {
            return false;
        }
    }
    return true;
}

void network_around(struct str address, char ret_text[NETWORK_TEXT_MAX + 1]) {
    enum { AROUND_V4 = 24, AROUND_V6 = 48 };
    uint8_t bytes[NETWORK_BYTES];
    char text[NETWORK_ADDRESS_SIZE];
    ret_text[0] = '\0';
    if (!network_address(address, bytes)) {
        return;
    }
    bool is_v4 = network_is_v4(bytes);
    unsigned bits = is_v4 ? V4_BEFORE * 8 + AROUND_V4 : AROUND_V6;
    for (size_t i = 0; i < NETWORK_BYTES; i++) {
        bytes[i] &= mask_of(bits, i);
    }
    network_print(bytes, text);
    int len =
        snprintf(ret_text, NETWORK_TEXT_MAX + 1, "%s/%d", text, is_v4 ? AROUND_V4 : AROUND_V6);
    check(len > 0 && len <= NETWORK_TEXT_MAX);
}

bool network_parse(struct str text, struct network *ret_network) {
    struct str rest = text;
    struct str address = str_cut(&rest, '/');
    struct network network;
    if (!network_address(address, network.bytes)) {
        return false;
    }
    bool is_v4 = network_is_v4(network.bytes) && memchr(address.bytes, ':', address.len) == NULL;
    uint64_t most = is_v4 ? V4_BITS : ALL_BITS;
    uint64_t bits = most;
    if (rest.bytes != NULL && !read_bits(rest, most, &bits)) {
        return false;
    }
    network.bits = (uint8_t)(bits + (ALL_BITS - most));
    if (!is_in(&network, network.bytes)) {
        return false;
    }
    *ret_network = network;
    return true;
}

bool networks_parse(struct str texts, struct networks *ret_networks) {
    struct str rest = str_trim(texts);
    ret_networks->count = 0;
    while (rest.len > 0) {
        struct str text = str_cut(&rest, ' ');
        if (ret_networks->count == NETWORKS_MAX ||
            !network_parse(text, &ret_networks->list[ret_networks->count])) {
            return false;
        }
        ret_networks->count++;
    }
    return true;
}

bool networks_list(const struct networks *networks, const uint8_t bytes[NETWORK_BYTES]) {
    check(networks->count <= NETWORKS_MAX);
    for (size_t i = 0; i < networks->count; i++) {
        if (is_in(&networks->list[i], bytes)) {
            return true;
        }
    }
    return false;
}

bool networks_have(const struct networks *networks, struct str address) {
    uint8_t bytes[NETWORK_BYTES];
    return networks->count == 0 ||
           (network_address(address, bytes) && networks_list(networks, bytes));
}
