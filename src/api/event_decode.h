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
    /* The last `time` and `type` that were read: events of a batch often share them. Begin empty.
     */
    struct str time_text, metric_text;
    struct instant time;
    enum metric metric;
    /* The last that was taken of each, for the same reason: what is equal to it was found valid,
     * and is handed out as this text, so that those who come later compare no bytes. */
    struct str subject, source, region;
};

/* Fills *ret_event; what is not valid is left empty in its record. */
void event_decode(struct event_context *context, const json_t *event,
                  struct usage_event *ret_event);

/* A text as json_read reads it, and numbers that are too large for it as reals. */
json_t *event_read_lenient(struct str text, struct json_problem *ret_problem);

/* The events of a whole body, one or a list, a part at a time; read without a tree in between. A
 * list about which json_read has to speak is read once more, with a tree of each item, which comes
 * to the same in more time. What is no list is left in that case: to be read by
 * event_read_lenient and decoded by event_decode. */
struct event_scan;

struct event_list {
    struct usage_event *events; /* the arena's */
    size_t count;
};

/* For one body after the other: what takes longer to set up than a short body to read is kept.
 * env_free() frees it; NULL when there is no memory. */
MUST_USE struct event_scan *event_scan_create(struct env *env);
/* Begins with a body, whatever became of the one before; `text` must stay as long as the events.
 * False when memory ended. */
MUST_USE bool event_scan_begin(struct event_scan *scan, const struct event_context *context,
                               struct str text);
/* A copy as it stands between two steps, for a body that goes on while others are read: the arena's
 * that its context has, NULL when memory ended. */
MUST_USE struct event_scan *event_scan_keep(const struct event_scan *scan);
/* Reads a part of the text, a small one to begin with, then for some hundred microseconds; the list
 * is set once it is JSON_SCANNED_ALL. */
MUST_USE enum json_scanned event_scan_step(struct event_scan *scan, struct event_list *ret_list);
/* Before its end: what was found so far, and how many bytes of the text are left. */
struct event_list event_scan_so_far(const struct event_scan *scan);
size_t event_scan_left(const struct event_scan *scan);
/* After JSON_SCANNED_LEFT: whether it was a list; then what is wrong with it, or NULL when it holds
 * more than LIMIT_BATCH_EVENTS or memory ended. */
bool event_scan_is_list(const struct event_scan *scan);
const struct json_problem *event_scan_problem(const struct event_scan *scan);

#endif
