/* Encoding: struct -> JSON. */
#include "base/check.h"
#include "base/put.h"
#include "base/shape_inside.h"

bool shape_is_unset(const struct shape_field *field, const void *base) {
    if (field->is_set != 0) {
        return !*(const bool *)((const char *)base + field->is_set);
    }
    bool has_bytes = field->kind == SHAPE_STR || field->kind == SHAPE_JSON;
    bool may_lack = (field->flags & (SHAPE_NULLABLE | SHAPE_OMITTED)) != 0;
    return has_bytes && may_lack && ((const struct str *)shape_member(base, field))->bytes == NULL;
}

void shape_encode(const struct shape *shape, const void *from, struct json_writer *out) {
    json_open_object(out);
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        bool has_value = !shape_is_unset(field, from);
        if (!has_value && (field->flags & SHAPE_OMITTED) != 0) {
            continue;
        }
        json_plain_name(out, field->name);
        if (has_value) {
            shape_encode_member(field, shape_member(from, field), out);
        } else {
            json_put_null(out);
        }
    }
    json_close_object(out);
}

static void encode_enum(const struct shape_field *field, int index, struct json_writer *out) {
    check(index >= 0);
    for (int i = 0; i <= index; i++) {
        check(field->names[i] != NULL);
    }
    json_put_cstr(out, field->names[index]);
}

static void encode_instant(int64_t ms, struct json_writer *out) {
    char *at = json_put_place(out, PUT_RFC3339_MAX + 2);
    if (at != NULL) {
        char *end = put_rfc3339(at + 1, ms);
        *at = *end = '"';
        out->out->len += (size_t)(end + 1 - at);
    }
}

static void encode_list(const struct shape_field *field, const struct shape_list *list,
                        struct json_writer *out) {
    json_open_array(out);
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * field->item_size;
        if (shape_is_unset(field->item, item)) {
            json_put_null(out);
        } else {
            shape_encode_member(field->item, shape_member(item, field->item), out);
        }
    }
    json_close_array(out);
}

void shape_encode_member(const struct shape_field *field, const void *member,
                         struct json_writer *out) {
    switch (field->kind) {
    case SHAPE_STR:
        json_put_str(out, *(const struct str *)member);
        return;
    case SHAPE_CHARS:
        json_put_cstr(out, member);
        return;
    case SHAPE_I64:
        json_put_i64(out, *(const int64_t *)member);
        return;
    case SHAPE_BOOL:
        json_put_bool(out, *(const bool *)member);
        return;
    case SHAPE_ENUM:
        encode_enum(field, *(const int *)member, out);
        return;
    case SHAPE_INSTANT:
        encode_instant(*(const int64_t *)member, out);
        return;
    case SHAPE_OBJECT:
        shape_encode(field->of, member, out);
        return;
    case SHAPE_LIST:
        encode_list(field, member, out);
        return;
    case SHAPE_JSON:
        json_put_raw(out, ((const struct str *)member)->bytes == NULL
                              ? STR("null")
                              : *(const struct str *)member);
        return;
    case SHAPE_CUSTOM:
        field->custom->encode(out, member);
        return;
    }
    check(false); /* every kind has returned */
}

struct str shape_text(const struct shape *shape, const void *from, struct arena *arena) {
    struct buf out;
    struct json_writer writer;
    buf_init(&out, arena->env, LIMIT_BODY);
    json_writer_init(&writer, &out);
    shape_encode(shape, from, &writer);
    return buf_finish_in(&out, arena);
}
