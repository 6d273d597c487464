/* One blocking HTTP call, for the command line: to a server's TCP address or to its unix socket. */
#ifndef NET_HTTP_CALL_H
#define NET_HTTP_CALL_H

#include "base/cx.h"

struct http_call_options {
    const char *unix_socket; /* path; NULL for TCP */
    struct str base_url;     /* "http://127.0.0.1:8080", without a slash at the end */
    struct str method;
    struct str target;         /* "/api/…" */
    const struct str *headers; /* "Name: value" */
    size_t header_count;
    struct str body;
    int64_t timeout_ms;
};

struct http_call_answer {
    int status;
    const struct str *headers; /* "Name: value" */
    size_t header_count;
    struct str body;
};

/* Sends and waits; the answer lies in the arena of `cx`. ERR_NETWORK, ERR_TIMEOUT, ERR_TOO_LARGE,
 * ERR_FORMAT with a sentence that says what could not be reached. A status of 400 or more is an
 * answer, not a failure. */
MUST_USE struct err http_call(struct cx *cx, const struct http_call_options *options,
                              struct http_call_answer *ret_answer);

#endif
