/* Passwords are hashed four at a time: each takes 19 MiB and a core for tens of milliseconds, and
 * anybody may cause one. Whoever comes while four are under way waits in line; when the line is
 * full too, they are told to come back. Of the loop's thread. */
#ifndef API_HASHING_H
#define API_HASHING_H

#include <stddef.h>

#include "api/api.h"

enum { HASHES_AT_ONCE = 4, HASHES_WAITING_MAX = 64 };

/* One of them, in memory of its owner's until `done` or `refused` is called: exactly one of the
 * two, once, on the loop's thread. */
struct hash_job {
    void (*work)(void *argument); /* on another thread */
    void (*done)(void *argument);
    void (*refused)(void *argument); /* it waited, and could not be begun */
    void *argument;
    struct hashing *hashing; /* set by hashing_begin(), as is the next */
    struct hash_job *next;
};

struct hashing {
    struct api_background background;
    size_t running, waiting;
    struct hash_job *first, *last; /* of those that wait */
};

/* False: there are too many already, or there is no memory; nothing will be called. */
MUST_USE bool hashing_begin(struct hashing *hashing, struct hash_job *job);

#endif
