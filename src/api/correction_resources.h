/* The handlers and shapes of corrections of invoices; as api/resources.h. */
#ifndef API_CORRECTION_RESOURCES_H
#define API_CORRECTION_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* corrections.c */
void corrections_correct(struct api_request *request);
void corrections_correct_any(struct api_request *request);
void corrections_list_all(struct api_request *request);
bool corrections_only_asks(const struct api_request *request);
extern const struct shape correction_shape, correction_preview_shape, corrections_shape;
extern const struct shape correction_in_shape, correction_any_in_shape, correction_query_shape;

#endif
