/* The cache of batches; see batch_cache.h. A hash of chains over a list by last use. */
#include "gate/batch_cache.h"

#include <assert.h>
#include <string.h>

#include "base/check.h"

static_assert(BATCH_CACHE_MAX < UINT16_MAX, "positions fit 16 bits");

void batch_cache_init(struct batch_cache *cache, struct env *env, size_t bytes_max) {
    memset(cache, 0, sizeof *cache);
    cache->env = env;
    cache->bytes_max = bytes_max;
    for (uint16_t i = BATCH_CACHE_MAX; i > 0; i--) {
        cache->entries[i].chain = cache->free;
        cache->free = i;
    }
}

void batch_cache_finish(struct batch_cache *cache) {
    for (size_t i = 1; i <= BATCH_CACHE_MAX; i++) {
        env_free(cache->env, cache->entries[i].bytes);
    }
    memset(cache, 0, sizeof *cache);
}

/* Batches are numbered without gaps, so the low bits alone spread them evenly. */
static uint16_t *bucket_of(struct batch_cache *cache, uint64_t number) {
    return &cache->buckets[number % BATCH_CACHE_MAX];
}

static void unlink_use(struct batch_cache *cache, const struct batch_cache_entry *entry) {
    cache->entries[entry->newer].older = entry->older;
    cache->entries[entry->older].newer = entry->newer;
}

/* The head's `older` is the entry used last, its `newer` the one unused for longest. */
static void link_use(struct batch_cache *cache, uint16_t at) {
    struct batch_cache_entry *head = &cache->entries[0];
    cache->entries[at].newer = 0;
    cache->entries[at].older = head->older;
    cache->entries[head->older].newer = at;
    head->older = at;
}

static uint16_t position_of(struct batch_cache *cache, uint64_t number) {
    uint16_t at = *bucket_of(cache, number);
    while (at != 0 && cache->entries[at].number != number) {
        at = cache->entries[at].chain;
    }
    return at;
}

struct str batch_cache_find(struct batch_cache *cache, uint64_t number) {
    uint16_t at = position_of(cache, number);
    if (at == 0) {
        return (struct str){0};
    }
    unlink_use(cache, &cache->entries[at]);
    link_use(cache, at);
    return str_of(cache->entries[at].bytes, cache->entries[at].len);
}

static void drop_oldest(struct batch_cache *cache) {
    uint16_t at = cache->entries[0].newer;
    check(at != 0);
    struct batch_cache_entry *entry = &cache->entries[at];
    uint16_t *link = bucket_of(cache, entry->number);
    while (*link != at) {
        link = &cache->entries[*link].chain;
    }
    *link = entry->chain;
    unlink_use(cache, entry);
    cache->bytes -= entry->len;
    env_free(cache->env, entry->bytes);
    *entry = (struct batch_cache_entry){.chain = cache->free};
    cache->free = at;
}

bool batch_cache_add(struct batch_cache *cache, uint64_t number, struct str blob) {
    check(number > 0 && blob.len > 0);
    if (position_of(cache, number) != 0) {
        return true;
    }
    char *bytes = blob.len > cache->bytes_max ? NULL : env_alloc(cache->env, blob.len);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, blob.bytes, blob.len);
    while (cache->free == 0 || cache->bytes + blob.len > cache->bytes_max) {
        drop_oldest(cache);
    }
    uint16_t at = cache->free;
    struct batch_cache_entry *entry = &cache->entries[at];
    cache->free = entry->chain;
    *entry = (struct batch_cache_entry){
        .number = number, .bytes = bytes, .len = blob.len, .chain = *bucket_of(cache, number)};
    *bucket_of(cache, number) = at;
    link_use(cache, at);
    cache->bytes += blob.len;
    return true;
}
