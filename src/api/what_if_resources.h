/* The handlers and shapes of trying another catalogue; as api/resources.h. */
#ifndef API_WHAT_IF_RESOURCES_H
#define API_WHAT_IF_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/catalogue_shape.h"

/* what_if.c */
void what_if_list(struct api_request *request);
void what_if_start(struct api_request *request);
void what_if_get_one(struct api_request *request);
void what_if_stop(struct api_request *request);
void what_if_list_customers(struct api_request *request);
void what_if_list_plans(struct api_request *request);
extern const struct shape what_if_run_shape, what_if_runs_shape, what_if_in_shape,
    what_if_customers_shape, what_if_customers_query_shape, what_if_plans_shape;

#endif
