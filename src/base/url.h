/* Percent-encoding (RFC 3986 2.1) and the parameters of queries and forms (WHATWG URL 5). */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Decodes "%41" to "A", and with `plus_is_blank` (queries and forms, not paths) "+" to a blank.
 * False for a "%" without two hexadecimal digits, for a NUL byte, for text that is not UTF-8, and
 * when memory ended (arena_failed tells). */
MUST_USE bool url_decode(struct arena *arena, struct str encoded, bool plus_is_blank,
                         struct str *ret_text);
/* Appends `text` with everything but letters, digits and "-._~" percent-encoded: fit for a path
 * segment, a name or a value. */
void url_encode(struct buf *out, struct str text);

/* Goes through "a=1&b=two+words&c". */
struct url_query {
    struct arena *arena;
    struct str rest;
    bool is_bad; /* a name or value could not be decoded: the iteration has ended there */
};

struct url_query url_query_of(struct arena *arena, struct str query);
/* The next parameter, decoded; false at the end, and where is_bad was set. Empty pieces ("&&") are
 * passed over; a name without "=" has an empty value. */
MUST_USE bool url_query_next(struct url_query *query, struct str *ret_name, struct str *ret_value);

#endif
