/* jansson's text, piece by piece into a buffer. */
#include "sandbox/render.h"

static int take(const char *bytes, size_t len, void *context) {
    struct buf *out = context;
    buf_add(out, str_of(bytes, len));
    return out->has_failed ? -1 : 0;
}

/* Percentages are the only numbers with a point; 12 digits show them as they were written. */
void render_json(struct buf *out, const json_t *value, size_t flags) {
    if (json_dump_callback(value, take, out, flags | JSON_REAL_PRECISION(12)) != 0) {
        out->has_failed = true;
    }
}
