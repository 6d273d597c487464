/* The handlers and shapes of how pages look and are written; as api/resources.h. */
#ifndef API_APPEARANCE_H
#define API_APPEARANCE_H

#include "api/request.h"
#include "api/shapes.h"

void appearance_show(struct api_request *request);
void appearance_set(struct api_request *request);
void appearance_style(struct api_request *request);
void person_settings_show(struct api_request *request);
void person_settings_set(struct api_request *request);
extern const struct shape appearance_shape, appearance_in_shape;
extern const struct shape person_settings_shape, person_settings_in_shape;

#endif
