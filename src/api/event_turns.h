/* Long bodies of events, read a slice at a time: one slice in each turn of the loop, so that who
 * asks something short meanwhile waits for a slice and not for a body of ten thousand events.
 *
 * What is under way waits in lanes, one a customer, served in turn: how soon one customer's body is
 * read does not depend on how much another has sent. What waits is bounded: altogether by bytes,
 * and a lane by time, as in the writer's queue behind this (store/write_queue.h). On the loop's
 * thread. */
#ifndef API_EVENT_TURNS_H
#define API_EVENT_TURNS_H

#include "api/event_decode.h"

struct event_reading {
    struct event_scan *scan; /* not at its end */
    uint64_t lane;           /* one number for one customer */
    /* The list when it was JSON_SCANNED_ALL; the reading is the caller's again. */
    void (*finished)(struct event_reading *reading, enum json_scanned scanned,
                     struct event_list list);
    uint64_t since_ns; /* its own from here */
    struct event_reading *next;
};

enum {
    EVENT_LANES = 256,                       /* over which customers are spread */
    EVENT_TURN_BYTES = JSON_SCAN_WINDOW / 2, /* after which a turn begins no further slice */
    EVENT_TURNS_BYTES_MAX =
        160 * 1024 * 1024,         /* that wait: of as many events as the writer takes */
    EVENT_TURNS_WAIT_MS_MAX = 100, /* of the first in a lane */
};

struct event_lane {
    struct event_reading *first, **end;
    struct event_lane *next; /* in turn */
};

struct event_turns {
    struct event_lane *first, **end; /* lanes in which something waits */
    size_t bytes;                    /* not read yet */
    struct event_lane lanes[EVENT_LANES];
};

void event_turns_init(struct event_turns *turns);
/* False when a bound is reached: then nothing was added. */
MUST_USE bool event_turns_add(struct event_turns *turns, struct event_reading *reading,
                              uint64_t now_ns);
/* Reads as much as one turn may; true when there is more to read. */
bool event_turns_step(struct event_turns *turns);
/* Ends all that is under way as JSON_SCANNED_SOME. */
void event_turns_finish(struct event_turns *turns);

#endif
