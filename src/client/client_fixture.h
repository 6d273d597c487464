/* For tests of client and cli: a real server in a thread of its own, whose answers the test gives.
 * Not part of the program. */
#ifndef CLIENT_CLIENT_FIXTURE_H
#define CLIENT_CLIENT_FIXTURE_H

#include <pthread.h>

#include "base/testing.h"
#include "net/http_server.h"

/* Fills the answer; runs on the server's thread, while the test waits in its call. */
typedef void client_fixture_answer(void *context, const struct http_request *request,
                                   struct arena *arena, struct http_response *ret_response);

struct client_fixture {
    struct env env;
    uv_loop_t loop;
    uv_async_t stop;
    struct http_server *server;
    pthread_t thread;
    client_fixture_answer *answer;
    void *context;
    struct arena arena; /* the test's */
    struct cx cx;       /* the test's */
    char url[64];       /* "http://127.0.0.1:40123" */
    char folder[64];    /* new, empty but for the socket */
    char socket[96];    /* "<folder>/turnpike.sock" */
};

void client_fixture_start(struct client_fixture *fixture, client_fixture_answer *answer,
                          void *context);
void client_fixture_stop(struct client_fixture *fixture);

#endif
