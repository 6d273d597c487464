/* Shapes: one table per JSON object, from which it is decoded, encoded and described.
 *
 * A `struct shape` says how a JSON object and a C struct correspond, field by field. From the same
 * table shape_decode() fills the struct and names *every* bad field at once, shape_encode() writes
 * the object, and shape_schema() prints its JSON Schema for OpenAPI and for catalog/. What the
 * three say can therefore not drift apart.
 *
 *     struct cancel {
 *         int when;
 *         struct str reason;
 *     };
 *     static const char *const whens[] = {"period_end", "now", NULL};
 *     static const struct shape_field fields[] = {
 *         {"when", "When it takes effect", SHAPE_ENUM, .offset = offsetof(struct cancel, when),
 *          .names = whens},
 *         {"reason", "Why", SHAPE_STR, .offset = offsetof(struct cancel, reason),
 *          .max = 200, .flags = SHAPE_OPTIONAL},
 *     };
 *     const struct shape cancel_shape =
 *         SHAPE("Cancel", "A request to cancel", struct cancel, fields);
 */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"

enum shape_kind {
    SHAPE_STR,     /* struct str: UTF-8 of min..max bytes, no control characters */
    SHAPE_CHARS,   /* char[max + 1]: the same, held inside the struct, NUL-terminated */
    SHAPE_I64,     /* int64_t within min..max */
    SHAPE_BOOL,    /* bool */
    SHAPE_ENUM,    /* int: index into `names` */
    SHAPE_INSTANT, /* int64_t milliseconds UTC <-> RFC 3339 text */
    SHAPE_OBJECT,  /* the struct of shape `of`, embedded */
    SHAPE_LIST,    /* struct shape_list whose items are laid out as `item` says; min..max items */
    SHAPE_JSON,    /* struct str: any JSON value as its text; encoded verbatim */
    SHAPE_CUSTOM,  /* what `custom` says */
};

enum shape_flag {
    SHAPE_OPTIONAL = 1,  /* decoding: may be absent, then the struct keeps its initial value */
    SHAPE_NULLABLE = 2,  /* null is allowed; needs `is_set` (or, for SHAPE_STR, bytes NULL) */
    SHAPE_OMITTED = 4,   /* encoding: an unset field is left out instead of written as null */
    SHAPE_OPEN_TEXT = 8, /* SHAPE_STR may hold line breaks and tabs */
    SHAPE_PERSONAL = 16, /* says who somebody is or where: stands in no log */
    /* Text that another machine, or an authority, gives out: digits in it say nothing. What is made
     * of `allowed` characters alone is an identifier as well. */
    SHAPE_IDENTIFIER = 32,
    /* A number that somebody else gives, as people write it: digits in it say little. */
    SHAPE_REFERENCE = 64,
    /* The bounds of a SHAPE_STR count characters in any script, not bytes. */
    SHAPE_IN_CHARACTERS = 128,
};

struct shape_list {
    void *items; /* in the arena */
    size_t count;
};

struct shape_field;

/* A field that no table describes: `n | "unlimited" | null`. */
struct shape_custom {
    /* False when `value` does not fit; then `expected` names what would. */
    bool (*decode)(const json_t *value, struct arena *arena, void *ret_member);
    void (*encode)(struct json_writer *out, const void *member);
    const char *expected;
    const char *schema; /* JSON Schema text */
};

struct shape_field {
    const char *name;
    const char *doc;
    enum shape_kind kind;
    size_t offset;
    unsigned flags;
    int64_t min, max;               /* inclusive; max 0 with min 0 means no bound for SHAPE_I64 */
    const char *allowed;            /* SHAPE_STR, SHAPE_CHARS: the set of bytes it may consist of */
    const char *const *names;       /* SHAPE_ENUM: NULL-terminated; index = value */
    const struct shape *of;         /* SHAPE_OBJECT */
    const struct shape_field *item; /* SHAPE_LIST: layout of one item (offset 0, no name) */
    size_t item_size;               /* SHAPE_LIST */
    const struct shape_custom *custom;
    ptrdiff_t is_set; /* offset of a `bool` that says whether the field has a value; 0: none.
                         (So never put that bool first in a struct.) */
};

struct shape {
    const char *name; /* of the schema: "Subscription" */
    const char *doc;
    size_t size;
    const struct shape_field *fields;
    size_t count;
};

#define SHAPE(name, doc, type, fields)                                                             \
    { name, doc, sizeof(type), fields, ARRAY_LEN(fields) }

/* One thing wrong with an input: where (JSON Pointer, RFC 6901, "" is the whole) and what was
 * expected there. */
struct shape_error {
    struct str path;
    struct str expected;
};

struct shape_errors {
    struct shape_error list[LIMIT_FIELD_ERRORS];
    size_t count; /* stops at the limit */
};

/* Fills *ret_struct, whose members hold their defaults, from a JSON object. Unknown members,
 * members that are absent but required, and values out of bounds are all added to *errors; true
 * when none was. Text and lists live in `arena`; when that ends, the result is false too and
 * arena_failed() says why. */
MUST_USE bool shape_decode(const struct shape *shape, const json_t *object, struct arena *arena,
                           void *ret_struct, struct shape_errors *errors);

/* Writes the object. */
void shape_encode(const struct shape *shape, const void *from, struct json_writer *out);

/* The object as text in the arena, at most LIMIT_BODY bytes; empty, and arena_failed(), when memory
 * ended. */
struct str shape_text(const struct shape *shape, const void *from, struct arena *arena);

/* Prints the JSON Schema (2020-12) of the shape; nested shapes with a name become
 * `{"$ref": "<prefix><name>"}`. With a `ref_prefix` of NULL it is a document of its own: nested
 * shapes stand in it, and $schema names the dialect. */
void shape_schema(const struct shape *shape, const char *ref_prefix, struct json_writer *out);

/* What belongs into a field, as a phrase: "a whole number from 1 to 100 or null". */
struct str shape_expected(struct arena *arena, const struct shape_field *field);

/* Adds one error; for rules that no table can say. */
void shape_error_add(struct shape_errors *errors, struct arena *arena, const char *path,
                     const char *expected);

#endif
