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
#include "base/str.h"

enum { KEY_CACHE_SLOTS = 256, KEY_CACHE_SECRET = 16 };

/* By what a key is known. */
struct key_marks {
    uint64_t of[2];
};

struct key_cache_slot {
    struct key_marks marks;
    int64_t expires_at; /* milliseconds UTC; INT64_MAX: never */
    unsigned scopes;    /* 0: the slot is empty */
    struct record_id id;
};

/* A valid key. */
struct key_known {
    unsigned scopes;
    int64_t expires_at; /* milliseconds UTC; INT64_MAX: never */
    struct record_id id;
};

struct key_cache {
    uint8_t secret[KEY_CACHE_SECRET];
    bool has_secret;
    struct key_cache_slot slots[KEY_CACHE_SLOTS];
};

/* Of any text. Before the first key is kept they are nobody's. */
struct key_marks key_cache_marks(const struct key_cache *cache, struct str key);
/* The scopes of a key that is remembered and valid by the env's clock; else 0. */
unsigned key_cache_find(const struct key_cache *cache, struct env *env, struct key_marks marks);
/* What such a key is called, borrowed from the cache; empty when it is not remembered. */
struct str key_cache_id(const struct key_cache *cache, struct key_marks marks);
/* Remembers a valid key, in the place of another when need be. */
void key_cache_keep(struct key_cache *cache, struct env *env, struct str key,
                    const struct key_known *known);
void key_cache_clear(struct key_cache *cache);

#endif
