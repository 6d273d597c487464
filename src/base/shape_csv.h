/* CSV (RFC 4180) of things that have a shape: a line with the names of the columns, then a line per
 * thing. A member of an object inside is a column "object.member", what is no plain value (lists,
 * JSON) stands as its JSON text, what is null as an empty cell, an instant as RFC 3339. Texts are
 * kept from being formulas (csv.h); numbers are none, whatever their sign. */
#ifndef BASE_SHAPE_CSV_H
#define BASE_SHAPE_CSV_H

#include "base/shape.h"

/* A line in the making. */
struct csv_line {
    struct buf *out;
    bool has_cells;
};

void csv_line_text(struct csv_line *line, struct str text);
/* Digits, a sign, a point. */
void csv_line_number(struct csv_line *line, struct str text);
void csv_line_i64(struct csv_line *line, int64_t value);
void csv_line_end(struct csv_line *line);

/* An object that has columns of its own: one for each ending, behind the member's name. */
struct csv_object {
    const struct shape *of;
    const char *const *endings; /* NULL-terminated */
    size_t count;
    /* Writes `count` cells. */
    void (*put)(struct csv_line *line, const void *value);
};

/* `object` may be NULL. */
void shape_csv_names(const struct shape *shape, const struct csv_object *object, struct buf *out);
void shape_csv_values(const struct shape *shape, const struct csv_object *object, const void *from,
                      struct buf *out);

#endif
