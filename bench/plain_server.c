/* The least that an HTTP server can be: libuv and llhttp, and one answer to whatever is asked.
 *
 *   plain_server [BODY [HEADER-LINES]]
 *
 * Prints the port of 127.0.0.1 that it listens on. It reads what is there, parses all of it, and
 * answers with one write, as the program's own server does; but it looks at nothing, decides
 * nothing and checks nothing that llhttp does not. What is slower than this, by how much, is what
 * the program costs beside the kernel and the parser. */
#include <stdio.h>
#include <string.h>

#include "bench/plain_http.h"

enum { ANSWER_MAX = 2048, ANSWERS_MAX = 256 };

/* The answer, as often as one write may hold it. */
struct plain_answers {
    size_t len; /* of one */
    char bytes[ANSWERS_MAX * ANSWER_MAX];
};

static struct plain_answers *answers_of(struct plain_connection *connection) {
    return connection->server->loop.data;
}

static void on_request(struct plain_connection *connection) {
    (void)connection; /* it is answered with the others that were read with it */
}

static bool on_turn(struct plain_connection *connection) {
    const struct plain_answers *answers = answers_of(connection);
    while (connection->asked > 0) {
        size_t count = connection->asked < ANSWERS_MAX ? connection->asked : ANSWERS_MAX;
        if (!plain_send(connection, answers->bytes, count * answers->len)) {
            return false;
        }
        connection->asked -= count;
    }
    return true;
}

static void make_answers(struct plain_answers *answers, const char *body, const char *headers) {
    char answer[ANSWER_MAX];
    int len = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s",
                       headers, strlen(body), body);
    plain_ensure(len > 0 && len < ANSWER_MAX, "the answer is too long");
    answers->len = (size_t)len;
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        memcpy(answers->bytes + i * answers->len, answer, answers->len);
    }
}

int main(int count, char **words) {
    static struct plain_server server = {.on_request = on_request, .on_turn = on_turn};
    static struct plain_answers answers;
    make_answers(&answers, count > 1 ? words[1] : "ok", count > 2 ? words[2] : "");
    plain_listen(&server);
    server.loop.data = &answers;
    return uv_run(&server.loop, UV_RUN_DEFAULT);
}
