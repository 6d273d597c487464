#include "base/shape_csv.h"

#include <string.h>

#include "base/csv.h"
#include "base/put.h"
#include "base/shape_inside.h"

enum { NAME_MAX = 200, NUMBER_MAX = 24 };

/* --- a line --- */

static void next_cell(struct csv_line *line) {
    if (line->has_cells) {
        buf_add_char(line->out, ',');
    }
    line->has_cells = true;
}

void csv_line_text(struct csv_line *line, struct str text) {
    next_cell(line);
    csv_quoted(line->out, text);
}

void csv_line_number(struct csv_line *line, struct str text) {
    next_cell(line);
    buf_add(line->out, text);
}

void csv_line_i64(struct csv_line *line, int64_t value) {
    char text[NUMBER_MAX];
    csv_line_number(line, str_of(text, (size_t)(put_i64(text, value) - text)));
}

static void put_empty(struct csv_line *line) {
    next_cell(line);
}

void csv_line_end(struct csv_line *line) {
    buf_add(line->out, STR("\r\n"));
    line->has_cells = false;
}

/* --- names --- */

/* The name of a column, made longer from the left to the right. */
struct name {
    char text[NAME_MAX];
    size_t len;
};

static struct name name_with(const struct name *name, const char *more) {
    struct name whole = *name;
    size_t len = strlen(more);
    if (whole.len + len < sizeof whole.text) {
        memcpy(whole.text + whole.len, more, len);
        whole.len += len;
    }
    return whole;
}

static void put_names(struct csv_line *line, const struct shape *shape,
                      const struct csv_object *object, const struct name *before) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        struct name name = name_with(before, field->name);
        bool is_object = field->kind == SHAPE_OBJECT;
        if (is_object && object != NULL && field->of == object->of) {
            for (size_t n = 0; n < object->count; n++) {
                struct name column = name_with(&name, object->endings[n]);
                csv_line_text(line, str_of(column.text, column.len));
            }
        } else if (is_object) {
            struct name inside = name_with(&name, ".");
            put_names(line, field->of, object, &inside);
        } else {
            csv_line_text(line, str_of(name.text, name.len));
        }
    }
}

void shape_csv_names(const struct shape *shape, const struct csv_object *object, struct buf *out) {
    struct csv_line line = {out, false};
    put_names(&line, shape, object, &(struct name){.len = 0});
    csv_line_end(&line);
}

/* --- values --- */

static size_t columns_of(const struct shape *shape, const struct csv_object *object) {
    size_t count = 0;
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        if (field->kind != SHAPE_OBJECT) {
            count += 1;
        } else if (object != NULL && field->of == object->of) {
            count += object->count;
        } else {
            count += columns_of(field->of, object);
        }
    }
    return count;
}

static void put_instant_cell(struct csv_line *line, int64_t ms) {
    char text[PUT_RFC3339_MAX];
    csv_line_text(line, str_of(text, (size_t)(put_rfc3339(text, ms) - text)));
}

/* As JSON; a text without its quotation marks. */
static void put_json_cell(struct csv_line *line, const struct shape_field *field,
                          const void *member) {
    struct buf text;
    struct json_writer writer;
    buf_init(&text, line->out->env, LIMIT_BODY);
    json_writer_init(&writer, &text);
    shape_encode_member(field, member, &writer);
    struct str json = buf_str(&text);
    bool is_null = str_equal(json, STR("null"));
    bool is_plain =
        json.len >= 2 && json.bytes[0] == '"' && memchr(json.bytes, '\\', json.len) == NULL;
    csv_line_text(line, is_null ? STR("") : is_plain ? str_of(json.bytes + 1, json.len - 2) : json);
    line->out->has_failed = line->out->has_failed || text.has_failed;
    buf_finish(&text);
}

static void put_values(struct csv_line *line, const struct shape *shape,
                       const struct csv_object *object, const void *from);

static void put_value(struct csv_line *line, const struct shape_field *field,
                      const struct csv_object *object, const void *member) {
    switch (field->kind) {
    case SHAPE_STR:
        csv_line_text(line, *(const struct str *)member);
        return;
    case SHAPE_CHARS:
        csv_line_text(line, str_from_cstr(member));
        return;
    case SHAPE_I64:
        csv_line_i64(line, *(const int64_t *)member);
        return;
    case SHAPE_BOOL:
        csv_line_text(line, *(const bool *)member ? STR("true") : STR("false"));
        return;
    case SHAPE_INSTANT:
        put_instant_cell(line, *(const int64_t *)member);
        return;
    case SHAPE_OBJECT:
        if (object != NULL && field->of == object->of) {
            object->put(line, member);
        } else {
            put_values(line, field->of, object, member);
        }
        return;
    case SHAPE_ENUM:
    case SHAPE_LIST:
    case SHAPE_JSON:
    case SHAPE_CUSTOM:
        put_json_cell(line, field, member);
        return;
    }
}

static size_t columns_of_field(const struct shape_field *field, const struct csv_object *object) {
    struct shape alone = {.fields = field, .count = 1};
    return columns_of(&alone, object);
}

static void put_values(struct csv_line *line, const struct shape *shape,
                       const struct csv_object *object, const void *from) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        if (!shape_is_unset(field, from)) {
            put_value(line, field, object, shape_member(from, field));
            continue;
        }
        for (size_t n = columns_of_field(field, object); n > 0; n--) {
            put_empty(line);
        }
    }
}

void shape_csv_values(const struct shape *shape, const struct csv_object *object, const void *from,
                      struct buf *out) {
    struct csv_line line = {out, false};
    put_values(&line, shape, object, from);
    csv_line_end(&line);
}
