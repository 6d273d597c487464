/* History: totals by hour, day or period, by region or resource.
 *
 * The store has totals by hour or day, region and resource; what is asked may be coarser, so that
 * rows are sorted into the buckets of the question and folded. Counters add up; of a gauge, whose
 * totals are levels, a bucket shows the last. The same comes as series, and point by point as a
 * list, which is a table where somebody asks for CSV. */
#include "api/usage_query.h"

#include <stdlib.h>

#include "api/usage_live.h"
#include "app/usage.h"
#include "app/zone_file.h"
#include "core/zone.h"

/* --- what is asked --- */

static const char *const granularity_names[] = {"hour", "day", "period", NULL};
static const char *const group_by_names[] = {"region", "resource", NULL};

#define AT(member) offsetof(struct usage_query, member)
static const struct shape_field query_fields[] = {
    {"from", "Where the span begins; 31 days before its end when not given, of periods 366",
     SHAPE_INSTANT, .offset = AT(from), .flags = SHAPE_OPTIONAL, .is_set = AT(has_from)},
    {"to", "Where the span ends, exclusive; with the present hour when not given", SHAPE_INSTANT,
     .offset = AT(to), .flags = SHAPE_OPTIONAL, .is_set = AT(has_to)},
    {"granularity", "What one point spans; day when not given", SHAPE_ENUM,
     .offset = AT(granularity), .names = granularity_names, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_granularity)},
    {"groupBy", "Splits the series; periods are not split", SHAPE_ENUM, .offset = AT(group_by),
     .names = group_by_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_group_by)},
    {"metric", "Of this one alone; of all when not given", SHAPE_ENUM, .offset = AT(metric),
     .names = metric_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_metric)},
    {"timeZone",
     "Whose days: a name of the tz database; UTC when not given. An hour belongs to "
     "the day in which it begins",
     SHAPE_STR, .offset = AT(time_zone), .min = 1, .max = LIMIT_TIME_ZONE, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape usage_query_shape =
    SHAPE("UsageQuery", "Which history; without any of these, the present period",
          struct usage_query, query_fields);

/* --- as shown --- */

struct point_out {
    int64_t at, value, events, adjusted, adjusted_events;
};

struct series_out {
    int metric;
    struct str unit, region, resource;
    struct shape_list points;
};

struct history_out {
    struct shape_list series;
    int64_t from, to, as_of;
    int granularity;
};

static const struct shape_field point_fields[] = {
    {"at", "Where the hour, day or period begins", SHAPE_INSTANT,
     .offset = offsetof(struct point_out, at)},
    {"value", "In the metric's unit; of a gauge the last level", SHAPE_I64,
     .offset = offsetof(struct point_out, value)},
    {"events", "How many were counted", SHAPE_I64, .offset = offsetof(struct point_out, events)},
    {"adjusted",
     "Of the value, what came late: its hour had been past for more than 15 minutes when it was "
     "received; of a gauge, and where it is not known, 0",
     SHAPE_I64, .offset = offsetof(struct point_out, adjusted)},
    {"adjustedEvents", "Of the events, those that came late", SHAPE_I64,
     .offset = offsetof(struct point_out, adjusted_events)},
};
static const struct shape point_shape =
    SHAPE("UsagePoint", "One hour, day or period", struct point_out, point_fields);
static const struct shape_field point_item = {.kind = SHAPE_OBJECT, .of = &point_shape};

#define AT(member) offsetof(struct series_out, member)
static const struct shape_field series_fields[] = {
    {"metric", "Which", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"unit", "Of the values", SHAPE_STR, .offset = AT(unit), .max = 16},
    {"region", "With groupBy=region; empty for what named none", SHAPE_STR, .offset = AT(region),
     .max = LIMIT_EVENT_LABEL, .flags = SHAPE_NULLABLE},
    {"resource", "With groupBy=resource; empty for what named none", SHAPE_STR,
     .offset = AT(resource), .max = LIMIT_EVENT_LABEL, .flags = SHAPE_NULLABLE},
    {"points", "In order; what is missing is zero", SHAPE_LIST, .offset = AT(points),
     .max = USAGE_SERIES_MAX, .item = &point_item, .item_size = sizeof(struct point_out)},
};
#undef AT
static const struct shape one_series_shape =
    SHAPE("UsageSeries", "The history of one metric", struct series_out, series_fields);
static const struct shape_field series_item = {.kind = SHAPE_OBJECT, .of = &one_series_shape};

#define AT(member) offsetof(struct history_out, member)
static const struct shape_field history_fields[] = {
    {"from", "Where the span begins", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "Where it ends, exclusive", SHAPE_INSTANT, .offset = AT(to)},
    {"asOf", "The totals hold all that was answered up to here", SHAPE_INSTANT,
     .offset = AT(as_of)},
    {"granularity", "What one point spans", SHAPE_ENUM, .offset = AT(granularity),
     .names = granularity_names},
    {"series", "By metric, and by region or resource when asked for", SHAPE_LIST,
     .offset = AT(series), .max = USAGE_SERIES_MAX, .item = &series_item,
     .item_size = sizeof(struct series_out)},
};
#undef AT
const struct shape series_shape =
    SHAPE("UsageHistory", "Usage over time", struct history_out, history_fields);

/* A point with what its series says of it. */
struct row_out {
    struct series_out series;
    struct point_out point;
};

struct rows_out {
    struct page page;
    int64_t from, to, as_of;
    int granularity;
};

#define AT(member) offsetof(struct row_out, member)
static const struct shape_field row_fields[] = {
    {"metric", "Which", SHAPE_ENUM, .offset = AT(series.metric), .names = metric_names},
    {"unit", "Of the value", SHAPE_STR, .offset = AT(series.unit), .max = 16},
    {"region", "With groupBy=region; empty for what named none", SHAPE_STR,
     .offset = AT(series.region), .max = LIMIT_EVENT_LABEL, .flags = SHAPE_NULLABLE},
    {"resource", "With groupBy=resource; empty for what named none", SHAPE_STR,
     .offset = AT(series.resource), .max = LIMIT_EVENT_LABEL, .flags = SHAPE_NULLABLE},
    {"at", "Where the hour, day or period begins", SHAPE_INSTANT, .offset = AT(point.at)},
    {"value", "In the unit; of a gauge the last level", SHAPE_I64, .offset = AT(point.value)},
    {"events", "How many were counted", SHAPE_I64, .offset = AT(point.events)},
    {"adjusted",
     "Of the value, what came late: its hour had been past for more than 15 minutes when it was "
     "received; of a gauge, and where it is not known, 0",
     SHAPE_I64, .offset = AT(point.adjusted)},
    {"adjustedEvents", "Of the events, those that came late", SHAPE_I64,
     .offset = AT(point.adjusted_events)},
};
#undef AT
static const struct shape row_shape =
    SHAPE("UsageRow", "One hour, day or period of one series", struct row_out, row_fields);
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};

#define AT(member) offsetof(struct rows_out, member)
static const struct shape_field rows_fields[] = {
    {"from", "Where the span begins", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "Where it ends, exclusive", SHAPE_INSTANT, .offset = AT(to)},
    {"asOf", "The totals hold all that was answered up to here", SHAPE_INSTANT,
     .offset = AT(as_of)},
    {"granularity", "What one point spans", SHAPE_ENUM, .offset = AT(granularity),
     .names = granularity_names},
    {"data", "By metric, region or resource, and time; what is missing is zero", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = USAGE_SERIES_MAX, .item = &row_item,
     .item_size = sizeof(struct row_out)},
    PAGE_CURSOR_FIELD,
};
#undef AT
const struct shape usage_points_shape =
    SHAPE("UsageRows", "Usage over time, point by point", struct rows_out, rows_fields);

/* --- folding --- */

struct sample {
    int metric;
    struct str label;
    int64_t bucket;
    const struct usage_point *point;
};

/* The days of a zone, of which one after the other is asked. */
struct days {
    struct str zone;       /* of core/zone.h; empty: UTC */
    struct period present; /* that was asked for last */
};

static int64_t day_of(struct days *days, int64_t ms) {
    struct instant at = {ms};
    if (!period_contains(days->present, at)) {
        days->present = days->zone.len == 0 ? period_day_containing(at) : zone_day(days->zone, at);
    }
    return days->present.start.ms;
}

static struct sample sample_of(const struct usage_point *point, const struct usage_query *query,
                               struct days *days) {
    struct str label = STR("");
    if (query->has_group_by && query->granularity != GRANULARITY_PERIOD) {
        label = query->group_by == GROUP_BY_REGION ? point->region : point->resource;
    }
    bool is_day = query->granularity == GRANULARITY_DAY;
    return (struct sample){point->metric, label,
                           is_day ? day_of(days, point->timestamp) : point->timestamp, point};
}

static int compare_series(const struct sample *a, const struct sample *b) {
    int order = (a->metric > b->metric) - (a->metric < b->metric);
    return order != 0 ? order : str_compare(a->label, b->label);
}

static int compare_samples(const void *left, const void *right) {
    const struct sample *a = left;
    const struct sample *b = right;
    int order = compare_series(a, b);
    return order != 0 ? order
                      : (a->point->timestamp > b->point->timestamp) -
                            (a->point->timestamp < b->point->timestamp);
}

/* The store gives them so where no label is asked for. */
static bool is_sorted(const struct sample *samples, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (compare_samples(&samples[i - 1], &samples[i]) > 0) {
            return false;
        }
    }
    return true;
}

static int64_t sum_of(int64_t a, int64_t b) {
    int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static void fold(struct point_out *point, const struct sample *sample) {
    const struct usage_point *more = sample->point;
    bool is_level = metric_kind((enum metric)sample->metric) == METRIC_GAUGE;
    point->value = is_level ? more->value : sum_of(point->value, more->value);
    point->events += more->events;
    point->adjusted = sum_of(point->adjusted, more->adjusted);
    point->adjusted_events += more->adjusted_events;
}

static struct series_out begin_series(const struct sample *sample,
                                      const struct usage_query *query) {
    struct series_out series = {
        .metric = sample->metric,
        .unit = str_from_cstr(metric_info((enum metric)sample->metric)->unit),
    };
    if (query->has_group_by && query->granularity != GRANULARITY_PERIOD) {
        bool is_region = query->group_by == GROUP_BY_REGION;
        series.region = is_region ? sample->label : series.region;
        series.resource = is_region ? series.resource : sample->label;
    }
    return series;
}

/* Sorted samples become series of points; every sample has room for one of each. */
static struct shape_list series_of(struct arena *arena, const struct sample *samples, size_t count,
                                   const struct usage_query *query) {
    struct series_out *series = arena_array(arena, count, sizeof *series);
    struct point_out *points = arena_array(arena, count, sizeof *points);
    size_t series_count = 0;
    size_t point_count = 0;
    if (series == NULL || points == NULL) {
        return (struct shape_list){NULL, 0};
    }
    for (size_t i = 0; i < count; i++) {
        bool is_new = i == 0 || compare_series(&samples[i - 1], &samples[i]) != 0;
        if (is_new) {
            series[series_count] = begin_series(&samples[i], query);
            series[series_count++].points.items = &points[point_count];
        }
        if (is_new || samples[i - 1].bucket != samples[i].bucket) {
            points[point_count++] = (struct point_out){.at = samples[i].bucket};
            series[series_count - 1].points.count++;
        }
        fold(&points[point_count - 1], &samples[i]);
    }
    return (struct shape_list){series, series_count};
}

/* --- the answer --- */

/* The present hour is part of a span that ends now. */
enum { SPAN_DAYS = 31, SPAN_DAYS_OF_PERIODS = 366 };

/* Fills in what was not given. False, with a reply, when the span is none. */
static bool complete(struct api_request *request, struct usage_query *query) {
    query->granularity = query->has_granularity ? query->granularity : GRANULARITY_DAY;
    int days = query->granularity == GRANULARITY_PERIOD ? SPAN_DAYS_OF_PERIODS : SPAN_DAYS;
    if (!query->has_to) {
        query->to = period_hour_containing(request_now(request)).end.ms;
    }
    if (!query->has_from) {
        query->from = instant_add((struct instant){query->to}, duration_days(-days)).ms;
    }
    if (query->from <= query->to) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/from", "an instant before to");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* The series of the rows that the store has. */
static struct shape_list fold_all(struct arena *arena, const struct usage_query *query,
                                  const struct row_list *list, struct days *days) {
    struct sample *samples = arena_array(arena, list->count, sizeof *samples);
    const struct usage_point *points = list->items;
    if (samples == NULL || list->count == 0) {
        return (struct shape_list){NULL, 0};
    }
    for (size_t i = 0; i < list->count; i++) {
        samples[i] = sample_of(&points[i], query, days);
    }
    if (!is_sorted(samples, list->count)) {
        qsort(samples, list->count, sizeof *samples, compare_samples);
    }
    return series_of(arena, samples, list->count, query);
}

/* The zone's file. False, with a reply, when there is no such zone. */
static bool find_zone(struct api_request *request, const struct usage_query *query,
                      struct days *ret_days) {
    struct tx tx = request_read(request);
    struct shape_errors errors = {.count = 0};
    *ret_days = (struct days){.zone = STR("")};
    if (query->time_zone.len == 0) {
        return true;
    }
    ret_days->zone = zone_file(tx.cx, query->time_zone);
    if (zone_file_is_valid(ret_days->zone)) {
        return true;
    }
    shape_error_add(&errors, request->arena, "/timeZone",
                    "a name of the tz database, such as Europe/Berlin");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* Completes the question and reads what it asks for. False: it has been answered. */
static bool read_series(struct api_request *request, struct usage_query *query,
                        struct shape_list *ret_series) {
    struct days days;
    if (!complete(request, query) || !find_zone(request, query, &days) || !has_customer(request)) {
        return false;
    }
    static const enum usage_grain grains[] = {[GRANULARITY_HOUR] = USAGE_HOUR,
                                              [GRANULARITY_DAY] = USAGE_DAY,
                                              [GRANULARITY_PERIOD] = USAGE_PERIOD};
    bool is_day = query->granularity == GRANULARITY_DAY;
    int64_t from = is_day ? day_of(&days, query->from) : query->from;
    bool is_elsewhere = is_day && days.zone.len > 0; /* the store has days of UTC alone */
    struct usage_span span = {is_elsewhere ? USAGE_HOUR : grains[query->granularity], from,
                              query->to};
    enum metric metric = (enum metric)query->metric;
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request,
                        usage_series_read(&tx, request->user_id, query->has_metric ? &metric : NULL,
                                          span, &list))) {
        return false;
    }
    if (list.count >= USAGE_SERIES_MAX) {
        reply_problem(request, PROBLEM_SPAN_TOO_LARGE);
        return false;
    }
    *ret_series = fold_all(request->arena, query, &list, &days);
    return true;
}

void reply_usage_series(struct api_request *request) {
    struct usage_query *query = request->query;
    struct shape_list series;
    if (read_series(request, query, &series)) {
        struct history_out out = {
            .series = series,
            .from = query->from,
            .to = query->to,
            .as_of = usage_complete_until(request->api->app).ms,
            .granularity = query->granularity,
        };
        reply_value(request, 200, &series_shape, &out);
    }
}

/* --- point by point --- */

static struct shape_list rows_of(struct arena *arena, struct shape_list list) {
    const struct series_out *series = list.items;
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        count += series[i].points.count;
    }
    struct row_out *rows = arena_array(arena, count, sizeof *rows);
    size_t next = 0;
    for (size_t i = 0; rows != NULL && i < list.count; i++) {
        const struct point_out *points = series[i].points.items;
        for (size_t j = 0; j < series[i].points.count; j++) {
            rows[next++] = (struct row_out){series[i], points[j]};
        }
    }
    return (struct shape_list){rows, next};
}

static void reply_points(struct api_request *request) {
    struct usage_query *query = request->query;
    struct shape_list series;
    if (read_series(request, query, &series)) {
        struct rows_out out = {
            .page = {rows_of(request->arena, series), {NULL, 0}},
            .from = query->from,
            .to = query->to,
            .as_of = usage_complete_until(request->api->app).ms,
            .granularity = query->granularity,
        };
        reply_value(request, 200, &usage_points_shape, &out);
    }
}

void usage_points(struct api_request *request) {
    usage_read_totals(request, reply_points, true);
}
