/* The sentence that tells a person what belongs into a field. It names the whole rule, not the part
 * that was broken: who reads it can mend the field at once. */
#include "base/shape.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/shape_inside.h"

/* "from 1 to 64" has the unit behind it, "exactly 3" too. */
static struct str range_text(struct arena *arena, const struct shape_field *field) {
    if (field->min == field->max) {
        return arena_printf(arena, "exactly %" PRId64, field->max);
    }
    if (field->min == 0) {
        return arena_printf(arena, "at most %" PRId64, field->max);
    }
    return arena_printf(arena, "%" PRId64 " to %" PRId64, field->min, field->max);
}

static struct str text_text(struct arena *arena, const struct shape_field *field) {
    struct str range = range_text(arena, field);
    if (field->allowed != NULL) {
        char allowed[SHAPE_ALLOWED_TEXT];
        shape_allowed_text(field->allowed, false, allowed);
        return arena_printf(arena, "text of " STR_FMT " characters out of %s", STR_ARG(range),
                            allowed);
    }
    bool is_open = (field->flags & SHAPE_OPEN_TEXT) != 0;
    bool is_in_characters = (field->flags & SHAPE_IN_CHARACTERS) != 0;
    return arena_printf(arena, "text of " STR_FMT " %s without control characters%s",
                        STR_ARG(range), is_in_characters ? "characters" : "bytes",
                        is_open ? " but line breaks and tabs" : "");
}

static struct str number_text(struct arena *arena, const struct shape_field *field) {
    if (field->min == 0 && field->max == 0) {
        return STR("a whole number");
    }
    return arena_printf(arena, "a whole number from %" PRId64 " to %" PRId64, field->min,
                        field->max);
}

static struct str enum_text(struct arena *arena, const struct shape_field *field) {
    struct str text = arena_printf(arena, "one of %s", field->names[0]);
    for (size_t i = 1; field->names[i] != NULL; i++) {
        text = arena_printf(arena, STR_FMT ", %s", STR_ARG(text), field->names[i]);
    }
    return text;
}

static struct str kind_text(struct arena *arena, const struct shape_field *field) {
    switch (field->kind) {
    case SHAPE_STR:
    case SHAPE_CHARS:
        return text_text(arena, field);
    case SHAPE_I64:
        return number_text(arena, field);
    case SHAPE_BOOL:
        return STR("true or false");
    case SHAPE_ENUM:
        return enum_text(arena, field);
    case SHAPE_INSTANT:
        return STR("an RFC 3339 instant such as 2015-05-17T10:05:03Z");
    case SHAPE_OBJECT:
        return STR("an object");
    case SHAPE_LIST:
        return arena_printf(arena, "a list of " STR_FMT " items",
                            STR_ARG(range_text(arena, field)));
    case SHAPE_JSON:
        return field->max > 0
                   ? arena_printf(arena, "a JSON value of at most %" PRId64 " bytes", field->max)
                   : STR("a JSON value");
    case SHAPE_CUSTOM:
        return str_from_cstr(field->custom->expected);
    }
    return STR("");
}

struct str shape_expected(struct arena *arena, const struct shape_field *field) {
    struct str text = kind_text(arena, field);
    bool is_nullable = (field->flags & SHAPE_NULLABLE) != 0;
    return is_nullable ? arena_printf(arena, STR_FMT " or null", STR_ARG(text)) : text;
}

static void put(char **at, const char *end, char c) {
    check(*at + 1 < end);
    *(*at)++ = c;
}

static void put_member(char **at, const char *end, char c, bool as_pattern) {
    if (as_pattern && str_find(STR("\\]^[-"), c) < 5) {
        put(at, end, '\\');
    }
    put(at, end, c);
}

void shape_allowed_text(const char *allowed, bool as_pattern, char ret_text[SHAPE_ALLOWED_TEXT]) {
    bool is_in[128] = {false};
    for (const char *c = allowed; *c != '\0'; c++) {
        check(*c >= ' ' && *c < 0x7f); /* sets are of printable ASCII */
        is_in[(unsigned char)*c] = true;
    }
    char *at = ret_text;
    const char *end = ret_text + SHAPE_ALLOWED_TEXT;
    for (int first = ' '; first < 0x7f; first++) {
        if (!is_in[first]) {
            continue;
        }
        int last = first;
        while (is_in[last + 1]) {
            last++;
        }
        last = last - first < 2 ? first : last; /* two neighbours are no range */
        if (at > ret_text && !as_pattern) {
            put(&at, end, ' ');
        }
        put_member(&at, end, (char)first, as_pattern);
        if (last > first) {
            put(&at, end, '-');
            put_member(&at, end, (char)last, as_pattern);
        }
        first = last;
    }
    *at = '\0';
}
