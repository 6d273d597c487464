/* GET /api/billing/usage: the present period, or with a span its history (usage_series.c); and what
 * each source has sent. */
#include "api/usage_query.h"

#include "api/usage_live.h"

#include "app/usage_totals.h"

/* --- reading what follows the journal --- */

struct reader {
    struct usage_wait wait; /* first: `then` hands it back */
    struct api_request *request;
    void (*read)(struct api_request *request);
    bool needs_totals; /* it is refused when they cannot be written now */
};

static void read_on(struct usage_wait *wait) {
    struct reader *reader = (struct reader *)wait;
    if (reader->needs_totals && wait->command.outcome != OUTCOME_DONE) {
        reply_problem(reader->request, (int)wait->command.outcome);
    } else {
        reader->read(reader->request);
    }
}

void usage_read_totals(struct api_request *request, void (*read)(struct api_request *request),
                       bool needs_totals) {
    struct reader *reader = ARENA_NEW(request->arena, struct reader);
    if (reader == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    *reader = (struct reader){
        .request = request, .read = read, .needs_totals = needs_totals, .wait = {.then = read_on}};
    usage_wait_start(request->api->app, &reader->wait, request->user_id);
}

/* --- the present period --- */

struct metric_out {
    int metric;
    struct str kind, unit, state;
    struct limit limit;
    int64_t used, hard_limit, remaining, percent, grace_ends_at, resets_at, projected, heard_at;
    bool is_bounded, has_grace, has_reset, has_projection, was_heard;
    struct shape_list notices;
};

struct usage_out {
    int64_t period_start, period_end, as_of;
    struct shape_list metrics;
};

#define AT(member) offsetof(struct usage_notice_given, member)
static const struct shape_field notice_fields[] = {
    {"notice", "warning, limit_reached, grace_ending or blocked", SHAPE_STR, .offset = AT(name),
     .max = 16},
    {"at", "When it was given; null where that is not known", SHAPE_INSTANT, .offset = AT(at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_at)},
    {"limit", "That it speaks of", SHAPE_I64, .offset = AT(limit), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_limit)},
};
#undef AT
static const struct shape notice_shape =
    SHAPE("UsageNotice", "What the customer was told of a limit, by mail as well",
          struct usage_notice_given, notice_fields);
static const struct shape_field notice_item = {.kind = SHAPE_OBJECT, .of = &notice_shape};

#define AT(member) offsetof(struct metric_out, member)
#define BOUNDED .flags = SHAPE_NULLABLE, .is_set = AT(is_bounded)
static const struct shape_field metric_fields[] = {
    {"metric", "Which", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"kind", "counter or gauge", SHAPE_STR, .offset = AT(kind), .max = 16},
    {"unit", "Of all figures here", SHAPE_STR, .offset = AT(unit), .max = 16},
    {"used", "In the usage period; of gauges the level", SHAPE_I64, .offset = AT(used)},
    {"limit", "What the plan allows", SHAPE_CUSTOM, .offset = AT(limit), .custom = &limit_amount},
    {"hardLimit", "What the gate never lets through", SHAPE_I64, .offset = AT(hard_limit), BOUNDED},
    {"remaining", "To the limit, never negative", SHAPE_I64, .offset = AT(remaining), BOUNDED},
    {"percent", "Of the limit, rounded down", SHAPE_I64, .offset = AT(percent), BOUNDED},
    {"state", "ok, warning, over or blocked", SHAPE_STR, .offset = AT(state), .max = 16},
    {"graceEndsAt", "From when use above the limit is denied", SHAPE_INSTANT,
     .offset = AT(grace_ends_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_grace)},
    {"resetsAt", "When a counter is at zero again; null for gauges", SHAPE_INSTANT,
     .offset = AT(resets_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_reset)},
    {"projected", "At the period's end, if it goes on like this; null while it is too early",
     SHAPE_I64, .offset = AT(projected), .flags = SHAPE_NULLABLE, .is_set = AT(has_projection)},
    {"lastHeardAt", "When anything of it last came in, counted or not; null when nothing ever did",
     SHAPE_INSTANT, .offset = AT(heard_at), .flags = SHAPE_NULLABLE, .is_set = AT(was_heard)},
    {"notices", "Given in the usage period; of a gauge, until it has fallen 5 points below",
     SHAPE_LIST, .offset = AT(notices), .max = LIMIT_NOTICE_COUNT, .item = &notice_item,
     .item_size = sizeof(struct usage_notice_given)},
};
#undef AT
static const struct shape metric_shape =
    SHAPE("MetricUsage", "One metric's use", struct metric_out, metric_fields);
static const struct shape_field metric_item = {.kind = SHAPE_OBJECT, .of = &metric_shape};

#define AT(member) offsetof(struct usage_out, member)
static const struct shape_field usage_fields[] = {
    {"periodStart", "Of the usage period", SHAPE_INSTANT, .offset = AT(period_start)},
    {"periodEnd", "Of the usage period", SHAPE_INSTANT, .offset = AT(period_end)},
    {"asOf", "The figures are complete up to here", SHAPE_INSTANT, .offset = AT(as_of)},
    {"metrics", "All seven", SHAPE_LIST, .offset = AT(metrics), .max = METRIC_COUNT,
     .item = &metric_item, .item_size = sizeof(struct metric_out)},
};
#undef AT
const struct shape usage_shape =
    SHAPE("Usage", "What is used now, against its limits", struct usage_out, usage_fields);

/* Borrows the notices of the view. */
static struct metric_out metric_out_of(struct usage_metric_view *view) {
    const struct metric_info *info = metric_info(view->metric);
    const struct gate_verdict *verdict = &view->verdict;
    return (struct metric_out){
        .metric = (int)view->metric,
        .kind = str_from_cstr(metric_kind_name(info->kind)),
        .unit = str_from_cstr(info->unit),
        .used = verdict->used.amount,
        .limit = verdict->limit,
        .is_bounded = verdict->is_bounded,
        .hard_limit = verdict->hard_limit.amount,
        .remaining = verdict->remaining.amount,
        .percent = view->percent,
        .state = str_from_cstr(limit_state_name(verdict->state)),
        .has_grace = verdict->has_grace,
        .grace_ends_at = verdict->grace_ends_at.ms,
        .has_reset = info->kind == METRIC_COUNTER,
        .resets_at = view->resets_at.ms,
        .has_projection = view->has_projection,
        .projected = view->projected.amount,
        .was_heard = view->was_heard,
        .heard_at = view->heard_at.ms,
        .notices = {view->notices, view->notice_count},
    };
}

void usage_encode(struct usage_view *view, unsigned which, struct json_writer *out) {
    struct metric_out metrics[METRIC_COUNT];
    size_t count = 0;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if ((which & 1U << i) != 0) {
            metrics[count++] = metric_out_of(&view->metrics[i]);
        }
    }
    struct usage_out usage = {
        view->period.start.ms, view->period.end.ms, view->as_of.ms, {metrics, count}};
    shape_encode(&usage_shape, &usage, out);
}

static void reply_now(struct api_request *request) {
    struct tx tx = request_read(request);
    struct usage_view view;
    bool is_found = false;
    if (reply_if_failed(
            request, usage_view_read(request->api->app, &tx, request->user_id, &view, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    struct metric_out metrics[METRIC_COUNT];
    for (int i = 0; i < METRIC_COUNT; i++) {
        metrics[i] = metric_out_of(&view.metrics[i]);
    }
    struct usage_out out = {
        view.period.start.ms, view.period.end.ms, view.as_of.ms, {metrics, METRIC_COUNT}};
    reply_value(request, 200, &usage_shape, &out);
}

void usage_show(struct api_request *request) {
    const struct usage_query *query = request->query;
    bool wants_series =
        query != NULL && (query->has_from || query->has_to || query->has_granularity ||
                          query->has_group_by || query->has_metric || query->time_zone.len > 0);
    if (wants_series) {
        usage_read_totals(request, reply_usage_series, true);
    } else {
        usage_read_totals(request, reply_now, false); /* the gate's figures are there in any case */
    }
}

/* --- sources --- */

#define AT(member) offsetof(struct usage_source_row, member)
static const struct shape_field source_fields[] = {
    {"source", "As its events name it", SHAPE_STR, .offset = AT(source), .max = LIMIT_EVENT_SOURCE},
    {"metric", "Which", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"received", "The sum of the three below", SHAPE_I64, .offset = AT(received)},
    {"counted", "Each exactly once", SHAPE_I64, .offset = AT(counted)},
    {"duplicate", "Sent again", SHAPE_I64, .offset = AT(duplicate)},
    {"rejected", "With the reason in the answer", SHAPE_I64, .offset = AT(rejected)},
    {"lastEventAt", "The latest time that an event of it bears", SHAPE_INSTANT,
     .offset = AT(last_event_at)},
    {"lastHeardAt", "When something last came in, whatever became of it: nothing was heard since",
     SHAPE_INSTANT, .offset = AT(last_heard_at)},
};
#undef AT
static const struct shape source_shape =
    SHAPE("UsageSource", "What one source has sent of one metric", struct usage_source_row,
          source_fields);
static const struct shape_field source_item = {.kind = SHAPE_OBJECT, .of = &source_shape};

struct sources_out {
    struct page page;
    int64_t as_of;
};

static const struct shape_field sources_fields[] = {
    {"asOf", "The figures hold all that was answered up to here", SHAPE_INSTANT,
     .offset = offsetof(struct sources_out, as_of)},
    {"data", "By source and metric", SHAPE_LIST, .offset = offsetof(struct page, data), .max = 1000,
     .item = &source_item, .item_size = sizeof(struct usage_source_row)},
    PAGE_CURSOR_FIELD,
};
const struct shape sources_shape =
    SHAPE("UsageSources", "Who has reported what", struct sources_out, sources_fields);

static void reply_sources(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (has_customer(request) &&
        !reply_if_failed(request, usage_sources_read(&tx, request->user_id, &list))) {
        struct sources_out out = {{{list.items, list.count}, {NULL, 0}},
                                  usage_complete_until(request->api->app).ms};
        reply_value(request, 200, &sources_shape, &out);
    }
}

void usage_sources(struct api_request *request) {
    usage_read_totals(request, reply_sources, true);
}
