/* The writing half of base/json.h. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/eight.h"
#include "base/json.h"

enum { DEPTH_MAX = 63 }; /* has_member has one bit a level, and level 0 is outside */

void json_writer_init(struct json_writer *writer, struct buf *out) {
    *writer = (struct json_writer){.out = out};
}

/* What has to stand before a name, or before a value that follows none. */
static void separate(struct json_writer *writer) {
    uint64_t level = UINT64_C(1) << writer->depth;
    if (writer->after_name) {
        writer->after_name = false;
        return;
    }
    if ((writer->has_member & level) != 0) {
        buf_add_char(writer->out, ',');
    }
    writer->has_member |= level;
}

static void open_with(struct json_writer *writer, char bracket) {
    check(writer->depth < DEPTH_MAX);
    separate(writer);
    buf_add_char(writer->out, bracket);
    writer->depth++;
    writer->has_member &= ~(UINT64_C(1) << writer->depth);
}

static void close_with(struct json_writer *writer, char bracket) {
    check(writer->depth > 0 && !writer->after_name);
    writer->depth--;
    buf_add_char(writer->out, bracket);
}

void json_open_object(struct json_writer *writer) {
    open_with(writer, '{');
}

void json_close_object(struct json_writer *writer) {
    close_with(writer, '}');
}

void json_open_array(struct json_writer *writer) {
    open_with(writer, '[');
}

void json_close_array(struct json_writer *writer) {
    close_with(writer, ']');
}

static void add_escaped(struct buf *out, char c) {
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    size_t at = str_find((struct str){plain, sizeof plain - 1}, c);
    if (at < sizeof plain - 1) {
        buf_add(out, (struct str){(const char[]){'\\', letters[at]}, 2});
    } else {
        buf_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
    }
}

/* Marks control characters, quotation marks and backslashes. */
static uint64_t escaped_of(uint64_t eight) {
    return (~eight_from(eight, ' ') & EIGHT_TOPS) | eight_equal(eight, '"') |
           eight_equal(eight, '\\');
}

bool json_is_plain(struct str text) {
    if (text.len < sizeof(uint64_t)) {
        return escaped_of(eight_of_few(text.bytes, text.len)) == 0;
    }
    for (size_t i = 0; i + sizeof(uint64_t) < text.len; i += sizeof(uint64_t)) {
        if (escaped_of(eight_at(text.bytes + i)) != 0) {
            return false;
        }
    }
    return escaped_of(eight_at(text.bytes + text.len - sizeof(uint64_t))) == 0;
}

/* Nearly every text is plain: it gets its room at once. */
static void quote_plain(struct buf *out, struct str text) {
    char *at = buf_reserve(out, text.len + 2);
    if (at != NULL) {
        at[0] = at[text.len + 1] = '"';
        memcpy(at + 1, text.len > 0 ? text.bytes : "", text.len);
        out->len += text.len + 2;
    }
}

void json_quote(struct buf *out, struct str text) {
    if (json_is_plain(text)) {
        quote_plain(out, text);
        return;
    }
    buf_add_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        if ((unsigned char)c < ' ' || c == '"' || c == '\\') {
            buf_add(out, (struct str){text.bytes + from, i - from});
            add_escaped(out, c);
            from = i + 1;
        }
    }
    buf_add(out, str_skip(text, from));
    buf_add_char(out, '"');
}

void json_name(struct json_writer *writer, const char *name) {
    check(writer->depth > 0 && !writer->after_name);
    separate(writer);
    json_quote(writer->out, str_from_cstr(name));
    buf_add_char(writer->out, ':');
    writer->after_name = true;
}

void json_plain_name(struct json_writer *writer, const char *name) {
    check(writer->depth > 0 && !writer->after_name);
    uint64_t level = UINT64_C(1) << writer->depth;
    size_t comma = (writer->has_member & level) != 0;
    size_t len = strlen(name);
    char *at = buf_reserve(writer->out, comma + len + 3);
    if (at != NULL) {
        at[0] = ','; /* overwritten when it is the first */
        at[comma] = '"';
        memcpy(at + comma + 1, name, len);
        memcpy(at + comma + 1 + len, "\":", 2);
        writer->out->len += comma + len + 3;
    }
    writer->has_member |= level;
    writer->after_name = true;
}

void json_put_str(struct json_writer *writer, struct str value) {
    separate(writer);
    json_quote(writer->out, value);
}

void json_put_cstr(struct json_writer *writer, const char *value) {
    if (value == NULL) {
        json_put_null(writer);
    } else {
        json_put_str(writer, str_from_cstr(value));
    }
}

void json_put_i64(struct json_writer *writer, int64_t value) {
    separate(writer);
    buf_add_i64(writer->out, value);
}

void json_put_bool(struct json_writer *writer, bool value) {
    json_put_raw(writer, value ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *writer) {
    json_put_raw(writer, STR("null"));
}

void json_put_raw(struct json_writer *writer, struct str json) {
    separate(writer);
    buf_add(writer->out, json);
}

char *json_put_place(struct json_writer *writer, size_t room) {
    separate(writer);
    return buf_reserve(writer->out, room);
}

void json_member_str(struct json_writer *writer, const char *name, struct str value) {
    json_name(writer, name);
    json_put_str(writer, value);
}

void json_member_cstr(struct json_writer *writer, const char *name, const char *value) {
    json_name(writer, name);
    json_put_cstr(writer, value);
}

void json_member_i64(struct json_writer *writer, const char *name, int64_t value) {
    json_name(writer, name);
    json_put_i64(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *name, bool value) {
    json_name(writer, name);
    json_put_bool(writer, value);
}
