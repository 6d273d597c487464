/* Credit notes: how an invoice that can no longer change is made less.
 *
 * What is credited first lowers what is still to be paid; the rest of it was paid and goes back as
 * a refund, as credit on the customer's balance, or out of band, and the three must add up to it.
 * Refunds that were made before count against what can be credited (invoicing/credit-notes). */
#ifndef SANDBOX_CREDIT_NOTE_H
#define SANDBOX_CREDIT_NOTE_H

#include "sandbox/call.h"

extern const struct param credit_note_params[];

/* --- lines (credit_note_line.c) --- */

/* Makes the lines that the call asks for and works out the note's sums; false with a fault. */
bool credit_note_fill(struct call *call, json_t *note, json_t *invoice);

#endif
