/* Which part of a body a client wants (RFC 9110, 14): one range of bytes, so that a download that
 * was cut off goes on. */
#ifndef NET_HTTP_RANGE_H
#define NET_HTTP_RANGE_H

#include "net/http_server.h"

enum http_range_kind {
    HTTP_RANGE_WHOLE,         /* 200: none was asked for, or none that we know */
    HTTP_RANGE_PART,          /* 206 */
    HTTP_RANGE_UNSATISFIABLE, /* 416: it begins behind the end */
};

/* `length` bytes from `first` on. */
struct http_range {
    enum http_range_kind kind;
    uint64_t first, length;
};

/* What `request` asks for of a body of `size` bytes whose strong entity tag, with its quotation
 * marks, is `etag`. Of another method than GET, of several ranges, of what is malformed, and under
 * an If-Range that names another body it is the whole, as the RFC allows or demands. */
struct http_range http_range_of(const struct http_request *request, struct str etag, uint64_t size);

#endif
