/* TLS 1.2 or newer between two byte buffers: OpenSSL on memory BIOs, so that libuv alone touches
 * sockets. One context a server, one session a connection. Knows no HTTP but its ALPN name. */
#ifndef NET_HTTP_TLS_H
#define NET_HTTP_TLS_H

#include "base/buf.h"
#include "base/cx.h"

struct ssl_ctx_st;
struct http_tls;

/* Loads certificate chain and key (PEM files). ERR_FORMAT or ERR_NOT_FOUND with a sentence that
 * names the file at fault. */
MUST_USE struct err http_tls_context_create(struct cx *cx, const char *certificate, const char *key,
                                            struct ssl_ctx_st **ret_context);
void http_tls_context_destroy(struct ssl_ctx_st *context); /* takes NULL */

MUST_USE struct http_tls *http_tls_create(struct env *env, struct ssl_ctx_st *context);
void http_tls_destroy(struct http_tls *tls); /* takes NULL */

/* Takes bytes from the wire; false when memory ended. */
MUST_USE bool http_tls_receive(struct http_tls *tls, struct str wire);
/* Decrypts: bytes put to `bytes`, 0 when more must arrive, -1 when the session is broken or over.
 */
MUST_USE int http_tls_read(struct http_tls *tls, char *bytes, size_t len);
/* Encrypts as much of `out` as the session takes (nothing before the handshake is done), removes it
 * there, and appends to `wire` all that is to be sent. False when the session is broken. */
MUST_USE bool http_tls_write(struct http_tls *tls, struct buf *out, struct buf *wire);
/* Appends the closing alert (RFC 8446 6.1) to `wire`. */
void http_tls_end(struct http_tls *tls, struct buf *wire);
bool http_tls_is_ready(const struct http_tls *tls); /* the handshake is done */

#endif
