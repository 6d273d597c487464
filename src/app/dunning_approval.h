/* Writing a case off needs a second person (app/approval.h). */
#ifndef APP_DUNNING_APPROVAL_H
#define APP_DUNNING_APPROVAL_H

#include "app/approval.h"
#include "app/dunning_case.h"

/* Asks for one, where one is needed; *ret_outcome as approval_request() says, DONE where not. */
MUST_USE struct err dunning_ask_second(struct dunning *dunning, const struct dunning_action *action,
                                       struct record_id *ret_approval_id,
                                       enum outcome *ret_outcome);

MUST_USE struct err dunning_describe(struct app *app, struct tx *tx,
                                     const struct approval_subject *subject,
                                     struct approval_facts *ret_facts);
MUST_USE struct err dunning_execute(struct approval_execution *execution);

#endif
