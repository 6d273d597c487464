#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/put.h"

enum { BUF_FIRST = 256 };

void buf_init(struct buf *buf, struct env *env, size_t max) {
    *buf = (struct buf){.env = env, .max = max};
}

void buf_finish(struct buf *buf) {
    env_free(buf->env, buf->bytes);
    buf_init(buf, buf->env, buf->max);
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
    buf->has_failed = false;
}

/* Room for `len` more bytes of content and `extra` behind them that do not count; NULL when that
 * passes the ceiling or memory ends. */
static char *reserve(struct buf *buf, size_t len, size_t extra) {
    check(buf->len <= buf->capacity);
    if (buf->len > buf->max || len > buf->max - buf->len) {
        buf->has_failed = true;
        return NULL;
    }
    size_t needed = buf->len + len + extra;
    if (buf->bytes != NULL && needed <= buf->capacity) {
        return buf->bytes + buf->len;
    }
    size_t capacity = buf->capacity < BUF_FIRST ? BUF_FIRST : buf->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *bytes = buf->env->realloc(buf->env, buf->bytes, capacity);
    if (bytes == NULL) {
        buf->has_failed = true;
        return NULL;
    }
    buf->bytes = bytes;
    buf->capacity = capacity;
    return bytes + buf->len;
}

char *buf_reserve(struct buf *buf, size_t len) {
    return reserve(buf, len, 0);
}

void buf_add(struct buf *buf, struct str s) {
    if (s.len == 0) {
        return;
    }
    size_t room = buf->capacity < buf->max ? buf->capacity : buf->max;
    bool fits = buf->len <= room && s.len <= room - buf->len; /* as nearly always */
    char *at = fits ? buf->bytes + buf->len : buf_reserve(buf, s.len);
    if (at != NULL) {
        memcpy(at, s.bytes, s.len);
        buf->len += s.len;
    }
}

void buf_add_char(struct buf *buf, char c) {
    buf_add(buf, (struct str){&c, 1});
}

void buf_add_i64(struct buf *buf, int64_t value) {
    char digits[PUT_I64_MAX];
    buf_add(buf, str_of(digits, (size_t)(put_i64(digits, value) - digits)));
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    check(len >= 0);
    char *at = reserve(buf, (size_t)len, 1); /* the NUL is not content */
    if (at != NULL) {
        (void)vsnprintf(at, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

void buf_drop(struct buf *buf, size_t len) {
    check(len <= buf->len);
    if (len < buf->len) {
        memmove(buf->bytes, buf->bytes + len, buf->len - len);
    }
    buf->len -= len;
}

struct str buf_str(const struct buf *buf) {
    return (struct str){buf->bytes, buf->len};
}

struct str buf_finish_in(struct buf *buf, struct arena *arena) {
    arena->has_failed |= buf->has_failed;
    struct str text = buf->has_failed ? STR("") : arena_str(arena, buf_str(buf));
    buf_finish(buf);
    return text;
}
