#include "net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/attr.h"

/* --- addresses --- */

struct block {
    uint8_t first[16];
    unsigned bits; /* that must be the same */
};

static bool is_in(const uint8_t *address, const struct block *block) {
    unsigned whole = block->bits / 8;
    unsigned rest = block->bits % 8;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return memcmp(address, block->first, whole) == 0 &&
           (rest == 0 || (address[whole] & mask) == (block->first[whole] & mask));
}

static bool is_in_any(const uint8_t *address, const struct block *blocks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (is_in(address, &blocks[i])) {
            return true;
        }
    }
    return false;
}

static const struct block closed_v4[] = {
    {{0}, 8},        /* this network */
    {{10}, 8},       /* private */
    {{100, 64}, 10}, /* behind a carrier's NAT */
    {{127}, 8},      /* this machine */
    {{168, 63, 129, 16},
     32},                 /* Azure's service of the machine itself, though the block is public */
    {{169, 254}, 16},     /* link-local; the metadata of most clouds */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments; Oracle's metadata */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* relays of 6to4, given up */
    {{192, 168}, 16},     /* private */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved, and the broadcast address */
};

/* All that is unicast and global lies in 2000::/3; these are the exceptions. */
static const struct block global_v6 = {{0x20}, 3};
static const struct block closed_v6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments; Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation */
};

/* What has an IPv4 address in it, and where. */
static const struct {
    struct block block;
    size_t at;
} embeddings[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12}, /* IPv4-mapped */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},                   /* NAT64, RFC 6052 */
    {{{0x20, 0x02}, 16}, 2},                                /* 6to4, RFC 3056 */
};

bool guard_is_public_v4(const uint8_t address[4]) {
    return !is_in_any(address, closed_v4, ARRAY_LEN(closed_v4));
}

bool guard_is_public_v6(const uint8_t address[16]) {
    for (size_t i = 0; i < ARRAY_LEN(embeddings); i++) {
        if (is_in(address, &embeddings[i].block)) {
            return guard_is_public_v4(address + embeddings[i].at);
        }
    }
    return is_in(address, &global_v6) && !is_in_any(address, closed_v6, ARRAY_LEN(closed_v6));
}

bool guard_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        uint8_t bytes[4];
        memcpy(&v4, address, sizeof v4);
        memcpy(bytes, &v4.sin_addr, sizeof bytes);
        return guard_is_public_v4(bytes);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return guard_is_public_v6(v6.sin6_addr.s6_addr);
    }
    return false;
}

bool guard_is_public_text(const char *address) {
    uint8_t bytes[16];
    if (inet_pton(AF_INET, address, bytes) == 1) {
        return guard_is_public_v4(bytes);
    }
    return inet_pton(AF_INET6, address, bytes) == 1 && guard_is_public_v6(bytes);
}

/* --- URLs --- */

enum { HOST_MAX = 253, LABEL_MAX = 63 };
#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Names that lead into a network of one's own, wherever it is asked: RFC 6761, 6762, 7686, 8375,
 * the zone that ICANN has set aside for it, and what routers call theirs. */
static const struct str inner_zones[] = {
    STR_INIT("localhost"), STR_INIT("local"), STR_INIT("localdomain"), STR_INIT("internal"),
    STR_INIT("intranet"),  STR_INIT("lan"),   STR_INIT("home.arpa"),   STR_INIT("onion"),
};

static const char a_public_host[] = "a host of the public internet";
static const char a_url[] = "a URL such as https://example.com/webhooks";

static bool is_in_zone(struct str host, struct str zone) {
    struct str tail = str_skip(host, host.len - zone.len);
    return host.len >= zone.len && str_equal_ignoring_case(tail, zone) &&
           (host.len == zone.len || host.bytes[host.len - zone.len - 1] == '.');
}

/* Copies for inet_pton; false when it is too long for an address. */
static bool copy_text(struct str from, char *to, size_t size) {
    bool fits = from.len > 0 && from.len < size;
    if (fits) {
        memcpy(to, from.bytes, from.len);
        to[from.len] = '\0';
    }
    return fits;
}

static struct str last_label(struct str host) {
    size_t at = host.len;
    while (at > 0 && host.bytes[at - 1] != '.') {
        at--;
    }
    return str_skip(host, at);
}

/* What programs may take for a number is one: "127.1", "0x7f000001", "2130706433". */
static bool is_numeric(struct str host) {
    struct str label = last_label(host);
    bool is_hex = label.len >= 2 && label.bytes[0] == '0' && (label.bytes[1] | 0x20) == 'x';
    return label.len > 0 && (is_hex || str_only(label, DIGITS));
}

static bool is_host_name(struct str host) {
    if (host.len == 0 || host.len > HOST_MAX || !str_only(host, LETTERS DIGITS "-_.")) {
        return false;
    }
    for (struct str rest = host; rest.bytes != NULL;) {
        struct str label = str_cut(&rest, '.');
        if (label.len == 0 || label.len > LABEL_MAX) {
            return false;
        }
    }
    return true;
}

static const char *object_to_name(struct str host, struct guard_rules rules) {
    if (host.len > 1 && host.bytes[host.len - 1] == '.') {
        host.len--; /* the root's own dot */
    }
    if (is_numeric(host)) {
        char text[INET_ADDRSTRLEN];
        uint8_t bytes[4];
        if (!copy_text(host, text, sizeof text) || inet_pton(AF_INET, text, bytes) != 1) {
            return "an IPv4 address as four decimal numbers";
        }
        return rules.allows_private || guard_is_public_v4(bytes) ? NULL : a_public_host;
    }
    if (!is_host_name(host)) {
        return a_url;
    }
    bool is_inner = str_find(host, '.') == host.len; /* resolved by the network's own search list */
    for (size_t i = 0; i < ARRAY_LEN(inner_zones); i++) {
        is_inner = is_inner || is_in_zone(host, inner_zones[i]);
    }
    return is_inner && !rules.allows_private ? a_public_host : NULL;
}

static const char *object_to_v6(struct str host, struct guard_rules rules) {
    char text[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    if (!copy_text(host, text, sizeof text) || inet_pton(AF_INET6, text, bytes) != 1) {
        return "an IPv6 address in brackets, without a zone";
    }
    return rules.allows_private || guard_is_public_v6(bytes) ? NULL : a_public_host;
}

static bool is_port(struct str port) {
    uint64_t number = 0;
    return str_to_u64(port, &number) && number >= 1 && number <= UINT16_MAX;
}

/* "host", "host:443", "[2001:db8::1]:443". */
static const char *object_to_authority(struct str authority, struct guard_rules rules) {
    if (str_find(authority, '@') != authority.len) {
        return "a URL without a user or a password";
    }
    bool is_v6 = str_starts_with(authority, STR("["));
    size_t end = str_find(authority, is_v6 ? ']' : ':');
    struct str host = str_first(authority, end);
    struct str rest = str_skip(authority, end);
    if (is_v6) {
        host = str_skip(host, 1);
        rest = str_skip(rest, 1);
    }
    if (rest.len > 0 && (rest.bytes[0] != ':' || !is_port(str_skip(rest, 1)))) {
        return "a port from 1 to 65535";
    }
    return is_v6 && end == authority.len ? a_url
           : is_v6                       ? object_to_v6(host, rules)
                                         : object_to_name(host, rules);
}

/* Printable ASCII but for what RFC 3986 leaves out, and the fragment, which is never sent. */
static bool has_only_url_bytes(struct str url) {
    return str_only(url, LETTERS DIGITS "-._~:/?[]@!$&'()*+,;=%");
}

const char *guard_objection(struct str url, struct guard_rules rules) {
    bool is_https = str_starts_with(url, STR("https://"));
    if (!is_https && !str_starts_with(url, STR("http://"))) {
        return a_url;
    }
    if (!is_https && rules.needs_https) {
        return "an https URL, since real money moves";
    }
    if (url.len > GUARD_URL_MAX || !has_only_url_bytes(url)) {
        return "a URL of at most 2048 characters, without a fragment, others percent-encoded";
    }
    struct str rest = str_skip(url, is_https ? 8 : 7);
    size_t end = 0;
    while (end < rest.len && rest.bytes[end] != '/' && rest.bytes[end] != '?') {
        end++;
    }
    return object_to_authority(str_first(rest, end), rules);
}
