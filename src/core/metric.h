/* The seven things that are metered, and amounts of them.
 *
 * One table says everything about a metric; a new one is a new row here and in the catalogue. The
 * numbers of the enum are part of stored data: append only. */
#ifndef CORE_METRIC_H
#define CORE_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum metric {
    METRIC_MODULES,
    METRIC_DEPLOYMENTS,
    METRIC_API_REQUESTS,
    METRIC_BANDWIDTH,
    METRIC_BUILD_MINUTES,
    METRIC_COLLABORATORS,
    METRIC_STORAGE,
};
enum { METRIC_COUNT = METRIC_STORAGE + 1 };

enum metric_kind {
    METRIC_COUNTER, /* starts at zero in each usage period; only adds up */
    METRIC_GAUGE,   /* a level; carries on across periods */
};

/* An amount in the metric's own unit. build_minutes are held in *seconds*, bandwidth and storage in
 * bytes. */
struct quantity {
    int64_t amount;
};

struct metric_info {
    const char *name;  /* in JSON, SQL and events: "api_requests" */
    const char *title; /* for people: "API requests" */
    const char *unit;  /* "count", "requests", "bytes", "seconds" */
    enum metric_kind kind;
};

const struct metric_info *metric_info(enum metric metric);
const char *metric_name(enum metric metric);
enum metric_kind metric_kind(enum metric metric);
/* "counter" or "gauge" */
const char *metric_kind_name(enum metric_kind kind);
/* Exactly one of the seven names. */
MUST_USE bool metric_parse(struct str text, enum metric *ret_metric);

static inline struct quantity quantity_of(int64_t amount) {
    return (struct quantity){amount};
}

#endif
