/* A byte buffer that grows up to a ceiling: request bodies, answers, blobs.
 *
 * Appending past the ceiling or past memory sets `has_failed` and drops the bytes; the writer goes
 * on and asks once at the end, as with arenas. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/env.h"
#include "base/str.h"

struct arena;

struct buf {
    struct env *env;
    char *bytes;
    size_t len;
    size_t capacity;
    size_t max;
    bool has_failed;
};

void buf_init(struct buf *buf, struct env *env, size_t max); /* takes no memory yet */
void buf_finish(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory; forgets a failure */

void buf_add(struct buf *buf, struct str s);
void buf_add_char(struct buf *buf, char c);
void buf_add_i64(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Makes room for `len` more bytes and returns the place; NULL when that fails. The caller writes
 * there and then adds what it wrote to buf->len. */
MUST_USE char *buf_reserve(struct buf *buf, size_t len);
/* Removes the first `len` bytes. */
void buf_drop(struct buf *buf, size_t len);
/* Borrows the content until the next change. */
struct str buf_str(const struct buf *buf);
/* Finishes; the content lives on in the arena. When the buffer has failed it is empty, and the
 * arena has failed too, so that half a text is never taken for a whole one. */
struct str buf_finish_in(struct buf *buf, struct arena *arena);

#endif
