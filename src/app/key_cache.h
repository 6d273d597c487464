/* Keys that were found valid, so that the store is asked once and not with every request.
 *
 * A key is known here by a SipHash of its text, of 128 bits, under a secret made at the start and
 * never told: who does not know it can neither make a text that hits nor learn anything from the
 * time that a miss takes. The text itself is not kept. What is remembered is dropped when a key
 * changes (key_cache_clear), so that a revoked key is refused from the answer to its revocation on;
 * an end that was set beforehand is looked at every time.
 *
 * On the loop's thread only. A zeroed cache is an empty one. */
#ifndef APP_KEY_CACHE_H
#define APP_KEY_CACHE_H

#include "base/env.h"
#include "base/id.h"
#include "base/network.h"
#include "base/str.h"

enum { KEY_CACHE_SLOTS = 256, KEY_CACHE_SECRET = 16, KEY_CACHE_DISPLACED = 32 };

/* By what a key is known. */
struct key_marks {
    uint64_t of[2];
};

/* A valid key. */
struct key_known {
    unsigned scopes;    /* 0: none is known */
    int64_t expires_at; /* milliseconds UTC; INT64_MAX: never */
    struct record_id id;
    int64_t used_at;      /* the last use that is stored, milliseconds UTC */
    struct networks from; /* where it opens anything; none: anywhere */
};

struct key_cache_slot {
    struct key_marks marks;
    struct key_known known;
    bool was_used; /* since `used_at` */
};

struct key_cache {
    uint8_t secret[KEY_CACHE_SECRET];
    bool has_secret;
    struct key_cache_slot slots[KEY_CACHE_SLOTS];
    /* Keys whose place another took after they were used and before that was asked for. With more
     * of them in one step than there is room for, the newest show their use with the next one. */
    struct key_known displaced[KEY_CACHE_DISPLACED];
    size_t displaced_count;
};

/* Of any text. Before the first key is kept they are nobody's. */
struct key_marks key_cache_marks(const struct key_cache *cache, struct str key);
/* The scopes of a key that is remembered, valid by the env's clock, and not bound to networks; else
 * 0. That is a use of it. */
unsigned key_cache_find(struct key_cache *cache, struct env *env, struct key_marks marks);
/* A key that is remembered and valid, or NULL. Using it is for the caller to say. */
const struct key_known *key_cache_known(const struct key_cache *cache, struct env *env,
                                        struct key_marks marks);
void key_cache_use(struct key_cache *cache, struct key_marks marks);
/* What such a key is called, borrowed from the cache; empty when it is not remembered. */
struct str key_cache_id(const struct key_cache *cache, struct key_marks marks);
/* Remembers a valid key, in the place of another when need be. */
void key_cache_keep(struct key_cache *cache, struct env *env, struct str key,
                    const struct key_known *known);
/* Forgets which keys are valid, though not that they were used. */
void key_cache_clear(struct key_cache *cache);

enum { KEY_USE_STEP_MS = 60 * 1000 };
/* Up to `max` keys that were used while what is stored of it is older than a step; they count as
 * stored at `now_ms` from here. */
size_t key_cache_take_used(struct key_cache *cache, int64_t now_ms, struct record_id *ret_ids,
                           size_t max);

#endif
