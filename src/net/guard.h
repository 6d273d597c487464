/* Whom a URL that somebody else has chosen may make us talk to: the public internet alone, so that
 * nobody reaches through us what listens on this machine or beside it (CWE-918, server-side request
 * forgery). Pure: nothing is resolved or connected here.
 *
 * A URL is judged twice: as text, when somebody gives it, so that they are told; and by the address
 * that its name turned out to have, when a connection is made (`is_guarded` of base/env.h), since
 * names may lead elsewhere tomorrow. */
#ifndef NET_GUARD_H
#define NET_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"

enum { GUARD_URL_MAX = 2048 };

struct guard_rules {
    bool allows_private; /* any host: for tests and demonstrations on one machine */
    bool needs_https;
};

/* Why a URL is not to be called, as the words that say what is expected instead; NULL when nothing
 * speaks against it. The grammar is narrower than RFC 3986, so that no two readers of the same text
 * can take different hosts from it. */
const char *guard_objection(struct str url, struct guard_rules rules);

/* Whether an address is one of the public internet, by IANA's registries of special addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry). What
 * embeds an IPv4 address (mapped, NAT64, 6to4) is as public as that. Bytes in network order. */
bool guard_is_public_v4(const uint8_t address[4]);
bool guard_is_public_v6(const uint8_t address[16]);
/* The same of a socket's peer; what is neither IPv4 nor IPv6 is not public. */
bool guard_is_public(const struct sockaddr *address);
/* The same of "192.0.2.1" or "2001:db8::1". */
bool guard_is_public_text(const char *address);

#endif
