/* The handlers and shapes of the switch that pauses usage events; as api/resources.h. */
#ifndef API_INGESTION_H
#define API_INGESTION_H

#include "api/request.h"
#include "api/shapes.h"

void ingestion_get(struct api_request *request);
void ingestion_pause(struct api_request *request);
void ingestion_resume(struct api_request *request);
extern const struct shape ingestion_shape, ingestion_switch_shape;

#endif
