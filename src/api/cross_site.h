/* Whether a change that a person's browser sends comes from our own pages. Pure.
 *
 * The session cookie is SameSite=Lax, which already keeps it out of other sites' POSTs; this is the
 * second lock. Origin cannot be set by a page, a JSON Content-Type cannot be sent by a form, and
 * Sec-Fetch-Site is the browser's own word (https://www.w3.org/TR/fetch-metadata/). */
#ifndef API_CROSS_SITE_H
#define API_CROSS_SITE_H

#include "net/http_server.h"

/* True when all of these hold: the type is JSON (a DELETE may have none), Origin is there and names
 * the host that was asked (request_host), over TLS or on the loopback, and Sec-Fetch-Site, where it
 * is sent, is same-origin. */
bool is_same_site(const struct http_request *request, struct str host);
/* "http://127.0.0.1:8080" names this host. */
bool is_own_origin(struct str host, struct str origin);

#endif
