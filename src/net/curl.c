#include "net/curl.h"

#include <dlfcn.h>
#include <string.h>

#include "base/attr.h"

static_assert(_Generic((curl_off_t)0, long : true, default : false), "CURL_SET knows both as one");

struct err curl_load(struct cx *cx, const char *library, struct curl *ret_curl) {
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
#define X(name) {"curl_" #name, offsetof(struct curl, name)},
        CURL_FUNCTIONS(X)
#undef X
    };
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (loaded == NULL) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND), "An outbound call needs %s (Debian: libcurl4): %s.",
                       library, dlerror());
    }
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        void *function = dlsym(loaded, functions[i].name);
        if (function == NULL) {
            return cx_fail(cx, ERR(ERR_NOT_FOUND), "%s (Debian: libcurl4) has no %s.", library,
                           functions[i].name);
        }
        memcpy((char *)ret_curl + functions[i].offset, &function, sizeof function);
    }
    return OK;
}
