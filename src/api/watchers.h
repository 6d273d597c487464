/* Those who hold a connection open and are told what happens: of the loop's thread. */
#ifndef API_WATCHERS_H
#define API_WATCHERS_H

#include <stddef.h>
#include <stdint.h>

/* Those who watch usage (usage_live.c). */
struct live {
    struct live_stream *first, *last;
    size_t count;
};

/* Those who watch events come in (usage_tail.c). */
struct tail {
    struct tail_stream *first;
    size_t count;
    uint64_t marks; /* of their customers */
};

#endif
