/* The identities of the open group; see pending.h. */
#include "gate/pending.h"

#include "base/check.h"

enum { ROOM_MIN = 1024 };

void pending_init(struct pending *pending, struct env *env) {
    *pending = (struct pending){.env = env};
}

void pending_finish(struct pending *pending) {
    env_free(pending->env, pending->ids);
    *pending = (struct pending){0};
}

struct err pending_reserve(struct pending *pending, size_t more) {
    check(more <= UINT32_MAX && pending->count <= UINT32_MAX);
    size_t wanted = pending->count + more;
    size_t room = pending->room > 0 ? pending->room : ROOM_MIN;
    while (room < wanted) {
        room *= 2;
    }
    if (room == pending->room) {
        return OK;
    }
    struct pending_id *ids =
        pending->env->realloc(pending->env, pending->ids, room * sizeof(struct pending_id));
    if (ids == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    pending->ids = ids;
    pending->room = room;
    return OK;
}

void pending_add(struct pending *pending, struct pending_id id) {
    check(pending->count < pending->room);
    pending->ids[pending->count++] = id;
}
