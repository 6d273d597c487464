/* What GET /api/billing/usage is asked. */
#ifndef API_USAGE_QUERY_H
#define API_USAGE_QUERY_H

#include "api/resources.h"

enum granularity { GRANULARITY_HOUR, GRANULARITY_DAY, GRANULARITY_PERIOD };
enum group_by { GROUP_BY_REGION, GROUP_BY_RESOURCE };

struct usage_query {
    int64_t from, to;
    int granularity, group_by, metric;
    struct str time_zone; /* empty: UTC */
    bool has_from, has_to, has_granularity, has_group_by, has_metric;
};

#endif
