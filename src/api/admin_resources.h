/* The handlers and shapes of what operators see and do, /api/admin/…; as api/resources.h. */
#ifndef API_ADMIN_RESOURCES_H
#define API_ADMIN_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* webhook_admin.c */
void webhooks_list(struct api_request *request);
void webhooks_get(struct api_request *request);
void webhooks_replay(struct api_request *request);
void webhooks_replay_failed(struct api_request *request);
extern const struct shape webhooks_query_shape, webhooks_shape, webhook_event_shape;
extern const struct shape webhooks_replayed_shape;

#endif
