/* The library around the node: what is behind a `struct turnpike *`. */
#ifndef EDGE_LIBRARY_H
#define EDGE_LIBRARY_H

#include <pthread.h>
#include <sys/types.h>

#include "edge/exchange.h"
#include "edge/journal.h"
#include "edge/memory.h"
#include "edge/transport.h"
#include "turnpike.h"

enum { EDGE_TICK_MS = 100, EDGE_NAME_MAX = 64 };

struct turnpike {
    struct env env;
    struct edge_memory memory;
    struct edge_node *node; /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t told; /* an exchange has ended, or is given up */
    pid_t pid;
    struct turnpike_options options;
    char name[EDGE_NAME_MAX + 1];
    char *texts; /* url, key and ca_file, one behind the other */
    struct edge_server server;
    _Atomic uint64_t asked;

    /* Of the one thread that steps. */
    struct edge_transport *transport;
    struct edge_journal journal;
    struct buf body;
    struct edge_send sent;
    bool is_journal_bad;
    char last_problem[256];
    uint64_t tick_at_ms;

    pthread_t thread;
    bool has_thread;
    _Atomic bool is_stopping;
};

uint64_t edge_now_ms(struct turnpike *gate);
void edge_log(struct turnpike *gate, const char *format, ...) PRINTF_LIKE(2, 3);
bool edge_is_child(const struct turnpike *gate);

/* Does what is due: looks, journals, sends, takes in answers. Waits for the disk alone. */
void edge_step(struct turnpike *gate);
/* Waits a little, not beyond `until_ms`: between two tries. */
void edge_pause(struct turnpike *gate, uint64_t until_ms);
/* How long until the next step is due. */
int edge_wait_ms(struct turnpike *gate);
/* An epoch that follows all that the journal knows. */
MUST_USE struct err edge_begin_epoch(struct turnpike *gate, bool is_known);

#endif
