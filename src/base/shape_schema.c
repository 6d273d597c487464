/* Describing: shape -> JSON Schema 2020-12. It promises what decoding accepts; decoding is stricter
 * in three things that JSON Schema cannot say. Text is bounded in bytes here and in characters
 * there, so the schema has the widest bounds that accepted text reaches. 1.0 is no whole number to
 * us. And the size of a SHAPE_JSON value is not described. */
#include <stdio.h>

#include "base/check.h"
#include "base/shape_inside.h"

static void put_field(const struct shape_field *field, const char *ref_prefix,
                      struct json_writer *out);
static void put_object(const struct shape *shape, const char *ref_prefix, struct json_writer *out);

void shape_schema(const struct shape *shape, const char *ref_prefix, struct json_writer *out) {
    json_open_object(out);
    if (ref_prefix == NULL) {
        json_member_cstr(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    }
    if (shape->name != NULL) {
        json_member_cstr(out, "title", shape->name);
    }
    if (shape->doc != NULL) {
        json_member_cstr(out, "description", shape->doc);
    }
    json_member_cstr(out, "type", "object");
    put_object(shape, ref_prefix, out);
    json_close_object(out);
}

static bool is_nullable(const struct shape_field *field) {
    return (field->flags & SHAPE_NULLABLE) != 0;
}

static void put_type(const struct shape_field *field, const char *type, struct json_writer *out) {
    json_name(out, "type");
    if (!is_nullable(field)) {
        json_put_cstr(out, type);
        return;
    }
    json_open_array(out);
    json_put_cstr(out, type);
    json_put_cstr(out, "null");
    json_close_array(out);
}

static void put_text(const struct shape_field *field, struct json_writer *out) {
    bool is_ascii = field->allowed != NULL;
    /* Four bytes of UTF-8 may be one character. */
    bool is_exact = is_ascii || (field->flags & SHAPE_IN_CHARACTERS) != 0;
    int64_t min_characters = is_exact ? field->min : (field->min + 3) / 4;
    put_type(field, "string", out);
    if (min_characters > 0) {
        json_member_i64(out, "minLength", min_characters);
    }
    json_member_i64(out, "maxLength", field->max);
    if (is_ascii) {
        char allowed[SHAPE_ALLOWED_TEXT];
        shape_allowed_text(field->allowed, true, allowed);
        char pattern[SHAPE_ALLOWED_TEXT + 8];
        (void)snprintf(pattern, sizeof pattern, "^[%s]*$", allowed);
        json_member_cstr(out, "pattern", pattern);
    } else {
        json_member_cstr(out, "pattern",
                         (field->flags & SHAPE_OPEN_TEXT) != 0
                             ? "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
                             : "^[^\\u0000-\\u001f\\u007f-\\u009f]*$");
    }
}

static void put_number(const struct shape_field *field, struct json_writer *out) {
    put_type(field, "integer", out);
    json_member_cstr(out, "format", "int64");
    if (field->min != 0 || field->max != 0) {
        json_member_i64(out, "minimum", field->min);
        json_member_i64(out, "maximum", field->max);
    }
}

static void put_enum(const struct shape_field *field, struct json_writer *out) {
    put_type(field, "string", out);
    json_name(out, "enum");
    json_open_array(out);
    for (size_t i = 0; field->names[i] != NULL; i++) {
        json_put_cstr(out, field->names[i]);
    }
    if (is_nullable(field)) {
        json_put_null(out);
    }
    json_close_array(out);
}

static void put_list(const struct shape_field *field, const char *ref_prefix,
                     struct json_writer *out) {
    put_type(field, "array", out);
    if (field->min > 0) {
        json_member_i64(out, "minItems", field->min);
    }
    json_member_i64(out, "maxItems", field->max);
    json_name(out, "items");
    json_open_object(out);
    put_field(field->item, ref_prefix, out);
    json_close_object(out);
}

/* A schema that takes no further keywords beside it, and null where that is allowed. */
static void put_whole(const struct shape_field *field, const char *ref_prefix,
                      struct json_writer *out) {
    json_name(out, "anyOf");
    json_open_array(out);
    if (field->kind == SHAPE_CUSTOM) {
        json_put_raw(out, str_from_cstr(field->custom->schema));
    } else {
        char ref[256];
        int len = snprintf(ref, sizeof ref, "%s%s", ref_prefix, field->of->name);
        check(len > 0 && (size_t)len < sizeof ref);
        json_open_object(out);
        json_member_cstr(out, "$ref", ref);
        json_close_object(out);
    }
    if (is_nullable(field)) {
        json_put_raw(out, STR("{\"type\":\"null\"}"));
    }
    json_close_array(out);
}

/* The keywords of one field, into an object that is open. */
static void put_field(const struct shape_field *field, const char *ref_prefix,
                      struct json_writer *out) {
    if (field->doc != NULL) {
        json_member_cstr(out, "description", field->doc);
    }
    switch (field->kind) {
    case SHAPE_STR:
    case SHAPE_CHARS:
        put_text(field, out);
        return;
    case SHAPE_I64:
        put_number(field, out);
        return;
    case SHAPE_BOOL:
        put_type(field, "boolean", out);
        return;
    case SHAPE_ENUM:
        put_enum(field, out);
        return;
    case SHAPE_INSTANT:
        put_type(field, "string", out);
        json_member_cstr(out, "format", "date-time");
        return;
    case SHAPE_OBJECT:
        if (field->of->name != NULL && ref_prefix != NULL) {
            put_whole(field, ref_prefix, out);
        } else {
            put_type(field, "object", out);
            put_object(field->of, ref_prefix, out);
        }
        return;
    case SHAPE_LIST:
        put_list(field, ref_prefix, out);
        return;
    case SHAPE_JSON:
        return; /* no keyword: anything goes */
    case SHAPE_CUSTOM:
        put_whole(field, ref_prefix, out);
        return;
    }
}

/* "required", "properties" and that there are no others, into an object that is open. */
static void put_object(const struct shape *shape, const char *ref_prefix, struct json_writer *out) {
    json_name(out, "required");
    json_open_array(out);
    for (size_t i = 0; i < shape->count; i++) {
        if ((shape->fields[i].flags & SHAPE_OPTIONAL) == 0) {
            json_put_cstr(out, shape->fields[i].name);
        }
    }
    json_close_array(out);
    json_name(out, "properties");
    json_open_object(out);
    for (size_t i = 0; i < shape->count; i++) {
        json_name(out, shape->fields[i].name);
        json_open_object(out);
        put_field(&shape->fields[i], ref_prefix, out);
        json_close_object(out);
    }
    json_close_object(out);
    json_member_bool(out, "additionalProperties", false);
}
