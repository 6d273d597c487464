/* The cookie of a session, and what a session notes of where it is used. */
#ifndef API_SESSION_COOKIE_H
#define API_SESSION_COOKIE_H

#include "api/request.h"

/* An empty token with an age of 0 takes the cookie away. */
void set_session_cookie(struct api_request *request, struct http_response *response,
                        struct str token, int64_t max_age_s);
/* A browser's navigation: it asks for a page by name. */
bool wants_page(const struct api_request *request);
struct session_place session_place_of(const struct api_request *request);

#endif
