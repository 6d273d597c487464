/* Reads the Cookie header (RFC 6265 5.4). Setting cookies is the business of who owns their rules.
 */
#ifndef NET_COOKIE_H
#define NET_COOKIE_H

#include "base/str.h"

/* The value of the cookie `name` in a Cookie header ("a=1; b=2"), without quotes; bytes NULL when
 * it is absent, or there more than once with different values: one of them is somebody else's. */
struct str cookie_get(struct str header, struct str name);

#endif
