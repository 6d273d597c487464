#include "base/cx.h"

#include <stdarg.h>
#include <stdio.h>

void cx_init(struct cx *cx, struct env *env, struct arena *arena) {
    cx->env = env;
    cx->arena = arena;
    cx->request_id[0] = '\0'; /* what stands behind the end of a text is nobody's */
    cx->detail[0] = '\0';
}

int64_t cx_now_ms(const struct cx *cx) {
    return cx->env->wall_ms(cx->env);
}

struct err cx_fail(struct cx *cx, struct err err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(cx->detail, sizeof cx->detail, format, args);
    va_end(args);
    return err;
}
