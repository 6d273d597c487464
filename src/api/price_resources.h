/* The handlers and shapes of price changes, /api/admin/price-changes; as api/resources.h. */
#ifndef API_PRICE_RESOURCES_H
#define API_PRICE_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* plans.c */
void plan_versions_get(struct api_request *request);
extern const struct shape plan_versions_shape;

/* price_changes.c */
void price_changes_list(struct api_request *request);
void price_changes_post(struct api_request *request);
void price_changes_get_one(struct api_request *request);
void price_changes_publish(struct api_request *request);
void price_changes_withdraw(struct api_request *request);
extern const struct shape price_change_shape, price_changes_shape, price_change_in_shape;
extern const struct shape price_publish_shape, price_withdraw_shape;

/* price_moves.c */
void price_moves_list(struct api_request *request);
void price_moves_decide(struct api_request *request);
extern const struct shape price_move_shape, price_moves_shape, price_moves_query_shape;
extern const struct shape price_decide_shape;

#endif
