/* Refunds and credit notes that need a second person (app/approval.h). */
#ifndef APP_MONEY_BACK_APPROVAL_H
#define APP_MONEY_BACK_APPROVAL_H

#include "app/approval.h"
#include "app/operation_plan.h"

bool money_back_is_asked(enum operation_kind kind); /* it gives money back */
/* As the two-person rule keeps it; in the cx's arena. */
struct approval_request money_back_request(struct cx *cx, const struct operation_request *request);

/* Whether the plan, which money_back_decide() has made, needs a second person. What was given back
 * of the invoice before counts too, so that nobody divides an amount to stay below a threshold. */
MUST_USE struct err money_back_needs_approval(struct app *app, struct tx *tx,
                                              const struct operation_request *request,
                                              const struct operation_plan *plan, bool *ret_needs);

MUST_USE struct err money_back_describe(struct app *app, struct tx *tx,
                                        const struct approval_subject *subject,
                                        struct approval_facts *ret_facts);
MUST_USE struct err money_back_execute(struct approval_execution *execution);

#endif
