/* From where a request came when a proxy stands before the server: what a proxy of one's own says
 * of it is believed, what anybody else says is not.
 *
 * Each proxy adds at the right whom it was asked by. So the list is read from the right, as long as
 * who is named there is one of the trusted themselves; the first who is not is who asks. What
 * stands further left was sent by them, and may say anything. Pure. */
#ifndef NET_FORWARDED_H
#define NET_FORWARDED_H

#include "base/arena.h"
#include "base/network.h"

struct http_request;

struct proxies {
    struct networks networks; /* theirs; empty: there is none */
    /* They say it by `Forwarded` (RFC 7239); else by X-Forwarded-For, -Proto and -Host. Never by
     * both: a proxy that sets one of them passes the other on as the client sent it. */
    bool say_forwarded;
};

struct origin {
    struct str address; /* "192.0.2.7", "2001:db8::7"; "unix" */
    struct str host; /* that was asked for, as a proxy says; bytes NULL: as the field Host says */
    bool is_secure;  /* it came over TLS, to us or to a proxy */
};

/* What a proxy says that cannot be read is not believed; then it is the proxy itself who asks. */
struct origin origin_of(const struct proxies *proxies, const struct http_request *request,
                        struct arena *arena);

#endif
