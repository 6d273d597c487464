#include "core/jcs.h"

#include <string.h>

#include "base/check.h"

/* What is written, or only measured. */
struct out {
    char *at; /* NULL: measured */
    size_t len;
};

static void put(struct out *out, const char *bytes, size_t len) {
    if (out->at != NULL && len > 0) {
        memcpy(out->at + out->len, bytes, len);
    }
    out->len += len;
}

static void put_char(struct out *out, char c) {
    put(out, &c, 1);
}

/* RFC 8785, 3.2.2.2: the short escapes where there are any, else \u00xx in lower case. */
static void put_escaped(struct out *out, unsigned char c) {
    static const char names[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *name = memchr(names, c, sizeof names - 1);
    check(name != NULL || c < ' ');
    put_char(out, '\\');
    if (name != NULL) {
        put_char(out, letters[name - names]);
        return;
    }
    put(out, "u00", 3);
    put_char(out, "0123456789abcdef"[c >> 4]);
    put_char(out, "0123456789abcdef"[c & 15]);
}

static void put_text(struct out *out, struct str text) {
    put_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c < ' ' || c == '"' || c == '\\') {
            put_escaped(out, c);
        } else {
            put_char(out, (char)c);
        }
    }
    put_char(out, '"');
}

static void put_whole(struct out *out, int64_t whole) {
    char digits[20];
    size_t count = 0;
    uint64_t rest = whole < 0 ? (uint64_t)-whole : (uint64_t)whole;
    check(whole >= -JCS_WHOLE_MAX);
    check(whole <= JCS_WHOLE_MAX);
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    check(count <= sizeof digits);
    if (whole < 0) {
        put_char(out, '-');
    }
    while (count > 0) {
        put_char(out, digits[--count]);
    }
}

static void put_member(struct out *out, const struct jcs_member *member) {
    check(member->name != NULL);
    check(member->name[0] != '\0');
    put_text(out, str_from_cstr(member->name));
    put_char(out, ':');
    switch (member->kind) {
    case JCS_TEXT:
        check(str_is_utf8(member->text));
        put_text(out, member->text);
        return;
    case JCS_WHOLE:
        put_whole(out, member->whole);
        return;
    case JCS_RAW:
        check(member->text.len > 0); /* no value is empty */
        put(out, member->text.bytes, member->text.len);
        return;
    }
    check(false);
}

/* The first name behind `before` (NULL: of all). Objects are small, so that looking through all
 * members once for each costs less than a sorted copy would. */
static const struct jcs_member *next_of(const struct jcs_member *members, size_t count,
                                        const char *before) {
    const struct jcs_member *next = NULL;
    for (size_t i = 0; i < count; i++) {
        bool is_behind = before == NULL || strcmp(members[i].name, before) > 0;
        if (is_behind && (next == NULL || strcmp(members[i].name, next->name) < 0)) {
            next = &members[i];
        }
    }
    return next;
}

size_t jcs_write(const struct jcs_member *members, size_t count, char *ret_text) {
    struct out out = {ret_text, 0};
    const char *before = NULL;
    check(count <= JCS_MEMBERS_MAX);
    put_char(&out, '{');
    for (size_t i = 0; i < count; i++) {
        const struct jcs_member *member = next_of(members, count, before);
        check(member != NULL); /* else a name came twice */
        if (i > 0) {
            put_char(&out, ',');
        }
        put_member(&out, member);
        before = member->name;
    }
    put_char(&out, '}');
    check(out.len >= 2);
    return out.len;
}

/* --- reading what was written --- */

/* Behind the text that begins at `at`, its quotation marks included. */
static size_t text_end(struct str json, size_t at) {
    check(at < json.len);
    check(json.bytes[at] == '"');
    for (at++; at < json.len && json.bytes[at] != '"'; at++) {
        at += json.bytes[at] == '\\' ? 1 : 0;
    }
    return at < json.len ? at + 1 : json.len;
}

/* Behind the value that begins at `at`. */
static size_t value_end(struct str json, size_t at) {
    int depth = 0;
    while (at < json.len) {
        char c = json.bytes[at];
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            break;
        }
        if (c == '"') {
            at = text_end(json, at);
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        check(depth >= 0); /* what would close more than was opened ends the value */
        at++;
    }
    return at;
}

struct str jcs_find(struct str object, const char *name) {
    size_t at = 1;
    while (at < object.len && object.bytes[at] == '"') {
        size_t name_end = text_end(object, at);
        struct str found = str_first(str_skip(object, at), name_end - at);
        size_t end = value_end(object, name_end + 1);
        struct str plain;
        if (jcs_plain(found, &plain) && str_equal(plain, str_from_cstr(name))) {
            return str_first(str_skip(object, name_end + 1), end - name_end - 1);
        }
        at = end + 1;
    }
    return STR("");
}

bool jcs_is_text(struct str value, struct str text) {
    enum { TEXT_MAX = 512 };
    char written[6 * TEXT_MAX + 2]; /* an escape has six characters at most */
    struct out out = {NULL, 0};
    if (text.len > TEXT_MAX) {
        return false;
    }
    out.at = written;
    put_text(&out, text);
    return str_equal(value, str_of(written, out.len));
}

bool jcs_plain(struct str value, struct str *ret_text) {
    bool is_text = value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"' &&
                   memchr(value.bytes, '\\', value.len) == NULL;
    if (is_text) {
        *ret_text = str_of(value.bytes + 1, value.len - 2);
    }
    return is_text;
}

bool jcs_whole(struct str value, int64_t *ret_whole) {
    return str_to_i64(value, ret_whole);
}
