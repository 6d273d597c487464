/* The batches read or written last, as blobs, within a ceiling of bytes: least recently used go
 * first. At most BATCH_CACHE_MAX of them, found by number. */
#ifndef GATE_BATCH_CACHE_H
#define GATE_BATCH_CACHE_H

#include "base/env.h"

enum { BATCH_CACHE_MAX = 4096 };

struct batch_cache_entry {
    uint64_t number; /* 0: free */
    char *bytes;
    size_t len;
    uint16_t chain;        /* the next of its bucket; in a free entry, the next free one */
    uint16_t newer, older; /* neighbours by last use */
};

/* Positions are those of `entries`; 0 is no entry but the list's head, and the end of a chain. */
struct batch_cache {
    struct env *env;
    size_t bytes;
    size_t bytes_max;
    uint16_t free;
    uint16_t buckets[BATCH_CACHE_MAX];
    struct batch_cache_entry entries[BATCH_CACHE_MAX + 1];
};

void batch_cache_init(struct batch_cache *cache, struct env *env, size_t bytes_max);
void batch_cache_finish(struct batch_cache *cache);

/* The blob of a batch, borrowed until the next addition; bytes NULL when it is not here. */
struct str batch_cache_find(struct batch_cache *cache, uint64_t number);
/* Takes a copy; a batch that is here already stays as it is. False without memory, or when the blob
 * is larger than the whole cache. */
bool batch_cache_add(struct batch_cache *cache, uint64_t number, struct str blob);

#endif
