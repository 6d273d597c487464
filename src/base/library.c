#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/check.h"

struct err library_load(struct cx *cx, const struct library *library,
                        const struct library_function *functions, size_t count,
                        void *ret_pointers) {
    /* Never unloaded: GLib, for one, cannot be. */
    void *loaded = dlopen(library->name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    check(count > 0);
    if (loaded == NULL) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND), "%s needs %s (Debian: %s): %s.", library->purpose,
                       library->name, library->package, dlerror());
    }
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(loaded, functions[i].name);
        if (function == NULL) {
            return cx_fail(cx, ERR(ERR_NOT_FOUND), "%s (Debian: %s) has no %s.", library->name,
                           library->package, functions[i].name);
        }
        memcpy((char *)ret_pointers + functions[i].offset, &function, sizeof function);
    }
    return OK;
}
