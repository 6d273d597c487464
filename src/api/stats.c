#include "api/stats.h"

#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "api/route.h"
#include "base/check.h"
#include "core/experiment_speed.h"

enum { CLASSES = 4 }; /* 2xx to 5xx */

/* Upper bounds of the latency buckets, in milliseconds as printed: from what memory answers to what
 * waits for the payment provider. */
static const struct {
    uint64_t ns;
    const char *seconds;
} buckets[] = {
    {UINT64_C(100000), "0.0001"},  {UINT64_C(500000), "0.0005"},    {UINT64_C(1000000), "0.001"},
    {UINT64_C(2500000), "0.0025"}, {UINT64_C(5000000), "0.005"},    {UINT64_C(10000000), "0.01"},
    {UINT64_C(50000000), "0.05"},  {UINT64_C(250000000), "0.25"},   {UINT64_C(1000000000), "1.0"},
    {UINT64_C(5000000000), "5.0"}, {UINT64_C(30000000000), "30.0"},
};
enum { BUCKETS = sizeof buckets / sizeof buckets[0] };

struct histogram {
    uint64_t counts[BUCKETS + 1]; /* not yet cumulated; the last is +Inf */
    uint64_t count, ns;
};

struct stats {
    struct histogram latency, gate; /* of all requests; of those to the gate */
    uint64_t usage[STATS_USAGE];    /* events, by what became of them */
    uint64_t csp_reports;
    uint64_t since_ns;
    struct latency_window enforcement;
    struct experiment_speeds experiments;
    size_t route_count;
    uint64_t by_route[][CLASSES];
};

struct stats *stats_create(struct env *env, size_t count) {
    size_t size = sizeof(struct stats) + (count + 1) * sizeof(uint64_t[CLASSES]);
    struct stats *stats = env_alloc(env, size);
    if (stats != NULL) {
        memset(stats, 0, size);
        stats->route_count = count;
        stats->since_ns = env->mono_ns(env);
    }
    return stats;
}

void stats_destroy(struct env *env, struct stats *stats) {
    env_free(env, stats);
}

struct experiment_speeds *stats_experiments(struct stats *stats) {
    return &stats->experiments;
}

static void add(struct histogram *histogram, uint64_t took_ns) {
    size_t bucket = 0;
    while (bucket < BUCKETS && took_ns > buckets[bucket].ns) {
        bucket++;
    }
    histogram->counts[bucket]++;
    histogram->count++;
    histogram->ns += took_ns;
}

static bool is_gate(const struct route *route) {
    return strncmp(route->path, "/api/usage/take", 15) == 0 ||
           strncmp(route->path, "/api/usage/check", 16) == 0;
}

void stats_count(struct stats *stats, size_t route, int status, uint64_t took_ns) {
    check(route <= stats->route_count && status >= 200 && status <= 599);
    stats->by_route[route][status / 100 - 2]++;
    add(&stats->latency, took_ns);
    if (route < stats->route_count && is_gate(&routes[route])) {
        add(&stats->gate, took_ns);
    }
}

uint64_t stats_latency_ns(const struct stats *stats, enum stats_requests which, unsigned permille) {
    const struct histogram *histogram = which == STATS_GATE ? &stats->gate : &stats->latency;
    check(permille <= 1000);
    if (histogram->count == 0) {
        return UINT64_MAX;
    }
    uint64_t wanted = (histogram->count * permille + 999) / 1000;
    uint64_t below = 0;
    size_t bucket = 0;
    while (bucket < BUCKETS && (below += histogram->counts[bucket]) < wanted) {
        bucket++;
    }
    return buckets[bucket < BUCKETS ? bucket : BUCKETS - 1].ns;
}

void stats_count_csp_report(struct stats *stats) {
    stats->csp_reports++;
}

void stats_count_usage(struct stats *stats, const uint64_t counts[STATS_USAGE]) {
    for (size_t i = 0; i < STATS_USAGE; i++) {
        stats->usage[i] += counts[i];
    }
}

void stats_count_enforcement(struct stats *stats, uint64_t now_ns, uint64_t took_ns) {
    latency_window_add(&stats->enforcement, now_ns, took_ns);
}

struct stats_enforcement stats_enforcement(const struct stats *stats, uint64_t now_ns) {
    static const uint64_t second_ns = 1000000000;
    uint64_t seconds = (now_ns - stats->since_ns) / second_ns;
    bool is_whole = seconds >= LATENCY_WINDOW_MINUTES * 60;
    return (struct stats_enforcement){
        .took = latency_window_summary(&stats->enforcement, now_ns),
        .window_seconds = is_whole ? LATENCY_WINDOW_MINUTES * 60 : (int64_t)seconds,
    };
}

/* --- printing --- */

static void print_seconds(struct buf *out, const char *name, uint64_t ns) {
    buf_printf(out, "%s %" PRIu64 ".%09" PRIu64 "\n", name, ns / 1000000000, ns % 1000000000);
}

static void print_family(struct buf *out, const char *name, const char *type, const char *help) {
    buf_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void print_requests(const struct stats *stats, struct buf *out) {
    print_family(out, "turnpike_http_requests", "counter",
                 "Requests answered, by route and class of status.");
    for (size_t i = 0; i <= stats->route_count; i++) {
        bool is_none = i == stats->route_count;
        for (size_t class = 0; class < CLASSES; class ++) {
            if (stats->by_route[i][class] > 0) {
                buf_printf(out,
                           "turnpike_http_requests_total{method=\"%s\",route=\"%s\","
                           "status=\"%zuxx\"} %" PRIu64 "\n",
                           is_none ? "other" : routes[i].method, is_none ? "" : routes[i].path,
                           class + 2, stats->by_route[i][class]);
            }
        }
    }
}

static void print_latency(const struct stats *stats, struct buf *out) {
    print_family(out, "turnpike_http_request_duration_seconds", "histogram",
                 "From the whole request to its answer.");
    uint64_t below = 0;
    for (size_t i = 0; i <= BUCKETS; i++) {
        below += stats->latency.counts[i];
        buf_printf(out, "turnpike_http_request_duration_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
                   i < BUCKETS ? buckets[i].seconds : "+Inf", below);
    }
    print_seconds(out, "turnpike_http_request_duration_seconds_sum", stats->latency.ns);
    buf_printf(out, "turnpike_http_request_duration_seconds_count %" PRIu64 "\n",
               stats->latency.count);
}

static void print_usage(const struct stats *stats, struct buf *out) {
    static const char *const results[STATS_USAGE] = {
        [STATS_ACCEPTED] = "accepted",
        [STATS_DUPLICATE] = "duplicate",
        [STATS_REJECTED] = "rejected",
        [STATS_UNATTRIBUTED] = "unattributed",
    };
    print_family(out, "turnpike_usage_events", "counter",
                 "Events received, by what became of them; unattributed: rejected, and of no "
                 "customer, source or metric of ours.");
    for (size_t i = 0; i < STATS_USAGE; i++) {
        buf_printf(out, "turnpike_usage_events_total{result=\"%s\"} %" PRIu64 "\n", results[i],
                   stats->usage[i]);
    }
}

/* A line a metric that can be leased. */
static void print_amounts(struct buf *out, const char *name, const char *help,
                          const uint64_t amounts[METRIC_COUNT]) {
    print_family(out, name, "gauge", help);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (metric_kind((enum metric)i) == METRIC_COUNTER) {
            buf_printf(out, "%s{metric=\"%s\"} %" PRIu64 "\n", name, metric_name((enum metric)i),
                       amounts[i]);
        }
    }
}

static void print_commits(const struct api_figures *figures, struct buf *out) {
    print_family(out, "turnpike_commit_seconds", "counter", "Time spent in commits.");
    print_seconds(out, "turnpike_commit_seconds_total", figures->commit_ns_total);
    print_family(out, "turnpike_commit_max_seconds", "gauge", "The longest commit so far.");
    print_seconds(out, "turnpike_commit_max_seconds", figures->commit_ns_max);
}

static void print_figures(const struct api_figures *figures, struct buf *out) {
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"turnpike_writer_groups", "counter", "Group commits.", figures->writer_groups},
        {"turnpike_writer_works", "counter", "Use cases committed.", figures->writer_works},
        {"turnpike_writer_failed", "counter", "Use cases that failed.", figures->writer_failed},
        {"turnpike_writer_refused", "counter", "Use cases turned away, since too much waited.",
         figures->writer_refused},
        {"turnpike_gate_customers", "gauge", "Customers at the gate.", figures->gate_customers_now},
        {"turnpike_journal_ids", "gauge", "Identities of events remembered.",
         figures->journal_ids_now},
        {"turnpike_outbox_pending", "gauge", "Calls to the payment provider that wait.",
         figures->outbox_pending_now},
        {"turnpike_webhooks_waiting", "gauge", "Events of the provider not yet applied.",
         figures->webhooks_received_now},
        {"turnpike_webhooks_applied", "counter", "Events applied.", figures->webhooks_applied},
        {"turnpike_webhooks_ignored", "counter", "Events of no concern.",
         figures->webhooks_ignored},
        {"turnpike_webhooks_failed", "counter", "Events given up.", figures->webhooks_failed},
        {"turnpike_webhook_deliveries_waiting", "gauge",
         "Webhooks that are to be sent, for the first time or again.",
         figures->webhook_deliveries_waiting_now},
        {"turnpike_customers_parked", "gauge", "Customers whom nothing is charged until looked at.",
         figures->customers_parked_now},
        {"turnpike_charging_frozen", "gauge", "1 while nothing leaves for the payment provider.",
         figures->charging_frozen_now},
        {"turnpike_privacy_requests_overdue", "gauge",
         "What people asked of their data and should have been answered by now.",
         figures->privacy_overdue_now},
        {"turnpike_leases_open", "gauge", "Leases that their nodes renew.",
         figures->leases_open_now},
        {"turnpike_leases_held", "gauge", "Leases that count though their nodes are not heard of.",
         figures->leases_held_now},
        {"turnpike_leases_recalled", "gauge", "Leases called back and not yet returned.",
         figures->leases_recalled_now},
        {"turnpike_leases_reclaimed", "gauge",
         "Leases reclaimed whose node has not accounted for them.", figures->leases_reclaimed_now},
        {"turnpike_connections", "gauge", "Open connections.", figures->connections_now},
        {"turnpike_connections_accepted", "counter", "Connections accepted.",
         figures->connections_total},
        {"turnpike_http_refused", "counter", "Requests refused before they reached a route.",
         figures->requests_refused},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool is_counter = rows[i].type[0] == 'c';
        print_family(out, rows[i].name, rows[i].type, rows[i].help);
        buf_printf(out, "%s%s %" PRIu64 "\n", rows[i].name, is_counter ? "_total" : "",
                   rows[i].value);
    }
    print_amounts(out, "turnpike_leases_outstanding",
                  "Out of reach for others: leased and neither reported nor returned.",
                  figures->leased_now);
    print_amounts(out, "turnpike_leases_reclaimed_amount",
                  "Reclaimed and not accounted for: what may yet be reported past the limit.",
                  figures->reclaimed_now);
    print_commits(figures, out);
}

void stats_print(const struct stats *stats, const struct api_figures *figures, struct buf *out) {
    print_requests(stats, out);
    print_latency(stats, out);
    print_usage(stats, out);
    print_family(out, "turnpike_csp_reports", "counter",
                 "Violations of the content security policy that browsers reported.");
    buf_printf(out, "turnpike_csp_reports_total %" PRIu64 "\n", stats->csp_reports);
    if (figures != NULL) {
        print_figures(figures, out);
    }
    buf_add(out, STR("# EOF\n"));
}
