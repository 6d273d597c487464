/* take, check, record, release: by the lease alone, and in the waiting kind by the server.
 *
 * This file and counter.c are the hot path: tools/pure.py sees to it that they reach no system
 * call, but for turnpike_take_wait and turnpike_release_wait, which are in ask.c. */
#include "base/attr.h"
#include "core/metric.h"
#include "edge/counter.h"

static bool is_good(enum turnpike_metric metric, int64_t amount) {
    return (unsigned)metric < TURNPIKE_METRICS && amount >= 0 && amount <= TURNPIKE_AMOUNT_MAX;
}

/* For hosts that cannot compile turnpike_take.h into themselves. */
extern inline struct turnpike_verdict turnpike_take(struct turnpike_customer *customer,
                                                    enum turnpike_metric metric, int64_t amount);

struct turnpike_verdict turnpike_take_short_1(struct turnpike_customer *customer,
                                              enum turnpike_metric metric, int64_t amount) {
    return is_good(metric, amount) && amount > 0
               ? edge_counter_short(&customer->counters[metric], amount)
               : turnpike_check(customer, metric, amount);
}

struct turnpike_verdict turnpike_check(struct turnpike_customer *customer,
                                       enum turnpike_metric metric, int64_t amount) {
    if (!is_good(metric, amount)) {
        return (struct turnpike_verdict){false, TURNPIKE_BAD_AMOUNT};
    }
    return edge_counter_check(&customer->counters[metric], amount);
}

bool turnpike_record(struct turnpike_customer *customer, enum turnpike_metric metric,
                     int64_t amount) {
    if (!is_good(metric, amount) || metric_kind((enum metric)metric) == METRIC_GAUGE) {
        return false;
    }
    struct edge_counter *counter = &customer->counters[metric];
    if (atomic_load_explicit(&counter->standing, memory_order_relaxed) == TURNPIKE_FORKED) {
        return false;
    }
    edge_counter_record(counter, amount);
    return true;
}

int64_t turnpike_release(struct turnpike_customer *customer, enum turnpike_metric metric,
                         int64_t amount) {
    return is_good(metric, amount) ? edge_counter_release(&customer->counters[metric], amount) : 0;
}
