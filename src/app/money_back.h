/* Refunds and credit notes, given by operators.
 *
 * A refund gives money back and leaves the invoice as it is; a credit note corrects the invoice,
 * and says where its amount goes: back to who paid, to the customer's balance, or it was given
 * otherwise (https://docs.stripe.com/invoicing/dashboard/credit-notes). Both are operations. */
#ifndef APP_MONEY_BACK_H
#define APP_MONEY_BACK_H

#include "app/operation_plan.h"
#include "store/charge.h"
#include "store/credit_note.h"

/* INVOICE_NOT_FOUND, INVOICE_NOT_REFUNDABLE, REFUND_TOO_LARGE, INVOICE_NOT_CREDITABLE,
 * CREDIT_TOO_LARGE, or DONE with the plan's members of money back filled. */
MUST_USE struct err money_back_decide(struct tx *tx, const struct operation_request *request,
                                      struct operation_plan *plan, enum outcome *ret_outcome);

enum { MONEY_BACK_MAX = 100 }; /* of one invoice */
/* The oldest first; items are struct credit_note_row. */
MUST_USE struct err credit_notes_read(struct tx *tx, struct str user_id, struct str invoice_id,
                                      struct row_list *ret_list);
/* The oldest first; items are struct refund_row. */
MUST_USE struct err refunds_read(struct tx *tx, struct str user_id, struct str invoice_id,
                                 struct row_list *ret_list);
MUST_USE struct err credit_note_read(struct tx *tx, struct str user_id, struct str id,
                                     struct credit_note_row *ret_row, bool *ret_found);
MUST_USE struct err refund_read(struct tx *tx, struct str user_id, struct str id,
                                struct refund_row *ret_row, bool *ret_found);
/* What is, or will be, given back of what paid the invoice; minor units. A refund that failed or
 * was taken back gives nothing. */
int64_t refunds_sum(const struct row_list *refunds);
/* What the notes correct; one that is void corrects nothing. */
int64_t credit_notes_sum(const struct row_list *notes);

#endif
