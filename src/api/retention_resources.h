/* The handlers and shapes of what is kept for how long, /api/admin/retention; as api/resources.h.
 */
#ifndef API_RETENTION_RESOURCES_H
#define API_RETENTION_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* retention.c */
void retention_show(struct api_request *request);
extern const struct shape retention_shape;

/* retention_plans.c */
void retention_dry_run(struct api_request *request);
void retention_plan_get_one(struct api_request *request);
void retention_plan_list_customers(struct api_request *request);
void retention_purge_post(struct api_request *request);
void retention_plan_cancel(struct api_request *request);
extern const struct shape retention_plan_shape, retention_customers_shape, retention_purge_in_shape;
extern const struct shape retention_cancel_in_shape;

/* retention_holds.c */
void retention_holds_list(struct api_request *request);
void retention_holds_post(struct api_request *request);
void retention_holds_delete(struct api_request *request);
extern const struct shape retention_hold_shape, retention_holds_shape, retention_hold_in_shape;
extern const struct shape retention_holds_query_shape;

/* register.c */
void register_get(struct api_request *request);
extern const struct shape register_shape, register_query_shape;

#endif
