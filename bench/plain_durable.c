/* The least that a durable answer over HTTP costs: what comes is written to a file, synced, and
 * answered.
 *
 *   plain_durable FILE [scan]
 *
 * Prints the port of 127.0.0.1 that it listens on. Bodies of all requests that wait are one group:
 * one write and one fdatasync by a second thread, while the first reads on; then all of them are
 * answered, each as long as an answer of the program's to events. With `scan` each body is read
 * once by the program's own reader (base/json_scan.h), which looks at every field of every event,
 * and the answer says how many there were; else it is not looked at, and counts as one.
 *
 * Nothing is validated, nothing known, nothing counted, no customer has a limit, and what is in the
 * file cannot be found again. The file is used as SQLite uses its log: once past 4 MB it is written
 * from its start again, over blocks that the file system has given already, which is the cheaper
 * sync; they are written once before the first request. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/json_scan.h"
#include "bench/plain_http.h"

enum {
    GROUP_MAX = 1024,            /* requests; also the most that one write may take (IOV_MAX) */
    LOG_BYTES = 4 * 1024 * 1024, /* as src/db/driver_sqlite_open.c has it */
    ANSWER_MAX = 512,
};

/* Requests that are made durable together. */
struct group {
    size_t count;
    struct plain_connection *connections[GROUP_MAX];
    struct iovec bodies[GROUP_MAX];
};

struct durable {
    struct plain_server server;
    bool scans;        /* `asked` of a connection is then the number of its events */
    uv_check_t turn;   /* after all that a turn of the loop has read */
    uv_async_t synced; /* by the thread of the file */
    uv_sem_t handed;   /* to it */
    bool is_syncing;   /* `below` is its, else all is the loop's */
    struct group groups[2];
    struct group *gathering, *below;
    int file;
    off_t at;
    char answer[ANSWER_MAX]; /* to so many events */
    size_t answer_len, answer_events;
};

static struct durable *durable_of(struct plain_connection *connection) {
    return connection->server->loop.data;
}

/* --- what an event is --- */

static const struct str members[] = {
    STR_INIT("specversion"), STR_INIT("id"),   STR_INIT("source"), STR_INIT("type"),
    STR_INIT("subject"),     STR_INIT("time"), STR_INIT("data"),
};
static const struct str data_members[] = {STR_INIT("value")};
enum { DATA = 6 };

static bool count_row(void *context, const struct json_row *row) {
    size_t *count = context;
    (*count)++;
    return row->raw.len == 0;
}

static size_t events_in(const struct plain_connection *connection) {
    static struct json_scanner scanner;
    size_t count = 0;
    const struct json_scan scan = {
        .outer = members,
        .outer_count = sizeof members / sizeof *members,
        .nested = DATA,
        .inner = data_members,
        .inner_count = sizeof data_members / sizeof *data_members,
        .row = count_row,
        .context = &count,
    };
    enum json_scanned scanned = JSON_SCANNED_SOME;
    json_scan_begin(&scanner, &scan, str_of(connection->body, connection->body_len));
    while (scanned == JSON_SCANNED_SOME) {
        scanned = json_scan_step(&scanner);
    }
    plain_ensure(scanned == JSON_SCANNED_ALL, "a body is not what the clients of a bench send");
    return count;
}

/* --- the file's thread --- */

static void open_file(struct durable *durable, const char *path) {
    static const char nothing[LOG_BYTES];
    durable->file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    plain_ensure(durable->file >= 0, "no file");
    plain_ensure(pwrite(durable->file, nothing, LOG_BYTES, 0) == LOG_BYTES &&
                     fsync(durable->file) == 0,
                 "no room for the file");
}

static void write_group(struct durable *durable) {
    struct group *group = durable->below;
    size_t left = 0;
    for (size_t i = 0; i < group->count; i++) {
        left += group->bodies[i].iov_len;
    }
    durable->at = durable->at >= LOG_BYTES ? 0 : durable->at;
    ssize_t written = pwritev(durable->file, group->bodies, (int)group->count, durable->at);
    plain_ensure(written == (ssize_t)left, "the file took less than was given");
    plain_ensure(fdatasync(durable->file) == 0, "the file could not be synced");
    durable->at += written;
}

static void keep_writing(void *context) {
    struct durable *durable = context;
    for (;;) {
        uv_sem_wait(&durable->handed);
        write_group(durable);
        (void)uv_async_send(&durable->synced);
    }
}

/* --- the loop --- */

static void on_request(struct plain_connection *connection) {
    struct durable *durable = durable_of(connection);
    struct group *group = durable->gathering;
    plain_ensure(connection->asked == 1, "a client sent before it was answered");
    plain_ensure(group->count < GROUP_MAX, "too many clients");
    connection->asked = durable->scans ? events_in(connection) : 1;
    connection->is_held = true;
    group->connections[group->count] = connection;
    group->bodies[group->count++] = (struct iovec){connection->body, connection->body_len};
}

static bool on_turn(struct plain_connection *connection) {
    (void)connection; /* its answer comes when the file is synced */
    return true;
}

static void hand_over(struct durable *durable) {
    if (durable->is_syncing || durable->gathering->count == 0) {
        return;
    }
    struct group *full = durable->gathering;
    durable->gathering = durable->below;
    durable->below = full;
    durable->is_syncing = true;
    uv_sem_post(&durable->handed);
}

static void after_turn(uv_check_t *check) {
    hand_over(check->data);
}

/* Of the headers and the length that the program's own answer to a batch has. It is made anew only
 * when the number differs, which that of a bench's requests seldom does. */
static void make_answer(struct durable *durable, size_t events) {
    char body[ANSWER_MAX / 2];
    int body_len = snprintf(body, sizeof body,
                            "{\"accepted\":%zu,\"duplicate\":0,\"rejected\":0,"
                            "\"asOf\":\"1970-01-01T00:00:00Z\",\"results\":[]}",
                            events);
    int len = snprintf(durable->answer, ANSWER_MAX,
                       "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: %d\r\n"
                       "Content-Type: application/json\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                       "X-Content-Type-Options: nosniff\r\n"
                       "X-Request-Id: reqs_00000000000000000000000000\r\n\r\n%s",
                       body_len, body);
    durable->answer_len = (size_t)len;
    durable->answer_events = events;
}

static void answer(struct durable *durable, struct plain_connection *connection) {
    if (connection->asked != durable->answer_events) {
        make_answer(durable, connection->asked);
    }
    connection->asked = 0;
    connection->body_len = 0;
    plain_ensure(plain_send(connection, durable->answer, durable->answer_len),
                 "an answer did not go out");
}

/* All of the group are answered; what came meanwhile goes to the file when the turn has ended. */
static void on_synced(uv_async_t *async) {
    struct durable *durable = async->data;
    struct group *group = durable->below;
    for (size_t i = 0; i < group->count; i++) {
        if (plain_release(group->connections[i])) {
            answer(durable, group->connections[i]);
        }
    }
    group->count = 0;
    durable->is_syncing = false;
}

int main(int count, char **words) {
    static struct durable durable;
    uv_thread_t thread;
    plain_ensure(count > 1, "FILE [scan]");
    durable.server.keeps_bodies = true;
    durable.server.on_request = on_request;
    durable.server.on_turn = on_turn;
    durable.scans = count > 2 && strcmp(words[2], "scan") == 0;
    durable.gathering = &durable.groups[0];
    durable.below = &durable.groups[1];
    open_file(&durable, words[1]);
    plain_listen(&durable.server);
    durable.server.loop.data = durable.turn.data = durable.synced.data = &durable;
    plain_ensure(uv_check_init(&durable.server.loop, &durable.turn) == 0 &&
                     uv_check_start(&durable.turn, after_turn) == 0 &&
                     uv_async_init(&durable.server.loop, &durable.synced, on_synced) == 0 &&
                     uv_sem_init(&durable.handed, 0) == 0 &&
                     uv_thread_create(&thread, keep_writing, &durable) == 0,
                 "no second thread");
    return uv_run(&durable.server.loop, UV_RUN_DEFAULT);
}
