/* What PostgreSQL does of the same work: usage events, each exactly once, and their totals.
 *
 *   pg_load FOLDER-OF-SOCKET CONNECTIONS MILLISECONDS EVENTS CUSTOMERS
 *
 * One statement is one transaction and one round trip, durable before the answer: EVENTS rows with
 * random UUIDs are inserted unless their id is known, and those that were new are added to the
 * totals of their customer, metric and hour. EVENTS is 1 for a transaction an event. Customers are
 * many, so that totals are no bottleneck of locks: the reference gets its best case. Prints one
 * object of JSON. A thread a connection, on libpq. */
#include <errno.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "bench/latency.h"

enum { CUSTOMERS_MAX = 1000000, CONNECTIONS_MAX = 256, EVENTS_MAX = 10000, ROW_BYTES_MAX = 64 };

static const char schema[] =
    "create table if not exists events ("
    "  user_id text, source text, id text, metric text, value bigint, at timestamptz,"
    "  primary key (user_id, source, id));"
    "create table if not exists totals ("
    "  user_id text, metric text, hour timestamptz, value bigint, events bigint,"
    "  primary key (user_id, metric, hour));";

/* Rows are added to the totals in one order, or two transactions could wait for each other. */
static const char statement[] =
    "with fresh as ("
    "  insert into events"
    "  select user_id, 'https://platform.example/edge', id, 'api_requests', value, now()"
    "  from unnest($1::text[], $2::text[], $3::bigint[]) as sent (user_id, id, value)"
    "  on conflict do nothing"
    "  returning user_id, metric, value, at),"
    " summed as ("
    "  select user_id, metric, date_trunc('hour', at) as hour, sum(value) as value,"
    "    count(*) as events"
    "  from fresh group by 1, 2, 3 order by 1, 2, 3)"
    " insert into totals select * from summed"
    " on conflict (user_id, metric, hour) do update"
    " set value = totals.value + excluded.value, events = totals.events + excluded.events";

/* The same for one event, without the arrays. */
static const char statement_of_one[] =
    "with fresh as ("
    "  insert into events"
    "  values ($1, 'https://platform.example/edge', $2, 'api_requests', $3::bigint, now())"
    "  on conflict do nothing"
    "  returning user_id, metric, value, at)"
    " insert into totals select user_id, metric, date_trunc('hour', at), value, 1 from fresh"
    " on conflict (user_id, metric, hour) do update"
    " set value = totals.value + excluded.value, events = totals.events + 1";

struct worker {
    PGconn *connection;
    pthread_t thread;
    size_t events, customers;
    uint64_t end_ns, random;
    char *texts[3]; /* the parameters: customers, ids, values */
    struct latency latency;
};

static _Noreturn void fail(const char *what, const char *why) {
    fprintf(stderr, "pg_load: %s: %s\n", what, why);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* splitmix64, as in load.c. */
static uint64_t draw(struct worker *worker) {
    uint64_t z = worker->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static char *add_word(char *to, const char *separator, const char *word) {
    size_t before = strlen(separator);
    size_t length = strlen(word);
    memcpy(to, separator, before);
    memcpy(to + before, word, length + 1);
    return to + before + length;
}

/* Fresh rows: lists in PostgreSQL's notation, or bare words when there is one event. */
static void fill(struct worker *worker) {
    static const char *const first[2] = {"", "{"};
    bool is_list = worker->events > 1;
    char *ends[3] = {worker->texts[0], worker->texts[1], worker->texts[2]};
    for (size_t i = 0; i < worker->events; i++) {
        char user[24];
        char id[40];
        uint64_t high = draw(worker);
        uint64_t low = draw(worker);
        (void)snprintf(user, sizeof user, "user-%u", (unsigned)(draw(worker) % worker->customers));
        (void)snprintf(id, sizeof id, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
                       (unsigned)(high >> 16) & 0xffff, (unsigned)high & 0xffff,
                       (unsigned)(low >> 48), (unsigned long long)low & 0xffffffffffff);
        const char *separator = i > 0 ? "," : first[is_list];
        ends[0] = add_word(ends[0], separator, user);
        ends[1] = add_word(ends[1], separator, id);
        ends[2] = add_word(ends[2], separator, "1");
    }
    for (size_t i = 0; i < 3 && is_list; i++) {
        (void)add_word(ends[i], "}", "");
    }
}

static void *work(void *context) {
    struct worker *worker = context;
    for (uint64_t now = now_ns(); now < worker->end_ns;) {
        fill(worker);
        PGresult *result = PQexecPrepared(worker->connection, "add", 3,
                                          (const char *const *)worker->texts, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            fail("a batch was refused", PQerrorMessage(worker->connection));
        }
        PQclear(result);
        uint64_t done = now_ns();
        latency_add(&worker->latency, done - now);
        now = done;
    }
    return NULL;
}

static void open_worker(struct worker *worker, const char *folder, size_t events) {
    const char *const names[] = {"host", "dbname", "user", NULL};
    const char *const values[] = {folder, "postgres", "bench", NULL};
    worker->connection = PQconnectdbParams(names, values, 0);
    worker->events = events;
    if (PQstatus(worker->connection) != CONNECTION_OK) {
        fail("no connection", PQerrorMessage(worker->connection));
    }
    if (getrandom(&worker->random, sizeof worker->random, 0) != sizeof worker->random) {
        fail("no random number", strerror(errno));
    }
    for (size_t i = 0; i < 3; i++) {
        worker->texts[i] = calloc(events, ROW_BYTES_MAX);
        if (worker->texts[i] == NULL) {
            fail("no memory", strerror(errno));
        }
    }
}

static void must(struct worker *worker, PGresult *result, const char *what) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail(what, PQerrorMessage(worker->connection));
    }
    PQclear(result);
}

static void prepare(struct worker *worker) {
    const char *sql = worker->events > 1 ? statement : statement_of_one;
    must(worker, PQprepare(worker->connection, "add", sql, 0, NULL), "prepare");
}

static void report(const struct worker *workers, size_t connections, double seconds) {
    static struct latency all;
    for (size_t i = 0; i < connections; i++) {
        for (size_t slot = 0; slot < LATENCY_SLOTS; slot++) {
            all.slots[slot] += workers[i].latency.slots[slot];
        }
        all.count += workers[i].latency.count;
        all.ns_max =
            workers[i].latency.ns_max > all.ns_max ? workers[i].latency.ns_max : all.ns_max;
    }
    uint64_t events = all.count * workers[0].events;
    printf("{\"answers\":%llu,\"perSecond\":%.1f,\"p50Us\":%.1f,\"p99Us\":%.1f}\n",
           (unsigned long long)events, (double)events / seconds,
           (double)latency_at(&all, 5000) / 1e3, (double)latency_at(&all, 9900) / 1e3);
}

static size_t number(const char *text, size_t max) {
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value == 0 || value > max) {
        fail(text, "not a number in range");
    }
    return (size_t)value;
}

int main(int count, char **words) {
    static struct worker workers[CONNECTIONS_MAX];
    if (count != 6) {
        fail("usage", "FOLDER-OF-SOCKET CONNECTIONS MILLISECONDS EVENTS CUSTOMERS");
    }
    size_t connections = number(words[2], CONNECTIONS_MAX);
    uint64_t milliseconds = number(words[3], 86400000);
    size_t events = number(words[4], EVENTS_MAX);
    size_t customers = number(words[5], CUSTOMERS_MAX);
    for (size_t i = 0; i < connections; i++) {
        workers[i].customers = customers;
        open_worker(&workers[i], words[1], events);
        if (i == 0) {
            must(&workers[0], PQexec(workers[0].connection, "set client_min_messages = error"),
                 "set");
            must(&workers[0], PQexec(workers[0].connection, schema), "the tables");
        }
        prepare(&workers[i]);
    }
    uint64_t start = now_ns();
    for (size_t i = 0; i < connections; i++) {
        workers[i].end_ns = start + milliseconds * 1000000;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fail("no thread", strerror(errno));
        }
    }
    for (size_t i = 0; i < connections; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        PQfinish(workers[i].connection);
    }
    report(workers, connections, (double)(now_ns() - start) / 1e9);
    return 0;
}
