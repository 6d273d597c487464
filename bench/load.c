/* A load of HTTP requests (or of Redis commands) over kept connections: how many answers a second,
 * and how long they took.
 *
 *   load [-d DEPTH] [-r RATE] ADDRESS CONNECTIONS MILLISECONDS METHOD PATH [HEADERS [BODY]]
 *   load -R [-d DEPTH] [-r RATE] ADDRESS CONNECTIONS MILLISECONDS WORD...
 *
 * ADDRESS is a port of this machine or unix:PATH; a BODY that begins with @ is a file's name.
 *
 * -d keeps so many requests under way on each connection (1 unless given): as many go out in one
 * write as were answered in one read. -r is an open loop: request n is due at n/RATE seconds
 * whether or not the server keeps up, goes to whichever connection has room, and its time counts
 * from when it was due, so that waiting for the server is part of the figure; what is unanswered at
 * the end counts with the time it has waited by then.
 *
 * Each nil UUID in the request is replaced by a fresh random one each time it is sent; all else is
 * the same in all requests. Prints one object of JSON. An answer other than 2xx (Redis: an integer)
 * ends it with status 1: a fast refusal is no figure. One thread and no parser but for the length,
 * so that it costs less than what it measures. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bench/latency.h"

enum {
    CONNECTIONS_MAX = 4096,
    DEPTH_MAX = 256,
    HEAD_MAX = 8192,
    BODY_MAX = 8 * 1024 * 1024,
    ANSWER_MAX = 65536,
    EVENTS_MAX = 256,
    UUID_LEN = 36,
};

static const uint64_t FIRST_ANSWER_NS = UINT64_C(10000000000);
static const char nil_uuid[] = "00000000-0000-0000-0000-000000000000";

struct connection {
    int fd;
    bool waits_to_send;
    size_t free; /* how many more requests may be under way */
    char *out;   /* DEPTH requests, of which out_at .. out_end are still to go out */
    size_t out_at, out_end;
    size_t due_first;        /* the oldest of the requests under way in `due` */
    uint64_t due[DEPTH_MAX]; /* when each was due */
    size_t have, skip;       /* bytes in `answer`; bytes of a body still to be thrown away */
    char answer[ANSWER_MAX];
};

struct load {
    bool is_redis;
    size_t depth, count;
    uint64_t rate, milliseconds;
    char *request;
    size_t size;
    size_t *holes; /* where a fresh UUID goes */
    size_t hole_count;
    struct connection *connections;
    size_t next;         /* the connection that gets the next request of an open loop */
    uint64_t sent;       /* in an open loop: the number of the next request */
    uint64_t start, end; /* ns */
    uint64_t random;
    int poller;
    struct latency latency;
};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "load: %s%s%s\n", what, errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
    exit(1);
}

static _Noreturn void refuse(const char *what) {
    errno = 0;
    fail(what);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fail("no memory");
    }
    return memory;
}

/* --- the request --- */

/* splitmix64 (Steele, Lea, Flood 2014): ids must differ, not be secret. */
static uint64_t draw(struct load *load) {
    uint64_t z = load->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Random in all its digits but the dashes. */
static void write_uuid(struct load *load, char *to) {
    static const char digits[] = "0123456789abcdef";
    uint64_t halves[2] = {draw(load), draw(load)};
    for (size_t i = 0, digit = 0; i < UUID_LEN; i++) {
        if (nil_uuid[i] != '-') {
            to[i] = digits[(halves[digit / 16] >> (digit % 16 * 4)) & 15];
            digit++;
        }
    }
}

static char *read_file(const char *path) {
    char *text = allocate(BODY_MAX + 1);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(text, 1, BODY_MAX, file) == BODY_MAX || ferror(file)) {
        fail(path);
    }
    fclose(file);
    return text;
}

static void make_http(struct load *load, int count, char **words) {
    if (count < 2) {
        refuse("expected METHOD PATH [HEADERS [BODY|@FILE]]");
    }
    const char *headers = count > 2 ? words[2] : "";
    const char *body = count > 3 ? words[3] : "";
    body = body[0] == '@' ? read_file(body + 1) : body;
    size_t size_max = HEAD_MAX + strlen(body);
    load->request = allocate(size_max);
    int size =
        snprintf(load->request, size_max,
                 "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%sContent-Length: %zu\r\n\r\n%s", words[0],
                 words[1], headers, headers[0] != '\0' ? "\r\n" : "", strlen(body), body);
    if (size < 0 || (size_t)size >= size_max) {
        refuse("the request is too long");
    }
    load->size = (size_t)size;
}

/* https://redis.io/docs/latest/develop/reference/protocol-spec/: an array of bulk strings. */
static void make_redis(struct load *load, int count, char **words) {
    load->request = allocate(HEAD_MAX);
    int size = snprintf(load->request, HEAD_MAX, "*%d\r\n", count);
    for (int i = 0; i < count && size < HEAD_MAX; i++) {
        size += snprintf(load->request + size, HEAD_MAX - (size_t)size, "$%zu\r\n%s\r\n",
                         strlen(words[i]), words[i]);
    }
    if (count < 1 || size >= HEAD_MAX) {
        refuse("expected a command of Redis, of at most 8 KB");
    }
    load->size = (size_t)size;
}

static void find_holes(struct load *load) {
    load->holes = allocate((load->size / UUID_LEN + 1) * sizeof *load->holes);
    for (size_t i = 0; i + UUID_LEN <= load->size; i++) {
        if (memcmp(load->request + i, nil_uuid, UUID_LEN) == 0) {
            load->holes[load->hole_count++] = i;
        }
    }
}

/* --- connections --- */

static int connect_to(const char *address) {
    struct sockaddr_in inet = {.sin_family = AF_INET};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    bool is_local = strncmp(address, "unix:", 5) == 0;
    inet.sin_port = htons((uint16_t)strtoul(address, NULL, 10));
    inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (is_local && snprintf(local.sun_path, sizeof local.sun_path, "%s", address + 5) >=
                        (int)sizeof local.sun_path) {
        refuse("the path of the socket is too long");
    }
    const void *peer = is_local ? (const void *)&local : &inet;
    int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, peer, is_local ? sizeof local : sizeof inet) != 0) {
        fail("no connection");
    }
    const int on = 1;
    if (!is_local) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        fail("the connection stays blocking");
    }
    return fd;
}

static void watch(struct load *load, size_t i, int change) {
    struct connection *connection = &load->connections[i];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
    event.events |= connection->waits_to_send ? (uint32_t)EPOLLOUT : 0;
    if (epoll_ctl(load->poller, change, connection->fd, &event) != 0) {
        fail("a connection cannot be watched");
    }
}

/* Requests without holes are alike, so all connections send from the same bytes. */
static void open_connections(struct load *load, const char *address) {
    char *shared = NULL;
    load->connections = allocate(load->count * sizeof *load->connections);
    for (size_t i = 0; i < load->count; i++) {
        struct connection *connection = &load->connections[i];
        if (shared == NULL || load->hole_count > 0) {
            shared = allocate(load->depth * load->size);
            for (size_t k = 0; k < load->depth; k++) {
                memcpy(shared + k * load->size, load->request, load->size);
            }
        }
        connection->out = shared;
        connection->free = load->depth;
        connection->fd = connect_to(address);
        watch(load, i, EPOLL_CTL_ADD);
    }
}

static void push_out(struct load *load, size_t i) {
    struct connection *connection = &load->connections[i];
    while (connection->out_at < connection->out_end) {
        ssize_t sent = send(connection->fd, connection->out + connection->out_at,
                            connection->out_end - connection->out_at, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            fail("a request did not go out");
        }
        if (sent < 0) {
            break;
        }
        connection->out_at += (size_t)sent;
    }
    bool waits = connection->out_at < connection->out_end;
    if (waits != connection->waits_to_send) {
        connection->waits_to_send = waits;
        watch(load, i, EPOLL_CTL_MOD);
    }
}

/* Sends `count` requests in one write; requires that the last write is through. */
static void send_requests(struct load *load, size_t i, size_t count, const uint64_t *due) {
    struct connection *connection = &load->connections[i];
    size_t under_way = load->depth - connection->free;
    for (size_t k = 0; k < count; k++) {
        char *request = connection->out + k * load->size;
        connection->due[(connection->due_first + under_way + k) % load->depth] = due[k];
        for (size_t hole = 0; hole < load->hole_count; hole++) {
            write_uuid(load, request + load->holes[hole]);
        }
    }
    connection->free -= count;
    connection->out_at = 0;
    connection->out_end = count * load->size;
    push_out(load, i);
}

/* --- answers --- */

/* The length of the answer that begins `text`, which may be more than `have`; 0 while that is not
 * known. */
static size_t http_answer(const char *text, size_t have) {
    const char *end = memmem(text, have, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    if (strncmp(text, "HTTP/1.1 2", 10) != 0) {
        refuse(text);
    }
    const char *length = strcasestr(text, "\r\nContent-Length:");
    size_t body = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return (size_t)(end - text) + 4 + body;
}

static size_t redis_answer(const char *text, size_t have) {
    const char *end = memmem(text, have, "\r\n", 2);
    if (end != NULL && text[0] != ':') {
        refuse(text);
    }
    return end == NULL ? 0 : (size_t)(end - text) + 2;
}

static void count_answer(struct load *load, struct connection *connection, uint64_t now) {
    if (connection->free == load->depth) {
        refuse("an answer to no request");
    }
    latency_add(&load->latency, now - connection->due[connection->due_first]);
    connection->due_first = (connection->due_first + 1) % load->depth;
    connection->free++;
}

/* Takes the answers out of the buffer; what is left of a body is thrown away as it comes. */
static void take_answers(struct load *load, struct connection *connection, uint64_t now) {
    size_t at = 0;
    connection->answer[connection->have] = '\0';
    while (at < connection->have) {
        size_t left = connection->have - at;
        size_t whole = connection->skip;
        if (whole == 0) {
            const char *text = connection->answer + at;
            whole = load->is_redis ? redis_answer(text, left) : http_answer(text, left);
        }
        if (whole == 0) {
            break;
        }
        connection->skip = whole > left ? whole - left : 0;
        at += whole > left ? left : whole;
        if (connection->skip == 0) {
            count_answer(load, connection, now);
        }
    }
    connection->have -= at;
    memmove(connection->answer, connection->answer + at, connection->have);
}

static void receive(struct load *load, size_t i) {
    struct connection *connection = &load->connections[i];
    ssize_t got = recv(connection->fd, connection->answer + connection->have,
                       ANSWER_MAX - 1 - connection->have, 0);
    if (got <= 0) {
        fail("the server hung up");
    }
    connection->have += (size_t)got;
    take_answers(load, connection, now_ns());
}

/* --- closed and open loop --- */

static void send_free(struct load *load, size_t i) {
    struct connection *connection = &load->connections[i];
    if (connection->free == 0 || connection->waits_to_send) {
        return;
    }
    uint64_t due[DEPTH_MAX];
    uint64_t now = now_ns();
    for (size_t k = 0; k < connection->free; k++) {
        due[k] = now;
    }
    send_requests(load, i, connection->free, due);
}

static uint64_t due_at(const struct load *load, uint64_t number) {
    return load->start + (uint64_t)((__uint128_t)number * 1000000000 / load->rate);
}

/* Sends what is due. False when no connection has room: then an answer must come first. */
static bool send_due(struct load *load) {
    size_t tried = 0;
    while (due_at(load, load->sent) <= now_ns()) {
        size_t i = load->next++ % load->count;
        if (load->connections[i].free > 0 && !load->connections[i].waits_to_send) {
            uint64_t due = due_at(load, load->sent++);
            send_requests(load, i, 1, &due);
            tried = 0;
        } else if (++tried == load->count) {
            return false;
        }
    }
    return true;
}

/* What is due and unanswered has taken at least until now. */
static void count_unanswered(struct load *load) {
    for (size_t i = 0; i < load->count; i++) {
        struct connection *connection = &load->connections[i];
        while (connection->free < load->depth) {
            count_answer(load, connection, load->end);
        }
    }
    for (; due_at(load, load->sent) < load->end; load->sent++) {
        latency_add(&load->latency, load->end - due_at(load, load->sent));
    }
}

/* How long to wait for answers: at most until the next request is due. */
static struct timespec patience(const struct load *load, bool has_room) {
    enum { SECOND = 1000000000 };
    uint64_t now = now_ns();
    uint64_t wake = load->end;
    if (load->rate > 0 && has_room && due_at(load, load->sent) < wake) {
        wake = due_at(load, load->sent);
    }
    uint64_t ns = wake > now ? wake - now : load->end <= now ? SECOND / 100 : 0;
    return (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
}

static void handle(struct load *load, size_t i, uint32_t events) {
    if ((events & EPOLLOUT) != 0) {
        push_out(load, i);
    }
    if ((events & (uint32_t)~EPOLLOUT) != 0) {
        receive(load, i);
    }
    if (load->rate == 0) {
        send_free(load, i);
    }
}

/* Until the time is over; on a machine that is very busy, until there is something to count. */
static bool goes_on(const struct load *load) {
    uint64_t now = now_ns();
    return now < load->end || (load->latency.count == 0 && now < load->end + FIRST_ANSWER_NS);
}

static void run(struct load *load) {
    struct epoll_event events[EVENTS_MAX];
    load->start = now_ns();
    load->end = load->start + load->milliseconds * 1000000;
    for (size_t i = 0; load->rate == 0 && i < load->count; i++) {
        send_free(load, i);
    }
    while (goes_on(load)) {
        bool has_room = load->rate > 0 && send_due(load);
        struct timespec wait = patience(load, has_room);
        int count = epoll_pwait2(load->poller, events, EVENTS_MAX, &wait, NULL);
        if (count < 0) {
            fail("waiting for answers");
        }
        for (int k = 0; k < count; k++) {
            handle(load, events[k].data.u64, events[k].events);
        }
    }
}

static void report(struct load *load) {
    struct rusage used;
    double seconds = (double)(now_ns() - load->start) / 1e9;
    uint64_t answers = load->latency.count;
    if (answers == 0) {
        refuse("no answer at all");
    }
    if (load->rate > 0) {
        count_unanswered(load);
    }
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("{\"answers\":%llu,\"perSecond\":%.1f", (unsigned long long)answers,
           (double)answers / seconds);
    static const struct {
        const char *name;
        uint64_t at;
    } percentiles[] = {{"p50Us", 5000}, {"p90Us", 9000}, {"p99Us", 9900}, {"p999Us", 9990}};
    for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++) {
        printf(",\"%s\":%.1f", percentiles[i].name,
               (double)latency_at(&load->latency, percentiles[i].at) / 1e3);
    }
    printf(",\"maxUs\":%.1f,\"clientBusy\":%.2f}\n", (double)load->latency.ns_max / 1e3,
           cpu / seconds);
}

static size_t number(const char *text, size_t max, const char *what) {
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value == 0 || value > max) {
        refuse(what);
    }
    return (size_t)value;
}

int main(int count, char **words) {
    static struct load load = {.depth = 1};
    for (int option; (option = getopt(count, words, "+d:r:R")) != -1;) {
        if (option == 'd') {
            load.depth = number(optarg, DEPTH_MAX, "-d: a depth from 1 to 256");
        } else if (option == 'r') {
            load.rate = number(optarg, 100000000, "-r: requests a second, at least 1");
        } else if (option == 'R') {
            load.is_redis = true;
        } else {
            refuse("options are -d DEPTH, -r RATE and -R");
        }
    }
    words += optind;
    count -= optind;
    if (count < 4) {
        refuse("expected PORT|unix:PATH CONNECTIONS MILLISECONDS and a request");
    }
    load.count = number(words[1], CONNECTIONS_MAX, "connections: from 1 to 4096");
    load.milliseconds = number(words[2], 86400000, "milliseconds: at least 1");
    (load.is_redis ? make_redis : make_http)(&load, count - 3, words + 3);
    find_holes(&load);
    load.poller = epoll_create1(0);
    if (getrandom(&load.random, sizeof load.random, 0) != sizeof load.random || load.poller < 0 ||
        prctl(PR_SET_TIMERSLACK, 1) != 0) {
        fail("no start");
    }
    open_connections(&load, words[0]);
    run(&load);
    report(&load);
    return 0;
}
