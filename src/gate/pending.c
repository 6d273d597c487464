/* The identities of the open group; see pending.h. */
#include "gate/pending.h"

#include <string.h>

#include "base/check.h"

enum { SLOTS_MIN = 1024 };

void pending_init(struct pending *pending, struct env *env) {
    *pending = (struct pending){.env = env};
}

void pending_finish(struct pending *pending) {
    env_free(pending->env, pending->ids);
    env_free(pending->env, pending->index);
    *pending = (struct pending){0};
}

static void index_add(struct pending *pending, size_t position) {
    size_t mask = pending->slots - 1;
    size_t at = pending->ids[position].hash & mask;
    while (pending->index[at] != 0) {
        at = (at + 1) & mask;
    }
    pending->index[at] = (uint32_t)position + 1;
}

struct err pending_reserve(struct pending *pending, size_t more) {
    check(more <= UINT32_MAX / 4 && pending->count <= UINT32_MAX / 4);
    size_t wanted = pending->count + more;
    if (wanted <= pending->slots / 2) {
        return OK;
    }
    size_t slots = pending->slots > 0 ? pending->slots : SLOTS_MIN;
    while (wanted > slots / 2) {
        slots *= 2;
    }
    uint32_t *index = env_alloc(pending->env, slots * sizeof(uint32_t));
    struct pending_id *ids = index == NULL
                                 ? NULL
                                 : pending->env->realloc(pending->env, pending->ids,
                                                         slots / 2 * sizeof(struct pending_id));
    if (ids == NULL) {
        env_free(pending->env, index);
        return ERR(ERR_NO_MEMORY);
    }
    env_free(pending->env, pending->index);
    memset(index, 0, slots * sizeof(uint32_t));
    pending->ids = ids;
    pending->index = index;
    pending->slots = slots;
    for (size_t i = 0; i < pending->count; i++) {
        index_add(pending, i);
    }
    return OK;
}

void pending_add(struct pending *pending, struct pending_id id) {
    check(pending->count < pending->slots / 2);
    pending->ids[pending->count] = id;
    index_add(pending, pending->count);
    pending->count++;
}

/* The last id added is the last of its chain, so emptying its slot restores the index as it was
 * before: no search for another id passes over that slot. */
static void remove_last(struct pending *pending) {
    size_t mask = pending->slots - 1;
    uint32_t entry = (uint32_t)pending->count;
    size_t at = pending->ids[pending->count - 1].hash & mask;
    while (pending->index[at] != entry) {
        at = (at + 1) & mask;
    }
    pending->index[at] = 0;
    pending->count--;
}

void pending_cut(struct pending *pending, size_t count) {
    check(count <= pending->count);
    while (pending->count > count) {
        remove_last(pending);
    }
}

void pending_prefetch(const struct pending *pending, uint64_t hash) {
    if (pending->slots > 0) {
        __builtin_prefetch(&pending->index[hash & (pending->slots - 1)], 1);
    }
}

bool pending_find(const struct pending *pending, uint64_t hash, size_t *step,
                  struct pending_id *ret_id) {
    while (*step < pending->slots) {
        uint32_t entry = pending->index[(hash + *step) & (pending->slots - 1)];
        ++*step;
        if (entry == 0) {
            return false;
        }
        if (pending->ids[entry - 1].hash == hash) {
            *ret_id = pending->ids[entry - 1];
            return true;
        }
    }
    return false;
}
