#include "pdf/engine.h"

#include <dlfcn.h>
#include <string.h>

#include "base/attr.h"

#define LIBRARY "libpangocairo-1.0.so.0"

struct err engine_load(struct cx *cx, struct engine *ret_engine) {
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
#define X(name) {#name, offsetof(struct engine, name)},
        ENGINE_FUNCTIONS(X)
#undef X
    };
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == NULL) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND),
                       "a PDF needs " LIBRARY " (Debian: libpangocairo-1.0-0): %s", dlerror());
    }
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        void *function = dlsym(library, functions[i].name); /* its own libraries are searched too */
        if (function == NULL) {
            return cx_fail(cx, ERR(ERR_NOT_FOUND), LIBRARY " has no %s", functions[i].name);
        }
        memcpy((char *)ret_engine + functions[i].offset, &function, sizeof function);
    }
    return OK;
}
