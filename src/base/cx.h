/* What a piece of work carries with it: the world, its memory, its log, its last failure.
 *
 * There are no globals but const tables; a `struct cx` is passed down instead. One per request, job
 * or command; never shared between threads. */
#ifndef BASE_CX_H
#define BASE_CX_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/env.h"

enum { CX_DETAIL_MAX = 512 };

struct cx {
    struct env *env;
    struct arena *arena;
    char request_id[40];        /* NUL-terminated; empty outside requests */
    char detail[CX_DETAIL_MAX]; /* one sentence about the last struct err, for a person */
};

void cx_init(struct cx *cx, struct env *env, struct arena *arena);
int64_t cx_now_ms(const struct cx *cx);

/* Notes the sentence that goes with a failure: `return cx_fail(cx, ERR(ERR_IO), "…")`. */
MUST_USE struct err cx_fail(struct cx *cx, struct err err, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
