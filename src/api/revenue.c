/* GET /api/admin/revenue/…: reports, each as figures and a table; as CSV
 * the table alone.
 */
#include "api/revenue_resources.h"

#include <string.h>

#include "api/list_csv.h"
#include "app/usage_totals.h"
#include "base/rfc3339.h"
#include "base/shape_csv.h"

enum { DAY_LEN = 10 };
#define DAY_BYTES "0123456789-"

const char *const revenue_units[] = {"money", "count", "share", "ratio", "months", "day", NULL};
static_assert(ARRAY_LEN(revenue_units) == REVENUE_UNIT_COUNT + 1, "in the order of the enum");
static const char *const bases[] = {"payment", "signup", NULL};
static const char *const measures[] = {"shareOfCustomers", "customers", "shareOfMrr", "mrr", NULL};
static const char *const steps[] = {"month", "day", NULL};
static const char *const usage_bys[] = {"hour", "metric", "region", "month", NULL};
static const char *const adoption_bys[] = {"subject", "driver", NULL};
static const char *const places[] = {"country", "region", NULL};
/* Those that add up: levels have no sum. */
static const char *const counters[] = {"api_requests", "bandwidth", "build_minutes", NULL};
static_assert(METRIC_BUILD_MINUTES == METRIC_API_REQUESTS + 2, "counters lie side by side");

/* --- days --- */

bool revenue_day_parse(struct str text, struct revenue_day *ret_day) {
    char whole[RFC3339_SIZE] = "";
    static const char midnight[] = "T00:00:00Z";
    int64_t ms = 0;
    if (text.len != DAY_LEN) {
        return false;
    }
    memcpy(whole, text.bytes, DAY_LEN);
    memcpy(whole + DAY_LEN, midnight, sizeof midnight);
    if (!rfc3339_parse(str_from_cstr(whole), &ms)) {
        return false;
    }
    *ret_day = revenue_day_of((struct instant){ms});
    return true;
}

struct str revenue_day_text(struct arena *arena, struct revenue_day day) {
    char text[RFC3339_SIZE];
    rfc3339_format(revenue_day_start(day).ms, text);
    return arena_str(arena, str_of(text, DAY_LEN));
}

/* --- which --- */

struct report_in {
    struct str as_of, from, country;
    int tier, interval, step, basis, measure, metric, by, place, rows;
    bool has_tier, has_interval;
};
#define AT(member) offsetof(struct report_in, member)
#define RANGE_FIELDS                                                                               \
    {"asOf",                                                                                       \
     "As of the end of that day, UTC; today when not given",                                       \
     SHAPE_STR,                                                                                    \
     .offset = AT(as_of),                                                                          \
     .min = DAY_LEN,                                                                               \
     .max = DAY_LEN,                                                                               \
     .allowed = DAY_BYTES,                                                                         \
     .flags = SHAPE_OPTIONAL},                                                                     \
    {                                                                                              \
        "from", "The table begins with the month of that day; 12 months when not given",           \
            SHAPE_STR, .offset = AT(from), .min = DAY_LEN, .max = DAY_LEN, .allowed = DAY_BYTES,   \
                       .flags = SHAPE_OPTIONAL                                                     \
    }
#define PLACE_FIELDS                                                                               \
    {"tier",                                                                                       \
     "Of this plan alone",                                                                         \
     SHAPE_ENUM,                                                                                   \
     .offset = AT(tier),                                                                           \
     .names = tier_names,                                                                          \
     .flags = SHAPE_OPTIONAL,                                                                      \
     .is_set = AT(has_tier)},                                                                      \
        {"interval",                                                                               \
         "Of this interval alone",                                                                 \
         SHAPE_ENUM,                                                                               \
         .offset = AT(interval),                                                                   \
         .names = interval_names,                                                                  \
         .flags = SHAPE_OPTIONAL,                                                                  \
         .is_set = AT(has_interval)},                                                              \
    {                                                                                              \
        "country", "Billed there alone: ISO 3166-1", SHAPE_STR,                                    \
            .offset = AT(country), .min = 2, .max = 2, .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",    \
            .flags = SHAPE_OPTIONAL                                                                \
    }
static const struct shape_field query_fields[] = {RANGE_FIELDS, PLACE_FIELDS};
static const struct shape_field movements_query_fields[] = {
    RANGE_FIELDS,
    PLACE_FIELDS,
    {"by", "day: each of the last 93 days of the range; month when not given", SHAPE_ENUM,
     .offset = AT(step), .names = steps, .flags = SHAPE_OPTIONAL},
};
static const struct shape_field cohorts_query_fields[] = {
    RANGE_FIELDS,
    {"basis", "By the month of the first payment, or of the sign-up", SHAPE_ENUM,
     .offset = AT(basis), .names = bases, .flags = SHAPE_OPTIONAL},
    {"measure", "What the cells tell", SHAPE_ENUM, .offset = AT(measure), .names = measures,
     .flags = SHAPE_OPTIONAL},
};
#define METRIC_FIELD                                                                               \
    {                                                                                              \
        "metric", "Of what; api_requests when not given", SHAPE_ENUM,                              \
            .offset = AT(metric), .names = counters, .flags = SHAPE_OPTIONAL                       \
    }
static const struct shape_field usage_query_fields[] = {
    {"asOf", "As of the end of that day, UTC; today when not given", SHAPE_STR, .offset = AT(as_of),
     .min = DAY_LEN, .max = DAY_LEN, .allowed = DAY_BYTES, .flags = SHAPE_OPTIONAL},
    {"from", "From that day on; the 28 days up to asOf when not given", SHAPE_STR,
     .offset = AT(from), .min = DAY_LEN, .max = DAY_LEN, .allowed = DAY_BYTES,
     .flags = SHAPE_OPTIONAL},
    METRIC_FIELD,
    {"by", "What the rows are; hour, of the week, when not given", SHAPE_ENUM, .offset = AT(by),
     .names = usage_bys, .flags = SHAPE_OPTIONAL},
};
static const struct shape_field adoption_query_fields[] = {
    {"asOf", "As of the end of that day, UTC; today when not given", SHAPE_STR, .offset = AT(as_of),
     .min = DAY_LEN, .max = DAY_LEN, .allowed = DAY_BYTES, .flags = SHAPE_OPTIONAL},
    {"from", "Upgrades from that day on; of 12 months when not given", SHAPE_STR,
     .offset = AT(from), .min = DAY_LEN, .max = DAY_LEN, .allowed = DAY_BYTES,
     .flags = SHAPE_OPTIONAL},
    {"by", "subject: metrics and features; driver: what precedes upgrades", SHAPE_ENUM,
     .offset = AT(rows), .names = adoption_bys, .flags = SHAPE_OPTIONAL},
};
static const struct shape_field geography_query_fields[] = {
    RANGE_FIELDS,
    PLACE_FIELDS,
    METRIC_FIELD,
    {"by", "country: where it is billed; region: where the metric is used", SHAPE_ENUM,
     .offset = AT(place), .names = places, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape revenue_query_shape =
    SHAPE("RevenueQuery", "As of when, and of what", struct report_in, query_fields);
const struct shape revenue_movements_query_shape = SHAPE(
    "RevenueMovementsQuery", "As of when, and of what", struct report_in, movements_query_fields);
const struct shape revenue_cohorts_query_shape =
    SHAPE("RevenueCohortsQuery", "Which customers, and what of them", struct report_in,
          cohorts_query_fields);

const struct shape revenue_adoption_query_shape = SHAPE(
    "RevenueAdoptionQuery", "As of when, and of what", struct report_in, adoption_query_fields);
const struct shape revenue_usage_query_shape =
    SHAPE("RevenueUsageQuery", "As of when, and of what", struct report_in, usage_query_fields);
const struct shape revenue_geography_query_shape = SHAPE(
    "RevenueGeographyQuery", "As of when, and of what", struct report_in, geography_query_fields);

/* --- the answer --- */

static void encode_value(struct json_writer *out, const void *member) {
    const struct revenue_figure *figure = member;
    if (figure->known == REVENUE_KNOWN) {
        json_put_i64(out, figure->value);
    } else {
        json_put_null(out);
    }
}
static bool decode_nothing(const json_t *value, struct arena *arena, void *ret_member) {
    (void)value;
    (void)arena;
    (void)ret_member;
    return false;
}
static const struct shape_custom value_custom = {
    .decode = decode_nothing,
    .encode = encode_value,
    .expected = "a whole number or null",
    .schema = "{\"type\":[\"integer\",\"null\"]}",
};

struct figure_out {
    struct str id, reason;
    int unit;
    struct revenue_figure value, before;
};
#define UNIT_DOC                                                                                   \
    "money: minor units of the currency, of a month unless its definition says otherwise; share: " \
    "hundredths of a percent; ratio: hundredths; months: tenths; day: since 1970"
#define AT(member) offsetof(struct figure_out, member)
static const struct shape_field figure_fields[] = {
    {"id", "Which; /api/admin/revenue/definitions says what it means", SHAPE_STR, .offset = AT(id),
     .max = 64},
    {"unit", UNIT_DOC, SHAPE_ENUM, .offset = AT(unit), .names = revenue_units},
    {"value", "How much; null: see reason", SHAPE_CUSTOM, .offset = AT(value),
     .custom = &value_custom},
    {"before", "The same a month earlier; null: not told", SHAPE_CUSTOM, .offset = AT(before),
     .custom = &value_custom},
    {"reason",
     "Why there is no value: no_base, infinite, few_data, no_spend, no_margin, too_recent, "
     "not_recorded",
     SHAPE_STR, .offset = AT(reason), .max = 32, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape figure_shape =
    SHAPE("RevenueFigure", "A figure of a report", struct figure_out, figure_fields);

struct column_out {
    struct str id;
    int unit;
    bool is_drawn;
};
static const struct shape_field column_fields[] = {
    {"id", "Which", SHAPE_STR, .offset = offsetof(struct column_out, id), .max = 64},
    {"unit", UNIT_DOC, SHAPE_ENUM, .offset = offsetof(struct column_out, unit),
     .names = revenue_units},
    {"isDrawn", "A chart shows it", SHAPE_BOOL, .offset = offsetof(struct column_out, is_drawn)},
};
static const struct shape column_shape =
    SHAPE("RevenueColumn", "A column of a report's table", struct column_out, column_fields);

struct row_out {
    struct str key;
    int unit;
    bool is_partial, has_unit;
    struct shape_list values;
};
static const struct shape_field value_item = {.kind = SHAPE_CUSTOM, .custom = &value_custom};
#define AT(member) offsetof(struct row_out, member)
static const struct shape_field row_fields[] = {
    {"key", "A month (2026-03), a day, a plan and interval, a country, a target", SHAPE_STR,
     .offset = AT(key), .max = 64},
    {"isPartial", "Its time has not passed yet", SHAPE_BOOL, .offset = AT(is_partial)},
    {"unit", "Of its cells, where they have another one than their columns; null: they have not",
     SHAPE_ENUM, .offset = AT(unit), .names = revenue_units, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_unit)},
    {"values", "One a column; null: there is none", SHAPE_LIST, .offset = AT(values),
     .max = REVENUE_COLUMNS_MAX, .item = &value_item, .item_size = sizeof(struct revenue_figure)},
};
#undef AT
static const struct shape row_shape =
    SHAPE("RevenueRow", "A row of a report's table", struct row_out, row_fields);

struct report_out {
    struct str report, as_of, from, currency;
    bool lacks_rates;
    struct shape_list figures, columns, data;
};
static const struct shape_field figure_item = {.kind = SHAPE_OBJECT, .of = &figure_shape};
static const struct shape_field column_item = {.kind = SHAPE_OBJECT, .of = &column_shape};
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};
#define AT(member) offsetof(struct report_out, member)
static const struct shape_field report_fields[] = {
    {"report", "Its name", SHAPE_STR, .offset = AT(report), .max = 32},
    {"asOf", "As of the end of that day, UTC", SHAPE_STR, .offset = AT(as_of), .max = DAY_LEN},
    {"from", "The table begins there", SHAPE_STR, .offset = AT(from), .max = DAY_LEN},
    {"currency", "Of its amounts", SHAPE_STR, .offset = AT(currency), .max = 3},
    {"lacksRates", "Something is in a currency of which no rate was entered, and is left out",
     SHAPE_BOOL, .offset = AT(lacks_rates)},
    {"figures", "What it says in numbers", SHAPE_LIST, .offset = AT(figures),
     .max = REVENUE_FIGURES_MAX, .item = &figure_item, .item_size = sizeof(struct figure_out)},
    {"columns", "Of its table", SHAPE_LIST, .offset = AT(columns), .max = REVENUE_COLUMNS_MAX,
     .item = &column_item, .item_size = sizeof(struct column_out)},
    {"data", "The rows of its table", SHAPE_LIST, .offset = AT(data), .max = REVENUE_ROWS_MAX,
     .item = &row_item, .item_size = sizeof(struct row_out)},
};
#undef AT
const struct shape revenue_report_shape =
    SHAPE("RevenueReport", "A report on recurring revenue", struct report_out, report_fields);

static struct str reason_of(struct revenue_figure figure) {
    return figure.known == REVENUE_KNOWN ? (struct str){NULL, 0}
                                         : str_from_cstr(revenue_known_name(figure.known));
}

static struct shape_list figures_out(struct api_request *request,
                                     const struct revenue_report *report) {
    struct figure_out *out = arena_array(request->arena, report->figure_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < report->figure_count; i++) {
        const struct revenue_report_figure *of = &report->figures[i];
        out[i] = (struct figure_out){
            .id = str_from_cstr(of->id),
            .unit = (int)of->unit,
            .value = of->value,
            .before = of->has_before ? of->before : revenue_unknown(REVENUE_NOT_RECORDED),
            .reason = reason_of(of->value),
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : report->figure_count};
}

static struct shape_list columns_out(struct api_request *request,
                                     const struct revenue_report *report) {
    struct column_out *out = arena_array(request->arena, report->column_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < report->column_count; i++) {
        const struct revenue_report_column *of = &report->columns[i];
        out[i] = (struct column_out){str_from_cstr(of->id), (int)of->unit, of->is_drawn};
    }
    return (struct shape_list){out, out == NULL ? 0 : report->column_count};
}

static struct shape_list rows_out(struct api_request *request,
                                  const struct revenue_report *report) {
    struct row_out *out = arena_array(request->arena, report->row_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < report->row_count; i++) {
        const struct revenue_report_row *of = &report->rows[i];
        out[i] = (struct row_out){
            of->key, of->unit, of->is_partial, of->unit >= 0, {of->cells, report->column_count}};
    }
    return (struct shape_list){out, out == NULL ? 0 : report->row_count};
}

/* --- CSV: the table, a line a row; its columns are those that the answer names --- */

static void put_names(const struct revenue_report *report, struct buf *out) {
    struct csv_line line = {.out = out};
    csv_line_text(&line, STR("key"));
    csv_line_text(&line, STR("isPartial"));
    csv_line_text(&line, STR("unit"));
    for (size_t i = 0; i < report->column_count; i++) {
        csv_line_text(&line, str_from_cstr(report->columns[i].id));
    }
    csv_line_end(&line);
}

static void put_row(const struct revenue_report *report, const struct revenue_report_row *row,
                    struct buf *out) {
    struct csv_line line = {.out = out};
    csv_line_text(&line, row->key);
    csv_line_number(&line, row->is_partial ? STR("true") : STR("false"));
    csv_line_text(&line, row->unit < 0 ? STR("") : str_from_cstr(revenue_units[row->unit]));
    for (size_t i = 0; i < report->column_count; i++) {
        if (row->cells[i].known == REVENUE_KNOWN) {
            csv_line_i64(&line, row->cells[i].value);
        } else {
            csv_line_number(&line, STR(""));
        }
    }
    csv_line_end(&line);
}

static void reply_csv(struct api_request *request, const struct revenue_report *report) {
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, request->api->env, LIMIT_REQUEST_ARENA);
    put_names(report, &out);
    for (size_t i = 0; i < report->row_count; i++) {
        put_row(report, &report->rows[i], &out);
    }
    if (out.has_failed) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    list_csv_send(request, buf_str(&out), STR(""));
}

/* --- answering --- */

/* Which report a route is of: the last part of its path. */
static enum revenue_report_kind kind_of(const struct api_request *request) {
    const char *name = strrchr(request->route->path, '/') + 1;
    int kind = 0;
    while (strcmp(revenue_report_name((enum revenue_report_kind)kind), name) != 0) {
        kind++;
    }
    return (enum revenue_report_kind)kind;
}

static bool read_day(struct api_request *request, struct str text, const char *field,
                     struct revenue_day *ret_day) {
    struct shape_errors errors = {.count = 0};
    if (revenue_day_parse(text, ret_day)) {
        return true;
    }
    shape_error_add(&errors, request->arena, field, "a day, as 2026-03-31");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* False when it replied. */
static bool read_query(struct api_request *request, struct revenue_report_query *ret_query) {
    const struct report_in *in = request->query;
    struct revenue_report_query query = {
        .kind = kind_of(request),
        .as_of = revenue_day_of(request_now(request)),
        .tier = -1,
        .interval = -1,
        .country = STR(""),
        .metric = METRIC_API_REQUESTS,
    };
    if (in != NULL) {
        query.metric = METRIC_API_REQUESTS + in->metric;
        query.by = query.kind == REVENUE_REPORT_ADOPTION ? in->rows : in->by;
        query.is_by_region = in->place == 1;
        query.tier = in->has_tier ? in->tier : -1;
        query.interval = in->has_interval ? in->interval : -1;
        query.country = in->country;
        query.is_by_day = in->step == 1;
        query.basis = in->basis;
        query.measure = in->measure;
        query.has_from = in->from.len > 0;
        if ((in->as_of.len > 0 && !read_day(request, in->as_of, "/asOf", &query.as_of)) ||
            (query.has_from && !read_day(request, in->from, "/from", &query.from))) {
            return false;
        }
    }
    *ret_query = query;
    return true;
}

/* A report whose question is read; of use, it waits until what was counted stands in totals. */
struct report_in_hand {
    struct usage_wait wait; /* first: `then` hands it back */
    struct api_request *request;
    struct revenue_report_query query;
};

static void answer_report(struct usage_wait *wait) {
    struct report_in_hand *hand = (struct report_in_hand *)wait;
    struct api_request *request = hand->request;
    struct revenue_report *report = ARENA_NEW(request->arena, struct revenue_report);
    struct shape_errors errors = {.count = 0};
    bool fits = false;
    if (wait->command.outcome != OUTCOME_DONE || report == NULL) {
        reply_problem(request, report == NULL ? PROBLEM_INTERNAL : (int)wait->command.outcome);
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request,
                        revenue_report_read(request->api->app, &tx, &hand->query, report, &fits))) {
        return;
    }
    if (!fits) {
        shape_error_add(&errors, request->arena, "/from",
                        "a day of at most 36 months up to asOf, not behind it");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    if (list_csv_is_wanted(request, &revenue_report_shape)) {
        reply_csv(request, report);
        return;
    }
    const struct report_out out = {
        .report = str_from_cstr(revenue_report_name(report->kind)),
        .as_of = revenue_day_text(request->arena, report->as_of),
        .from = revenue_day_text(request->arena, report->from),
        .currency = str_from_cstr(report->currency.code),
        .lacks_rates = report->lacks_rates,
        .figures = figures_out(request, report),
        .columns = columns_out(request, report),
        .data = rows_out(request, report),
    };
    reply_value(request, 200, &revenue_report_shape, &out);
}

static bool is_of_use(const struct revenue_report_query *query) {
    return query->kind == REVENUE_REPORT_USAGE || query->kind == REVENUE_REPORT_ADOPTION ||
           query->is_by_region;
}

void revenue_report_get(struct api_request *request) {
    struct report_in_hand *hand = ARENA_NEW(request->arena, struct report_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!read_query(request, &hand->query)) {
        return;
    }
    hand->request = request;
    hand->wait.then = answer_report;
    if (is_of_use(&hand->query)) {
        usage_wait_start_all(request->api->app, &hand->wait);
    } else {
        hand->wait.command.outcome = OUTCOME_DONE;
        answer_report(&hand->wait);
    }
}
