/* GET /api/billing/plans: the catalogue, for the page and for machines; GET /api/admin/catalogue:
 * all versions of it, and who holds them, for operators. */
#include "api/experiment_viewer.h"
#include "api/price_resources.h"
#include "api/resources.h"

#include <string.h>

#include "app/plan_versions.h"
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
#undef AT
static const struct shape plan_shape =
    SHAPE("Plan", "A version of a plan", struct plan_out, plan_fields);
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

/* With the prices of whoever asks. */
static void reply_plans(struct api_request *request) {
    struct experiment_offer offer;
    if (!experiment_offer_of(request, &offer)) {
        return;
    }
    const struct catalogue *catalogue = offer.catalogue;
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

void plans_get(struct api_request *request) {
    if (find_session(request)) {
        experiment_meet(request, request->has_session ? "plans" : NULL, reply_plans);
    }
}

/* --- for operators --- */

struct version_out {
    struct plan_out plan;
    bool is_sold, is_known;
    int64_t trial_days, offered_at, monthly, yearly;
};
#define AT(member) offsetof(struct version_out, member)
static const struct shape_field version_fields[] = {
    {"plan", "What it says", SHAPE_OBJECT, .offset = AT(plan), .of = &plan_shape},
    {"isSold", "New customers get it: the newest of its plan", SHAPE_BOOL, .offset = AT(is_sold)},
    {"trialDays", "Of a first purchase; 0: none", SHAPE_I64, .offset = AT(trial_days)},
    {"offeredAt", "When it was first in force; null: it never was", SHAPE_INSTANT,
     .offset = AT(offered_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_known)},
    {"holdersMonthly", "How many have it now, billed each month; of free ones all", SHAPE_I64,
     .offset = AT(monthly)},
    {"holdersYearly", "And each year", SHAPE_I64, .offset = AT(yearly)},
};
#undef AT
static const struct shape version_shape =
    SHAPE("PlanVersion", "A version of a plan, and who has it", struct version_out, version_fields);
static const struct shape_field version_item = {.kind = SHAPE_OBJECT, .of = &version_shape};
static const struct shape_field versions_fields[] = {
    {"currency", "Of all prices", SHAPE_STR, .offset = offsetof(struct plans_out, currency),
     .max = 3},
    {"versions", "By plan, from the smallest to the largest, the newest version first", SHAPE_LIST,
     .offset = offsetof(struct plans_out, plans), .max = CATALOGUE_PLANS_MAX, .item = &version_item,
     .item_size = sizeof(struct version_out)},
};
const struct shape plan_versions_shape =
    SHAPE("CatalogueVersions", "All versions of all plans", struct plans_out, versions_fields);

void plan_versions_get(struct api_request *request) {
    const struct catalogue *catalogue = request->api->app->catalogue;
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, plan_versions_read(request->api->app, &tx, &list))) {
        return;
    }
    const struct plan_version_held *held = list.items;
    struct version_out *out = arena_array(request->arena, list.count, sizeof *out);
    if (out == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        out[i] = (struct version_out){
            .plan = plan_out_of(catalogue, held[i].plan),
            .is_sold = held[i].is_sold,
            .is_known = held[i].offered_at != ROW_NONE,
            .trial_days = held[i].plan->trial_days,
            .offered_at = held[i].offered_at,
            .monthly = held[i].holders[INTERVAL_MONTH],
            .yearly = held[i].holders[INTERVAL_YEAR],
        };
    }
    struct plans_out all = {str_from_cstr(catalogue->currency.code), {out, list.count}};
    reply_value(request, 200, &plan_versions_shape, &all);
}
