/* Whom an invoice is billed to, in the lines in which it says so: what a correction compares, and
 * shows before and after. */
#ifndef APP_BILLED_TO_H
#define APP_BILLED_TO_H

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

/* The field of an invoice, as it is printed and found again. */
#define PURCHASE_ORDER_LABEL "Purchase order"
enum { PURCHASE_ORDER_MAX = 140, BILLED_TO_LINES_MAX = 24 };

struct billed_to {
    struct str name, line1, line2, city, state, postal_code, country;
    const json_t *tax_ids; /* a list of objects with `type` and `value`; NULL: none */
    struct str purchase_order;
};

/* One line each for name, line1, line2, postal code with city, state, country, every tax id in
 * order of type and value, and the purchase order, as far as they are given; in the arena. A line
 * break within one of them is a blank. */
struct str billed_to_text(struct arena *arena, const struct billed_to *buyer);

#endif
