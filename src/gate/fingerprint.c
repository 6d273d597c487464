/* The set of fingerprints; see fingerprint.h. */
#include "gate/fingerprint.h"

#include <string.h>

#include "base/check.h"

enum {
    LINE_BYTES = 64, /* of the cache, as far as anything depends on it */
    LINE_SLOTS = LINE_BYTES / sizeof(struct fingerprint_slot),
    SLOTS_MIN = 1024,
    /* Growth begins at five eighths full and has an eighth of the old table's insertions to finish
     * in: 32 slots prepared an insertion take a sixteenth (the new table is twice as large), then
     * 16 moved take another. So 10 million identities live in 16 million slots. */
    PREPARE_SLOTS = 32,
    MOVE_SLOTS = 16,
};

/* The most entries a table of `slots` takes: probing stays short below three quarters. */
static size_t room(size_t slots) {
    return slots / 4 * 3;
}

/* Fuller than this it grows. */
static size_t comfort(size_t slots) {
    return slots / 8 * 5;
}

static bool is_empty(const struct fingerprint_slot *slot) {
    return slot->place.value == 0;
}

/* Of no batch, so always below the floor; and not empty. */
static const struct place retracted = {1};

static bool is_forgotten(const struct fingerprint_set *set, const struct fingerprint_slot *slot) {
    return place_batch(slot->place) < set->floor;
}

static bool is_growing(const struct fingerprint_set *set) {
    return set->next.slots != NULL;
}

/* Whether entries may lie in the new table: it is prepared. */
static bool has_next(const struct fingerprint_set *set) {
    return is_growing(set) && set->prepared == set->next.mask + 1;
}

/* --- one table --- */

static struct err table_init(struct fingerprint_table *table, struct env *env, size_t slots) {
    if (slots > (SIZE_MAX - LINE_BYTES) / sizeof(struct fingerprint_slot)) {
        return ERR(ERR_NO_MEMORY);
    }
    char *memory = env_alloc(env, slots * sizeof(struct fingerprint_slot) + LINE_BYTES);
    if (memory == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t past = (uintptr_t)memory % LINE_BYTES;
    *table = (struct fingerprint_table){
        .slots = (void *)(memory + (LINE_BYTES - past) % LINE_BYTES),
        .memory = memory,
        .mask = slots - 1,
    };
    return OK;
}

/* Where a search for the hash begins. */
static size_t home_of(const struct fingerprint_table *table, uint64_t hash) {
    return (size_t)hash & table->mask & ~(size_t)(LINE_SLOTS - 1);
}

static void table_insert(struct fingerprint_table *table, struct fingerprint_slot entry) {
    size_t at = home_of(table, entry.hash);
    while (!is_empty(&table->slots[at])) {
        at = (at + 1) & table->mask;
    }
    table->slots[at] = entry;
    table->count++;
}

/* Empties a slot and closes the gap: entries behind it that a search from their home would no
 * longer reach move up. */
static void table_remove(struct fingerprint_table *table, size_t gap) {
    size_t at = gap;
    for (;;) {
        at = (at + 1) & table->mask;
        struct fingerprint_slot *slot = &table->slots[at];
        if (is_empty(slot)) {
            break;
        }
        size_t from_home = (at - home_of(table, slot->hash)) & table->mask;
        size_t from_gap = (at - gap) & table->mask;
        if (from_home >= from_gap) {
            table->slots[gap] = *slot;
            gap = at;
        }
    }
    table->slots[gap] = (struct fingerprint_slot){0};
    table->count--;
}

static bool table_find(const struct fingerprint_table *table, const struct fingerprint_set *set,
                       uint64_t hash, size_t *step, struct place *ret_place) {
    size_t home = home_of(table, hash);
    while (*step <= table->mask) {
        const struct fingerprint_slot *slot = &table->slots[(home + *step) & table->mask];
        ++*step;
        if (is_empty(slot)) {
            return false;
        }
        if (slot->hash == hash && !is_forgotten(set, slot)) {
            *ret_place = slot->place;
            return true;
        }
    }
    return false;
}

/* --- growth --- */

static void finish_growth(struct fingerprint_set *set) {
    env_free(set->env, set->table.memory);
    set->table = set->next;
    set->next = (struct fingerprint_table){0};
    set->swept = set->floor == set->floor_before ? set->table.mask + 1 : 0;
}

static void grow_some(struct fingerprint_set *set, size_t prepare, size_t move) {
    size_t slots = set->next.mask + 1;
    if (set->prepared < slots) {
        size_t count = prepare < slots - set->prepared ? prepare : slots - set->prepared;
        memset(set->next.slots + set->prepared, 0, count * sizeof(struct fingerprint_slot));
        set->prepared += count;
        return;
    }
    for (size_t i = 0; i < move && set->moved <= set->table.mask; i++, set->moved++) {
        const struct fingerprint_slot *slot = &set->table.slots[set->moved];
        if (is_empty(slot)) {
            continue;
        }
        /* It stays where it is for searches that pass over it, but is counted once. */
        set->table.count--;
        if (!is_forgotten(set, slot)) {
            table_insert(&set->next, *slot);
        }
    }
    if (set->moved > set->table.mask) {
        finish_growth(set);
    }
}

static void grow_wholly(struct fingerprint_set *set) {
    while (is_growing(set)) {
        grow_some(set, SIZE_MAX, SIZE_MAX);
    }
}

static struct err begin_growth(struct fingerprint_set *set, size_t slots) {
    TRY(table_init(&set->next, set->env, slots));
    set->floor_before = set->floor;
    set->prepared = 0;
    set->moved = 0;
    return OK;
}

/* --- the set --- */

struct err fingerprint_init(struct fingerprint_set *set, struct env *env, size_t expected) {
    *set = (struct fingerprint_set){.env = env, .floor = 1};
    size_t slots = SLOTS_MIN;
    while (comfort(slots) < expected && slots <= SIZE_MAX / 4) {
        slots *= 2;
    }
    TRY(table_init(&set->table, env, slots));
    memset(set->table.slots, 0, slots * sizeof(struct fingerprint_slot));
    set->swept = slots;
    return OK;
}

void fingerprint_finish(struct fingerprint_set *set) {
    env_free(set->env, set->table.memory);
    env_free(set->env, set->next.memory);
    *set = (struct fingerprint_set){0};
}

struct err fingerprint_reserve(struct fingerprint_set *set, size_t more) {
    size_t slots = set->table.mask + 1;
    if (more > SIZE_MAX / 8 - fingerprint_count(set)) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t wanted = fingerprint_count(set) + more;
    if (is_growing(set)) {
        /* Both tables must hold what may still come: the old one takes insertions until the new
         * one is prepared. Large sets are far from this; small ones are moved in no time. */
        if (wanted <= room(slots)) {
            return OK;
        }
        grow_wholly(set);
        slots = set->table.mask + 1;
        wanted = set->table.count + more;
    }
    size_t target = slots;
    while (wanted > comfort(target)) {
        target *= 2;
    }
    if (target == slots) {
        return OK;
    }
    struct err err = begin_growth(set, target);
    if (err_failed(err)) {
        /* What is free of the present table may still do. */
        return wanted <= room(slots) ? OK : err;
    }
    if (target > 2 * slots || wanted > room(slots)) {
        grow_wholly(set);
    }
    return OK;
}

void fingerprint_insert(struct fingerprint_set *set, uint64_t hash, struct place place) {
    check(place_batch(place) > 0);
    if (is_growing(set)) {
        grow_some(set, PREPARE_SLOTS, MOVE_SLOTS);
    }
    /* While slots are being moved, the old table is only read, so that none is missed. */
    struct fingerprint_table *table = has_next(set) ? &set->next : &set->table;
    check(table->count < room(table->mask + 1));
    table_insert(table, (struct fingerprint_slot){hash, place});
}

static void table_retract(struct fingerprint_table *table, uint64_t hash, struct place place) {
    size_t home = home_of(table, hash);
    for (size_t step = 0; step <= table->mask; step++) {
        struct fingerprint_slot *slot = &table->slots[(home + step) & table->mask];
        if (is_empty(slot)) {
            return;
        }
        if (slot->hash == hash && slot->place.value == place.value) {
            slot->place = retracted;
            return;
        }
    }
}

/* One that was moved over lies in both tables. */
void fingerprint_retract(struct fingerprint_set *set, uint64_t hash, struct place place) {
    table_retract(&set->table, hash, place);
    if (has_next(set)) {
        table_retract(&set->next, hash, place);
    }
    set->swept = 0;
    set->floor_before = 0; /* there is something to be won back after growth, too */
}

void fingerprint_prefetch(const struct fingerprint_set *set, uint64_t hash) {
    __builtin_prefetch(&set->table.slots[home_of(&set->table, hash)], 1);
    if (has_next(set)) { /* before, its pages may be the system's yet: then asking takes long */
        __builtin_prefetch(&set->next.slots[home_of(&set->next, hash)], 1);
    }
}

bool fingerprint_find(const struct fingerprint_set *set, uint64_t hash,
                      struct fingerprint_search *search, struct place *ret_place) {
    if (!search->in_next) {
        if (table_find(&set->table, set, hash, &search->step, ret_place)) {
            return true;
        }
        *search = (struct fingerprint_search){.in_next = true};
    }
    return has_next(set) && table_find(&set->next, set, hash, &search->step, ret_place);
}

void fingerprint_forget(struct fingerprint_set *set, uint64_t floor) {
    if (floor > set->floor) {
        set->floor = floor;
        set->swept = 0;
    }
}

bool fingerprint_sweep(struct fingerprint_set *set, size_t slots) {
    if (is_growing(set)) {
        return true; /* growth leaves the forgotten ones behind */
    }
    for (; slots > 0 && set->swept <= set->table.mask; slots--) {
        const struct fingerprint_slot *slot = &set->table.slots[set->swept];
        if (!is_empty(slot) && is_forgotten(set, slot)) {
            table_remove(&set->table, set->swept);
        } else {
            set->swept++;
        }
    }
    return set->swept <= set->table.mask;
}

size_t fingerprint_count(const struct fingerprint_set *set) {
    return set->table.count + set->next.count;
}
