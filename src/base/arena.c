#include "base/arena.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { BLOCK_SIZE = 16 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *before;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

void arena_init(struct arena *arena, struct env *env, size_t max) {
    *arena = (struct arena){.env = env, .max = max};
}

void arena_finish(struct arena *arena) {
    for (struct arena_block *block = arena->blocks; block != NULL;) {
        struct arena_block *before = block->before;
        env_free(arena->env, block);
        block = before;
    }
    arena_init(arena, arena->env, arena->max);
}

void arena_reset(struct arena *arena) {
    struct arena_block *kept = NULL;
    for (struct arena_block *block = arena->blocks; block != NULL;) {
        struct arena_block *before = block->before;
        if (kept == NULL && block->size == sizeof *block + BLOCK_SIZE) {
            kept = block;
        } else {
            env_free(arena->env, block);
        }
        block = before;
    }
    arena_init(arena, arena->env, arena->max);
    if (kept != NULL) {
        kept->before = NULL;
        arena->blocks = kept;
        arena->taken = kept->size;
        arena->next = kept->bytes;
        arena->end = (char *)kept + kept->size;
    }
}

bool arena_failed(const struct arena *arena) {
    return arena->has_failed;
}

static bool add_block(struct arena *arena, size_t least) {
    size_t size = sizeof(struct arena_block) + (least > BLOCK_SIZE ? least : BLOCK_SIZE);
    if (size < least || size > arena->max - arena->taken) {
        size =
            sizeof(struct arena_block) + least; /* the ceiling is near: take just what is asked */
    }
    if (size < least || size > arena->max - arena->taken) {
        return false;
    }
    struct arena_block *block = env_alloc(arena->env, size);
    if (block == NULL) {
        return false;
    }
    block->before = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->taken += size;
    arena->next = block->bytes;
    arena->end = (char *)block + size;
    return true;
}

void *arena_room(struct arena *arena, size_t size) {
    check(arena->taken <= arena->max);
    size_t room = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    bool fits = room >= size && arena->next != NULL && room <= (size_t)(arena->end - arena->next);
    if (room < size || (!fits && !add_block(arena, room))) {
        arena->has_failed = true;
        return NULL;
    }
    void *memory = arena->next;
    arena->next += room;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size) {
    void *memory = arena_room(arena, size);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        arena->has_failed = true;
        return NULL;
    }
    return arena_alloc(arena, bytes);
}

struct str arena_str(struct arena *arena, struct str s) {
    char *copy = arena_room(arena, s.len + 1);
    if (copy == NULL) {
        return STR("");
    }
    if (s.len > 0) {
        memcpy(copy, s.bytes, s.len);
    }
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

const char *arena_cstr(struct arena *arena, struct str s) {
    check(str_find(s, '\0') == s.len);
    return arena_str(arena, s).bytes;
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    check(len >= 0);
    char *text = arena_room(arena, (size_t)len + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text == NULL ? STR("") : (struct str){text, (size_t)len};
}

struct str arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
