/* What a proxy asks the gate: of whom, of what, how much, and how a denial is to look. */
#ifndef API_GATE_QUERY_H
#define API_GATE_QUERY_H

#include "api/request.h"

struct gate_query {
    struct str user_id;
    int metric, deny_status; /* places among metric_names, and among 403 and 429 */
    int64_t amount;
    bool has_metric, has_amount, has_count, count;
};
extern const struct shape gate_query_shape;

/* Fills *ret_query (a struct gate_query) from a query that is plainly regular; false, and
 * *ret_query untouched, when that is left to the shape. Text is borrowed from the query. */
MUST_USE bool gate_query_scan(struct str query, void *ret_query);

/* The request's query, and what it leaves open from the headers; NULL after a reply that names what
 * is missing or wrong. */
const struct gate_query *gate_query_complete(struct api_request *request);

#endif
