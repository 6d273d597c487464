/* /api/billing/alerts/history and preview: what rules have told, and what one would have. */
#include "api/usage_alert_resources.h"

#include "api/usage_alert_words.h"
#include "api/usage_live.h"
#include "app/usage_alert_preview.h"

/* --- what was told --- */

struct firing_out {
    struct str id, alert_id;
    int metric, basis;
    int64_t threshold, value, base, recipients, cycle_start, fired_at;
    struct money spend, budget;
    bool is_of_metric, is_budget;
};
#define AT(member) offsetof(struct firing_out, member)
#define OF_METRIC .flags = SHAPE_NULLABLE, .is_set = AT(is_of_metric)
#define OF_BUDGET .flags = SHAPE_NULLABLE, .is_set = AT(is_budget)
static const struct shape_field firing_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"alertId", "By which rule, which may be gone", SHAPE_STR, .offset = AT(alert_id),
     .max = LIMIT_RECORD_ID},
    {"metric", "Of what; null: of money", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     OF_METRIC},
    {"basis", "What percents were of", SHAPE_ENUM, .offset = AT(basis),
     .names = usage_alert_basis_names},
    {"threshold", "In percent", SHAPE_I64, .offset = AT(threshold)},
    {"value", "What was used", SHAPE_I64, .offset = AT(value), OF_METRIC},
    {"base", "Of how much", SHAPE_I64, .offset = AT(base), OF_METRIC},
    {"spend", "What the next invoice came to", SHAPE_OBJECT, .offset = AT(spend),
     .of = &money_shape, OF_BUDGET},
    {"budget", "Of how much", SHAPE_OBJECT, .offset = AT(budget), .of = &money_shape, OF_BUDGET},
    {"recipients", "How many were written to; 0: a higher threshold was reached in the same moment",
     SHAPE_I64, .offset = AT(recipients)},
    {"cycleStart", "Of the usage period; of a budget, when the invoice is made", SHAPE_INSTANT,
     .offset = AT(cycle_start)},
    {"firedAt", "When", SHAPE_INSTANT, .offset = AT(fired_at)},
};
#undef AT
static const struct shape firing_shape =
    SHAPE("UsageAlertFiring", "A threshold that was reached", struct firing_out, firing_fields);
static const struct shape_field firing_item = {.kind = SHAPE_OBJECT, .of = &firing_shape};
static const struct shape_field firings_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &firing_item, .item_size = sizeof(struct firing_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape usage_alert_firings_shape =
    SHAPE("UsageAlertFirings", "A page of what rules have told", struct page, firings_fields);

static struct firing_out firing_out_of(const struct usage_alert_firing_row *row) {
    bool is_budget = row->metric < 0;
    struct firing_out out = {
        .id = id_str(&row->id),
        .alert_id = row->alert_id,
        .metric = row->metric,
        .basis = row->basis,
        .threshold = row->threshold,
        .value = row->value,
        .base = row->base,
        .recipients = row->recipients,
        .cycle_start = row->cycle_start,
        .fired_at = row->fired_at,
        .is_of_metric = !is_budget,
        .is_budget = is_budget,
    };
    if (is_budget) {
        out.spend = money_stored(row->value, row->currency);
        out.budget = money_stored(row->base, row->currency);
    }
    return out;
}

void usage_alerts_history(struct api_request *request) {
    static const struct page_query first = {.limit = 0};
    const struct page_query *query = request->query == NULL ? &first : request->query;
    size_t max = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, usage_alert_firings_read(&tx, request->user_id, query->cursor,
                                                          max + 1, &list))) {
        return;
    }
    const struct usage_alert_firing_row *rows = list.items;
    bool has_more = list.count > max;
    size_t count = has_more ? max : list.count;
    struct firing_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = firing_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count},
                        text_or_null(has_more ? id_str(&rows[max - 1].id) : STR(""))};
    reply_value(request, 200, &usage_alert_firings_shape, &page);
}

/* --- what one would have told --- */

struct preview_query {
    struct str thresholds;
    int metric, basis;
    int64_t amount;
    bool has_metric, has_amount;
};
#define AT(member) offsetof(struct preview_query, member)
static const struct shape_field query_fields[] = {
    {"basis", "As of a rule", SHAPE_ENUM, .offset = AT(basis), .names = usage_alert_basis_names},
    {"metric", "As of a rule", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_metric)},
    {"amount", "As of a rule", SHAPE_I64, .offset = AT(amount), .min = 1, .max = LIMIT_AMOUNT,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_amount)},
    {"thresholds", "80,100", SHAPE_STR, .offset = AT(thresholds), .min = 1, .max = 24,
     .allowed = "0123456789,"},
};
#undef AT
const struct shape usage_alert_query_shape =
    SHAPE("UsageAlertQuery", "A rule that might be", struct preview_query, query_fields);

struct would_out {
    int64_t at, threshold, value, cycle_start;
    struct money spend;
    bool is_of_metric, is_budget;
};
#define AT(member) offsetof(struct would_out, member)
static const struct shape_field would_fields[] = {
    {"at", "The hour in which it was reached; of a budget, when the invoice was made",
     SHAPE_INSTANT, .offset = AT(at)},
    {"threshold", "In percent", SHAPE_I64, .offset = AT(threshold)},
    {"value", "What was used by then", SHAPE_I64, .offset = AT(value), OF_METRIC},
    {"spend", "What the invoice came to", SHAPE_OBJECT, .offset = AT(spend), .of = &money_shape,
     OF_BUDGET},
    {"cycleStart", "Of the usage period", SHAPE_INSTANT, .offset = AT(cycle_start)},
};
#undef AT
static const struct shape would_shape =
    SHAPE("UsageAlertWould", "When a rule would have told", struct would_out, would_fields);
static const struct shape_field would_item = {.kind = SHAPE_OBJECT, .of = &would_shape};

struct preview_out {
    int64_t value, base, percent;
    bool has_value, has_base;
    struct shape_list reached, data;
    struct str next_cursor;
};
#define AT(member) offsetof(struct preview_out, member)
static const struct shape_field percent_item = {
    .kind = SHAPE_I64, .min = 1, .max = USAGE_ALERT_PERCENT_MAX};
static const struct shape_field preview_fields[] = {
    {"value", "What is used now; null of a budget", SHAPE_I64, .offset = AT(value),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_value)},
    {"base", "Of how much; null: of a budget, or there is no limit", SHAPE_I64, .offset = AT(base),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_base)},
    {"percent", "Rounded down", SHAPE_I64, .offset = AT(percent), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_base)},
    {"reached", "Thresholds that are reached now: they are told at once", SHAPE_LIST,
     .offset = AT(reached), .max = USAGE_ALERT_THRESHOLDS_MAX, .item = &percent_item,
     .item_size = sizeof(int64_t)},
    {"data", "The newest first", SHAPE_LIST, .offset = AT(data), .max = USAGE_ALERT_PREVIEW_MAX,
     .item = &would_item, .item_size = sizeof(struct would_out)},
    {"nextCursor", "Always null: it is one page", SHAPE_STR, .offset = AT(next_cursor), .max = 128,
     .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape usage_alert_preview_shape =
    SHAPE("UsageAlertPreview", "What a rule would have told", struct preview_out, preview_fields);

static struct shape_list percents_of(struct arena *arena, struct str text) {
    int64_t *percents = arena_array(arena, 24, sizeof *percents);
    struct shape_list list = {percents, 0};
    while (percents != NULL && text.len > 0) {
        if (!str_to_i64(str_cut(&text, ','), &percents[list.count++])) {
            list.count = 0;
            return list;
        }
    }
    return list;
}

/* False, with a reply. */
static bool read_query(struct api_request *request, struct usage_alert_facts *ret_facts) {
    const struct preview_query *query = request->query;
    struct shape_errors *errors = ARENA_NEW(request->arena, struct shape_errors);
    if (errors == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    struct usage_alert_asked asked = {
        .metric = query->has_metric ? query->metric : -1,
        .basis = query->basis,
        .amount = query->has_amount ? query->amount : ROW_NONE,
        .thresholds = percents_of(request->arena, query->thresholds),
    };
    *ret_facts = (struct usage_alert_facts){.metric = -1};
    usage_alert_read_facts(&asked, errors, request->arena, ret_facts);
    if (errors->count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_QUERY, errors);
    }
    return errors->count == 0;
}

static struct would_out would_out_of(const struct usage_alert_would *would, bool is_budget,
                                     struct currency currency) {
    return (struct would_out){
        .at = would->at,
        .threshold = would->threshold,
        .value = would->value,
        .cycle_start = would->cycle_start,
        .spend = money_of(would->value, currency),
        .is_of_metric = !is_budget,
        .is_budget = is_budget,
    };
}

static void reply_preview(struct api_request *request) {
    struct app *app = request->api->app;
    struct usage_alert_facts facts;
    struct usage_alert_preview preview;
    if (!read_query(request, &facts)) {
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request,
                        usage_alert_preview(app, &tx, request->user_id, &facts, &preview))) {
        return;
    }
    if (!preview.is_known) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    const struct usage_alert_would *would = preview.would.items;
    size_t count = preview.would.count;
    struct would_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = would_out_of(&would[i], facts.metric < 0, app->catalogue->currency);
    }
    struct preview_out shown = {
        .value = preview.now.value,
        .base = preview.now.base,
        .percent = usage_alert_percent_of(&preview.now),
        .has_value = facts.metric >= 0,
        .has_base = facts.metric >= 0 && preview.now.base > 0,
        .reached = usage_alert_percents(request->arena, &facts.thresholds, preview.reached),
        .data = {out, out == NULL ? 0 : count},
        .next_cursor = {NULL, 0},
    };
    reply_value(request, 200, &usage_alert_preview_shape, &shown);
}

void usage_alerts_preview(struct api_request *request) {
    usage_read_totals(request, reply_preview, true);
}
