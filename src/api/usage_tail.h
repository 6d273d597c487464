/* The newest events of a customer as they come in, to whoever watches.
 *
 * Nothing is kept of events for this, and where nobody watches nothing is done: an answer to events
 * asks one number. Who watches costs a bounded amount whatever comes in: of a turn (a quarter of a
 * second) the first 50 events are said, the rest is counted. All on the loop's thread. */
#ifndef API_USAGE_TAIL_H
#define API_USAGE_TAIL_H

#include "api/request.h"
#include "app/usage.h"

enum {
    TAIL_STREAMS_MAX = 200,    /* in all */
    TAIL_STREAMS_CUSTOMER = 5, /* of one customer */
    TAIL_EVENTS_A_TURN = 50,   /* said of one stream */
};

/* Judged events are told to those who watch their customers; `is_test`: they were only tried. */
void tail_tell(struct api *api, const struct usage_ingest *ingest, bool is_test);
/* The same, and nothing where nobody watches. */
static inline void tail_note(struct api *api, const struct usage_ingest *ingest, bool is_test) {
    if (api->tail.count > 0) {
        tail_tell(api, ingest, is_test);
    }
}

/* Sends what has come in since the last call. */
void tail_tick(struct api *api);

#endif
