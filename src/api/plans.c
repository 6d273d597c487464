/* GET /api/billing/plans: the catalogue, for the page and for machines. */
#include "api/resources.h"

#include <string.h>

#include "base/crypto.h"

struct plan_prices {
    struct money month, year;
    bool has_month, has_year;
};

struct plan_out {
    int tier;
    int64_t version;
    struct str name, support;
    struct plan_prices prices;
    struct limit limits[METRIC_COUNT];
    struct features_view features;
};

struct plans_out {
    struct str currency;
    struct shape_list plans;
};

static const struct shape_field prices_fields[] = {
    {"month", "A month; null when there is no list price", SHAPE_OBJECT,
     .offset = offsetof(struct plan_prices, month), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = offsetof(struct plan_prices, has_month)},
    {"year", "A year; null when there is no list price", SHAPE_OBJECT,
     .offset = offsetof(struct plan_prices, year), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = offsetof(struct plan_prices, has_year)},
};
static const struct shape prices_shape =
    SHAPE("PlanPrices", "What a plan costs", struct plan_prices, prices_fields);

#define AT(member) offsetof(struct plan_out, member)
static const struct shape_field plan_fields[] = {
    {"tier", "Which plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"version", "Of the plan; subscribers stay on theirs", SHAPE_I64, .offset = AT(version),
     .min = 1, .max = CATALOGUE_VERSION_MAX},
    {"name", "For people", SHAPE_STR, .offset = AT(name), .max = CATALOGUE_NAME_SIZE},
    {"prices", "For each interval", SHAPE_OBJECT, .offset = AT(prices), .of = &prices_shape},
    {"limits", "By metric", SHAPE_OBJECT, .offset = AT(limits), .of = &limits_shape},
    {"features", "By name", SHAPE_CUSTOM, .offset = AT(features), .custom = &features_custom},
    {"support", "How we help", SHAPE_STR, .offset = AT(support), .max = CATALOGUE_SUPPORT_SIZE},
};
static const struct shape plan_shape =
    SHAPE("Plan", "A plan as it is sold now", struct plan_out, plan_fields);
static const struct shape_field plan_item = {.kind = SHAPE_OBJECT, .of = &plan_shape};

static const struct shape_field plans_fields[] = {
    {"currency", "Of all prices", SHAPE_STR, .offset = offsetof(struct plans_out, currency),
     .max = 3},
    {"plans", "From the smallest to the largest", SHAPE_LIST,
     .offset = offsetof(struct plans_out, plans), .max = TIER_COUNT, .item = &plan_item,
     .item_size = sizeof(struct plan_out)},
};
const struct shape plans_shape = SHAPE("Catalogue", "What is sold", struct plans_out, plans_fields);

static struct plan_out plan_out_of(const struct catalogue *catalogue, const struct plan *plan) {
    struct plan_out out = {
        .tier = (int)plan->tier,
        .version = plan->version,
        .name = str_from_cstr(plan->name),
        .support = str_from_cstr(plan->support),
        .prices = {.month = plan->prices[INTERVAL_MONTH].amount,
                   .has_month = plan->prices[INTERVAL_MONTH].is_set,
                   .year = plan->prices[INTERVAL_YEAR].amount,
                   .has_year = plan->prices[INTERVAL_YEAR].is_set},
        .features = {catalogue, plan->features},
    };
    memcpy(out.limits, plan->limits, sizeof out.limits);
    return out;
}

void plans_get(struct api_request *request) {
    const struct catalogue *catalogue = request->api->app->catalogue;
    struct plan_out plans[TIER_COUNT];
    for (int i = 0; i < TIER_COUNT; i++) {
        plans[i] = plan_out_of(catalogue, catalogue_plan(catalogue, (enum tier)i));
    }
    struct plans_out out = {str_from_cstr(catalogue->currency.code), {plans, TIER_COUNT}};
    struct buf json CLEANUP(buf_finish);
    struct json_writer writer;
    buf_init(&json, request->api->env, LIMIT_BODY);
    json_writer_init(&writer, &json);
    shape_encode(&plans_shape, &out, &writer);

    uint8_t hash[SHA256_SIZE];
    char hex[17] = "";
    sha256(buf_str(&json), hash);
    str_hex(hash, 8, hex);
    reply_cacheable(request, buf_str(&json), arena_printf(request->arena, "\"%s\"", hex));
}
