/* The table of metrics; see metric.h. */
#include "core/metric.h"

#include <assert.h>

#include "base/check.h"

static const struct metric_info metrics[] = {
    [METRIC_MODULES] = {"modules", "Modules", "count", METRIC_GAUGE},
    [METRIC_DEPLOYMENTS] = {"deployments", "Deployments", "count", METRIC_GAUGE},
    [METRIC_API_REQUESTS] = {"api_requests", "API requests", "requests", METRIC_COUNTER},
    [METRIC_BANDWIDTH] = {"bandwidth", "Bandwidth", "bytes", METRIC_COUNTER},
    [METRIC_BUILD_MINUTES] = {"build_minutes", "Build minutes", "seconds", METRIC_COUNTER},
    [METRIC_COLLABORATORS] = {"collaborators", "Collaborators", "count", METRIC_GAUGE},
    [METRIC_STORAGE] = {"storage", "Storage", "bytes", METRIC_GAUGE},
};

static_assert(ARRAY_LEN(metrics) == METRIC_COUNT, "every metric has its row");

static const char *const kind_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
};

static_assert(ARRAY_LEN(kind_names) == METRIC_GAUGE + 1, "every kind has its name");

const struct metric_info *metric_info(enum metric metric) {
    check((unsigned)metric < METRIC_COUNT);
    return &metrics[metric];
}

const char *metric_name(enum metric metric) {
    return metric_info(metric)->name;
}

enum metric_kind metric_kind(enum metric metric) {
    return metric_info(metric)->kind;
}

const char *metric_kind_name(enum metric_kind kind) {
    check((unsigned)kind < ARRAY_LEN(kind_names));
    return kind_names[kind];
}

bool metric_parse(struct str text, enum metric *ret_metric) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        const char *name = metrics[i].name;
        bool may_be = text.len > 0 && text.bytes[0] == name[0]; /* most begin with another letter */
        if (may_be && str_equal(text, str_from_cstr(name))) {
            *ret_metric = (enum metric)i;
            return true;
        }
    }
    return false;
}
