#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"

enum { LINE_MAX_BYTES = 2048 };

static const char *level_name(enum log_level level) {
    switch (level) {
    case LOG_INFO:
        return "info";
    case LOG_WARNING:
        return "warning";
    case LOG_ERROR:
        return "error";
    }
    return "unknown";
}

/* What snprintf says it would have written, cut to what it had room for. */
static size_t written(int would, size_t room) {
    check(would >= 0);
    return (size_t)would < room ? (size_t)would : room - 1;
}

void log_event(struct env *env, enum log_level level, const char *name, const char *format, ...) {
    char line[LINE_MAX_BYTES];
    rfc3339_format(env->wall_ms(env), line);
    size_t len = strlen(line);
    len += written(snprintf(line + len, sizeof line - len, " %s %s ", level_name(level), name),
                   sizeof line - len);
    va_list args;
    va_start(args, format);
    len += written(vsnprintf(line + len, sizeof line - len, format, args), sizeof line - len);
    va_end(args);
    /* A value from outside must not be able to forge a line of its own. */
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
            line[i] = '?';
        }
    }
    env->log(env, str_trim((struct str){line, len}));
}
