/* The last API requests, in memory: what error.request_log_url leads to. Neither keys nor
 * parameters are kept. */
#ifndef SANDBOX_REQUEST_LOG_H
#define SANDBOX_REQUEST_LOG_H

#include <stdint.h>

#include "base/str.h"

enum { REQUEST_LOG_SIZE = 200, REQUEST_ID_SIZE = 20 };

struct request_note {
    char id[REQUEST_ID_SIZE]; /* "" in a place not yet used */
    char method[8];
    char path[160];
    char said[320]; /* of a refusal: its sentence */
    int status;     /* 0: the connection was closed without an answer */
    int64_t at_ms;
};

struct request_log {
    struct request_note notes[REQUEST_LOG_SIZE];
    size_t next;
};

/* A place for a request, the oldest one's, with id, method and path filled in. */
struct request_note *request_log_add(struct request_log *log, const char *id, struct str method,
                                     struct str path);
/* NULL when it is none of the last. */
struct request_note *request_log_find(struct request_log *log, const char *id);
/* The `index`th newest; NULL after the last. */
struct request_note *request_log_at(struct request_log *log, size_t index);

#endif
