/* What a client takes. */
#ifndef API_ACCEPT_H
#define API_ACCEPT_H

#include "net/http_server.h"

/* Whether the field (Accept, Accept-Encoding; RFC 9110, 12.5) names `what`, and not with a weight
 * of zero. Wildcards name nothing. */
bool accept_names(const struct http_request *http, struct str field, struct str what);

#endif
