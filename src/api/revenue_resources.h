/* The handlers and shapes of revenue as operators see it, one and all; as api/resources.h. */
#ifndef API_REVENUE_RESOURCES_H
#define API_REVENUE_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/revenue_report.h"

/* revenue.c: every report has one form, and one handler */
void revenue_report_get(struct api_request *request);
extern const struct shape revenue_query_shape, revenue_movements_query_shape,
    revenue_cohorts_query_shape, revenue_usage_query_shape, revenue_geography_query_shape,
    revenue_adoption_query_shape, revenue_report_shape;
/* "2026-03-01" <-> the day; false for anything else. */
MUST_USE bool revenue_day_parse(struct str text, struct revenue_day *ret_day);
struct str revenue_day_text(struct arena *arena, struct revenue_day day);
extern const char *const revenue_units[];

/* revenue_rows.c */
void revenue_rows_list(struct api_request *request);
void revenue_definitions_list(struct api_request *request);
extern const struct shape revenue_rows_query_shape, revenue_rows_shape, revenue_definitions_shape;

/* revenue_rebuilds.c */
void revenue_rebuilds_list(struct api_request *request);
void revenue_rebuild_start(struct api_request *request);
void revenue_rebuild_get_one(struct api_request *request);
void revenue_rebuild_stop(struct api_request *request);
extern const struct shape revenue_rebuild_shape, revenue_rebuilds_shape, revenue_rebuild_in_shape;

/* revenue_entered.c */
void revenue_rates_list(struct api_request *request);
void revenue_rates_add(struct api_request *request);
void revenue_spend_get(struct api_request *request);
void revenue_spend_set(struct api_request *request);
void revenue_target_set(struct api_request *request);
extern const struct shape revenue_rates_shape, revenue_rate_shape, revenue_rate_in_shape,
    revenue_spend_shape, revenue_spend_of_month_shape, revenue_spend_in_shape, revenue_target_shape,
    revenue_target_in_shape;

#endif
