/* Usage as it happens: the streams that watch it. */
#ifndef API_USAGE_LIVE_H
#define API_USAGE_LIVE_H

#include "api/request.h"
#include "app/usage.h"

enum {
    LIVE_STREAMS_MAX = 1000,    /* in all */
    LIVE_STREAMS_CUSTOMER = 20, /* of one customer */
};

/* Sends what has changed since the last call. */
void live_tick(struct api *api);

/* usage.c: goes on with `read` once the stored totals of the request's customer are complete. When
 * they cannot be written now, it is refused if it needs them. */
void usage_read_totals(struct api_request *request, void (*read)(struct api_request *request),
                       bool needs_totals);
/* usage.c: the view as JSON, with the metrics of `which` (1 << enum metric) alone. */
void usage_encode(struct usage_view *view, unsigned which, struct json_writer *out);

#endif
