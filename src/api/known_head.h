/* Who keeps a connection mostly sends the same head again, byte for byte, and the server says so
 * (http_request.head). What follows from a head alone is then known: the route, and which key.
 *
 * Whether that key still opens anything is asked each time, of the keys that were found valid
 * lately (app/key_cache.h): what is kept here opens nothing by itself. On the loop's thread only;
 * zeroed, none is known. */
#ifndef API_KNOWN_HEAD_H
#define API_KNOWN_HEAD_H

#include "api/route.h"

enum { KNOWN_HEADS = 1024 };

struct known_head {
    uint64_t head; /* 0: none */
    const struct route *route;
    struct key_marks key;
    bool is_forwarded;
};

struct known_heads {
    struct known_head slots[KNOWN_HEADS]; /* by the lowest bits of the number */
};

/* NULL when it is not known, or another has taken its place. */
static inline const struct known_head *known_head_find(const struct known_heads *heads,
                                                       uint64_t head) {
    const struct known_head *slot = &heads->slots[head % KNOWN_HEADS];
    return head != 0 && slot->head == head ? slot : NULL;
}

static inline void known_head_keep(struct known_heads *heads, const struct known_head *known) {
    if (known->head != 0) {
        heads->slots[known->head % KNOWN_HEADS] = *known;
    }
}

#endif
