/* Pauses of a subscription: nothing is billed, its period stands still, and the gate answers as the
 * status `paused` says (core/subscription.c). What is paid and unused is credited, and taken off
 * the invoice with which the subscription goes on. */
#ifndef APP_PAUSE_H
#define APP_PAUSE_H

#include "app/operation_plan.h"
#include "app/subscription.h"

/* Of requests for OPERATION_PAUSE (`since`: when it goes on by itself, or 0) and
 * OPERATION_PAUSE_END: DONE with the plan filled, or why not. */
MUST_USE struct err pause_decide(struct tx *tx, const struct operation_request *request,
                                 const struct subscription_view *view, struct operation_plan *plan,
                                 enum outcome *ret_outcome);
/* An operation has ended: the pause is kept or over, and the customer is told. */
MUST_USE struct err pause_concluded(struct app *app, struct tx *tx, const struct operation_row *row,
                                    const struct operation_plan *plan, enum outcome outcome);

/* What a pause, or its end, would come to. */
struct pause_shown {
    enum tier tier;
    enum interval interval;
    struct money price; /* of one interval: not billed meanwhile, or from then on */
    enum access access;
    bool has_end;
    struct instant resumes_at;
};
/* DONE, or why not. Only reads. */
MUST_USE struct err pause_preview(struct app *app, struct tx *tx,
                                  const struct operation_request *request,
                                  struct pause_shown *ret_shown, enum outcome *ret_outcome);

/* When a paused subscription goes on by itself; false: by hand alone, or it is not paused. */
MUST_USE struct err pause_end_read(struct tx *tx, const struct subscription_view *view,
                                   struct instant *ret_at, bool *ret_has);

/* Those whose day has come go on. */
MUST_USE struct err pauses_run_due(struct app *app, struct tx *tx, bool *ret_has_more);
MUST_USE struct err pauses_next_due_at(struct tx *tx, struct instant *ret_at);

#endif
