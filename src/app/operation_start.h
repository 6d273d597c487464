/* From a request to a plan: everything that can be refused at once is refused here. */
#ifndef APP_OPERATION_START_H
#define APP_OPERATION_START_H

#include "app/operation_plan.h"

/* DONE with the plan filled, or why not. Marks a quote as used. */
MUST_USE struct err operation_decide(struct app *app, struct tx *tx,
                                     const struct operation_request *request,
                                     struct operation_plan *ret_plan, enum outcome *ret_outcome);

/* Writes the operation and its first call; *ret_row is what was written. *ret_is_complete when the
 * rows already say all that the calls would bring about. */
MUST_USE struct err operation_begin(struct app *app, struct tx *tx, struct str user_id,
                                    const struct operation_plan *plan,
                                    struct operation_row *ret_row, bool *ret_is_complete);

/* What must agree when an Idempotency-Key comes again. */
struct str operation_request_hash(struct cx *cx, const struct operation_request *request);

#endif
