/* A walk over jansson's values that writes as it goes. jansson's own writer hands out each token by
 * a call, and a copy without our members would have to be made first; this is a third of a
 * sandbox's work. */
#include "sandbox/render.h"

#include "base/json.h"

struct look {
    struct buf *out;
    int indent;
    bool hides;
};

static void value_at(const struct look *look, json_t *value, int depth);

static void new_line(const struct look *look, int depth) {
    if (look->indent == 0) {
        return;
    }
    buf_add_char(look->out, '\n');
    for (int i = 0; i < depth * look->indent; i++) {
        buf_add_char(look->out, ' ');
    }
}

/* Percentages are the only numbers with a point; 12 digits show them as they were written. */
static void fraction(struct buf *out, json_t *value) {
    char digits[32];
    size_t len =
        json_dumpb(value, digits, sizeof digits, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    buf_add(out, str_of(digits, len < sizeof digits ? len : 0));
}

static void array_at(const struct look *look, json_t *array, int depth) {
    size_t count = json_array_size(array);
    buf_add_char(look->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_add_char(look->out, ',');
        }
        new_line(look, depth + 1);
        value_at(look, json_array_get(array, i), depth + 1);
    }
    if (count > 0) {
        new_line(look, depth);
    }
    buf_add_char(look->out, ']');
}

static void object_at(const struct look *look, json_t *object, int depth) {
    bool is_empty = true;
    buf_add_char(look->out, '{');
    for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i)) {
        struct str name = str_of(json_object_iter_key(i), json_object_iter_key_len(i));
        if (look->hides && str_starts_with(name, STR("_"))) {
            continue;
        }
        if (!is_empty) {
            buf_add_char(look->out, ',');
        }
        is_empty = false;
        new_line(look, depth + 1);
        json_quote(look->out, name);
        buf_add(look->out, look->indent == 0 ? STR(":") : STR(": "));
        value_at(look, json_object_iter_value(i), depth + 1);
    }
    if (!is_empty) {
        new_line(look, depth);
    }
    buf_add_char(look->out, '}');
}

static void value_at(const struct look *look, json_t *value, int depth) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        object_at(look, value, depth);
        break;
    case JSON_ARRAY:
        array_at(look, value, depth);
        break;
    case JSON_STRING:
        json_quote(look->out, str_of(json_string_value(value), json_string_length(value)));
        break;
    case JSON_INTEGER:
        buf_add_i64(look->out, json_integer_value(value));
        break;
    case JSON_REAL:
        fraction(look->out, value);
        break;
    case JSON_TRUE:
        buf_add(look->out, STR("true"));
        break;
    case JSON_FALSE:
        buf_add(look->out, STR("false"));
        break;
    case JSON_NULL:
        buf_add(look->out, STR("null"));
        break;
    }
}

void render_whole(struct buf *out, json_t *value) {
    const struct look look = {.out = out};
    value_at(&look, value, 0);
}

void render_shown(struct buf *out, json_t *value, int indent) {
    const struct look look = {.out = out, .indent = indent, .hides = true};
    value_at(&look, value, 0);
}

static int take(const char *bytes, size_t len, void *context) {
    struct buf *out = context;
    buf_add(out, str_of(bytes, len));
    return out->has_failed ? -1 : 0;
}

void render_sorted(struct buf *out, json_t *value) {
    size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(12);
    if (json_dump_callback(value, take, out, flags) != 0) {
        out->has_failed = true;
    }
}
