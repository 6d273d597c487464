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

struct event_context {
    struct arena *arena;
    struct instant now; /* the time of an event that has none */
};

/* Fills *ret_event; what is not valid is left empty in its record. */
void event_decode(const struct event_context *context, const json_t *event,
                  struct usage_event *ret_event);

#endif
