/* Where a server listens: "host:port", "[::1]:8080", "unix:/path". */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "base/cx.h"
#include "base/str.h"

struct net_address {
    bool is_unix;
    int port;       /* 0: the system picks one */
    char host[256]; /* a name or a numeric address, without brackets */
    char path[104]; /* of a unix socket; the kernel takes 107 bytes and a NUL */
};

/* ERR_FORMAT with a sentence when `text` is none of the forms above. */
MUST_USE struct err net_address_parse(struct cx *cx, struct str text,
                                      struct net_address *ret_address);

#endif
