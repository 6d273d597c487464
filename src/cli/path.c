#include "cli/path.h"

#include <limits.h>
#include <unistd.h>

struct err path_absolute(struct cx *cx, const char *path, const char **ret_path) {
    struct str rest = str_from_cstr(path);
    char folder[PATH_MAX];
    if (rest.len == 0) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The name of the data folder is empty.");
    }
    if (str_starts_with(rest, STR("/"))) {
        *ret_path = path;
        return OK;
    }
    if (getcwd(folder, sizeof folder) == NULL) {
        return cx_fail(cx, ERR(ERR_IO), "The present folder has no path: use absolute ones.");
    }
    while (str_starts_with(rest, STR("./"))) {
        rest = str_skip(rest, 2);
    }
    const char *between = str_equal(str_from_cstr(folder), STR("/")) ? "" : "/";
    struct str whole = arena_printf(cx->arena, "%s%s" STR_FMT, folder, between, STR_ARG(rest));
    if (arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for a path.");
    }
    *ret_path = whole.bytes;
    return OK;
}
