/* JSON in (jansson) and out (a writer that appends to a buffer).
 *
 * Reading is for bodies that came from outside: size, depth and duplicate names are bounded, text
 * is UTF-8, numbers are integers unless asked otherwise. Writing is streaming and cannot fail but
 * by memory, which the buffer remembers. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

/* Why a text is not JSON, and where: the last character read, lines and characters from 1. */
struct json_problem {
    int line, column;
    char reason[160];
};

/* Parses a whole text; NULL with *ret_problem filled otherwise. Refuses duplicate names, NUL
 * characters, depth over LIMIT_JSON_DEPTH. The caller owns the value: json_release or CLEANUP. */
MUST_USE json_t *json_read(struct str text, struct json_problem *ret_problem);
void json_release(json_t **value); /* for CLEANUP(json_release) */

/* Borrowing access; the second form returns `fallback` when the member is absent or of another
 * type. `path` is dotted: "data.object.id". */
const json_t *json_at(const json_t *object, const char *path);
struct str json_text(const json_t *object, const char *path); /* empty when absent */
int64_t json_i64(const json_t *object, const char *path, int64_t fallback);
bool json_flag(const json_t *object, const char *path, bool fallback);

/* --- writing --- */

/* Whether a text stands in quotation marks as it is. */
bool json_is_plain(struct str text);
/* Appends a text in quotation marks, escaped. */
void json_quote(struct buf *out, struct str text);

struct json_writer {
    struct buf *out;
    int depth;
    uint64_t has_member; /* one bit a level: a comma is due */
    bool after_name;
};

void json_writer_init(struct json_writer *writer, struct buf *out);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_name(struct json_writer *writer, const char *name);
/* The same for a name that needs no escapes, as those of shapes. */
void json_plain_name(struct json_writer *writer, const char *name);
void json_put_str(struct json_writer *writer, struct str value);   /* UTF-8 */
void json_put_cstr(struct json_writer *writer, const char *value); /* NULL writes null */
void json_put_i64(struct json_writer *writer, int64_t value);
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
/* A value that is JSON already. */
void json_put_raw(struct json_writer *writer, struct str json);
/* Room for a value that is written in place (base/put.h), by who then adds its length to the
 * buffer's; NULL when that fails. */
MUST_USE char *json_put_place(struct json_writer *writer, size_t room);
/* name and value in one line */
void json_member_str(struct json_writer *writer, const char *name, struct str value);
void json_member_cstr(struct json_writer *writer, const char *name, const char *value);
void json_member_i64(struct json_writer *writer, const char *name, int64_t value);
void json_member_bool(struct json_writer *writer, const char *name, bool value);

#endif
