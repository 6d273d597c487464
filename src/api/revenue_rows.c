/* GET /api/admin/revenue/rows and /definitions: what a figure consists of, customer by customer,
 * and what it means. */
#include "api/revenue_resources.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"

#define WORDS_OF_KINDS                                                                             \
    {                                                                                              \
        "new", "reactivation", "expansion", "contraction", "churn", "signup", "standing", "left",  \
            NULL                                                                                   \
    }
static const char *const kinds[] = WORDS_OF_KINDS;
static_assert(ARRAY_LEN(kinds) == REVENUE_KIND_COUNT + 1, "in the order of the enum");
static const char *const reasons[] = {
    "purchase",     "trial_converted", "contract",         "upgrade",  "downgrade",  "interval",
    "price_change", "discount",        "discount_expired", "canceled", "to_free",    "involuntary",
    "paused",       "resumed",         "recovered",        "currency", "correction", "signed_up",
    "risk",         "future",          "erased",           NULL};
static_assert(ARRAY_LEN(reasons) == REVENUE_REASON_COUNT + 1, "in the order of the enum");

/* --- which --- */

struct rows_in {
    struct page_query page; /* first: page_size() reads it */
    struct str from, to, country, user_id, driver;
    int kind, reason, tier, interval;
    bool has_kind, has_reason, has_tier, has_interval;
};
#define AT(member) offsetof(struct rows_in, member)
#define DAY_FIELD(json, text, member)                                                              \
    {                                                                                              \
        json, text, SHAPE_STR, .offset = AT(member), .min = 10, .max = 10,                         \
                               .allowed = "0123456789-", .flags = SHAPE_OPTIONAL                   \
    }
#define WORD_FIELD(json, text, member, words)                                                      \
    {                                                                                              \
        json, text, SHAPE_ENUM, .offset = AT(member), .names = (words), .flags = SHAPE_OPTIONAL,   \
                                .is_set = AT(has_##member)                                         \
    }
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 160, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    DAY_FIELD("from", "That took effect on that day, UTC, or later", from),
    DAY_FIELD("to", "On that day or earlier", to),
    WORD_FIELD("kind", "Of this kind", kind, kinds),
    WORD_FIELD("reason", "For this reason", reason, reasons),
    WORD_FIELD("tier", "Of this plan; of churn: before it", tier, tier_names),
    WORD_FIELD("interval", "Of this interval; of churn: before it", interval, interval_names),
    {"country", "Billed there: ISO 3166-1", SHAPE_STR, .offset = AT(country), .min = 2, .max = 2,
     .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"driver",
     "Upgrades that were preceded by this, as a row of the report `adoption` is named: warning, "
     "block or denied_feature, with a metric or feature behind a blank; any; upgrade: all",
     SHAPE_STR, .offset = AT(driver), .min = 1, .max = 80,
     .allowed = "abcdefghijklmnopqrstuvwxyz0123456789_ ", .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape revenue_rows_query_shape =
    SHAPE("RevenueRowsQuery", "Which rows", struct rows_in, query_fields);

/* --- the rows --- */

struct fact_out {
    struct str user_id, subscription_id, country, actor;
    int64_t effective_at, recorded_at, audit_seq;
    int kind, reason, tier_before, tier, interval_before, interval;
    struct money before, after, moved;
    bool has_audit;
};
#define AT(member) offsetof(struct fact_out, member)
static const struct shape_field fact_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"effectiveAt", "From when on it counts", SHAPE_INSTANT, .offset = AT(effective_at)},
    {"recordedAt", "When it was learned", SHAPE_INSTANT, .offset = AT(recorded_at)},
    {"kind", "signup, standing and left move no revenue", SHAPE_ENUM, .offset = AT(kind),
     .names = kinds},
    {"reason", "Why", SHAPE_ENUM, .offset = AT(reason), .names = reasons},
    {"tierBefore", "The plan until then", SHAPE_ENUM, .offset = AT(tier_before),
     .names = tier_names},
    {"tier", "The plan from then on", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"intervalBefore", "How often it was billed", SHAPE_ENUM, .offset = AT(interval_before),
     .names = interval_names},
    {"interval", "How often it is billed", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"country", "Where it is billed; empty: not known", SHAPE_STR, .offset = AT(country), .max = 2},
    {"before", "What it brought in a month, rounded for show", SHAPE_OBJECT, .offset = AT(before),
     .of = &money_shape},
    {"after", "What it brings in a month", SHAPE_OBJECT, .offset = AT(after), .of = &money_shape},
    {"moved", "The difference", SHAPE_OBJECT, .offset = AT(moved), .of = &money_shape},
    {"subscriptionId", "Ours; null: none", SHAPE_STR, .offset = AT(subscription_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"actor", "Who did it, as the audit log names them; null: nobody, or the machine's owner",
     SHAPE_STR, .offset = AT(actor), .max = 255, .flags = SHAPE_NULLABLE},
    {"auditSequence", "Of the entry of the customer's audit log that was the last one then",
     SHAPE_I64, .offset = AT(audit_seq), .flags = SHAPE_NULLABLE, .is_set = AT(has_audit)},
};
#undef AT
static const struct shape fact_shape =
    SHAPE("RevenueFact", "A change of what a customer brings", struct fact_out, fact_fields);
static const struct shape_field fact_item = {.kind = SHAPE_OBJECT, .of = &fact_shape};
static const struct shape_field facts_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &fact_item, .item_size = sizeof(struct fact_out)},
    {"nextCursor", "Give it as `cursor` for the next page; null on the last", SHAPE_STR,
     .offset = offsetof(struct page, next_cursor), .max = 160, .flags = SHAPE_NULLABLE},
};
const struct shape revenue_rows_shape =
    SHAPE("RevenueFacts", "A page of changes of what customers bring", struct page, facts_fields);

static struct money shown(int64_t units, struct currency currency) {
    const struct revenue_rate par = {REVENUE_RATE_PAR};
    return revenue_monthly(revenue_at((struct annual){units}, par), currency);
}

static struct fact_out fact_out_of(const struct revenue_movement_row *row) {
    struct currency currency = money_stored(0, row->currency).currency;
    return (struct fact_out){
        .user_id = row->user_id,
        .subscription_id = text_or_null(row->subscription_id),
        .country = row->country,
        .actor = text_or_null(row->actor),
        .effective_at = row->effective_at,
        .recorded_at = row->recorded_at,
        .audit_seq = row->audit_seq,
        .has_audit = row->audit_seq > 0,
        .kind = row->kind,
        .reason = row->reason,
        .tier_before = row->tier_before,
        .tier = row->tier,
        .interval_before = row->interval_before,
        .interval = row->interval,
        .before = shown(row->arr_before, currency),
        .after = shown(row->arr_after, currency),
        .moved = shown(row->arr_after - row->arr_before, currency),
    };
}

/* "20513.2.alice": the last row of a page. */
static struct str cursor_of(struct api_request *request, const struct revenue_movement_row *row) {
    return arena_printf(request->arena, "%" PRId64 ".%" PRId64 "." STR_FMT, row->day, row->seq,
                        STR_ARG(row->user_id));
}

static bool parse_cursor(struct str cursor, struct revenue_movement_filter *filter) {
    struct str rest = cursor;
    struct str day = str_cut(&rest, '.');
    struct str seq = str_cut(&rest, '.');
    filter->user_before = rest;
    return rest.len > 0 && str_to_i64(day, &filter->day_before) &&
           str_to_i64(seq, &filter->seq_before);
}

static bool refuse(struct api_request *request, const char *field, const char *expected) {
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, field, expected);
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* "block api_requests". */
static bool parse_driver(struct str text, struct revenue_movement_filter *filter) {
    static const char *const drivers[] = {"any", "upgrade", "warning", "block", "denied_feature"};
    filter->driver_name = text;
    filter->driver = str_cut(&filter->driver_name, ' ');
    bool is_whole = filter->driver_name.len == 0;
    filter->driver_name = is_whole ? STR("") : filter->driver_name;
    for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
        if (str_equal(filter->driver, str_from_cstr(drivers[i]))) {
            return is_whole || i >= 2;
        }
    }
    return false;
}

/* False when it replied. */
static bool read_filter(struct api_request *request, const struct rows_in *in,
                        struct revenue_movement_filter *filter) {
    struct revenue_day from = {INT32_MIN};
    struct revenue_day to = {INT32_MAX};
    if (in->from.len > 0 && !revenue_day_parse(in->from, &from)) {
        return refuse(request, "/from", "a day, as 2026-03-31");
    }
    if (in->to.len > 0 && !revenue_day_parse(in->to, &to)) {
        return refuse(request, "/to", "a day, as 2026-03-31");
    }
    filter->day_from = from.number;
    filter->day_to = to.number;
    filter->kind = in->has_kind ? in->kind : -1;
    filter->reason = in->has_reason ? in->reason : -1;
    filter->tier = in->has_tier ? in->tier : -1;
    filter->interval = in->has_interval ? in->interval : -1;
    filter->country = in->country;
    filter->user_id = in->user_id;
    if (in->driver.len > 0 && !parse_driver(in->driver, filter)) {
        return refuse(request, "/driver", "any, upgrade, or a kind of signal and a name");
    }
    if (in->page.cursor.len > 0 && !parse_cursor(in->page.cursor, filter)) {
        return refuse(request, "/cursor", "nextCursor of a page of these");
    }
    return true;
}

void revenue_rows_list(struct api_request *request) {
    static const struct rows_in all = {.page = {.limit = 0}};
    const struct rows_in *in = request->query == NULL ? &all : request->query;
    size_t size = page_size(&in->page);
    struct revenue_movement_filter filter = {
        .day_before = INT64_MAX, .user_before = STR(""), .driver = STR(""), .driver_name = STR("")};
    struct row_list list;
    if (!read_filter(request, in, &filter)) {
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, revenue_movements_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct revenue_movement_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct fact_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = fact_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = cursor_of(request, &rows[size - 1]);
    }
    reply_value(request, 200, &revenue_rows_shape, &page);
}

/* --- definitions --- */

struct definition_out {
    struct str id, means, formula;
};
#define AT(member) offsetof(struct definition_out, member)
static const struct shape_field definition_fields[] = {
    {"id", "The figure's, or the column's", SHAPE_STR, .offset = AT(id), .max = 64},
    {"means", "What it says", SHAPE_STR, .offset = AT(means), .max = 500},
    {"formula", "What it is worked out from; null: a sum of rows", SHAPE_STR, .offset = AT(formula),
     .max = 500, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape definition_shape =
    SHAPE("RevenueDefinition", "What a figure means", struct definition_out, definition_fields);
static const struct shape_field definition_item = {.kind = SHAPE_OBJECT, .of = &definition_shape};
static const struct shape_field definitions_fields[] = {
    {"data", "In the order of their ids", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = 400, .item = &definition_item, .item_size = sizeof(struct definition_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape revenue_definitions_shape =
    SHAPE("RevenueDefinitions", "What every figure means", struct page, definitions_fields);

void revenue_definitions_list(struct api_request *request) {
    struct definition_out *out = arena_array(request->arena, revenue_definition_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < revenue_definition_count; i++) {
        const struct revenue_definition *of = &revenue_definitions[i];
        out[i] = (struct definition_out){str_from_cstr(of->id), str_from_cstr(of->means),
                                         of->formula == NULL ? (struct str){NULL, 0}
                                                             : str_from_cstr(of->formula)};
    }
    const struct page page = {{out, out == NULL ? 0 : revenue_definition_count}, {NULL, 0}};
    reply_value(request, 200, &revenue_definitions_shape, &page);
}
