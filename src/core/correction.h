/* The correction of an issued invoice, whose buyer was written down wrong: a credit note takes back
 * all of it, and a new invoice bills the same lines to whom they should have been billed.
 *
 * Nothing on an issued invoice is edited (VAT Directive 2006/112/EC, article 219: a document that
 * amends another refers to it). What was paid pays the new one by way of the customer's balance; if
 * the tax comes to less, the rest goes back to where it came from, and if it comes to more, it is
 * due. Pure. */
#ifndef CORE_CORRECTION_H
#define CORE_CORRECTION_H

#include <stdint.h>

#include "base/attr.h"
#include "core/invoice.h"

enum correction_status {
    CORRECTION_QUOTED,  /* shown, with what it comes to; nothing has happened */
    CORRECTION_WORKING, /* the provider is being asked, step by step */
    CORRECTION_DONE,
    CORRECTION_STOPPED, /* the provider would not go on; without a credit note nothing has happened
                         */
};
enum { CORRECTION_STATUS_COUNT = CORRECTION_STOPPED + 1 };
const char *correction_status_name(enum correction_status status); /* "working" */

/* The invoice that is corrected, and the customer's balance; minor units of one currency. */
struct correction_case {
    enum invoice_status status;
    int64_t total; /* with tax */
    int64_t due;   /* of it, after the balance that was used: what is or was to be paid */
    int64_t paid;  /* with money */
    int64_t new_total;
    int64_t balance; /* of the customer now; negative: in their favour */
};

struct correction_sums {
    int64_t refunded; /* goes back to the card or account that paid */
    int64_t credited; /* is put on the balance by the note */
    int64_t due;      /* is left to be paid of the new invoice */
    int64_t balance;  /* of the customer afterwards, never above 0 */
};

/* Where the money goes. False when it cannot be said to the cent: the invoice is neither open nor
 * paid, it is about nothing or about a credit, a part of an open one was paid, or it took over what
 * was owed before. */
MUST_USE bool correction_settle(const struct correction_case *of, struct correction_sums *ret_sums);

#endif
