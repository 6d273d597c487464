#include "net/curl.h"

#include "base/attr.h"
#include "base/library.h"

static_assert(_Generic((curl_off_t)0, long : true, default : false), "CURL_SET knows both as one");

struct err curl_load(struct cx *cx, const char *library, struct curl *ret_curl) {
    static const struct library_function functions[] = {
#define X(name) {"curl_" #name, offsetof(struct curl, name)},
        CURL_FUNCTIONS(X)
#undef X
    };
    const struct library curl = {library, "libcurl4", "An outbound call"};
    return library_load(cx, &curl, functions, ARRAY_LEN(functions), ret_curl);
}
