/* What the parts of the HTTP server share; nothing outside net includes this.
 *
 * http_server.c     listeners, accepting, the sweep timer, stopping
 * http_connection.c accepting, writing, time bounds, closing
 * http_receive.c    reading, the queue of exchanges, refusing
 * http_exchange.c   one request and its answer
 * http_parser.c     bytes into requests
 * http_scan.c       the same, of heads that are plainly regular
 * http_tls.c        a TLS session between two byte buffers
 * http_inside.c     requests from this process, without a socket
 *
 * Who frees what: a connection frees itself once libuv has closed its socket. An exchange lives
 * until it was both answered and sent; when its connection goes first, it stays as an orphan
 * (`connection` NULL) until the handler answers it. Then it waits with its memory for the next
 * request, or is freed. */
#ifndef NET_HTTP_INTERNAL_H
#define NET_HTTP_INTERNAL_H

#include "base/buf.h"
#include "net/address.h"
#include "net/http_server.h"

enum {
    HTTP_PIPELINE_MAX = 64,       /* requests of one connection not yet answered */
    HTTP_UNSENT_MAX = 256 * 1024, /* answer bytes waiting, over which reading stops */
    HTTP_STREAM_MAX = 64 * 1024,  /* bytes of a stream that its reader may leave unread */
    HTTP_SOURCE_MAX = 128 * 1024, /* bytes of a source that are read ahead of its reader */
    HTTP_READ_SIZE = 64 * 1024,   /* bytes asked of the kernel at once */
    HTTP_SWEEP_MS = 250,          /* how often time bounds are looked at */
    HTTP_IDLE_MS = 60 * 1000,     /* keep-alive without a request; a peer that reads nothing */
    HTTP_BODY_ROOM = 256 * 1024,  /* bytes of a body for which there is room from the start */
    HTTP_BODY_FREE_MS = 5 * 1000, /* a body may take this long at any rate */
    HTTP_BODY_RATE = 1024,        /* bytes a second that it must reach from then on */
    HTTP_LINGER_MS = 2 * 1000,    /* how long a closing peer may go on sending */
    HTTP_DISCARD_MAX = 16 * 1024 * 1024, /* bytes read and dropped after a refusal */
    HTTP_LISTENERS_MAX = 8,
    HTTP_SURPLUS_MAX = 64,  /* connections over the limit that are told so at once */
    HTTP_SPARE_MAX = 256,   /* memories of requests that are kept for the next ones */
    HTTP_SPARE_BODY = 4096, /* bytes of a body's memory that are kept with them */
};

struct http_exchange {
    struct http_connection *connection; /* NULL for an orphan */
    struct http_inside_call *inside;    /* came without a connection; else NULL */
    struct http_exchange *next;         /* later in the connection's queue */
    struct http_request request;
    struct http_stream stream;
    struct http_source source;
    uint64_t source_at; /* bytes of it that were read */
    bool is_head;       /* HEAD: answered without the body */
    bool is_answered;
    bool is_last;        /* the connection closes after it */
    bool is_streaming;   /* its answer has begun and goes on */
    bool is_sourcing;    /* its answer has begun, and more of its source is to be read */
    bool wants_continue; /* the client waits for 100 Continue */
    struct buf answer;   /* encoded while earlier exchanges are unanswered */
    /* What it keeps when it is over, for the next one; zeroed is all before. */
    struct arena arena;
    struct buf body;
};

struct http_connection; /* net/http_connection.h */

struct http_listener {
    struct http_server *server;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct net_address address;
    bool is_waiting; /* a client waits because memory was short */
};

enum http_server_state { HTTP_RUNNING, HTTP_STOPPING, HTTP_STOPPED };

struct http_server {
    struct http_server_options options;
    struct env *env;
    enum http_server_state state;
    bool is_doomed; /* destroy was called: freed with the last handle */
    uv_prepare_t prepare;
    uv_timer_t sweep;
    size_t handles; /* open handles of the server, connections included */
    struct http_listener *listeners[HTTP_LISTENERS_MAX];
    size_t listener_count;
    int port;
    struct http_connection *connections;
    struct http_connection *dirty, **dirty_end; /* touched, in that order */
    struct ssl_ctx_st *tls;
    uint64_t deadline_ns; /* of stopping */
    void (*stopped)(void *context);
    void *stopped_context;
    struct http_server_counts counts;
    struct http_exchange *spare[HTTP_SPARE_MAX];
    size_t spare_count;
    uint64_t heads;   /* numbers given to heads */
    uint64_t read_ns; /* when what is being parsed was read */
    bool is_date_new; /* asked since the loop last slept */
    int64_t date_s;   /* the second that `date` shows */
    char date[32];
    size_t date_len;
    char read_bytes[HTTP_READ_SIZE]; /* libuv reads and calls back in one go, so that one is enough
                                      */
};

/* --- http_server.c --- */

uint64_t http_server_now_ns(const struct http_server *server);
/* What the timer does: closes and refuses what has broken a time bound. */
void http_server_sweep(struct http_server *server);
void http_server_handle_closed(struct http_server *server);
/* The Date header's value (RFC 9110 5.6.7), computed once a second; the clock is asked for it once
 * each time the loop has slept. */
struct str http_server_date(struct http_server *server);

/* --- http_exchange.c --- */

MUST_USE struct http_exchange *http_exchange_create(struct http_server *server);
/* Without a server (NULL: it may be gone already) nothing of the memory is kept. */
void http_exchange_destroy(struct http_server *server, struct http_exchange *exchange);
void http_exchange_free(struct http_exchange *exchange);
/* Reads the next piece of the source that is being answered from, if there is one and its reader
 * has taken what was read before. */
void http_exchange_fill(struct http_connection *connection);
/* Nothing more will be read or sent: tells the owner of a stream or a source that is under way. */
void http_exchange_close(struct http_exchange *exchange);

/* --- http_inside.c --- */

/* Ends an exchange that came without a connection; `response` NULL: it was dropped. */
void http_inside_respond(struct http_exchange *exchange, const struct http_response *response);

#endif
