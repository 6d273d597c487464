/* Guards the calls that wait for the server: what got no answer is sent again under the same id, so
 * that it counts once; what is refused is not; what is asked anew has a new id. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/testing.h"
#include "turnpike.h"

enum { CALLS_MAX = 4, CALL_SIZE = 2048 };

/* A server that plays a script: an answer for each call, or NULL to hang up without one. */
struct server {
    const char *const *script;
    size_t count;
    int listener;
    pthread_t thread;
    char url[64];
    char heard[CALLS_MAX][CALL_SIZE];
};

static const char *body_of(const struct server *server, size_t call) {
    const char *end = strstr(server->heard[call], "\r\n\r\n");
    return end == NULL ? "" : end + 4;
}

/* All of it has come when the body is closed: nothing that is sent here has an object inside. */
static void hear(int line, char *heard) {
    size_t len = 0;
    while (strchr(heard, '}') == NULL && len + 1 < CALL_SIZE) {
        ssize_t got = read(line, heard + len, CALL_SIZE - 1 - len);
        if (got <= 0) {
            return;
        }
        len += (size_t)got;
    }
}

static void *serve(void *context) {
    struct server *server = context;
    for (size_t i = 0; i < server->count; i++) {
        int line = accept(server->listener, NULL, NULL);
        if (line < 0) {
            break;
        }
        hear(line, server->heard[i]);
        const char *answer = server->script[i];
        if (answer != NULL) {
            (void)send(line, answer, strlen(answer), MSG_NOSIGNAL);
        }
        close(line);
    }
    return NULL;
}

static void start(struct server *server, const char *const *script, size_t count) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    *server = (struct server){.script = script, .count = count};
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&at, &size), 0);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server) {
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static void keep_still(void *context, const char *event) {
    (void)context;
    (void)event;
}

/* A gate that speaks to the server only when it is asked to. */
static struct turnpike *open_gate(const struct server *server, struct turnpike_customer **ret_ada) {
    struct turnpike_options options = TURNPIKE_OPTIONS;
    options.url = server->url;
    options.key = "tp_test_none";
    options.node = "edge-7";
    options.customers_max = 10;
    options.is_host_loop = true;
    options.log = keep_still;
    struct turnpike *gate = NULL;
    assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_OK);
    assert_int_equal(turnpike_customer(gate, "ada", ret_ada), TURNPIKE_OK);
    return gate;
}

#define ANSWER(status, body)                                                                       \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" body
#define GIVEN ANSWER("200 OK", "{\"allowed\":true,\"reason\":\"within_limit\"}")
#define BUSY ANSWER("503 Service Unavailable", "{\"code\":\"store_busy\"}")
#define TOO_LARGE ANSWER("409 Conflict", "{\"code\":\"release_too_large\"}")
#define ALL_LEASED                                                                                 \
    ANSWER("200 OK", "{\"allowed\":false,\"reason\":\"hard_limit\",\"used\":10,\"hardLimit\":"     \
                     "100}")

static void a_release_without_an_answer_is_sent_again_under_its_id(void **state) {
    (void)state;
    static const char *const script[] = {NULL, BUSY, GIVEN};
    struct server server;
    struct turnpike_customer *ada = NULL;
    start(&server, script, ARRAY_LEN(script));
    struct turnpike *gate = open_gate(&server, &ada);
    assert_int_equal(turnpike_release_wait(ada, TURNPIKE_MODULES, 3, 20000), 3);
    stop(&server);
    assert_non_null(strstr(server.heard[0], "POST /api/usage/release "));
    assert_non_null(strstr(body_of(&server, 0), "\"amount\":3,\"releaseId\":\""));
    assert_string_equal(body_of(&server, 1), body_of(&server, 0));
    assert_string_equal(body_of(&server, 2), body_of(&server, 0));
    (void)turnpike_close(gate, 0);
}

static void two_releases_have_two_ids(void **state) {
    (void)state;
    static const char *const script[] = {GIVEN, GIVEN};
    struct server server;
    struct turnpike_customer *ada = NULL;
    start(&server, script, ARRAY_LEN(script));
    struct turnpike *gate = open_gate(&server, &ada);
    assert_int_equal(turnpike_release_wait(ada, TURNPIKE_MODULES, 3, 20000), 3);
    assert_int_equal(turnpike_release_wait(ada, TURNPIKE_MODULES, 3, 20000), 3);
    stop(&server);
    assert_string_not_equal(body_of(&server, 1), body_of(&server, 0));
    (void)turnpike_close(gate, 0);
}

static void a_release_that_is_refused_gave_nothing_back(void **state) {
    (void)state;
    static const char *const script[] = {TOO_LARGE};
    struct server server;
    struct turnpike_customer *ada = NULL;
    start(&server, script, ARRAY_LEN(script));
    struct turnpike *gate = open_gate(&server, &ada);
    assert_int_equal(turnpike_release_wait(ada, TURNPIKE_MODULES, 3, 20000), 0);
    stop(&server);
    (void)turnpike_close(gate, 0);
}

static void
a_take_without_an_answer_keeps_its_id_and_one_that_is_asked_anew_does_not(void **state) {
    (void)state;
    static const char *const script[] = {NULL, ALL_LEASED, GIVEN};
    struct server server;
    struct turnpike_customer *ada = NULL;
    start(&server, script, ARRAY_LEN(script));
    struct turnpike *gate = open_gate(&server, &ada);
    struct turnpike_verdict verdict = turnpike_take_wait(ada, TURNPIKE_API_REQUESTS, 3, 20000);
    assert_true(verdict.is_allowed);
    assert_int_equal(verdict.reason, TURNPIKE_ASKED);
    stop(&server);
    assert_non_null(strstr(body_of(&server, 0), "\"amount\":3,\"id\":\""));
    assert_string_equal(body_of(&server, 1), body_of(&server, 0));
    assert_string_not_equal(body_of(&server, 2), body_of(&server, 0));
    (void)turnpike_close(gate, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_without_an_answer_is_sent_again_under_its_id),
        cmocka_unit_test(two_releases_have_two_ids),
        cmocka_unit_test(a_release_that_is_refused_gave_nothing_back),
        cmocka_unit_test(a_take_without_an_answer_keeps_its_id_and_one_that_is_asked_anew_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
