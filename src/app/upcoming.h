/* The next invoice, as the payment provider would make it now: with tax, coupons and balance. */
#ifndef APP_UPCOMING_H
#define APP_UPCOMING_H

#include "app/app.h"
#include "app/invoice.h"

/* Asks; `finished` is called once, on the loop's thread. outcome is DONE, or STORE_FAILED; when
 * nothing will be billed, has_next is false. Where the provider cannot be asked, or what waits is
 * another interval, the price alone is known: is_estimated. */
struct upcoming_query {
    struct arena *arena; /* the caller's: for the result; untouched by the caller meanwhile */
    struct str user_id;
    void (*finished)(struct upcoming_query *query);
    void *context; /* the caller's */
    /* out */
    enum outcome outcome;
    bool has_next, is_estimated;
    struct upcoming_invoice next;
    struct money due, tax, discount;
    struct money tax_added; /* of the tax, what is not in the lines' amounts already */
    const struct payments_invoice_line *lines;
    size_t line_count;
};
void upcoming_ask(struct app *app, struct upcoming_query *query);

#endif
