/* The lines of an invoice as they are stored: the JSON that the API shows. */
#ifndef APP_INVOICE_LINES_H
#define APP_INVOICE_LINES_H

#include "app/payments_object.h"
#include "base/arena.h"
#include "base/cx.h"

struct invoice_lines {
    const struct payments_invoice_line *items;
    size_t count;
};

/* How often, and at what, a line was billed: one time its amount where that divides into no whole
 * units of the currency's smallest. */
struct invoice_line_unit {
    int64_t amount; /* of one, minor units; negative for a credit */
    int64_t quantity;
};
struct invoice_line_unit invoice_line_unit_of(const struct payments_invoice_line *line);

/* The text of them, in the arena of cx; without bytes when memory is short. */
struct str invoice_lines_write(struct cx *cx, const struct invoice_lines *lines);
/* What was written, in the arena. ERR_CORRUPT: this is nothing that was. */
MUST_USE struct err invoice_lines_read(struct arena *arena, struct str text,
                                       struct invoice_lines *ret_lines);

#endif
