#include "store/touched.h"

#include <string.h>

enum { FIRST_ROOM = 8 };

static bool make_room(struct arena *arena, struct touched *touched) {
    if (touched->count < touched->room) {
        return true;
    }
    size_t room = touched->room == 0 ? FIRST_ROOM : 2 * touched->room;
    struct touched_user *users = arena_array(arena, room, sizeof *users);
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

void touched_wish(struct tx *tx, struct str user_id, enum touched_wish wish) {
    struct touched *touched = tx->touched;
    bool is_last = touched != NULL && touched->count > 0 && wish == TOUCHED_NO_WISH &&
                   str_equal(touched->users[touched->count - 1].id, user_id);
    if (touched != NULL && !is_last && make_room(tx->cx->arena, touched)) {
        touched->users[touched->count++] =
            (struct touched_user){arena_str(tx->cx->arena, user_id), wish};
    }
}

void touched_add(struct tx *tx, struct str user_id) {
    touched_wish(tx, user_id, TOUCHED_NO_WISH);
}

enum touched_wish touched_wish_of(const struct tx *tx, struct str user_id) {
    const struct touched *touched = tx->touched;
    enum touched_wish wish = TOUCHED_NO_WISH;
    for (size_t i = 0; touched != NULL && i < touched->count; i++) {
        const struct touched_user *user = &touched->users[i];
        bool is_theirs = user->wish != TOUCHED_NO_WISH && str_equal(user->id, user_id);
        wish = is_theirs ? user->wish : wish;
    }
    return wish;
}
