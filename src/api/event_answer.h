/* What became of a request's events, as JSON: how many were counted, and those that were not. */
#ifndef API_EVENT_ANSWER_H
#define API_EVENT_ANSWER_H

#include "app/usage.h"
#include "base/shape.h"

extern const struct shape ingest_shape;

/* In the arena; empty when it is full. The figures of the gate are complete up to `as_of`. */
struct str event_answer_text(const struct usage_ingest *ingest, struct instant as_of,
                             struct arena *arena);

/* The same by the shape, whatever texts it holds. */
struct str event_answer_by_shape(const struct usage_ingest *ingest, struct instant as_of,
                                 struct arena *arena);

#endif
