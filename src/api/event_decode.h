/* CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) into usage
 * events. Pure but for the arena.
 *
 * An event that cannot be read is not an error of the request: it comes out with the code of its
 * rejection set, and the rest of the batch goes on. Extension attributes are allowed, as
 * CloudEvents wants, and ignored; in `data`, which is ours, an unknown member is refused. */
#ifndef API_EVENT_DECODE_H
#define API_EVENT_DECODE_H

#include "app/usage.h"
#include "base/json.h"
#include "base/json_scan.h"

struct event_context {
    struct arena *arena;
    struct instant now; /* the time of an event that has none */
    /* The last `time` that was read: events of a batch often share it. Begins empty. */
    struct str time_text;
    struct instant time;
};

/* Fills *ret_event; what is not valid is left empty in its record. */
void event_decode(struct event_context *context, const json_t *event,
                  struct usage_event *ret_event);

/* The events of a whole body, one or a list, read without a tree in between. When there is
 * something about the body that json_read has to speak about, or too many events, it is left: then
 * it is to be read by json_read and decoded by event_decode, which comes to the same, in more time.
 */
struct event_scan;

struct event_list {
    struct usage_event *events; /* the arena's */
    size_t count;
};

/* `text` must stay as long as the events. NULL when memory ended. */
MUST_USE struct event_scan *event_scan_begin(const struct event_context *context, struct str text);
/* Reads a part of the text, a small one to begin with, then for some hundred microseconds; the list
 * is set once it is JSON_SCANNED_ALL. */
MUST_USE enum json_scanned event_scan_step(struct event_scan *scan, struct event_list *ret_list);
/* Before its end: what was found so far, and how many bytes of the text are left. */
struct event_list event_scan_so_far(const struct event_scan *scan);
size_t event_scan_left(const struct event_scan *scan);

#endif
