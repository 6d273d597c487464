/* The handlers and shapes of breaches of personal data, /api/admin/breaches; as api/resources.h. */
#ifndef API_BREACH_RESOURCES_H
#define API_BREACH_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

void breaches_list(struct api_request *request);
void breaches_post(struct api_request *request);
void breaches_get(struct api_request *request);
void breaches_affected(struct api_request *request);
void breaches_close(struct api_request *request);
extern const struct shape breach_shape, breaches_shape, breach_in_shape, breach_close_shape;
extern const struct shape breach_affected_shape, breach_affected_query_shape;

#endif
