/* Memory that is freed all at once: a request's, a job's, a command's.
 *
 * Allocation bumps a pointer in a chain of blocks taken through the env; nothing is freed singly.
 * An arena has a ceiling, so that no input can make one request eat the machine. When memory ends,
 * arena_alloc returns NULL and the arena remembers: callers that build an answer of many parts may
 * go on and ask arena_failed() once at the end, since every arena function passes NULL through. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/attr.h"
#include "base/env.h"
#include "base/str.h"

struct arena_block;

struct arena {
    struct env *env;
    struct arena_block *blocks;
    char *next;
    char *end;
    size_t taken; /* bytes asked of the env so far */
    size_t max;
    bool has_failed;
};

/* An arena that will never take more than `max` bytes; takes none yet. */
void arena_init(struct arena *arena, struct env *env, size_t max);
/* Gives everything back; the arena may be used again. */
void arena_finish(struct arena *arena);
/* The same, but keeps one block of the usual size, so that the next use need not ask for it. */
void arena_reset(struct arena *arena);
/* True once an allocation was refused. */
bool arena_failed(const struct arena *arena);

/* `size` zeroed bytes, aligned for any type; NULL when memory or the ceiling is reached. */
MUST_USE void *arena_alloc(struct arena *arena, size_t size);
/* The same, for who writes all of it: the bytes hold anything. */
MUST_USE void *arena_room(struct arena *arena, size_t size);
/* `count` zeroed elements; NULL also when the product overflows. */
MUST_USE void *arena_array(struct arena *arena, size_t count, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* Copies; the result is NUL-terminated behind its length. Empty with bytes "" when memory ended. */
struct str arena_str(struct arena *arena, struct str s);
/* The same as a C string, for foreign libraries; `s` must hold no NUL byte. */
const char *arena_cstr(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct str arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

#endif
