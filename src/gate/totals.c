/* Additions to totals on their way to the store; see totals.h. Open addressing over rows that stay
 * where they are. */
#include "gate/totals.h"

#include <string.h>

#include "base/check.h"
#include "base/crypto.h"

enum {
    ROOM_MIN = 1024,
    IDLE_MAX = 1 << 15, /* rows kept that have nothing behind, while others do */
};

void totals_init(struct totals *totals, struct env *env) {
    memset(totals, 0, sizeof *totals);
    totals->env = env;
    totals->behind_end = &totals->behind;
    totals->level_version = 1;
    env->random(env, totals->hash_key, sizeof totals->hash_key);
}

/* --- sums --- */

/* `from` came after what is in `to`. */
static void move(struct sums *from, struct sums *to) {
    sums_add(to, from);
    *from = (struct sums){0};
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

static size_t mark_of(const struct totals *totals, struct str user_id) {
    return siphash(totals->hash_key, user_id) % TOTALS_MARKS;
}

/* --- rows --- */

static struct str copy(char **place, struct str text) {
    char *bytes = *place;
    if (text.len > 0) {
        memcpy(bytes, text.bytes, text.len);
    }
    *place += text.len;
    return str_of(bytes, text.len);
}

static struct total *new_row(struct totals *totals, const struct total_key *key, uint64_t hash) {
    size_t texts = key->user_id.len + key->name.len + key->part.len;
    struct total *total = env_alloc(totals->env, sizeof *total + texts);
    if (total == NULL) {
        return NULL;
    }
    char *place = (char *)(total + 1);
    *total = (struct total){.key = *key, .hash = hash};
    total->key.user_id = copy(&place, key->user_id);
    total->key.name = copy(&place, key->name);
    total->key.part = copy(&place, key->part);
    total->mark = (uint16_t)mark_of(totals, key->user_id);
    total->mark_next = totals->marks[total->mark].first;
    totals->marks[total->mark].first = total;
    return total;
}

static void index_add(struct totals *totals, struct total *total) {
    size_t mask = totals->room - 1;
    size_t at = total->hash & mask;
    while (totals->index[at] != NULL) {
        at = (at + 1) & mask;
    }
    totals->index[at] = total;
}

/* Another index, for the rows that are in the old one. */
static struct err index_resize(struct totals *totals, size_t room) {
    struct total **index = env_alloc(totals->env, room * sizeof(struct total *));
    if (index == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memset(index, 0, room * sizeof(struct total *));
    struct total **old = totals->index;
    size_t old_room = totals->room;
    totals->index = index;
    totals->room = room;
    for (size_t i = 0; i < old_room; i++) {
        if (old[i] != NULL) {
            index_add(totals, old[i]);
        }
    }
    env_free(totals->env, old);
    return OK;
}

struct err totals_row(struct totals *totals, const struct total_key *key, struct total **ret_row) {
    if (2 * (totals->count + 1) > totals->room) {
        TRY(index_resize(totals, totals->room == 0 ? ROOM_MIN : 2 * totals->room));
    }
    uint64_t hash = hash_of(totals, key);
    size_t mask = totals->room - 1;
    size_t at = hash & mask;
    for (; totals->index[at] != NULL; at = (at + 1) & mask) {
        if (totals->index[at]->hash == hash && is_same(&totals->index[at]->key, key)) {
            *ret_row = totals->index[at];
            return OK;
        }
    }
    *ret_row = new_row(totals, key, hash);
    if (*ret_row == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    totals->index[at] = *ret_row;
    totals->count++;
    return OK;
}

/* Frees the rows that have nothing behind, all of them when none has. */
static void forget_idle(struct totals *totals) {
    totals->forgotten++;
    for (size_t i = 0; i < TOTALS_MARKS; i++) {
        totals->marks[i].first = NULL;
    }
    size_t kept = 0;
    for (size_t i = 0; i < totals->room; i++) {
        struct total *total = totals->index[i];
        totals->index[i] = NULL;
        if (total != NULL && total->behind_link == NULL) {
            env_free(totals->env, total);
        } else if (total != NULL) {
            total->mark_next = totals->marks[total->mark].first;
            totals->marks[total->mark].first = total;
            kept++;
        }
    }
    totals->count = kept;
    for (struct total *total = totals->behind; total != NULL; total = total->behind_next) {
        index_add(totals, total);
    }
    if (kept == 0) {
        env_free(totals->env, totals->index);
        totals->index = NULL;
        totals->room = 0;
    }
}

void totals_finish(struct totals *totals) {
    totals->behind = NULL;
    for (size_t i = 0; i < totals->room; i++) {
        env_free(totals->env, totals->index[i]);
    }
    env_free(totals->env, totals->index);
    totals->index = NULL;
    totals->room = totals->count = 0;
}

/* --- a work --- */

void totals_touch(struct totals *totals, struct total *total) {
    if (!total->is_in_work) {
        total->is_in_work = true;
        total->work_next = totals->work;
        totals->work = total;
    }
}

void totals_add(struct totals *totals, struct total *total, const struct sums *sums) {
    totals_touch(totals, total);
    sums_add(&total->work, sums);
}

/* Texts of a work are gone after it. */
static void end_work(struct totals *totals) {
    totals->work = NULL;
    totals->last_name = (struct str){NULL, 0};
}

void totals_keep_work(struct totals *totals) {
    for (struct total *total = totals->work; total != NULL; total = total->work_next) {
        total->is_in_work = false;
        if (!total->is_in_open) {
            total->is_in_open = true;
            total->open_next = totals->open;
            totals->open = total;
        }
        move(&total->work, &total->open);
    }
    end_work(totals);
}

void totals_drop_work(struct totals *totals) {
    for (struct total *total = totals->work; total != NULL; total = total->work_next) {
        total->is_in_work = false;
        total->work = (struct sums){0};
    }
    end_work(totals);
}

/* --- levels --- */

bool totals_knows_level(const struct totals *totals, const struct total *level) {
    return level->level_version == totals->level_version;
}

void totals_set_level(const struct totals *totals, struct total *level, struct level stored) {
    check(level->key.kind == TOTAL_LEVEL);
    level->stored_level = stored;
    level->level_version = totals->level_version;
}

void totals_forget_levels(struct totals *totals) {
    totals->level_version++;
}

static void follow(struct level *level, const struct sums *sums) {
    if (!sums_are_empty(sums)) {
        level->value = sums->value;
        level->period_start = sums_later(level->period_start, sums->last_at);
    }
}

struct level totals_level_before_work(const struct total *level) {
    struct level result = level->stored_level;
    follow(&result, &level->behind);
    follow(&result, &level->open);
    return result;
}

struct level totals_level(const struct total *level) {
    struct level result = totals_level_before_work(level);
    follow(&result, &level->work);
    return result;
}

/* --- what is behind, the oldest first --- */

static void set_behind_link(struct totals *totals, struct total *total, struct total **link) {
    total->behind_link = link;
    *link = total;
    struct total **end = &total->behind_next;
    if (total->behind_next == NULL) {
        totals->behind_end = end;
    } else {
        total->behind_next->behind_link = end;
    }
    totals->behind_count++;
}

static void add_behind(struct totals *totals, struct total *total) {
    total->behind_next = NULL;
    set_behind_link(totals, total, totals->behind_end);
    atomic_fetch_add(&totals->marks[total->mark].is_behind, 1);
    atomic_fetch_add(&totals->marked, 1);
}

/* Its mark stays: it is behind until the group is durable. */
static void take_from_behind(struct totals *totals, struct total *total) {
    *total->behind_link = total->behind_next;
    if (total->behind_next == NULL) {
        totals->behind_end = total->behind_link;
    } else {
        total->behind_next->behind_link = total->behind_link;
    }
    total->behind_link = NULL;
    totals->behind_count--;
}

struct total *totals_of(const struct totals *totals, struct str user_id) {
    return totals->marks[mark_of(totals, user_id)].first;
}

bool totals_are_behind(const struct totals *totals, struct str user_id) {
    return atomic_load(&totals->marks[mark_of(totals, user_id)].is_behind) > 0;
}

size_t totals_behind(const struct totals *totals) {
    return atomic_load(&totals->marked);
}

uint64_t totals_complete(const struct totals *totals, uint64_t batch) {
    for (const struct total *total = totals->open; total != NULL; total = total->open_next) {
        if (!sums_are_empty(&total->open)) {
            batch--;
            break;
        }
    }
    return totals->behind != NULL && totals->behind->since <= batch ? totals->behind->since - 1
                                                                    : batch;
}

/* --- writing --- */

struct sums totals_due(const struct total *total) {
    struct sums sums = total->behind;
    sums_add(&sums, &total->open);
    return sums;
}

static bool is_of_gauge(const struct total *total) {
    return total->key.kind != TOTAL_ACCOUNT && metric_kind(total->key.metric) == METRIC_GAUGE;
}

static bool is_beside(const struct total *a, const struct total *b) {
    return is_of_gauge(a) && a->key.metric == b->key.metric && a->key.customer == b->key.customer &&
           (a->key.customer != NULL || str_equal(a->key.user_id, b->key.user_id));
}

struct total *totals_beside(const struct totals *totals, struct total *total,
                            const struct total *last) {
    if (!is_of_gauge(total)) {
        return last == NULL ? total : NULL;
    }
    struct total *row = last == NULL ? totals->marks[total->mark].first : last->mark_next;
    while (row != NULL && !is_beside(row, total)) {
        row = row->mark_next;
    }
    return row;
}

void totals_written(struct totals *totals, struct total *total) {
    if (total->key.kind == TOTAL_LEVEL) {
        total->stored_level = totals_level_before_work(total);
    }
    total->is_stamped |= total->open.counted > 0;
    total->open = (struct sums){0};
    if (total->behind_link == NULL) {
        return;
    }
    take_from_behind(totals, total);
    move(&total->behind, &total->written);
    check(!total->is_in_written);
    total->is_in_written = true;
    total->written_next = totals->written;
    totals->written = total;
}

/* --- the end of a group --- */

void totals_committed(struct totals *totals, uint64_t batch) {
    uint64_t now_ns = totals->env->mono_ns(totals->env);
    for (struct total *total = totals->written; total != NULL; total = total->written_next) {
        total->is_in_written = false;
        total->written = (struct sums){0};
        atomic_fetch_sub(&totals->marks[total->mark].is_behind, 1);
        atomic_fetch_sub(&totals->marked, 1);
    }
    for (struct total *total = totals->open; total != NULL; total = total->open_next) {
        total->is_in_open = total->is_stamped = false;
        if (!sums_are_empty(&total->open) && total->behind_link == NULL) {
            total->since = batch;
            total->since_ns = now_ns;
            add_behind(totals, total);
        }
        move(&total->open, &total->behind);
    }
    totals->written = totals->open = NULL;
    if (totals->count > 0 &&
        (totals->behind_count == 0 || totals->count - totals->behind_count > IDLE_MAX)) {
        forget_idle(totals);
    }
}

/* To where it was: the oldest comes first. */
static void put_back(struct totals *totals, struct total *total) {
    struct total **link = &totals->behind;
    while (*link != NULL && (*link)->since < total->since) {
        link = &(*link)->behind_next;
    }
    total->behind_next = *link;
    set_behind_link(totals, total, link);
}

void totals_abandoned(struct totals *totals) {
    totals_drop_work(totals);
    totals_forget_levels(totals); /* the store's rows are what they were */
    for (struct total *total = totals->open; total != NULL; total = total->open_next) {
        total->is_in_open = total->is_stamped = false;
        total->open = (struct sums){0};
    }
    for (struct total *total = totals->written; total != NULL; total = total->written_next) {
        total->is_in_written = false;
        move(&total->written, &total->behind);
        put_back(totals, total);
    }
    totals->written = totals->open = NULL;
}
