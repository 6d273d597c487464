#include "store/touched.h"

#include <string.h>

enum { FIRST_ROOM = 8 };

static bool make_room(struct arena *arena, struct touched *touched) {
    if (touched->count < touched->room) {
        return true;
    }
    size_t room = touched->room == 0 ? FIRST_ROOM : 2 * touched->room;
    struct str *users = arena_array(arena, room, sizeof *users);
    if (users == NULL) {
        return false; /* the arena has failed, and with it the transaction */
    }
    if (touched->count > 0) {
        memcpy(users, touched->users, touched->count * sizeof *users);
    }
    touched->users = users;
    touched->room = room;
    return true;
}

void touched_add(struct tx *tx, struct str user_id) {
    struct touched *touched = tx->touched;
    bool is_last = touched != NULL && touched->count > 0 &&
                   str_equal(touched->users[touched->count - 1], user_id);
    if (touched != NULL && !is_last && make_room(tx->cx->arena, touched)) {
        touched->users[touched->count++] = arena_str(tx->cx->arena, user_id);
    }
}
