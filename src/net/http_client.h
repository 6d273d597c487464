/* Outbound HTTP: libcurl's multi interface on the libuv loop, given to the rest of the program as
 * env->http_send (base/env.h). TLS 1.2 or newer, certificates verified, no redirects, bounded
 * bodies and times; connections are kept and reused. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <uv.h>

#include "base/cx.h"
#include "net/transfers.h"

struct http_client;

/* Starts the client on `loop` and installs it in `env` (http and http_send). */
MUST_USE struct err http_client_create(struct cx *cx, struct env *env, uv_loop_t *loop,
                                       struct http_client **ret_client);
/* For what goes out by other protocols; lives as long as the client. */
struct transfers *http_client_transfers(struct http_client *client);
/* Aborts what is under way (callbacks get ERR_NETWORK), closes its handles; the loop must run once
 * more before the memory of the loop goes. Takes NULL. */
void http_client_destroy(struct http_client *client);

#endif
