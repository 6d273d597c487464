/* The catalogue as a file: catalog/plans.json into struct catalogue.
 *
 * The file's form is the tables of catalogue_shape.c, from which catalog/plans.schema.json is made
 * for editors; what must hold beyond its form is core's catalogue_check. Whoever edits the file is
 * told all that is wrong at once. */
#ifndef APP_CATALOGUE_SHAPE_H
#define APP_CATALOGUE_SHAPE_H

#include "base/attr.h"
#include "base/cx.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "core/catalogue.h"

enum { CATALOGUE_FILE_MAX = 1024 * 1024 };

/* Reads, decodes and checks the file at `path`. On failure *ret_catalogue is untouched and
 * cx->detail says, for a person, the file, the JSON Pointer and what was expected there, for as
 * many problems as fit: "plans.json: /plans/1/version: expected …; …; and 3 more". ERR_FORMAT for
 * what the file says, ERR_TOO_LARGE past CATALOGUE_FILE_MAX, else what reading it met. With
 * `ret_text` its text is the caller's to env_free(); NULL: not wanted. */
MUST_USE struct err catalogue_load(struct cx *cx, const char *path, struct catalogue *ret_catalogue,
                                   struct str *ret_text);

/* The same from text at hand; `name` stands for the path in cx->detail. */
MUST_USE struct err catalogue_read(struct cx *cx, const char *name, struct str text,
                                   struct catalogue *ret_catalogue);

/* The file's JSON Schema, which catalog/plans.schema.json must equal (a test compares). */
void catalogue_schema(struct json_writer *out);

#endif
