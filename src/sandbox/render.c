/* jansson's text, piece by piece into a buffer. */
#include "sandbox/render.h"

static int take(const char *bytes, size_t len, void *context) {
    struct buf *out = context;
    buf_add(out, str_of(bytes, len));
    return out->has_failed ? -1 : 0;
}

void render_json(struct buf *out, const json_t *value, size_t flags) {
    if (json_dump_callback(value, take, out, flags) != 0) {
        out->has_failed = true;
    }
}
