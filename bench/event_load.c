/* A load of usage events over kept connections: how many are counted a second, and how soon?
 *
 *   event_load PORT CONNECTIONS MILLISECONDS BATCH CUSTOMERS RATE HEADER-LINE [NAME]
 *
 * Every request is a batch of CloudEvents of some 200 bytes each, with ids as random UUIDs, for the
 * customers NAME0 to NAME<CUSTOMERS - 1>, drawn at random ("load0" and so on without a NAME). With
 * RATE 0 one request is under way on each connection, always; else so many events a second are due,
 * evenly, whatever the server does, and an answer's time counts from the instant at which its
 * request was due. Prints
 *
 *   events a second counted, milliseconds within which 50 %, 99 %, 99.9 % of the answers came,
 *   answers that were refused with 503, events counted
 *
 * Any other answer ends it with status 1. The bodies are made once; a request costs this process
 * its new ids and the sending, less than it costs the server. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/latency.h"

enum {
    CONNECTIONS_MAX = 1024,
    BATCH_MAX = 10000,
    EVENT_MAX = 320,
    HEAD_MAX = 1024,
    ANSWER_MAX = 1 << 20,
    UUID = 36,
    SUBJECT = 24, /* blanks after a shorter one are outside its quotation marks */
};

struct tally {
    uint64_t refused, counted;
    struct latency latency; /* of the answers that were not refused */
};

struct connection {
    int fd;
    bool is_busy;
    uint64_t due_ns;
    char *request; /* head and body */
    size_t size, sent, have;
    char *answer;
};

struct load {
    uint64_t batch, customers, rate;
    const char *header, *name;
    size_t event_size; /* of each, separator included */
    uint64_t random[2];
    uint64_t next_due_ns;
    size_t count;
    struct pollfd polled[CONNECTIONS_MAX];
    struct connection connections[CONNECTIONS_MAX];
    struct tally tally;
};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "event_load: %s%s%s\n", what, errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *memory(size_t size) {
    void *bytes = malloc(size);
    if (bytes == NULL) {
        fail("no memory");
    }
    return bytes;
}

/* xoroshiro128+ (https://prng.di.unimi.it). */
static uint64_t draw(struct load *load) {
    uint64_t a = load->random[0];
    uint64_t b = load->random[1];
    uint64_t sum = a + b;
    b ^= a;
    load->random[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
    load->random[1] = b << 37 | b >> 27;
    return sum;
}

/* --- events --- */

static void put_hex(char *place, uint64_t bits, size_t digits) {
    for (size_t i = 0; i < digits; i++) {
        place[i] = "0123456789abcdef"[bits >> (4 * i) & 15];
    }
}

static void put_uuid(struct load *load, char *place) {
    uint64_t a = draw(load);
    uint64_t b = draw(load);
    put_hex(place, a, 8);
    put_hex(place + 9, a >> 32, 4);
    put_hex(place + 15, a >> 48, 3);
    put_hex(place + 20, b, 3);
    put_hex(place + 24, b >> 12, 12);
}

static const char EVENT_HEAD[] = "{\"specversion\":\"1.0\",\"id\":\"";
static const char SUBJECT_HEAD[] = "\",\"subject\":\"";

static void put_subject(struct load *load, char *place) {
    char text[SUBJECT + 2];
    unsigned long which = (unsigned long)(draw(load) % load->customers);
    int len = snprintf(text, sizeof text, "%s%lu\"", load->name, which);
    if (len < 0 || len >= (int)sizeof text) {
        errno = 0;
        fail("the NAME is too long");
    }
    memset(place, ' ', SUBJECT + 1);
    memcpy(place, text, (size_t)len);
}

/* One event; its id and subject are written over before each sending. */
static size_t print_event(char *place) {
    time_t now = time(NULL);
    char at[32];
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    int size = snprintf(place, EVENT_MAX,
                        "%s00000000-0000-4000-8000-000000000000%s%*s,\"source\":"
                        "\"https://edge.example/fra\",\"type\":\"bandwidth\",\"time\":\"%s\","
                        "\"data\":{\"value\":1}},",
                        EVENT_HEAD, SUBJECT_HEAD, SUBJECT + 1, "", at);
    if (size < 0 || size >= EVENT_MAX) {
        fail("an event is too long");
    }
    return (size_t)size;
}

static void make_request(struct load *load, struct connection *connection) {
    char event[EVENT_MAX];
    load->event_size = print_event(event);
    size_t body = load->batch * load->event_size + 1; /* "[", and "]" for the last comma */
    connection->request = memory(HEAD_MAX + body);
    int head = snprintf(connection->request, HEAD_MAX,
                        "POST /api/usage/events HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\nContent-Type: "
                        "application/cloudevents-batch+json\r\nContent-Length: %zu\r\n\r\n",
                        load->header, body);
    if (head < 0 || head >= HEAD_MAX) {
        errno = 0;
        fail("the header is too long");
    }
    char *place = connection->request + head;
    *place++ = '[';
    for (size_t i = 0; i < load->batch; i++, place += load->event_size) {
        memcpy(place, event, load->event_size);
    }
    place[-1] = ']';
    connection->size = (size_t)head + body;
    connection->answer = memory(ANSWER_MAX);
}

static void renew(struct load *load, struct connection *connection) {
    char *place = connection->request + connection->size - load->batch * load->event_size;
    for (size_t i = 0; i < load->batch; i++, place += load->event_size) {
        char *id = place + sizeof EVENT_HEAD - 1;
        put_uuid(load, id);
        put_subject(load, id + UUID + sizeof SUBJECT_HEAD - 1);
    }
}

/* --- requests and answers --- */

static void send_more(struct connection *connection, struct pollfd *polled) {
    while (connection->sent < connection->size) {
        ssize_t sent = send(connection->fd, connection->request + connection->sent,
                            connection->size - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            break;
        }
        if (sent <= 0) {
            fail("a request did not go out");
        }
        connection->sent += (size_t)sent;
    }
    bool is_out = connection->sent == connection->size;
    polled->events = (short)(POLLIN | (is_out ? 0 : POLLOUT));
}

static void begin(struct load *load, size_t i, uint64_t due_ns) {
    struct connection *connection = &load->connections[i];
    renew(load, connection);
    connection->is_busy = true;
    connection->sent = connection->have = 0;
    connection->due_ns = due_ns;
    send_more(connection, &load->polled[i]);
}

/* Whether the answer is whole; then its body is NUL-terminated at *ret_body. */
static bool is_whole(struct connection *connection, const char **ret_body) {
    connection->answer[connection->have] = '\0';
    const char *end = strstr(connection->answer, "\r\n\r\n");
    const char *length = strcasestr(connection->answer, "\r\nContent-Length:");
    if (end == NULL || length == NULL || length > end) {
        return false;
    }
    *ret_body = end + 4;
    return connection->have >=
           (size_t)(end + 4 - connection->answer) + strtoul(length + 17, NULL, 10);
}

static void tally_answer(struct load *load, const struct connection *connection, const char *body) {
    if (strncmp(connection->answer, "HTTP/1.1 503", 12) == 0) {
        load->tally.refused++;
        return;
    }
    const char *accepted = strstr(body, "\"accepted\":");
    if (strncmp(connection->answer, "HTTP/1.1 200", 12) != 0 || accepted == NULL ||
        strtoul(accepted + 11, NULL, 10) != load->batch) {
        errno = 0;
        fail(connection->answer);
    }
    load->tally.counted += load->batch;
    latency_add(&load->tally.latency, now_ns() - connection->due_ns);
}

static void receive(struct load *load, size_t i) {
    struct connection *connection = &load->connections[i];
    const char *body = NULL;
    ssize_t got = recv(connection->fd, connection->answer + connection->have,
                       ANSWER_MAX - 1 - connection->have, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) {
        return;
    }
    if (got <= 0) {
        fail("the server hung up");
    }
    connection->have += (size_t)got;
    if (is_whole(connection, &body)) {
        tally_answer(load, connection, body);
        connection->is_busy = false;
        if (load->rate == 0) {
            begin(load, i, now_ns());
        }
    }
}

/* Sends what is due on free connections; milliseconds until more is, at most 100. */
static int send_due(struct load *load) {
    uint64_t now = now_ns();
    for (size_t i = 0; i < load->count && load->next_due_ns <= now; i++) {
        if (!load->connections[i].is_busy) {
            begin(load, i, load->next_due_ns);
            load->next_due_ns += load->batch * 1000000000 / load->rate;
        }
    }
    now = now_ns();
    uint64_t left = load->next_due_ns > now ? load->next_due_ns - now : 0;
    return left > 100000000 ? 100 : (int)(left / 1000000);
}

static void run(struct load *load, uint64_t end) {
    while (now_ns() < end) {
        int wait = load->rate == 0 ? 1000 : send_due(load);
        if (poll(load->polled, load->count, wait) < 0) {
            fail("poll");
        }
        for (size_t i = 0; i < load->count; i++) {
            if ((load->polled[i].revents & POLLOUT) != 0) {
                send_more(&load->connections[i], &load->polled[i]);
            }
            if ((load->polled[i].revents & ~POLLOUT) != 0) {
                receive(load, i);
            }
        }
    }
}

/* --- the whole --- */

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

static double milliseconds_of(const struct tally *tally, uint64_t per_ten_thousand) {
    return (double)latency_at(&tally->latency, per_ten_thousand) / 1e6;
}

static void read_words(struct load *load, int count, char **words) {
    load->count = count > 7 ? strtoul(words[2], NULL, 10) : 0;
    load->batch = count > 7 ? strtoul(words[4], NULL, 10) : 0;
    load->customers = count > 7 ? strtoul(words[5], NULL, 10) : 0;
    if (load->count == 0 || load->count > CONNECTIONS_MAX || load->batch == 0 ||
        load->batch > BATCH_MAX || load->customers == 0) {
        errno = 0;
        fail("PORT CONNECTIONS MILLISECONDS BATCH CUSTOMERS RATE HEADER-LINE [NAME]");
    }
    load->rate = strtoul(words[6], NULL, 10);
    load->header = words[7];
    load->name = count > 8 ? words[8] : "load";
}

int main(int count, char **words) {
    static struct load load;
    read_words(&load, count, words);
    if (getrandom(load.random, sizeof load.random, 0) != (ssize_t)sizeof load.random) {
        fail("no random bits");
    }
    for (size_t i = 0; i < load.count; i++) {
        load.connections[i].fd = connect_to((uint16_t)strtoul(words[1], NULL, 10));
        load.polled[i] = (struct pollfd){.fd = load.connections[i].fd, .events = POLLIN};
        make_request(&load, &load.connections[i]);
    }
    uint64_t start = now_ns();
    load.next_due_ns = start;
    for (size_t i = 0; load.rate == 0 && i < load.count; i++) {
        begin(&load, i, now_ns());
    }
    run(&load, start + strtoul(words[3], NULL, 10) * 1000000);
    double seconds = (double)(now_ns() - start) / 1e9;
    const struct tally *tally = &load.tally;
    printf("%.0f %.3f %.3f %.3f %llu %llu\n", (double)tally->counted / seconds,
           milliseconds_of(tally, 5000), milliseconds_of(tally, 9900), milliseconds_of(tally, 9990),
           (unsigned long long)tally->refused, (unsigned long long)tally->counted);
    return 0;
}
