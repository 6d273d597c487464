/* The handlers and shapes of jobs, of the system's health and of how dunning has gone; as
 * api/resources.h. */
#ifndef API_OPERATIONS_RESOURCES_H
#define API_OPERATIONS_RESOURCES_H

#include "api/ingestion.h"
#include "api/request.h"
#include "api/shapes.h"

/* jobs.c */
void jobs_list(struct api_request *request);
void set_aside_list(struct api_request *request);
void set_aside_again(struct api_request *request);
extern const struct shape jobs_shape, set_aside_shape, set_aside_page_shape;

/* dunning_summary.c */
void dunning_summary(struct api_request *request);
void dunning_simulation(struct api_request *request);
extern const struct shape dunning_summary_shape, dunning_summary_query_shape;
extern const struct shape dunning_simulation_shape, dunning_simulation_query_shape;

/* system_health.c */
void system_health_list(struct api_request *request);
extern const struct shape system_health_shape;

#endif
