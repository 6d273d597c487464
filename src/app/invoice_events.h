/* What happened to one invoice, from the paper to the money: the lines of the customer's history
 * that are about it, each with its entry of the audit log. */
#ifndef APP_INVOICE_EVENTS_H
#define APP_INVOICE_EVENTS_H

#include "app/app.h"
#include "store/billing_event.h"
#include "store/invoice.h"

enum { INVOICE_EVENTS_MAX = 100 };

struct invoice_noted {
    struct billing_event_row event;
    struct record_id audit_id; /* empty: from before there was a log */
};
struct invoice_events {
    struct invoice_noted *items; /* in the arena, the oldest first */
    size_t count;
};
/* Of what was noted since the invoice was made, as far as INVOICE_EVENTS_WALKED lines. */
enum { INVOICE_EVENTS_WALKED = 2000 };
MUST_USE struct err invoice_events_read(struct tx *tx, const struct invoice_row *invoice,
                                        struct invoice_events *ret_events);

#endif
