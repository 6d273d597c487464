#include "app/zone_file.h"

#include "core/zone.h"

#define ZONES "/usr/share/zoneinfo/"

enum { ZONE_FILE_MAX = 64 * 1024 };

struct str zone_file(struct cx *cx, struct str name) {
    struct str content;
    if (!zone_name_is_valid(name)) {
        return STR("");
    }
    struct str path = arena_printf(cx->arena, ZONES STR_FMT, STR_ARG(name));
    if (arena_failed(cx->arena) ||
        err_failed(env_read_file(cx->env, path.bytes, ZONE_FILE_MAX, &content))) {
        return STR("");
    }
    struct str kept = arena_str(cx->arena, content);
    env_free(cx->env, (char *)(uintptr_t)content.bytes);
    return kept;
}

bool zone_file_is_known(struct cx *cx, struct str name) {
    return zone_file_is_valid(zone_file(cx, name));
}
