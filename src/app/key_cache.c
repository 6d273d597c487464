#include "app/key_cache.h"

#include <string.h>

#include "base/check.h"
#include "base/crypto.h"

struct key_marks key_cache_marks(const struct key_cache *cache, struct str key) {
    struct key_marks marks;
    siphash_128(cache->secret, key, marks.of);
    return marks;
}

/* Without a branch between the halves, though a miss tells nothing about unknown secrets. */
static bool is_same(struct key_marks a, struct key_marks b) {
    return ((a.of[0] ^ b.of[0]) | (a.of[1] ^ b.of[1])) == 0;
}

/* The clock is asked only for an end that there is. */
static bool is_over(const struct key_cache_slot *slot, struct env *env) {
    return slot->expires_at != INT64_MAX && env->wall_ms(env) >= slot->expires_at;
}

unsigned key_cache_find(const struct key_cache *cache, struct env *env, struct key_marks marks) {
    const struct key_cache_slot *slot = &cache->slots[marks.of[0] % KEY_CACHE_SLOTS];
    bool is_known = cache->has_secret && is_same(slot->marks, marks);
    return is_known && !is_over(slot, env) ? slot->scopes : 0;
}

struct str key_cache_id(const struct key_cache *cache, struct key_marks marks) {
    const struct key_cache_slot *slot = &cache->slots[marks.of[0] % KEY_CACHE_SLOTS];
    bool is_known = cache->has_secret && slot->scopes != 0 && is_same(slot->marks, marks);
    return is_known ? id_str(&slot->id) : STR("");
}

void key_cache_keep(struct key_cache *cache, struct env *env, struct str key,
                    const struct key_known *known) {
    check(known->scopes != 0);
    if (!cache->has_secret) {
        env->random(env, cache->secret, sizeof cache->secret);
        cache->has_secret = true;
    }
    struct key_marks marks = key_cache_marks(cache, key);
    cache->slots[marks.of[0] % KEY_CACHE_SLOTS] =
        (struct key_cache_slot){marks, known->expires_at, known->scopes, known->id};
}

void key_cache_clear(struct key_cache *cache) {
    memset(cache->slots, 0, sizeof cache->slots);
}
