/* What the API counts about itself: requests by route and class of status, and how long they took.
 */
#ifndef API_STATS_H
#define API_STATS_H

#include "base/buf.h"
#include "base/env.h"
#include "base/latency_window.h"

struct stats;
struct experiment_speeds;
struct api_figures;

/* NULL when there is no memory. */
struct stats *stats_create(struct env *env, size_t route_count);
void stats_destroy(struct env *env, struct stats *stats); /* takes NULL */

/* `route` is its number in the table; route_count stands for what no route took. */
void stats_count(struct stats *stats, size_t route, int status, uint64_t took_ns);
/* So many of a thousand were answered within this, as a bucket's upper end; UINT64_MAX: none was
 * asked. */
enum stats_requests { STATS_ALL_REQUESTS, STATS_GATE };
uint64_t stats_latency_ns(const struct stats *stats, enum stats_requests which, unsigned permille);
void stats_count_csp_report(struct stats *stats);
/* What became of the events of one request. Those that are on no customer's account, since they
 * name no customer, source or metric of ours, are told apart: the four make up all that came. */
enum stats_usage {
    STATS_ACCEPTED,
    STATS_DUPLICATE,
    STATS_REJECTED,
    STATS_UNATTRIBUTED,
    STATS_USAGE
};
void stats_count_usage(struct stats *stats, const uint64_t counts[STATS_USAGE]);

/* How long it takes until use that is reported is held against caps and limits: from when the last
 * of a request with events was read to when the gate had counted them, from where on it refuses.
 * What is taken is counted as it is decided, so that it has no such delay. */
void stats_count_enforcement(struct stats *stats, uint64_t now_ns, uint64_t took_ns);
struct stats_enforcement {
    struct latency_summary took; /* of the requests of the window */
    int64_t window_seconds;      /* an hour, or since the start */
};
struct stats_enforcement stats_enforcement(const struct stats *stats, uint64_t now_ns);

/* How long visitors of each arm of an experiment wait for the page. */
struct experiment_speeds *stats_experiments(struct stats *stats);

/* OpenMetrics 1.0 text (https://prometheus.io/docs/specs/om/open_metrics_spec/), with the figures
 * of others unless they are NULL. */
void stats_print(const struct stats *stats, const struct api_figures *figures, struct buf *out);

#endif
