/* From where somebody may come: networks of the internet protocol, as "192.0.2.0/24" or
 * "2001:db8::/32" (RFC 4632, RFC 4291 2.3); an address alone is the network of itself. IPv4 is kept
 * as the IPv6 addresses that it is mapped to (RFC 4291, 2.5.5.2), so that a listener of both sees
 * the same. Pure. */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum { NETWORKS_MAX = 16, NETWORK_TEXT_MAX = 43, NETWORK_BYTES = 16, NETWORK_ADDRESS_SIZE = 46 };

struct network {
    uint8_t bytes[NETWORK_BYTES]; /* in network order; zero behind the prefix */
    uint8_t bits;                 /* of the prefix: 0..128 */
};

/* "192.0.2.7", "2001:db8::7"; false when it is none. */
MUST_USE bool network_address(struct str text, uint8_t ret_bytes[NETWORK_BYTES]);
/* The same as text, always written the same way: an IPv4 address that is mapped as IPv4. */
void network_print(const uint8_t bytes[NETWORK_BYTES], char ret_text[NETWORK_ADDRESS_SIZE]);
/* Where an address roughly is: its /24, or of IPv6 its /48; what is none is empty. */
void network_around(struct str address, char ret_text[NETWORK_TEXT_MAX + 1]);
/* Whether such bytes are an IPv4 address, mapped. */
bool network_is_v4(const uint8_t bytes[NETWORK_BYTES]);

/* False when it is none, or has bits behind its prefix, which say something else than it means. */
MUST_USE bool network_parse(struct str text, struct network *ret_network);

/* An empty list lets everybody in. */
struct networks {
    struct network list[NETWORKS_MAX];
    size_t count;
};
/* Texts with blanks between; false when one is none, or there are too many. */
MUST_USE bool networks_parse(struct str texts, struct networks *ret_networks);
/* Whether the address ("192.0.2.7", "2001:db8::7") is in one of them. What is no address is in
 * none. */
bool networks_have(const struct networks *networks, struct str address);
/* The same of an address that has been read; in an empty list is nobody. */
bool networks_list(const struct networks *networks, const uint8_t bytes[NETWORK_BYTES]);

#endif
