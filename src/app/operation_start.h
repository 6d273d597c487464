/* From a request to a plan: everything that can be refused at once is refused here. */
#ifndef APP_OPERATION_START_H
#define APP_OPERATION_START_H

#include "app/operation_plan.h"

/* DONE with the plan filled, or why not. Marks a quote as used. */
MUST_USE struct err operation_decide(struct app *app, struct tx *tx,
                                     const struct operation_request *request,
                                     struct operation_plan *ret_plan, enum outcome *ret_outcome);

/* An operation that has begun. */
struct operation_begun {
    struct operation_row row;
    struct record_id subscription_id; /* that it begins; empty: none */
    bool is_complete; /* the rows already say all that its calls would bring about */
};
/* Writes the operation and its first call. */
MUST_USE struct err operation_begin(struct app *app, struct tx *tx, struct str user_id,
                                    const struct operation_plan *plan,
                                    struct operation_begun *ret_begun);

/* What a second person has agreed to (app/approval.h): decided and begun, and found by its
 * Idempotency-Key from then on. DONE, or why it cannot begin now: then nothing is written. */
MUST_USE struct err operation_begin_agreed(struct app *app, struct tx *tx,
                                           const struct operation_request *request,
                                           struct str *ret_operation_id, enum outcome *ret_outcome);

/* What must agree when an Idempotency-Key comes again. */
struct str operation_request_hash(struct cx *cx, const struct operation_request *request);

/* What a trial that ends later would come to. */
struct trial_shown {
    enum tier tier;
    enum interval interval;
    struct money then; /* charged at its end, before tax and coupons */
    struct instant ends_before;
};
/* Of a request for OPERATION_TRIAL: DONE, or why not. Only reads. */
MUST_USE struct err trial_preview(struct app *app, struct tx *tx,
                                  const struct operation_request *request,
                                  struct trial_shown *ret_shown, enum outcome *ret_outcome);

#endif
