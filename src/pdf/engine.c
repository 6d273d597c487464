#include "pdf/engine.h"

#include "base/attr.h"
#include "base/library.h"

struct err engine_load(struct cx *cx, struct engine *ret_engine) {
    static const struct library_function functions[] = {
#define X(name) {#name, offsetof(struct engine, name)},
        ENGINE_FUNCTIONS(X)
#undef X
    };
    static const struct library pango = {"libpangocairo-1.0.so.0", "libpangocairo-1.0-0", "A PDF"};
    return library_load(cx, &pango, functions, ARRAY_LEN(functions), ret_engine);
}
