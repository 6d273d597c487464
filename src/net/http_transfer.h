/* What every outbound request shares, be it on the loop (http_client.h) or blocking (http_call.h):
 * how a libcurl handle is set up, how the answer is gathered within its bounds, and what libcurl's
 * failures mean to us. */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "net/curl.h"

enum {
    HTTP_ANSWER_MAX = 16 * 1024 * 1024, /* bytes of an answer's body */
    HTTP_ANSWER_HEAD_MAX = 64 * 1024,   /* bytes of its header lines */
    HTTP_ANSWER_HEADERS_MAX = 128,
    HTTP_CONNECT_MS = 10 * 1000,
    HTTP_URL_MAX = 8 * 1024,
};

struct http_transfer {
    const struct curl *curl;
    CURL *easy;
    struct curl_slist *lines; /* request headers */
    struct arena arena;       /* the request, as libcurl wants it, and the answer's headers */
    struct buf body;
    struct str headers[HTTP_ANSWER_HEADERS_MAX];
    size_t header_count;
    bool is_head_over; /* the blank line behind the headers has come */
    bool is_too_large;
    size_t body_max;   /* what is taken in of the body */
    bool is_cut;       /* there was more, and the request wanted no more */
    bool is_forbidden; /* an address was met that a guarded request may not talk to */
    char error[CURL_ERROR_SIZE];
};

/* Makes the handle ready to send `request`; everything borrowed is copied. The transfer must stay
 * where it is until http_transfer_finish. ERR_FORMAT for a URL that is not http or https, or a
 * header with a line break. */
MUST_USE struct err http_transfer_init(struct http_transfer *transfer, const struct curl *curl,
                                       struct env *env, const struct env_http_request *request);
void http_transfer_finish(struct http_transfer *transfer); /* a zeroed one, too */
/* The answer after libcurl has finished with `code`; borrows from the transfer. */
struct env_http_answer http_transfer_answer(struct http_transfer *transfer, CURLcode code);

#endif
