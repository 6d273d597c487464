/* A subscription that was to be made longer ago than the provider remembers keys
 * (https://docs.stripe.com/api/idempotent_requests): the same key would make a second one. So it is
 * looked for first, by our id in its metadata, and made only when it is not there. Charges of
 * invoices are read back likewise (dunning.h). */
#ifndef APP_OUTBOX_STALE_H
#define APP_OUTBOX_STALE_H

#include "app/app.h"
#include "store/outbox.h"

/* Replaces *call by the reading, when the row is that old. */
MUST_USE struct err outbox_look_first(struct tx *tx, const struct outbox_row *row,
                                      struct payments_call *call);
/* What the answer to a row says when it is the list that was looked through: *ret_answer has the
 * subscription, or *ret_is_absent and the row counts as new from now on. */
MUST_USE struct err outbox_look_back(struct tx *tx, const struct outbox_row *row,
                                     const struct payments_answer *answer,
                                     struct payments_answer *ret_answer, bool *ret_is_absent);

#endif
