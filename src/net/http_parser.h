/* Bytes of an HTTP/1.1 connection into requests: llhttp in strict mode, and on top of it what RFC
 * 9112 forbids but llhttp lets pass, because every lenience is a way to smuggle a request past a
 * proxy.
 *
 * The parser stops at two places so that its owner decides outside of callbacks: when a head is
 * complete (is the body allowed, does the client wait for 100 Continue) and when a message is. It
 * keeps the bytes of the head itself; body bytes go to the owner's buffer. It knows no sockets, no
 * time and no answers. A head that is whole and plainly regular is read by http_scan.c instead. */
#ifndef NET_HTTP_PARSER_H
#define NET_HTTP_PARSER_H

#include <llhttp.h>

#include "base/buf.h"
#include "net/http_server.h"

enum {
    HTTP_HEADERS_MAX = 64,
    HTTP_TARGET_MAX = 8 * 1024, /* bytes of the request target */
    HTTP_BEFORE_MAX = 1024,     /* bytes of a head that are kept to know it again */
};

enum http_parsed {
    HTTP_PARSED_ALL,     /* the input is used up, the message is not complete */
    HTTP_PARSED_HEAD,    /* a head is complete; feed again, even without input */
    HTTP_PARSED_MESSAGE, /* a message is complete; what is left belongs to the next */
    HTTP_PARSED_BAD,     /* `status` and `reason` say why; feed no more */
};

/* Where a name and its value lie in the bytes of the head. */
struct http_header_place {
    size_t name_at, name_len;
    size_t value_at, value_len;
};

/* A head that http_scan.c has read. */
struct http_scanned {
    struct buf text; /* empty: none, or one too long to be kept */
    struct str method;
    size_t target_len, header_count;
    uint64_t body_len;
    uint64_t number; /* by its owner, of this text; 0: none yet */
};

struct http_parser {
    llhttp_t llhttp;
    struct buf head; /* target, names and values, one after the other, as llhttp finds them */
    struct str text; /* what places are places of: `head`, or the input at HTTP_PARSED_HEAD */
    struct str method;
    size_t target_at, target_len;
    size_t header_count;
    size_t head_bytes;    /* raw, with blanks and line ends */
    size_t framing_bytes; /* chunk sizes, extensions and trailers of this message */
    struct buf *body;     /* the owner's */
    char last;            /* byte of the head before the next one */
    bool is_in_name;
    bool is_head_over;
    bool is_scanned;            /* http_scan.c has read the head; the body is so many bytes: */
    uint64_t body_left;         /* still to come */
    struct http_scanned before; /* whose places are still in `places` */
    int status;
    const char *reason;
    struct http_header_place places[HTTP_HEADERS_MAX]; /* last: most requests use few */
};

void http_parser_init(struct http_parser *parser, struct env *env);
void http_parser_finish(struct http_parser *parser);

/* Parses from the front of *input and cuts off what it used. */
enum http_parsed http_parser_feed(struct http_parser *parser, struct str *input);

/* After HTTP_PARSED_HEAD, while the input is still there: the request, copied into the arena; false
 * when memory ended. Sets method, path, query and headers. */
MUST_USE bool http_parser_request(const struct http_parser *parser, struct arena *arena,
                                  struct http_request *ret_request);
/* After HTTP_PARSED_HEAD: bytes announced by Content-Length, 0 without one. */
uint64_t http_parser_content_length(const struct http_parser *parser);
bool http_parser_is_chunked(const struct http_parser *parser);
/* After HTTP_PARSED_HEAD: HTTP/1.1, not 1.0. */
bool http_parser_is_current(const struct http_parser *parser);
/* After HTTP_PARSED_HEAD: where the body goes; what passes its ceiling is answered 413. */
void http_parser_body_to(struct http_parser *parser, struct buf *body);
/* After HTTP_PARSED_MESSAGE: whether the client may send another one; call before feeding on. */
bool http_parser_keeps_alive(const struct http_parser *parser);
/* After HTTP_PARSED_MESSAGE: makes ready for the next one. */
void http_parser_next(struct http_parser *parser);

#endif
