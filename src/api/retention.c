/* GET /api/admin/retention: how long what is kept, and what may go. */
#include "api/retention_resources.h"

#include "app/retention.h"

enum { TEXT_MAX = 200 };

struct kind_out {
    struct str kind, what, basis, counted_from, how, period, minimum;
    int64_t cutoff, due, oldest;
    bool has_cutoff, has_due, has_oldest;
};
#define AT(member) offsetof(struct kind_out, member)
static const struct shape_field kind_fields[] = {
    {"kind", "As the catalogue calls it", SHAPE_STR, .offset = AT(kind), .max = 32},
    {"what", "What it is", SHAPE_STR, .offset = AT(what), .max = TEXT_MAX},
    {"basis", "Why it is kept", SHAPE_STR, .offset = AT(basis), .max = TEXT_MAX},
    {"countedFrom", "From when the period counts", SHAPE_STR, .offset = AT(counted_from),
     .max = TEXT_MAX},
    {"how",
     "key: a key is destroyed, once a second person agrees; sweep: rows go; fixed: the same, and "
     "its period is no setting; none: it stays",
     SHAPE_STR, .offset = AT(how), .max = 8},
    {"period", "How long, ISO 8601; null: it stays", SHAPE_STR, .offset = AT(period), .max = 16,
     .flags = SHAPE_NULLABLE},
    {"minimum", "The least that the catalogue may say; null: there is none", SHAPE_STR,
     .offset = AT(minimum), .max = 16, .flags = SHAPE_NULLABLE},
    {"cutoff", "What is from before may go; null: by customer, or never", SHAPE_INSTANT,
     .offset = AT(cutoff), .flags = SHAPE_NULLABLE, .is_set = AT(has_cutoff)},
    {"due",
     "How many rows may go now; of what goes by key the customers of the newest plan; null: not "
     "counted",
     SHAPE_I64, .offset = AT(due), .flags = SHAPE_NULLABLE, .is_set = AT(has_due)},
    {"oldest", "From when the oldest of these is", SHAPE_INSTANT, .offset = AT(oldest),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_oldest)},
};
#undef AT
static const struct shape kind_shape =
    SHAPE("RetentionKind", "How long something is kept", struct kind_out, kind_fields);
static const struct shape_field kind_item = {.kind = SHAPE_OBJECT, .of = &kind_shape};

struct retention_out {
    struct str country, source, plan_id;
    bool sweeps;
    int64_t next_sweep_at, next_count_at;
    struct shape_list kinds;
};
#define AT(member) offsetof(struct retention_out, member)
static const struct shape_field fields[] = {
    {"country", "Whose law the periods of books are by; null: ten years", SHAPE_STR,
     .offset = AT(country), .max = 2, .flags = SHAPE_NULLABLE},
    {"source", "Where that law says so; null without a country", SHAPE_STR, .offset = AT(source),
     .max = TEXT_MAX, .flags = SHAPE_NULLABLE},
    {"sweeps", "Rows go by themselves each night", SHAPE_BOOL, .offset = AT(sweeps)},
    {"nextSweepAt", "When", SHAPE_INSTANT, .offset = AT(next_sweep_at)},
    {"nextCountAt", "When the books that may go are counted next; nothing goes by that",
     SHAPE_INSTANT, .offset = AT(next_count_at)},
    {"planId", "The newest plan; null: there was none", SHAPE_STR, .offset = AT(plan_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"kinds", "Everything that is kept", SHAPE_LIST, .offset = AT(kinds),
     .max = RETENTION_KIND_COUNT, .item = &kind_item, .item_size = sizeof(struct kind_out)},
};
#undef AT
const struct shape retention_shape =
    SHAPE("Retention", "How long what is kept, and what may go", struct retention_out, fields);

static struct str period_of(struct api_request *request, struct calendar_step period) {
    char text[RETENTION_PERIOD_SIZE];
    retention_period_text(period, text);
    return arena_str(request->arena, str_from_cstr(text));
}

static struct err put_due(struct api_request *request, struct tx *tx, enum retention_kind kind,
                          const struct retention_plan_row *plan, struct kind_out *out) {
    enum retention_how how = retention_info_of(kind)->how;
    struct retention_count count;
    if (how == RETENTION_SWEPT) {
        TRY(retention_due(request->api->app, tx, kind, &count));
        out->due = count.count;
        out->oldest = count.oldest;
        out->has_due = true;
        out->has_oldest = count.oldest != ROW_NONE;
    } else if (how == RETENTION_BY_KEY && plan != NULL && str_equal(plan->status, STR("ready"))) {
        out->due = plan->customers;
        out->has_due = true;
    }
    return OK;
}

static struct err kind_of(struct api_request *request, struct tx *tx, enum retention_kind kind,
                          const struct retention_plan_row *plan, struct kind_out *ret_out) {
    const struct retention_policy *policy = &request->api->app->catalogue->retention;
    const struct retention_info *info = retention_info_of(kind);
    bool has_period = info->how != RETENTION_STAYS;
    *ret_out = (struct kind_out){
        .kind = str_from_cstr(info->name),
        .what = str_from_cstr(info->what),
        .basis = str_from_cstr(info->why),
        .counted_from = str_from_cstr(info->from),
        .how = str_from_cstr(retention_how_name(info->how)),
        .period = has_period ? period_of(request, policy->periods[kind]) : STR(""),
        .minimum = str_from_cstr(retention_minimum(policy->country, kind)),
    };
    ret_out->period = text_or_null(ret_out->period);
    ret_out->minimum = text_or_null(ret_out->minimum);
    ret_out->has_cutoff = info->how == RETENTION_SWEPT || info->how == RETENTION_FIXED;
    if (ret_out->has_cutoff) {
        ret_out->cutoff = retention_cutoff(policy, kind, request_now(request)).ms;
    }
    return put_due(request, tx, kind, plan, ret_out);
}

static struct err read_kinds(struct api_request *request, struct tx *tx,
                             const struct retention_plan_row *plan, struct shape_list *ret_list) {
    struct kind_out *kinds = arena_array(request->arena, RETENTION_KIND_COUNT, sizeof *kinds);
    if (kinds == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        TRY(kind_of(request, tx, (enum retention_kind)i, plan, &kinds[i]));
    }
    *ret_list = (struct shape_list){kinds, RETENTION_KIND_COUNT};
    return OK;
}

/* The midnight, UTC, after now. */
static int64_t next_night(struct instant now) {
    int64_t day = duration_days(1).ms;
    return now.ms - now.ms % day + day;
}

static struct err read_all(struct api_request *request, struct retention_out *ret_out) {
    const struct retention_policy *policy = &request->api->app->catalogue->retention;
    struct tx tx = request_read(request);
    struct retention_plan_row plan;
    struct instant now = request_now(request);
    bool has_plan = false;
    TRY(retention_plan_latest(&tx, &plan, &has_plan));
    *ret_out = (struct retention_out){
        .country = policy->country == NULL ? STR("") : str_from_cstr(policy->country->code),
        .source = policy->country == NULL ? STR("") : str_from_cstr(policy->country->source),
        .plan_id = has_plan ? arena_str(request->arena, id_str(&plan.id)) : STR(""),
        .sweeps = policy->sweeps,
        .next_sweep_at = next_night(now),
        .next_count_at = retention_next_count(now).ms,
    };
    ret_out->country = text_or_null(ret_out->country);
    ret_out->source = text_or_null(ret_out->source);
    ret_out->plan_id = text_or_null(ret_out->plan_id);
    return read_kinds(request, &tx, has_plan ? &plan : NULL, &ret_out->kinds);
}

void retention_show(struct api_request *request) {
    struct retention_out out;
    if (!reply_if_failed(request, read_all(request, &out))) {
        reply_value(request, 200, &retention_shape, &out);
    }
}
