/* What a subscription was billed for the time from an instant on, as the mirrored invoices have it:
 * what a change gives back, since flexible billing credits what was debited, less its discount
 * (https://docs.stripe.com/billing/subscriptions/billing-mode/compare). */
#ifndef APP_BILLED_H
#define APP_BILLED_H

#include "app/app.h"
#include "core/proration.h"
#include "store/invoice.h"

enum { BILLED_INVOICES_MAX = 24, BILLED_DEBITS_MAX = 256 };

struct billed {
    struct instant credited_at; /* what was billed before has been given back then */
    struct proration_debit debits[BILLED_DEBITS_MAX];
    size_t count;
};

/* Of the newest invoices before the cursor that are in effect; what they gave back themselves is
 * left out. Lines without a period count for nothing. */
MUST_USE struct err billed_read(struct tx *tx, const struct invoice_owner *of,
                                struct invoice_cursor before, struct instant at,
                                struct billed *ret_billed);

/* Not what is void or a draft, nor the invoice of a change that waits until it is paid. */
bool billed_is_in_effect(const struct invoice_row *row);

#endif
