/* The handlers and shapes of webhooks that go out; as api/resources.h. Those that come in from the
 * payment provider are webhooks.c's and webhook_admin.c's. */
#ifndef API_WEBHOOK_RESOURCES_H
#define API_WEBHOOK_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* webhook_endpoints.c */
void webhook_endpoints_list(struct api_request *request);
void webhook_endpoints_create(struct api_request *request);
void webhook_endpoints_get(struct api_request *request);
void webhook_endpoints_put(struct api_request *request);
void webhook_endpoints_delete(struct api_request *request);
void webhook_endpoints_rotate(struct api_request *request);
extern const struct shape webhook_endpoint_shape, webhook_endpoints_shape;
extern const struct shape webhook_endpoint_create_shape, webhook_endpoint_put_shape;
extern const struct shape webhook_rotate_shape;

/* webhook_deliveries.c */
void webhook_deliveries_list(struct api_request *request);
void webhook_deliveries_get(struct api_request *request);
void webhook_deliveries_replay(struct api_request *request);
void webhook_endpoints_replay(struct api_request *request);
void webhook_endpoints_test(struct api_request *request);
extern const struct shape webhook_delivery_shape, webhook_deliveries_shape;
extern const struct shape webhook_deliveries_query_shape;
extern const struct shape webhook_replay_shape, webhook_replayed_shape;

#endif
