/* A load of HTTP requests, all alike, over kept connections: how many answers a second?
 *
 *   load PORT CONNECTIONS MILLISECONDS METHOD PATH [HEADER-LINE BODY]
 *
 * One request is under way on each connection. Prints answers a second, and the milliseconds within
 * which half and 99 % of them came. An answer other than 2xx ends it with status 1: a fast refusal
 * is no figure. One thread, no parser but for the length, so that it costs less than what it
 * measures. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, REQUEST_MAX = 8192, ANSWER_MAX = 65536, SLOTS = 100000 };

/* Answer times in a histogram of ten microseconds a slot; the last holds all that took longer. */
struct tally {
    uint64_t answers;
    uint32_t slots[SLOTS];
};

struct connection {
    uint64_t sent_ns;
    size_t have;
    char answer[ANSWER_MAX];
};

struct load {
    char request[REQUEST_MAX];
    size_t size;
    struct pollfd polled[CONNECTIONS_MAX];
    struct connection connections[CONNECTIONS_MAX];
    struct tally tally;
};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "load: %s%s%s\n", what, errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int connect_to(uint16_t port) {
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int on = 1;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&peer, sizeof peer) != 0) {
        fail("no connection");
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* The length of the answer that begins the buffer, or 0 while its end is not there. */
static size_t whole_answer(struct connection *connection) {
    char *answer = connection->answer;
    answer[connection->have] = '\0';
    const char *end = strstr(answer, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    if (strncmp(answer, "HTTP/1.1 2", 10) != 0) {
        errno = 0;
        fail(answer);
    }
    const char *length = strcasestr(answer, "\r\nContent-Length:");
    size_t body = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end - answer) + 4 + body;
    return connection->have >= whole ? whole : 0;
}

static void send_request(struct load *load, size_t i) {
    load->connections[i].sent_ns = now_ns();
    if (send(load->polled[i].fd, load->request, load->size, MSG_NOSIGNAL) != (ssize_t)load->size) {
        fail("a request did not go out");
    }
}

static void take_answer(struct load *load, size_t i) {
    struct connection *connection = &load->connections[i];
    ssize_t got = recv(load->polled[i].fd, connection->answer + connection->have,
                       ANSWER_MAX - 1 - connection->have, 0);
    if (got <= 0) {
        fail("the server hung up");
    }
    connection->have += (size_t)got;
    if (whole_answer(connection) == 0) {
        return;
    }
    uint64_t slot = (now_ns() - connection->sent_ns) / 10000;
    load->tally.slots[slot < SLOTS ? slot : SLOTS - 1]++;
    load->tally.answers++;
    connection->have = 0;
    send_request(load, i);
}

static double milliseconds_of(const struct tally *tally, double share) {
    uint64_t left = (uint64_t)((double)tally->answers * share);
    size_t slot = 0;
    while (slot < SLOTS - 1 && left >= tally->slots[slot]) {
        left -= tally->slots[slot++];
    }
    return (double)(slot + 1) / 100;
}

static void make_request(struct load *load, int count, char **words) {
    const char *body = count > 7 ? words[7] : "";
    int size =
        snprintf(load->request, REQUEST_MAX,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%sContent-Length: %zu\r\n\r\n%s", words[4],
                 words[5], count > 6 ? words[6] : "", count > 6 ? "\r\n" : "", strlen(body), body);
    if (size < 0 || size >= REQUEST_MAX) {
        errno = 0;
        fail("the request is too long");
    }
    load->size = (size_t)size;
}

int main(int count, char **words) {
    static struct load load;
    size_t connections = count > 5 ? strtoul(words[2], NULL, 10) : 0;
    if (connections == 0 || connections > CONNECTIONS_MAX) {
        errno = 0;
        fail("PORT CONNECTIONS MILLISECONDS METHOD PATH [HEADER-LINE BODY]");
    }
    make_request(&load, count, words);
    for (size_t i = 0; i < connections; i++) {
        int fd = connect_to((uint16_t)strtoul(words[1], NULL, 10));
        load.polled[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    uint64_t start = now_ns();
    uint64_t end = start + strtoul(words[3], NULL, 10) * 1000000;
    for (size_t i = 0; i < connections; i++) {
        send_request(&load, i);
    }
    while (now_ns() < end) {
        if (poll(load.polled, connections, 1000) <= 0) {
            fail("no answer for a second");
        }
        for (size_t i = 0; i < connections; i++) {
            if (load.polled[i].revents != 0) {
                take_answer(&load, i);
            }
        }
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    printf("%.0f %.2f %.2f\n", (double)load.tally.answers / seconds,
           milliseconds_of(&load.tally, 0.5), milliseconds_of(&load.tally, 0.99));
    return 0;
}
