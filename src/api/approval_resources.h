/* The handlers and shapes of what needs a second person, /api/admin/approvals; as api/resources.h.
 */
#ifndef API_APPROVAL_RESOURCES_H
#define API_APPROVAL_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

void approvals_list(struct api_request *request);
void approvals_get(struct api_request *request);
void approvals_approve(struct api_request *request);
void approvals_reject(struct api_request *request);
void approvals_withdraw(struct api_request *request);
void approvals_delegate(struct api_request *request);
extern const struct shape approval_shape, approvals_shape, approvals_query_shape;
extern const struct shape approval_approve_shape, approval_reject_shape, approval_delegate_shape;

/* The approval as it stands: 202 for who has asked for it. */
void reply_approval(struct api_request *request, int status, struct str id);
/* Another one about the same waits, and is named. */
void reply_approval_waiting(struct api_request *request, struct str id);

#endif
