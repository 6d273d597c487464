/* Header fields that speak of a verdict: for programs that ask for them, and all that a proxy is
 * told. Their values are words of ours and numbers, nothing from outside. */
#ifndef API_TAKE_FIELDS_H
#define API_TAKE_FIELDS_H

#include "app/take.h"
#include "net/http_server.h"

/* RateLimit and RateLimit-Policy of a bounded metric. */
void add_rate_limit(struct arena *arena, enum metric metric, const struct take_answer *answer,
                    struct http_response *response);

/* As whole header lines: the verdict, its figures, RateLimit, and Retry-After of a counter that is
 * denied. Empty when memory ended. */
struct str gate_lines(struct arena *arena, enum metric metric, const struct take_answer *answer);

#endif
