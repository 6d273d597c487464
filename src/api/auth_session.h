/* What a person's session allows. Each authorize_… replies and returns false when it does not. */
#ifndef API_AUTH_SESSION_H
#define API_AUTH_SESSION_H

#include "api/request.h"

/* Of the cookie __Host-sid; bytes NULL when there is none. */
struct str session_token_of(const struct http_request *request);

/* For ROUTE_CUSTOMER. */
MUST_USE bool authorize_for_customer(struct api_request *request);
/* For ROUTE_KEY that an operator may call. */
MUST_USE bool authorize_operator(struct api_request *request);
/* For ROUTE_SESSION. */
MUST_USE bool authorize_anybody(struct api_request *request);
/* Whether the session that allowed a request still does; says nothing. */
MUST_USE bool session_still_allows(struct api_request *request);

/* auth.c: takes the customer from Turnpike-User, or replies and returns false. */
MUST_USE bool name_customer(struct api_request *request);

#endif
