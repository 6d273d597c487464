/* The handlers and shapes of how the installation is set up; as api/resources.h. */
#ifndef API_SETTINGS_RESOURCES_H
#define API_SETTINGS_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* settings.c */
void settings_list(struct api_request *request);
void roles_list(struct api_request *request);
extern const struct shape settings_shape, roles_shape;

#endif
