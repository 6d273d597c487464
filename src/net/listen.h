/* Sockets bound to an address, ready for listen(2). */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "net/address.h"

/* A bound, non-blocking socket. ERR_CONFLICT when somebody else has the address, ERR_NOT_FOUND for
 * an unknown host, ERR_PERMISSION, ERR_IO; cx->detail has the sentence. *ret_port is the port it
 * got, 0 for a unix socket. A unix socket is made with mode 0600; one that a dead process left is
 * replaced. */
MUST_USE struct err net_bind(struct cx *cx, const struct net_address *address, int *ret_fd,
                             int *ret_port);

#endif
