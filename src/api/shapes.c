#include "api/shapes.h"

#include "base/check.h"
#include "base/eight.h"
#include "core/metric.h"
#include "core/money.h"
#include "core/period.h"

const char *const tier_names[] = {"free", "starter", "professional", "enterprise", NULL};
const char *const interval_names[] = {"month", "year", NULL};
const char *const metric_names[] = {"modules",       "deployments",   "api_requests", "bandwidth",
                                    "build_minutes", "collaborators", "storage",      NULL};
static_assert(ARRAY_LEN(tier_names) == TIER_COUNT + 1, "one name a tier");
static_assert(ARRAY_LEN(metric_names) == METRIC_COUNT + 1, "one name a metric");

/* --- tokens --- */

const char *token_end(const char *at, const char *end) {
    for (; end - at >= (ptrdiff_t)sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight = eight_at(at);
        uint64_t others = (~eight_from(eight, '!') & EIGHT_TOPS) | eight_from(eight, 0x7f) |
                          eight_equal(eight, '"') | eight_equal(eight, '\\') |
                          eight_equal(eight, '`');
        if (others != 0) {
            return at + eight_first(others);
        }
    }
    while (at != end && *at > ' ' && *at <= '~' && *at != '"' && *at != '\\' && *at != '`') {
        at++;
    }
    return at;
}

/* --- money and periods --- */

static const struct shape_field money_fields[] = {
    {"amount", "In minor units: 2900 is $29.00", SHAPE_I64,
     .offset = offsetof(struct money, minor)},
    {"currency", "ISO 4217, in lower case", SHAPE_CHARS,
     .offset = offsetof(struct money, currency) + offsetof(struct currency, code), .min = 3,
     .max = 3, .allowed = "abcdefghijklmnopqrstuvwxyz"},
};
const struct shape money_shape = SHAPE("Money", "An amount of money", struct money, money_fields);

static_assert(sizeof(struct instant) == sizeof(int64_t), "an instant is its milliseconds");
static const struct shape_field period_fields[] = {
    {"start", "Inclusive", SHAPE_INSTANT, .offset = offsetof(struct period, start)},
    {"end", "Exclusive", SHAPE_INSTANT, .offset = offsetof(struct period, end)},
};
const struct shape period_shape =
    SHAPE("Period", "A stretch of time, half-open", struct period, period_fields);

/* --- limits --- */

static void encode_limit(struct json_writer *out, const void *member) {
    const struct limit *limit = member;
    switch (limit->kind) {
    case LIMIT_COUNT:
    case LIMIT_CAP:
        json_put_i64(out, limit->amount.amount);
        return;
    case LIMIT_UNLIMITED:
        json_put_cstr(out, "unlimited");
        return;
    case LIMIT_CONTRACT:
        json_put_cstr(out, "contract");
        return;
    case LIMIT_TRACKED:
        json_put_null(out);
        return;
    }
}

/* Shapes that only go out are never decoded. */
static bool decode_nothing(const json_t *value, struct arena *arena, void *ret_member) {
    (void)value;
    (void)arena;
    (void)ret_member;
    return false;
}

const struct shape_custom limit_amount = {
    .decode = decode_nothing,
    .encode = encode_limit,
    .expected = "a whole number, unlimited, contract or null",
    .schema = "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},"
              "{\"enum\":[\"unlimited\",\"contract\",null]}]}",
};

static void encode_percent(struct json_writer *out, const void *member) {
    json_put_i64(out, ((const struct limit *)member)->soft_limit_percent);
}

static const struct shape_custom limit_percent = {
    .decode = decode_nothing,
    .encode = encode_percent,
    .expected = "a whole number from 100 to 1000",
    .schema = "{\"type\":\"integer\",\"minimum\":100,\"maximum\":1000}",
};

static const struct shape_field limit_fields[] = {
    {"limit",
     "In the metric's unit; unlimited, by contract, or null when it is counted and never limited",
     SHAPE_CUSTOM, .offset = 0, .custom = &limit_amount},
    {"softLimitPercent", "The hard limit, as a percentage of the limit", SHAPE_CUSTOM, .offset = 0,
     .custom = &limit_percent},
};
static const struct shape limit_shape =
    SHAPE("Limit", "What a plan allows of one metric", struct limit, limit_fields);

#define LIMIT_OF(metric, name, doc)                                                                \
    { name, doc, SHAPE_OBJECT, .offset = (metric) * sizeof(struct limit), .of = &limit_shape }
static const struct shape_field limits_fields[] = {
    LIMIT_OF(METRIC_MODULES, "modules", "WebAssembly modules"),
    LIMIT_OF(METRIC_DEPLOYMENTS, "deployments", "Deployments"),
    LIMIT_OF(METRIC_API_REQUESTS, "api_requests", "Requests a month"),
    LIMIT_OF(METRIC_BANDWIDTH, "bandwidth", "Bytes a month, in and out"),
    LIMIT_OF(METRIC_BUILD_MINUTES, "build_minutes", "Seconds a month"),
    LIMIT_OF(METRIC_COLLABORATORS, "collaborators", "People"),
    LIMIT_OF(METRIC_STORAGE, "storage", "Bytes"),
};
const struct shape limits_shape = {"Limits", "What a plan allows",
                                   METRIC_COUNT * sizeof(struct limit), limits_fields,
                                   ARRAY_LEN(limits_fields)};

/* --- features --- */

static void encode_features(struct json_writer *out, const void *member) {
    const struct features_view *view = member;
    json_open_object(out);
    for (size_t i = 0; i < view->catalogue->feature_count; i++) {
        bool is_set = (view->set.bits >> i & 1) != 0;
        json_member_bool(out, view->catalogue->features[i].name, is_set);
    }
    json_close_object(out);
}

const struct shape_custom features_custom = {
    .decode = decode_nothing,
    .encode = encode_features,
    .expected = "an object of features",
    .schema = "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}",
};

/* --- lists --- */

static const struct shape_field page_query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = offsetof(struct page_query, limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR,
     .offset = offsetof(struct page_query, cursor), .min = 1, .max = 128, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
};
const struct shape page_query_shape =
    SHAPE("PageQuery", "Which page of a list", struct page_query, page_query_fields);

size_t page_size(const struct page_query *query) {
    return query == NULL || query->limit == 0 ? PAGE_DEFAULT : (size_t)query->limit;
}
