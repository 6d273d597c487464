/* HTTP between the parts of one process, without a socket: what env->http_send sends to an address
 * that is served here goes to that server's handler, and the answer comes back the same way.
 *
 * One thread, first come first served: http_inside_step() hands over one request or one answer, so
 * that the same requests give the same order, always. For simulations; nothing is due to time, and
 * a request that nobody answers waits for ever. */
#ifndef NET_HTTP_INSIDE_H
#define NET_HTTP_INSIDE_H

#include "net/http_server.h"

struct http_inside;

enum { HTTP_INSIDE_SERVERS_MAX = 4 };

/* Installs itself in `env` (http and http_send), which must outlive it. */
MUST_USE struct err http_inside_create(struct cx *cx, struct env *env,
                                       struct http_inside **ret_inside);
/* Where a server is: requests whose URL begins with `origin` ("http://127.0.0.1:8080", a literal or
 * longer-lived than `inside`) are its. `is_local`: they count as come over the unix socket. Any
 * other URL is answered with ERR_NETWORK. The server outlives all that was sent to it. */
void http_inside_serve(struct http_inside *inside, struct str origin, struct http_server *server,
                       bool is_local);
/* Hands over the next request or answer; false when nothing waits. */
bool http_inside_step(struct http_inside *inside);
/* What waits is dropped, its senders are not told. Takes NULL. */
void http_inside_destroy(struct http_inside *inside);

#endif
