/* For tests of net: a server on a loop of its own whose clock is moved by hand, and raw sockets
 * that send it what no decent client would. Everything runs on the test's one thread. */
#ifndef NET_HTTP_FIXTURE_H
#define NET_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/http_connection.h"

enum { FIXTURE_HELD_MAX = 256, FIXTURE_BODY_MAX = 1024, WIRE_BYTES = 1 << 20 };

struct fixture {
    struct env env; /* first: the clock finds the fixture by it */
    uint64_t mono_ns;
    uv_loop_t loop;
    struct arena arena;
    struct cx cx;
    struct http_server *server;
    struct http_exchange *held[FIXTURE_HELD_MAX]; /* asked for /hold, not yet answered */
    size_t held_count;
    char last_peer[64];
    bool was_local, was_secure;
    bool is_stopped;
};

/* The handler answers /hold never by itself, /big with 4 MiB, and everything else with
 * "METHOD path?query body". A refusal has the body "refused: reason". */
struct http_server_options fixture_options(struct fixture *fixture);
void fixture_start(struct fixture *fixture, const struct http_server_options *options);
/* A loop and a clock, no server yet. */
struct fixture *fixture_empty(void);
/* The usual: options as above, listening on a free port of 127.0.0.1. */
struct fixture *fixture_create(void);
/* Stops what still runs and checks that the loop closes without a handle left. */
void fixture_destroy(struct fixture *fixture);

/* Lets everything that is ready happen. */
void fixture_turn(struct fixture *fixture);
/* Moves the clock and lets the sweep look at it. */
void fixture_advance(struct fixture *fixture, int64_t ms);
void fixture_answer(struct fixture *fixture, size_t held, const char *body);
void fixture_stop(struct fixture *fixture, int64_t grace_ms);
bool fixture_until_stopped(struct fixture *fixture);
bool fixture_until_held(struct fixture *fixture, size_t count);

/* A client that is nothing but a socket. */
struct wire {
    struct fixture *fixture;
    int fd;
    size_t len;
    bool is_closed; /* the server has hung up */
    bool was_reset; /* and not in good order */
    char bytes[WIRE_BYTES + 1];
};

struct wire *wire_connect(struct fixture *fixture);
struct wire *wire_connect_unix(struct fixture *fixture, const char *path);
void wire_send(struct wire *wire, struct str bytes);
#define wire_say(wire, literal) wire_send((wire), STR(literal))
/* Runs until `text` has come (once in all that was received), the server hung up or time ran out.
 */
bool wire_until(struct wire *wire, const char *text);
bool wire_until_closed(struct wire *wire);
/* True when nothing more comes and the connection is open. */
bool wire_is_quiet(struct wire *wire);
size_t wire_count(const struct wire *wire, const char *text);
/* Takes at most what is there now into `bytes`. */
void wire_receive(struct wire *wire);
void wire_forget(struct wire *wire); /* what was received so far */
void wire_close(struct wire *wire);

#endif
