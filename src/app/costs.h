/* What the present billing period was billed, line by line, and the prices that hold and are to
 * come: beside the next invoice (app/upcoming.h), what a customer's costs are made of. */
#ifndef APP_COSTS_H
#define APP_COSTS_H

#include "app/app.h"
#include "app/payments_object.h"
#include "core/catalogue.h"
#include "store/invoice.h"

enum { COSTS_LINES_MAX = 256, COSTS_PRICES_MAX = 2 };

/* A change within the period leaves three: the whole at the old price, the unused part of it, and
 * the rest at the new one. */
struct costs_line {
    struct payments_invoice_line line;
    struct record_id invoice_id;
    struct str invoice_number; /* empty: it has none */
};

struct costs_price {
    enum tier tier;
    int64_t version;
    enum interval interval;
    struct money price; /* of one interval */
    struct instant from;
    bool has_until;
    struct instant until;
};

struct costs {
    struct period period; /* of billing; for `free` that of usage */
    struct costs_line lines[COSTS_LINES_MAX];
    size_t line_count;
    struct costs_price prices[COSTS_PRICES_MAX]; /* the one in force first; none: `free` */
    size_t price_count;
};

/* *ret_found is false when there is no such customer. */
MUST_USE struct err costs_read(struct app *app, struct tx *tx, struct str user_id,
                               struct costs *ret_costs, bool *ret_found);

#endif
