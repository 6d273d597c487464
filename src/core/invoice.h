/* Invoices: the statuses and what may be done in each.
 *
 * Source: https://docs.stripe.com/invoicing/overview. A finalized invoice never goes back to draft,
 * void and paid are final, what was given up as uncollectible may still be paid or voided. Deleting
 * a draft leaves nothing behind and so is no row of the table. */
#ifndef CORE_INVOICE_H
#define CORE_INVOICE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

enum invoice_status {
    INVOICE_DRAFT,
    INVOICE_OPEN,
    INVOICE_PAID,
    INVOICE_VOID,
    INVOICE_UNCOLLECTIBLE,
};
enum { INVOICE_STATUS_COUNT = INVOICE_UNCOLLECTIBLE + 1 };

const char *invoice_status_name(enum invoice_status status);
MUST_USE bool invoice_status_parse(struct str text, enum invoice_status *ret_status);

enum invoice_event {
    INVOICE_FINALIZE,
    INVOICE_PAY, /* in full, also by credit or out of band */
    INVOICE_MAKE_VOID,
    INVOICE_GIVE_UP, /* mark uncollectible */
};
enum { INVOICE_EVENT_COUNT = INVOICE_GIVE_UP + 1 };

const char *invoice_event_name(enum invoice_event event);

struct invoice_step {
    bool is_legal; /* false: refused, `next` is the status before */
    enum invoice_status next;
};

struct invoice_step invoice_step(enum invoice_status status, enum invoice_event event);

/* Money is still expected: open only. (Uncollectible counts as settled for subscriptions.) */
bool invoice_is_owed(enum invoice_status status);

#endif
