/* What a request is in the audit log: who acts, on what, and what was asked for (app/actor.h). */
#ifndef API_ACT_H
#define API_ACT_H

#include "api/request.h"

/* Calls the route's handler, which acts in the requester's name: every command that it submits
 * leaves a row. Where the route says so the row is written first, and the handler called once it is
 * durable. */
void act_handle(struct api_request *request);

/* For a handler that submits its command later, when something else has ended: what is submitted in
 * between is in the requester's name. The request may be gone by the second. */
void act_resume(struct api_request *request);
void act_rest(struct app *app);

/* A row of a request that is not allowed; the answer does not wait for it. More than a hundred a
 * minute are counted, not written. */
void act_refused(struct api_request *request, const struct problem_document *document);

#endif
