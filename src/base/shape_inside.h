/* What the parts of shapes share; for shape*.c only. */
#ifndef BASE_SHAPE_INSIDE_H
#define BASE_SHAPE_INSIDE_H

#include "base/shape.h"

enum { SHAPE_ALLOWED_TEXT = 320 }; /* 95 printable characters, each with its separator or escape */

/* The set `allowed` with its runs drawn together: "- 0-9 a-z" for people, "\-0-9a-z" for between
 * the brackets of a regular expression. NUL-terminated. */
void shape_allowed_text(const char *allowed, bool as_pattern, char ret_text[SHAPE_ALLOWED_TEXT]);

/* Whether there is no value: null, or left out. */
bool shape_is_unset(const struct shape_field *field, const void *base);
/* One value. */
void shape_encode_member(const struct shape_field *field, const void *member,
                         struct json_writer *out);

/* A member of a struct. */
static inline const void *shape_member(const void *base, const struct shape_field *field) {
    return (const char *)base + field->offset;
}

#endif
