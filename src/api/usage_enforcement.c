/* GET /api/billing/usage/enforcement: how soon use that is reported is held against caps and
 * limits, as this server has measured it lately (stats.h). How much was reported is not told: it is
 * of all customers. */
#include "api/resources.h"

/* Of fewer the 99th percentile is the slowest. */
enum { FEW = 100 };

struct enforcement_out {
    int64_t window_seconds, p50_us, p99_us, slowest_us;
    bool has_any, is_few;
};
#define AT(member) offsetof(struct enforcement_out, member)
#define MEASURED .flags = SHAPE_NULLABLE, .is_set = AT(has_any)
static const struct shape_field enforcement_fields[] = {
    {"windowSeconds", "What was measured so long ago counts: an hour, or since the server started",
     SHAPE_I64, .offset = AT(window_seconds)},
    {"p50Microseconds",
     "Half of what was reported was counted by the gate within this, from when the last of its "
     "request had been read; null: nothing was reported in the window",
     SHAPE_I64, .offset = AT(p50_us), MEASURED},
    {"p99Microseconds", "99 of 100 were; at most an eighth above the truth, and never below it",
     SHAPE_I64, .offset = AT(p99_us), MEASURED},
    {"slowestMicroseconds", "All were", SHAPE_I64, .offset = AT(slowest_us), MEASURED},
    {"isFew", "Fewer than 100 were measured, so that p99Microseconds is the slowest", SHAPE_BOOL,
     .offset = AT(is_few)},
};
#undef AT
const struct shape usage_enforcement_shape =
    SHAPE("UsageEnforcement", "How soon caps and limits hold for use that is reported",
          struct enforcement_out, enforcement_fields);

/* Rounded up: a delay is never told shorter than it was. */
static int64_t us_of(uint64_t ns) {
    return (int64_t)((ns + 999) / 1000);
}

void usage_enforcement(struct api_request *request) {
    struct env *env = request->api->env;
    struct stats_enforcement now = stats_enforcement(request->api->stats, env->mono_ns(env));
    if (!has_customer(request)) {
        return;
    }
    const struct enforcement_out out = {
        .window_seconds = now.window_seconds,
        .p50_us = us_of(now.took.p50_ns),
        .p99_us = us_of(now.took.p99_ns),
        .slowest_us = us_of(now.took.ns_max),
        .has_any = now.took.count > 0,
        .is_few = now.took.count < FEW,
    };
    reply_value(request, 200, &usage_enforcement_shape, &out);
}
