/* The handlers and shapes of jobs and of the system's health; as api/resources.h. */
#ifndef API_OPERATIONS_RESOURCES_H
#define API_OPERATIONS_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* jobs.c */
void jobs_list(struct api_request *request);
void set_aside_list(struct api_request *request);
void set_aside_again(struct api_request *request);
extern const struct shape jobs_shape, set_aside_shape, set_aside_page_shape;

/* system_health.c */
void system_health_list(struct api_request *request);
extern const struct shape system_health_shape;

#endif
