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

static struct key_cache_slot *slot_of(struct key_cache *cache, struct key_marks marks) {
    return &cache->slots[marks.of[0] % KEY_CACHE_SLOTS];
}

/* The clock is asked only for an end that there is. */
static bool is_over(const struct key_known *known, struct env *env) {
    return known->expires_at != INT64_MAX && env->wall_ms(env) >= known->expires_at;
}

const struct key_known *key_cache_known(const struct key_cache *cache, struct env *env,
                                        struct key_marks marks) {
    const struct key_cache_slot *slot = &cache->slots[marks.of[0] % KEY_CACHE_SLOTS];
    bool is_known = cache->has_secret && slot->known.scopes != 0 && is_same(slot->marks, marks);
    return is_known && !is_over(&slot->known, env) ? &slot->known : NULL;
}

unsigned key_cache_find(struct key_cache *cache, struct env *env, struct key_marks marks) {
    const struct key_known *known = key_cache_known(cache, env, marks);
    if (known == NULL || known->from.count > 0) {
        return 0;
    }
    slot_of(cache, marks)->was_used = true;
    return known->scopes;
}

void key_cache_use(struct key_cache *cache, struct key_marks marks) {
    struct key_cache_slot *slot = slot_of(cache, marks);
    slot->was_used = slot->was_used || is_same(slot->marks, marks);
}

struct str key_cache_id(const struct key_cache *cache, struct key_marks marks) {
    const struct key_cache_slot *slot = &cache->slots[marks.of[0] % KEY_CACHE_SLOTS];
    bool is_known = cache->has_secret && slot->known.scopes != 0 && is_same(slot->marks, marks);
    return is_known ? id_str(&slot->known.id) : STR("");
}

/* That the key of a slot was used, though another takes its place. */
static void keep_use(struct key_cache *cache, const struct key_cache_slot *slot) {
    if (slot->was_used && cache->displaced_count < KEY_CACHE_DISPLACED) {
        cache->displaced[cache->displaced_count++] = slot->known;
    }
}

void key_cache_keep(struct key_cache *cache, struct env *env, struct str key,
                    const struct key_known *known) {
    check(known->scopes != 0);
    if (!cache->has_secret) {
        env->random(env, cache->secret, sizeof cache->secret);
        cache->has_secret = true;
    }
    struct key_marks marks = key_cache_marks(cache, key);
    struct key_cache_slot *slot = slot_of(cache, marks);
    keep_use(cache, slot);
    *slot = (struct key_cache_slot){.marks = marks, .known = *known};
}

void key_cache_clear(struct key_cache *cache) {
    for (size_t i = 0; i < KEY_CACHE_SLOTS; i++) {
        cache->slots[i].known.scopes = 0;
    }
}

/* Whether a use now is to be stored: what is stored is older than a step, or of a later clock. */
static bool is_due(const struct key_known *known, int64_t now_ms) {
    return now_ms - known->used_at >= KEY_USE_STEP_MS || now_ms < known->used_at;
}

size_t key_cache_take_used(struct key_cache *cache, int64_t now_ms, struct record_id *ret_ids,
                           size_t max) {
    size_t count = 0;
    while (cache->displaced_count > 0 && count < max) {
        const struct key_known *known = &cache->displaced[--cache->displaced_count];
        if (is_due(known, now_ms)) {
            ret_ids[count++] = known->id;
        }
    }
    for (size_t i = 0; i < KEY_CACHE_SLOTS && count < max; i++) {
        struct key_cache_slot *slot = &cache->slots[i];
        if (slot->was_used && is_due(&slot->known, now_ms)) {
            ret_ids[count++] = slot->known.id;
            slot->was_used = false;
            slot->known.used_at = now_ms;
        }
    }
    return count;
}
