/* The state of one client's connection, for the two files that work on it: http_connection.c, which
 * opens, writes and closes, and http_receive.c, which reads. */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include <netinet/in.h>

#include "net/http_internal.h"
#include "net/http_parser.h"
#include "net/http_tls.h"

enum http_phase { HTTP_PHASE_IDLE, HTTP_PHASE_HEAD, HTTP_PHASE_BODY };

struct http_connection {
    struct http_server *server;
    struct http_connection *before, *next; /* all connections of the server */
    struct http_connection *next_dirty;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct http_tls *tls; /* NULL: plain */
    enum http_phase phase;
    uint64_t phase_ns; /* when the phase began */
    uint64_t write_ns; /* when the write under way last moved */
    size_t write_left;
    struct http_exchange *incoming; /* its head is complete, its body is not */
    struct http_exchange *first, *last;
    size_t outstanding;
    size_t discarded;
    struct buf backlog; /* read but not parsed, while reading is paused */
    struct buf out;     /* answers, encoded, in order */
    struct buf wire;    /* bytes that libuv is writing */
    bool is_local;
    bool is_dirty;
    bool is_paused;      /* too much is outstanding: nothing more is read */
    bool is_input_over;  /* no further request will be taken */
    bool is_output_over; /* the last answer is in `out` */
    bool is_peer_done;   /* the client has sent all that it will */
    bool is_writing;
    bool is_lingering;
    bool is_broken;
    bool is_closing;
    char peer[INET6_ADDRSTRLEN];
    struct http_parser parser; /* so far back that all that a request uses is near together */
    uv_write_t write;
    uv_shutdown_t shutdown;
};

/* Accepts a waiting client; false when memory is short. */
MUST_USE bool http_connection_accept(struct http_listener *listener);
/* Notes that there is something to write or to decide; done before the loop sleeps. */
void http_connection_touch(struct http_connection *connection);
/* The one that was touched first, which is then no longer noted; NULL when none is. */
struct http_connection *http_connection_take_dirty(struct http_server *server);
void http_connection_service(struct http_connection *connection);
void http_connection_sweep(struct http_connection *connection, uint64_t now_ns);
void http_connection_close(struct http_connection *connection);
/* True when nothing is under way, so that stopping may close it. */
bool http_connection_is_idle(const struct http_connection *connection);
/* True when what is being answered has no end of its own. */
bool http_connection_is_streaming(const struct http_connection *connection);
void http_connection_enter(struct http_connection *connection, enum http_phase phase);

/* --- http_receive.c --- */

MUST_USE int http_receive_start(struct http_connection *connection); /* libuv's code */
/* Goes on after a pause, with what was read before it. */
void http_receive_resume(struct http_connection *connection);
/* True when so much is unanswered or unsent that no request may be added. */
bool http_receive_has_too_much(const struct http_connection *connection);
/* Tells a client that waits for it to send its body, once that overtakes no earlier answer. */
void http_receive_allow_body(struct http_connection *connection);
/* Answers in the place of a handler, behind what is outstanding, and takes no further request. */
void http_receive_refuse(struct http_connection *connection, int status, const char *reason);

#endif
