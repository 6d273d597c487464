/* A text that is read from its front, by scanners that take what is plainly regular. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/str.h"

/* What is left of it. */
struct cursor {
    const char *at, *end;
};

static inline struct cursor cursor_of(struct str text) {
    /* Nothing may be added to NULL, not even nothing (C17, 6.5.6). */
    return (struct cursor){text.bytes, text.len == 0 ? text.bytes : text.bytes + text.len};
}

static inline size_t cursor_left(const struct cursor *cursor) {
    return (size_t)(cursor->end - cursor->at);
}

/* Steps over the literal; false when something else stands there. */
static inline bool cursor_skip(struct cursor *cursor, struct str literal) {
    if (cursor_left(cursor) < literal.len || memcmp(cursor->at, literal.bytes, literal.len) != 0) {
        return false;
    }
    cursor->at += literal.len;
    return true;
}

#endif
