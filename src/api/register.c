/* GET /api/admin/processing-register: what of people is kept, what for, and for how long. */
#include "api/retention_resources.h"

#include "api/accept.h"
#include "app/register.h"
#include "base/csv.h"

enum { TEXT_MAX = 200, CSV_MAX = 256 * 1024 };

struct register_query {
    int format; /* of `formats` */
    bool has_format;
};
static const char *const formats[] = {"json", "csv", NULL};
static const struct shape_field query_fields[] = {
    {"format", "json when not given", SHAPE_ENUM, .offset = offsetof(struct register_query, format),
     .names = formats, .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct register_query, has_format)},
};
const struct shape register_query_shape =
    SHAPE("ProcessingRegisterQuery", "As what", struct register_query, query_fields);

struct column_out {
    struct str table, column, sealed_under, kind, period, counted_from;
};
#define AT(member) offsetof(struct column_out, member)
static const struct shape_field column_fields[] = {
    {"table", "In the database", SHAPE_STR, .offset = AT(table), .max = 64},
    {"column", "Of it", SHAPE_STR, .offset = AT(column), .max = 64},
    {"sealedUnder",
     "Whose key it is sealed under: customer, books (a customer's that outlasts them), person, "
     "installation; null: it is not sealed",
     SHAPE_STR, .offset = AT(sealed_under), .max = 16, .flags = SHAPE_NULLABLE},
    {"kind", "Of GET /api/admin/retention", SHAPE_STR, .offset = AT(kind), .max = 32},
    {"period", "How long it is kept, ISO 8601; null: as countedFrom says", SHAPE_STR,
     .offset = AT(period), .max = 16, .flags = SHAPE_NULLABLE},
    {"countedFrom", "From when, or until what", SHAPE_STR, .offset = AT(counted_from),
     .max = TEXT_MAX},
};
#undef AT
static const struct shape column_shape = SHAPE(
    "ProcessingColumn", "What is kept of people, and where", struct column_out, column_fields);
static const struct shape_field column_item = {.kind = SHAPE_OBJECT, .of = &column_shape};

struct activity_out {
    struct str activity, purpose, basis, people, recipients;
    struct shape_list columns;
};
#define AT(member) offsetof(struct activity_out, member)
static const struct shape_field activity_fields[] = {
    {"activity", "Its name", SHAPE_STR, .offset = AT(activity), .max = 32},
    {"purpose", "What for", SHAPE_STR, .offset = AT(purpose), .max = TEXT_MAX},
    {"basis", "What allows it", SHAPE_STR, .offset = AT(basis), .max = TEXT_MAX},
    {"people", "Whose data", SHAPE_STR, .offset = AT(people), .max = TEXT_MAX},
    {"recipients", "Who else gets it", SHAPE_STR, .offset = AT(recipients), .max = TEXT_MAX},
    {"columns", "What, where, and for how long", SHAPE_LIST, .offset = AT(columns),
     .max = REGISTER_COLUMNS_MAX, .item = &column_item, .item_size = sizeof(struct column_out)},
};
#undef AT
static const struct shape activity_shape =
    SHAPE("ProcessingActivity", "Something that is done with data of people", struct activity_out,
          activity_fields);
static const struct shape_field activity_item = {.kind = SHAPE_OBJECT, .of = &activity_shape};
static const struct shape_field measure_item = {.kind = SHAPE_STR, .max = TEXT_MAX};

struct register_out {
    struct shape_list activities, measures;
};
static const struct shape_field fields[] = {
    {"activities", "All of them", SHAPE_LIST, .offset = offsetof(struct register_out, activities),
     .max = 32, .item = &activity_item, .item_size = sizeof(struct activity_out)},
    {"measures", "What is done so that nobody else reads it", SHAPE_LIST,
     .offset = offsetof(struct register_out, measures), .max = 16, .item = &measure_item,
     .item_size = sizeof(struct str)},
};
const struct shape register_shape =
    SHAPE("ProcessingRegister", "The record of processing activities (GDPR, 30)",
          struct register_out, fields);

static struct column_out column_out_of(struct api_request *request,
                                       const struct register_column *column) {
    const struct retention_policy *policy = &request->api->app->catalogue->retention;
    const struct retention_info *info = retention_info_of(column->table->kind);
    char period[RETENTION_PERIOD_SIZE] = "";
    if (info->how != RETENTION_STAYS) {
        retention_period_text(policy->periods[column->table->kind], period);
    }
    return (struct column_out){
        .table = str_from_cstr(column->table->sealed->name),
        .column = column->column,
        .sealed_under = text_or_null(str_from_cstr(column->key)),
        .kind = str_from_cstr(info->name),
        .period = text_or_null(arena_str(request->arena, str_from_cstr(period))),
        .counted_from = str_from_cstr(info->from),
    };
}

static bool fill_activity(struct api_request *request, const struct register_activity *activity,
                          struct activity_out *ret_out) {
    struct register_column columns[REGISTER_COLUMNS_MAX];
    size_t count = register_columns(activity, columns);
    struct column_out *out = arena_array(request->arena, count, sizeof *out);
    if (out == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = column_out_of(request, &columns[i]);
    }
    *ret_out = (struct activity_out){
        .activity = str_from_cstr(activity->name),
        .purpose = str_from_cstr(activity->purpose),
        .basis = str_from_cstr(activity->basis),
        .people = str_from_cstr(activity->people),
        .recipients = str_from_cstr(activity->recipients),
        .columns = {out, count},
    };
    return true;
}

/* NULL when memory ended. */
static struct activity_out *all_activities(struct api_request *request) {
    struct activity_out *out = arena_array(request->arena, register_activity_count, sizeof *out);
    bool is_whole = out != NULL;
    for (size_t i = 0; is_whole && i < register_activity_count; i++) {
        is_whole = fill_activity(request, &register_activities[i], &out[i]);
    }
    return is_whole ? out : NULL;
}

static void put_line(struct buf *out, const struct activity_out *activity,
                     const struct column_out *column) {
    const struct str cells[] = {activity->activity, activity->purpose,    activity->basis,
                                activity->people,   activity->recipients, column->table,
                                column->column,     column->sealed_under, column->kind,
                                column->period,     column->counted_from};
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        csv_cell(out, cells[i], i + 1 == ARRAY_LEN(cells));
    }
}

static void reply_csv(struct api_request *request, const struct activity_out *activities) {
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, request->api->env, CSV_MAX);
    buf_add(&out, STR("activity,purpose,basis,people,recipients,table,column,sealedUnder,kind,"
                      "period,countedFrom\r\n"));
    for (size_t i = 0; i < register_activity_count; i++) {
        const struct column_out *columns = activities[i].columns.items;
        for (size_t j = 0; j < activities[i].columns.count; j++) {
            put_line(&out, &activities[i], &columns[j]);
        }
    }
    if (out.has_failed) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct http_response response = {.status = 200, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"), STR("text/csv; charset=utf-8"));
    http_add_header(&response, STR("Content-Disposition"),
                    STR("attachment; filename=\"processing-register.csv\""));
    reply_response(request, &response);
}

void register_get(struct api_request *request) {
    const struct register_query *query = request->query;
    struct activity_out *activities = all_activities(request);
    struct str *measures = arena_array(request->arena, register_measure_count, sizeof *measures);
    if (activities == NULL || measures == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    bool wants_csv = query != NULL && query->has_format
                         ? query->format == 1
                         : accept_names(request->http, STR("Accept"), STR("text/csv"));
    if (wants_csv) {
        reply_csv(request, activities);
        return;
    }
    for (size_t i = 0; i < register_measure_count; i++) {
        measures[i] = str_from_cstr(register_measures[i]);
    }
    const struct register_out out = {{activities, register_activity_count},
                                     {measures, register_measure_count}};
    reply_value(request, 200, &register_shape, &out);
}
