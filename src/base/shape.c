/* Decoding: JSON -> struct. Encoding is in shape_encode.c, the schema in shape_schema.c, the
 * sentences about what was expected in shape_expected.c. */
#include "base/shape.h"

#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"
#include "base/shape_inside.h"

/* Where in the input the decoder stands: a chain on the stack, made into text only for errors. */
struct place {
    const struct place *parent; /* NULL for the whole */
    struct str name;            /* of a member; bytes NULL for an item of a list */
    size_t index;
};

struct decoder {
    struct arena *arena;
    struct shape_errors *errors;
    bool is_bad;
};

static void decode_object(struct decoder *decoder, const struct place *place,
                          const struct shape *shape, const json_t *object, void *ret_struct);

bool shape_decode(const struct shape *shape, const json_t *object, struct arena *arena,
                  void *ret_struct, struct shape_errors *errors) {
    struct decoder decoder = {.arena = arena, .errors = errors};
    decode_object(&decoder, NULL, shape, object, ret_struct);
    return !decoder.is_bad && !arena_failed(arena);
}

/* --- errors --- */

/* A reference token of RFC 6901: ~ is written ~0, / is written ~1. */
static struct str pointer_token(struct arena *arena, struct str name) {
    char *token = arena_alloc(arena, 2 * name.len + 1);
    if (token == NULL) {
        return STR("");
    }
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.bytes[i];
        token[len++] = c == '/' ? '~' : c;
        if (c == '~' || c == '/') {
            token[len++] = c == '~' ? '0' : '1';
        }
    }
    return (struct str){token, len};
}

static struct str place_pointer(struct arena *arena, const struct place *place) {
    if (place == NULL) {
        return STR("");
    }
    struct str above = place_pointer(arena, place->parent);
    if (place->name.bytes == NULL) {
        return arena_printf(arena, STR_FMT "/%zu", STR_ARG(above), place->index);
    }
    struct str token = pointer_token(arena, place->name);
    return arena_printf(arena, STR_FMT "/" STR_FMT, STR_ARG(above), STR_ARG(token));
}

static void errors_append(struct shape_errors *errors, struct str path, struct str expected) {
    if (errors->count < LIMIT_FIELD_ERRORS) {
        errors->list[errors->count++] = (struct shape_error){path, expected};
    }
}

void shape_error_add(struct shape_errors *errors, struct arena *arena, const char *path,
                     const char *expected) {
    errors_append(errors, arena_str(arena, str_from_cstr(path)),
                  arena_str(arena, str_from_cstr(expected)));
}

static void refuse(struct decoder *decoder, const struct place *place, struct str expected) {
    decoder->is_bad = true;
    if (decoder->errors->count < LIMIT_FIELD_ERRORS) {
        errors_append(decoder->errors, place_pointer(decoder->arena, place), expected);
    }
}

/* --- one value --- */

/* Unicode's control characters: C0, DEL and, as two bytes of UTF-8, C1. */
static bool has_control(struct str text, bool is_open) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        bool is_c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.bytes[i + 1] < 0xa0;
        bool is_layout = is_open && (c == '\n' || c == '\r' || c == '\t');
        if ((c < ' ' && !is_layout) || c == 0x7f || is_c1) {
            return true;
        }
    }
    return false;
}

static bool decode_text(const struct shape_field *field, const json_t *value,
                        struct str *ret_text) {
    check(field->max > 0 && field->min <= field->max);
    if (!json_is_string(value)) {
        return false;
    }
    struct str text = {json_string_value(value), json_string_length(value)};
    bool is_in_characters = (field->flags & SHAPE_IN_CHARACTERS) != 0;
    size_t len = is_in_characters ? str_characters(text) : text.len;
    if (len < (size_t)field->min || len > (size_t)field->max || !str_is_utf8(text) ||
        has_control(text, (field->flags & SHAPE_OPEN_TEXT) != 0) ||
        (field->allowed != NULL && !str_only(text, field->allowed))) {
        return false;
    }
    *ret_text = text;
    return true;
}

static bool decode_number(const struct shape_field *field, const json_t *value,
                          int64_t *ret_number) {
    if (!json_is_integer(value)) {
        return false;
    }
    int64_t number = json_integer_value(value);
    bool is_bounded = field->min != 0 || field->max != 0;
    if (is_bounded && (number < field->min || number > field->max)) {
        return false;
    }
    *ret_number = number;
    return true;
}

static bool decode_enum(const struct shape_field *field, const json_t *value, int *ret_index) {
    if (!json_is_string(value)) {
        return false;
    }
    struct str text = {json_string_value(value), json_string_length(value)};
    for (int i = 0; field->names[i] != NULL; i++) {
        if (str_equal(text, str_from_cstr(field->names[i]))) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static bool decode_instant(const json_t *value, int64_t *ret_ms) {
    struct str text = {json_string_value(value), json_string_length(value)};
    return json_is_string(value) && rfc3339_parse(text, ret_ms);
}

static bool decode_json(struct arena *arena, const struct shape_field *field, const json_t *value,
                        struct str *ret_text) {
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    size_t len = json_dumpb(value, NULL, 0, flags);
    if (len == 0 || (field->max > 0 && len > (size_t)field->max)) {
        return false;
    }
    char *text = arena_alloc(arena, len + 1);
    if (text == NULL || json_dumpb(value, text, len, flags) != len) {
        return false;
    }
    *ret_text = (struct str){text, len};
    return true;
}

/* The kinds that are one JSON value and one member. False when `value` does not fit. */
static bool decode_scalar(struct arena *arena, const struct shape_field *field, const json_t *value,
                          void *member) {
    struct str text = {NULL, 0};
    switch (field->kind) {
    case SHAPE_STR:
        if (!decode_text(field, value, &text)) {
            return false;
        }
        *(struct str *)member = arena_str(arena, text);
        return true;
    case SHAPE_CHARS:
        if (!decode_text(field, value, &text)) {
            return false;
        }
        memset(member, 0, (size_t)field->max + 1);
        memcpy(member, text.bytes, text.len);
        return true;
    case SHAPE_I64:
        return decode_number(field, value, member);
    case SHAPE_BOOL:
        if (!json_is_boolean(value)) {
            return false;
        }
        *(bool *)member = json_is_true(value);
        return true;
    case SHAPE_ENUM:
        return decode_enum(field, value, member);
    case SHAPE_INSTANT:
        return decode_instant(value, member);
    case SHAPE_JSON:
        return decode_json(arena, field, value, member);
    case SHAPE_CUSTOM:
        return field->custom->decode(value, arena, member);
    case SHAPE_OBJECT:
    case SHAPE_LIST:
        break;
    }
    check(false); /* decode_member has taken these two */
    return false;
}

/* --- members, lists, objects --- */

static void decode_list(struct decoder *decoder, const struct place *place,
                        const struct shape_field *field, const json_t *value,
                        struct shape_list *ret_list);

static void set_flag(const struct shape_field *field, void *base, bool is_set) {
    if (field->is_set != 0) {
        *(bool *)((char *)base + field->is_set) = is_set;
    }
}

static void decode_null(const struct shape_field *field, void *base) {
    bool has_bytes = field->kind == SHAPE_STR || field->kind == SHAPE_JSON;
    check(has_bytes || field->is_set != 0);
    if (has_bytes) {
        *(struct str *)((char *)base + field->offset) = (struct str){NULL, 0};
    }
    set_flag(field, base, false);
}

/* Decodes into the member of the struct at `base`. */
static void decode_member(struct decoder *decoder, const struct place *place,
                          const struct shape_field *field, const json_t *value, void *base) {
    void *member = (char *)base + field->offset;
    if (json_is_null(value) && (field->flags & SHAPE_NULLABLE) != 0) {
        decode_null(field, base);
        return;
    }
    set_flag(field, base, true);
    if (field->kind == SHAPE_OBJECT) {
        decode_object(decoder, place, field->of, value, member);
    } else if (field->kind == SHAPE_LIST) {
        decode_list(decoder, place, field, value, member);
    } else if (!decode_scalar(decoder->arena, field, value, member)) {
        refuse(decoder, place, shape_expected(decoder->arena, field));
    }
}

static void decode_list(struct decoder *decoder, const struct place *place,
                        const struct shape_field *field, const json_t *value,
                        struct shape_list *ret_list) {
    check(field->max > 0 && field->min <= field->max);
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count < (size_t)field->min || count > (size_t)field->max) {
        refuse(decoder, place, shape_expected(decoder->arena, field));
        return;
    }
    char *items = count == 0 ? NULL : arena_array(decoder->arena, count, field->item_size);
    if (items == NULL && count > 0) {
        return; /* the arena remembers */
    }
    for (size_t i = 0; i < count; i++) {
        struct place at = {.parent = place, .index = i};
        decode_member(decoder, &at, field->item, json_array_get(value, i),
                      items + i * field->item_size);
    }
    *ret_list = (struct shape_list){items, count};
}

static const struct shape_field *field_named(const struct shape *shape, struct str name) {
    for (size_t i = 0; i < shape->count; i++) {
        if (str_equal(name, str_from_cstr(shape->fields[i].name))) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

static struct str unknown_text(struct arena *arena, const struct shape *shape) {
    struct str text = STR("no such field; there are none here");
    for (size_t i = 0; i < shape->count; i++) {
        text = i == 0 ? arena_printf(arena, "no such field; the fields here are %s",
                                     shape->fields[i].name)
                      : arena_printf(arena, STR_FMT ", %s", STR_ARG(text), shape->fields[i].name);
    }
    return text;
}

static void refuse_unknown(struct decoder *decoder, const struct place *place,
                           const struct shape *shape, const json_t *object) {
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        struct str name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        if (field_named(shape, name) == NULL) {
            struct place member = {.parent = place, .name = name};
            refuse(decoder, &member, unknown_text(decoder->arena, shape));
        }
    }
}

static void decode_object(struct decoder *decoder, const struct place *place,
                          const struct shape *shape, const json_t *object, void *ret_struct) {
    if (!json_is_object(object)) {
        refuse(decoder, place, STR("an object"));
        return;
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        struct place member = {.parent = place, .name = str_from_cstr(field->name)};
        const json_t *value = json_object_get(object, field->name);
        if (value != NULL) {
            decode_member(decoder, &member, field, value, ret_struct);
        } else if ((field->flags & SHAPE_OPTIONAL) == 0) {
            struct str expected = shape_expected(decoder->arena, field);
            refuse(decoder, &member,
                   arena_printf(decoder->arena, "required: " STR_FMT, STR_ARG(expected)));
        }
    }
    refuse_unknown(decoder, place, shape, object);
}
