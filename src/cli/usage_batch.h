/* Usage events on their way to a server: gathered as CloudEvents, sent many in one request, and
 * every one of them accounted for by the server's answer. */
#ifndef CLI_USAGE_BATCH_H
#define CLI_USAGE_BATCH_H

#include "base/limits.h"
#include "client/client.h"

enum { USAGE_REASONS_MAX = 16, USAGE_REASON_SIZE = 48 };

/* Why events were rejected, and how many for this reason. */
struct usage_reason {
    char code[USAGE_REASON_SIZE];
    uint64_t count;
};

/* What became of all events sent so far; reasons past the last place are counted in `rejected`
 * alone. */
struct usage_tally {
    uint64_t accepted, duplicate, rejected;
    struct usage_reason reasons[USAGE_REASONS_MAX];
    size_t reason_count;
};

struct usage_event {
    struct str id;
    const char *type; /* the metric */
    int64_t at_ms;
    int64_t value;
};

struct usage_batch {
    struct env *env;
    const struct client *client;
    struct str user;   /* the events' subject; UTF-8 */
    struct str source; /* set before the first event */
    struct buf body;
    struct json_writer writer;
    size_t count; /* events not yet sent */
    struct usage_tally tally;
};

void usage_batch_init(struct usage_batch *batch, struct env *env, const struct client *client,
                      struct str user);
void usage_batch_finish(struct usage_batch *batch);
/* At most LIMIT_BATCH_EVENTS before they are sent. */
void usage_batch_add(struct usage_batch *batch, const struct usage_event *event);
/* Sends what was gathered, if anything, and adds the answer to the tally. When it fails, with a
 * sentence in cx->detail, it is not known whether these events were counted, and the batch is of no
 * further use. */
MUST_USE struct err usage_batch_send(struct usage_batch *batch, struct cx *cx);

#endif
