/* The handlers and shapes of alerts that customers set; as api/resources.h. */
#ifndef API_USAGE_ALERT_RESOURCES_H
#define API_USAGE_ALERT_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* usage_alerts.c */
void usage_alerts_list(struct api_request *request);
void usage_alerts_add(struct api_request *request);
void usage_alerts_change(struct api_request *request);
void usage_alerts_remove(struct api_request *request);
extern const struct shape usage_alert_shape, usage_alerts_shape, usage_alert_in_shape;

/* usage_alert_history.c */
void usage_alerts_history(struct api_request *request);
void usage_alerts_preview(struct api_request *request);
extern const struct shape usage_alert_firings_shape, usage_alert_query_shape,
    usage_alert_preview_shape;

#endif
