/* HTTP to the one server, by libcurl: a connection that is kept, one request under way, and none of
 * it waits but edge_transport_wait(). For calls that do wait there is edge_call(). */
#ifndef EDGE_TRANSPORT_H
#define EDGE_TRANSPORT_H

#include "base/buf.h"
#include "edge/exchange.h"

struct edge_server {
    struct env *env;
    const char *url;         /* without a slash at its end */
    const char *unix_socket; /* NULL: over the network */
    const char *key;         /* NULL: none */
    const char *ca_file;     /* NULL: the system's */
    const char *agent;
};

struct edge_transport;

MUST_USE struct err edge_transport_create(const struct edge_server *server,
                                          struct edge_transport **ret_transport);
void edge_transport_destroy(struct edge_transport *transport); /* takes NULL */

/* Starts a POST; the body is borrowed until it is done. None is under way. */
MUST_USE bool edge_transport_start(struct edge_transport *transport, struct edge_letter letter,
                                   struct str body, int timeout_ms);
bool edge_transport_is_busy(const struct edge_transport *transport);
/* Goes on. True when the request has just ended: *ret_status is 0 when no answer came, for the
 * reason *ret_problem; the body is borrowed until the next start. */
MUST_USE bool edge_transport_go_on(struct edge_transport *transport, int *ret_status,
                                   struct str *ret_body, const char **ret_problem);
/* Waits for the network, a wake or the time. */
void edge_transport_wait(struct edge_transport *transport, int ms);
void edge_transport_wake(struct edge_transport *transport); /* from any thread */

/* One POST, waited for; 0 when no answer came in time. The answer is added to `ret_body`. */
int edge_call(const struct edge_server *server, struct edge_letter letter, struct str body,
              int timeout_ms, struct buf *ret_body);

#endif
