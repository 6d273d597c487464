/* Where an invoice line comes from: the plan's version, the calendar, the formula, and what it
 * comes to when it is computed here a second time. */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include "app/app.h"
#include "app/invoice_lines.h"
#include "core/recompute.h"
#include "store/invoice.h"

struct explanation {
    bool has_line; /* false: the invoice has fewer */
    struct payments_invoice_line line;
    bool is_recomputed; /* false: `reason` says why it cannot be */
    struct str reason;
    struct plan_sold {
        enum tier tier;
        int64_t version;
        enum interval interval;
    } plan;
    struct money price;
    bool has_discount; /* what the coupons of the line come to is known here too */
    struct str coupon; /* its code; empty: none, or none of the catalogue */
    struct recomputed recomputed;
    bool is_by_debit; /* of a credit: computed by what was billed for the time, not by the price */
    bool agrees;      /* amount, and the discount where it is known */
    struct str formula; /* with its numbers, for a person */
    /* Of an invoice that corrects another: the one, ours, whose line it bills anew and by which it
     * is explained; empty: none. */
    struct record_id billed_first;
};

/* The n-th line (from 1) of a stored invoice. */
MUST_USE struct err explain_read(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                                 int64_t n, struct explanation *ret_explanation);

/* A line among those that the provider tells of an invoice. */
struct explain_line {
    struct invoice_lines among;
    size_t at;
};
MUST_USE struct err explain(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                            const struct explain_line *line, struct explanation *ret_explanation);

#endif
