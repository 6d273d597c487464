/* An HTTP/1.1 server on libuv, llhttp and OpenSSL. Knows bytes, not money.
 *
 * The owner gives a handler; the server calls it once a request is whole and within bounds, on the
 * loop's thread. The handler answers with http_respond(), at once or later, always on the loop's
 * thread, exactly once. A client that went away meanwhile makes the answer vanish, nothing else.
 *
 * Everything is bounded: connections, header bytes and time, body bytes (by route) and rate, idle
 * time, pipelined requests. What breaks a bound, or HTTP itself, is answered by the server through
 * `refuse` and the connection is closed. */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/str.h"

struct http_header {
    struct str name;
    struct str value;
};

/* A request that has arrived whole. Everything is borrowed from the exchange. */
struct http_request {
    struct str method;
    struct str path;  /* as sent, percent-encoding kept, without query */
    struct str query; /* without "?"; empty when absent */
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    /* The same number: the same connection, and the same head byte for byte. 0: it is not known. */
    uint64_t head;
    struct str peer;      /* "127.0.0.1" or "unix" */
    bool is_secure;       /* came over TLS */
    bool is_local;        /* came over the unix socket */
    uint64_t received_ns; /* by the monotonic clock: when the last of it was read */
};

/* What an answer without an end tells its owner. */
struct http_stream {
    /* Called once, when the stream is over for another reason than http_stream_end(): the client
     * went away or reads too slowly, or the server stops. The exchange is gone afterwards. */
    void (*closed)(void *context);
    void *context;
};

/* A body that is read as the client takes it, so that memory holds a piece of it and not the whole.
 * All functions are called on the loop's thread, between others' work: a read is short. */
struct http_source {
    uint64_t length; /* in bytes: the Content-Length */
    /* Appends bytes of the body from `at` on to `out`: at least one, at most `max`. The client was
     * told how many there are, so that a failure closes the connection. */
    struct err (*read)(void *context, uint64_t at, size_t max, struct buf *out);
    /* Called once, when nothing is read any more: all was, nobody asked for the body (HEAD), the
     * client went away or does not read, or the server stops. May be NULL. */
    void (*closed)(void *context);
    void *context; /* the owner's until then; it may lie in the exchange's arena */
};

struct http_response {
    int status;
    struct http_header headers[16]; /* Content-Length, Date, Connection are the server's */
    size_t header_count;
    /* Further header lines as they go out, each with its CR LF, that hold nothing from outside. */
    struct str lines, more_lines;
    struct str body; /* copied before http_respond returns */
    /* Not NULL: `body` is only the beginning, more comes by http_stream_send(), and the connection
     * closes at the end. Copied; may be told that it is closed before http_respond returns. */
    const struct http_stream *stream;
    /* Not NULL: the body, in place of `body`. Copied; may be closed before http_respond returns. */
    const struct http_source *source;
};

struct http_server;
struct http_exchange;

const struct http_request *http_exchange_request(const struct http_exchange *exchange);
/* Memory that lives until the answer is sent. */
struct arena *http_exchange_arena(struct http_exchange *exchange);
/* Answers; the exchange must not be touched afterwards, unless the answer is a stream. */
void http_respond(struct http_exchange *exchange, const struct http_response *response);
/* Closes the connection without a word instead of answering, as a network that fails would. */
void http_drop(struct http_exchange *exchange);

/* The next bytes of a stream. A client that leaves too much unread is disconnected, soon. */
void http_stream_send(struct http_exchange *exchange, struct str bytes);
/* Sends what there is and closes; the exchange must not be touched afterwards. */
void http_stream_end(struct http_exchange *exchange);

/* The value of the first header of that name (any case); empty bytes NULL when absent. */
struct str http_header(const struct http_request *request, struct str name);
void http_add_header(struct http_response *response, struct str name, struct str value);

struct http_server_options {
    struct env *env;
    uv_loop_t *loop;
    void (*handle)(void *context, struct http_exchange *exchange);
    /* The largest body that this request may bring; asked once its headers are read. */
    size_t (*body_max)(void *context, struct str method, struct str path);
    /* Fills the answer to a request that broke a bound or HTTP itself: 400, 408, 413, 414, 417,
     * 431, 503, 505. `reason` is one sentence for a person. */
    void (*refuse)(void *context, int status, const char *reason, struct arena *arena,
                   struct http_response *ret_response);
    void *context;
    size_t connections_max;      /* 0: LIMIT_CONNECTIONS */
    const char *tls_certificate; /* PEM paths; both or neither */
    const char *tls_key;
};

MUST_USE struct err http_server_create(struct cx *cx, const struct http_server_options *options,
                                       struct http_server **ret_server);
/* `address` is "host:port" ("[::1]:8080", port 0 picks one) or "unix:/path". ERR_CONFLICT when the
 * port is in use, with a sentence in cx->detail. May be called several times. */
MUST_USE struct err http_server_listen(struct cx *cx, struct http_server *server,
                                       struct str address);
/* Reads certificate and key again: who connects from now on meets the new ones, whoever is
 * connected goes on. On failure the old ones stay, and cx->detail says what is wrong with which
 * file. Nothing is done without TLS. */
MUST_USE struct err http_server_reload_tls(struct cx *cx, struct http_server *server);
/* The port that the first TCP listener has got. */
int http_server_port(const struct http_server *server);
/* Stops accepting, lets requests under way finish for at most `grace_ms`, closes everything, then
 * calls `stopped`. */
void http_server_stop(struct http_server *server, int64_t grace_ms, void (*stopped)(void *context),
                      void *context);
/* After `stopped`, or at any time to drop everything at once: then the memory goes with the last
 * handle, for which the loop must run once more. Exchanges not yet answered may still be. Takes
 * NULL. */
void http_server_destroy(struct http_server *server);

struct http_server_counts {
    uint64_t connections_open, connections_total, requests, refused;
};
struct http_server_counts http_server_count(const struct http_server *server);

#endif
