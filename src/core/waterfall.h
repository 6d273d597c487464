/* The way from the lines of an invoice to what is charged, step by step: each begins where the one
 * before ended, so that a reader can follow it without adding anything up. */
#ifndef CORE_WATERFALL_H
#define CORE_WATERFALL_H

#include <stddef.h>

#include "core/money.h"

enum waterfall_kind {
    WATERFALL_LINE,     /* as billed, before discount and tax */
    WATERFALL_DISCOUNT, /* of all coupons together */
    WATERFALL_TAX,      /* what is not in the lines' amounts already */
    WATERFALL_OTHER,    /* what else the total is made of */
    WATERFALL_BALANCE,  /* what the customer's balance pays, or adds */
    WATERFALL_DUE,      /* the end: from nothing to what is charged */
};
enum { WATERFALL_KIND_COUNT = WATERFALL_DUE + 1 };
const char *waterfall_kind_name(enum waterfall_kind kind); /* "line", "discount", … */

struct waterfall_step {
    enum waterfall_kind kind;
    size_t line; /* of a LINE: which */
    struct money amount, from, to;
};

/* All of one currency. The discount is taken off, the tax put on. */
struct waterfall_sums {
    const struct money *lines;
    size_t line_count;
    struct money discount, tax_added, total, due;
};

/* Beside the lines at most so many steps; those that come to nothing are left out. */
enum { WATERFALL_MORE = WATERFALL_KIND_COUNT - 1 };

/* Into `ret_steps`, which has room for line_count + WATERFALL_MORE: how many there are. The last is
 * DUE; the one before it, if any, ends at `due`. 0 when a sum leaves the range of amounts. */
MUST_USE size_t waterfall_of(const struct waterfall_sums *sums, struct waterfall_step *ret_steps);

#endif
