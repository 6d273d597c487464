/* How an invoice stands, in one word for its customer.
 *
 * Stripe's status says what may be done with it (core/invoice.h); what people ask is another
 * question: has the day passed, did the money come back, does another one take its place? */
#ifndef CORE_INVOICE_STATE_H
#define CORE_INVOICE_STATE_H

#include "core/invoice.h"

enum invoice_state {
    INVOICE_STANDS_DRAFT,
    INVOICE_STANDS_DUE,
    INVOICE_STANDS_PAST_DUE,
    INVOICE_STANDS_PAID,
    INVOICE_STANDS_REFUNDED,  /* all of it was given back */
    INVOICE_STANDS_CORRECTED, /* another one takes its place */
    INVOICE_STANDS_VOID,
    INVOICE_STANDS_WRITTEN_OFF,
};
enum { INVOICE_STATE_COUNT = INVOICE_STANDS_WRITTEN_OFF + 1 };

const char *invoice_state_name(enum invoice_state state);

/* What the word depends on. */
struct invoice_facts {
    enum invoice_status status;
    bool is_late;       /* its day has passed, or a payment failed */
    bool is_given_back; /* as much as it was for */
    bool is_corrected;
};
enum invoice_state invoice_state_of(struct invoice_facts facts);

/* The facts that a state has, for who looks for it: -1 where either will do. */
struct invoice_state_wants {
    int status, late, given_back, corrected;
};
struct invoice_state_wants invoice_state_wants(enum invoice_state state);

#endif
