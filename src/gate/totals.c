/* Additions of one group; see totals.h. Open addressing over rows that stay where they are. */
#include "gate/totals.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/limits.h"

enum { ROOM_MIN = 512, ROOM_KEPT = 1 << 14 };

/* Rows are handed out from blocks, so that they never move. */
struct total_block {
    struct total_block *before;
    size_t count, room;
    struct total rows[];
};

void totals_init(struct totals *totals, struct env *env) {
    *totals = (struct totals){.env = env};
    env->random(env, totals->hash_key, sizeof totals->hash_key);
}

static void free_blocks(struct totals *totals) {
    while (totals->blocks != NULL) {
        struct total_block *before = totals->blocks->before;
        env_free(totals->env, totals->blocks);
        totals->blocks = before;
    }
}

static void free_all(struct totals *totals) {
    free_blocks(totals);
    env_free(totals->env, totals->rows);
    env_free(totals->env, totals->index);
    totals->rows = NULL;
    totals->index = NULL;
    totals->count = totals->room = 0;
}

void totals_finish(struct totals *totals) {
    free_all(totals);
}

/* --- hashing --- */

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Names come from outside and are hashed with a key; most events name what the one before did. */
static uint64_t name_hash(struct totals *totals, struct str name) {
    if (name.len == 0) {
        return 0;
    }
    if (!str_equal(name, totals->last_name)) {
        totals->last_name = name;
        totals->last_name_hash = siphash(totals->hash_key, name);
    }
    return totals->last_name_hash;
}

static uint64_t hash_of(struct totals *totals, const struct total_key *key) {
    uint64_t hash = mix((uintptr_t)key->customer, (uint64_t)key->start);
    hash = mix(hash, (uint64_t)key->kind << 8 | (uint64_t)key->metric);
    hash = key->customer == NULL ? mix(hash, siphash(totals->hash_key, key->user_id)) : hash;
    hash = key->part.len == 0 ? hash : mix(hash, siphash(totals->hash_key, key->part));
    return mix(hash, name_hash(totals, key->name));
}

static bool is_same(const struct total_key *a, const struct total_key *b) {
    return a->customer == b->customer && a->start == b->start && a->kind == b->kind &&
           a->metric == b->metric && str_equal(a->name, b->name) && str_equal(a->part, b->part) &&
           (a->customer != NULL || str_equal(a->user_id, b->user_id));
}

/* --- room --- */

static void index_add(struct totals *totals, size_t position) {
    size_t mask = 2 * totals->room - 1;
    size_t at = totals->rows[position]->hash & mask;
    while (totals->index[at] != 0) {
        at = (at + 1) & mask;
    }
    totals->index[at] = (uint32_t)position + 1;
}

static struct err add_block(struct totals *totals, size_t room) {
    struct total_block *block = env_alloc(totals->env, sizeof *block + room * sizeof(struct total));
    if (block == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *block = (struct total_block){.before = totals->blocks, .room = room};
    totals->blocks = block;
    return OK;
}

static struct err grow(struct totals *totals, size_t room) {
    struct total **rows = totals->env->realloc(totals->env, totals->rows, room * sizeof *rows);
    if (rows == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    totals->rows = rows;
    uint32_t *index = env_alloc(totals->env, 2 * room * sizeof *index);
    if (index == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    env_free(totals->env, totals->index);
    memset(index, 0, 2 * room * sizeof *index);
    totals->index = index;
    totals->room = room;
    for (size_t i = 0; i < totals->count; i++) {
        index_add(totals, i);
    }
    return OK;
}

struct err totals_reserve(struct totals *totals, size_t more) {
    check(more < UINT32_MAX / 4 && totals->count < UINT32_MAX / 4);
    size_t room = totals->room == 0 ? ROOM_MIN : totals->room;
    while (room < totals->count + more) {
        room *= 2;
    }
    if (room > totals->room) {
        TRY(grow(totals, room));
    }
    const struct total_block *block = totals->blocks;
    size_t left = block == NULL ? 0 : block->room - block->count;
    return left >= more ? OK : add_block(totals, more > ROOM_MIN ? more : ROOM_MIN);
}

/* --- rows --- */

struct total *totals_at(struct totals *totals, const struct total_key *key) {
    check(totals->room > 0);
    uint64_t hash = hash_of(totals, key);
    size_t mask = 2 * totals->room - 1;
    size_t at = hash & mask;
    for (; totals->index[at] != 0; at = (at + 1) & mask) {
        struct total *total = totals->rows[totals->index[at] - 1];
        if (total->hash == hash && is_same(&total->key, key)) {
            return total;
        }
    }
    check(totals->count < totals->room && totals->blocks->count < totals->blocks->room);
    struct total *total = &totals->blocks->rows[totals->blocks->count++];
    *total = (struct total){.key = *key, .hash = hash};
    totals->rows[totals->count++] = total;
    totals->index[at] = (uint32_t)totals->count;
    return total;
}

int64_t total_sum(int64_t a, int64_t b) {
    static_assert(LIMIT_AMOUNT <= INT64_MAX / 2, "the sum of two amounts fits");
    int64_t sum = a + b;
    if (sum > LIMIT_AMOUNT) {
        return LIMIT_AMOUNT;
    }
    return sum < -LIMIT_AMOUNT ? -LIMIT_AMOUNT : sum;
}

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_rows(const void *a, const void *b) {
    const struct total_key *x = &(*(struct total *const *)a)->key;
    const struct total_key *y = &(*(struct total *const *)b)->key;
    int order = compare_numbers((int64_t)x->kind, (int64_t)y->kind);
    order = order != 0 ? order : str_compare(x->user_id, y->user_id);
    order = order != 0 ? order : compare_numbers((int64_t)x->metric, (int64_t)y->metric);
    order = order != 0 ? order : compare_numbers(x->start, y->start);
    order = order != 0 ? order : str_compare(x->name, y->name);
    return order != 0 ? order : str_compare(x->part, y->part);
}

/* The index no longer fits afterwards: what follows is clear. */
void totals_sort(struct totals *totals) {
    if (totals->count > 1) {
        qsort(totals->rows, totals->count, sizeof(struct total *), compare_rows);
    }
}

void totals_clear(struct totals *totals) {
    free_blocks(totals);
    totals->last_name = (struct str){NULL, 0};
    totals->count = 0;
    if (totals->room > ROOM_KEPT) {
        free_all(totals); /* a rare group's memory is not kept for ever */
    } else if (totals->room > 0) {
        memset(totals->index, 0, 2 * totals->room * sizeof *totals->index);
    }
}
