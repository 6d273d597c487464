/* JSON in its one canonical form (RFC 8785): members sorted by name, nothing between them, texts
 * escaped only where they must be, so that the same values are the same bytes, and can be hashed.
 *
 * Of numbers there are whole ones alone, up to 2^53 - 1 either way, which every reader carries
 * exactly; their canonical form is the decimal one. Names are ASCII, which sorts as UTF-16 does. */
#ifndef CORE_JCS_H
#define CORE_JCS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum jcs_kind {
    JCS_TEXT,  /* UTF-8 */
    JCS_WHOLE, /* a number */
    JCS_RAW,   /* `text` is a value in canonical form already */
};

struct jcs_member {
    const char *name;
    enum jcs_kind kind;
    struct str text;
    int64_t whole;
};

enum { JCS_MEMBERS_MAX = 64 };
#define JCS_WHOLE_MAX (((int64_t)1 << 53) - 1)

/* The object of these members, in whatever order they are given; no name may come twice. Gives its
 * length in bytes; writes it, without a NUL, when `ret_text` is not NULL. */
size_t jcs_write(const struct jcs_member *members, size_t count, char *ret_text);

/* The member's value as it stands in an object that jcs_write() wrote, of the outermost level:
 * `"x"`, `12`, `{…}`; empty when there is none. */
struct str jcs_find(struct str object, const char *name);
/* Whether a value is how this text is written. */
bool jcs_is_text(struct str value, struct str text);
/* A value that is a text without escapes, and its number; false when it is something else. */
bool jcs_plain(struct str value, struct str *ret_text);
bool jcs_whole(struct str value, int64_t *ret_whole);

#endif
