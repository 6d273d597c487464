/* Rows that are given to whom they are about, as text: JSON, CSV, and what stands where. */
#ifndef APP_EXPORT_FILE_H
#define APP_EXPORT_FILE_H

#include "base/json.h"
#include "store/export.h"

enum export_form { EXPORT_AS_JSON, EXPORT_AS_CSV, EXPORT_FORM_COUNT };

/* "json"; never NULL. */
const char *export_form_name(enum export_form form);

/* A file is its head, its rows and its tail: a JSON array of objects, a line each; or a table with
 * the names of its columns first, for spreadsheets (base/csv.h). Instants are RFC 3339. */
void export_file_head(const struct export_noun *noun, enum export_form form, struct buf *out);
struct export_line {
    const struct export_row *row;
    bool is_first;
};
void export_file_row(const struct export_noun *noun, enum export_form form,
                     const struct export_line *line, struct buf *out);
void export_file_tail(const struct export_noun *noun, enum export_form form, struct buf *out);

/* The JSON Schema (2020-12) of the file. */
void export_file_schema(const struct export_noun *noun, struct json_writer *out);

#endif
