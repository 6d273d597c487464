/* Text into a fixed array: what core needs to name a path or describe a line.
 *
 * Too long a text is cut at the array's end, always NUL-terminated; callers whose bounds prove that
 * it fits check text_fits(). */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct text {
    char *bytes; /* the caller's array */
    size_t size; /* of the array, NUL included */
    size_t len;  /* so far, without the NUL */
    bool is_cut;
};

/* `bytes` becomes the empty text. */
void text_init(struct text *text, char *bytes, size_t size);
void text_str(struct text *text, struct str part);
/* Decimal, padded with zeros to `digits` (1..19); `value` is not negative. */
void text_number(struct text *text, int64_t value, int digits);
bool text_fits(const struct text *text);

#endif
