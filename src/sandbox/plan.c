/* /v1/plans: prices in their older shape. A plan is a price whose id begins with "plan_"; both
 * sets of routes show it. */
#include "sandbox/price.h"

#include <stdio.h>

#include "sandbox/arith.h"
#include "sandbox/resources.h"

enum { PLAN_RANDOM = 24 };

static const char *const intervals[] = {"day", "week", "month", "year", NULL};
static const char *const usage_types[] = {"licensed", "metered", NULL};
static const char *const schemes[] = {"per_unit", "tiered", NULL};
static const char *const tiers_modes[] = {"graduated", "volume", NULL};
static const struct param product_data[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "statement_descriptor", .kind = PARAM_TEXT},
    {.name = "tax_code", .kind = PARAM_TEXT},
    {.name = "unit_label", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "amount_decimal", .kind = PARAM_DECIMAL},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "interval", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = intervals},
    {.name = "interval_count", .kind = PARAM_INTEGER, .min = 1, .max = 1095},
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "product", .kind = PARAM_TEXT_OR_OBJECT, .flags = PARAM_REQUIRED, .of = product_data},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "billing_scheme", .kind = PARAM_ENUM, .words = schemes},
    {.name = "tiers", .kind = PARAM_LIST, .of = price_tier_params},
    {.name = "tiers_mode", .kind = PARAM_ENUM, .words = tiers_modes},
    {.name = "meter", .kind = PARAM_TEXT},
    {.name = "nickname", .kind = PARAM_TEXT},
    {.name = "trial_period_days", .kind = PARAM_INTEGER, .min = 1, .max = 730},
    {.name = "usage_type", .kind = PARAM_ENUM, .words = usage_types},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "nickname", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "product", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

json_t *plan_of_price(json_t *price) {
    json_t *plan = kind_shape("plan");
    copy_params(plan, price,
                (const char *const[]){"id", "active", "created", "currency", "livemode", "metadata",
                                      "nickname", "product", "billing_scheme", "tiers_mode", NULL});
    copy_params(plan, json_object_get(price, "recurring"),
                (const char *const[]){"interval", "interval_count", "usage_type", "meter",
                                      "trial_period_days", NULL});
    json_t *transform = json_object_get(price, "transform_quantity");
    json_object_set(plan, "transform_usage", transform);
    json_object_set(plan, "amount", json_object_get(price, "unit_amount"));
    json_object_set(plan, "amount_decimal", json_object_get(price, "unit_amount_decimal"));
    return plan;
}

/* The parameters as those of a price. */
static json_t *as_price(struct call *call) {
    json_t *given = json_object();
    json_t *recurring = json_object();
    copy_params(given, call->params,
                (const char *const[]){"currency", "billing_scheme", "tiers", "tiers_mode", NULL});
    copy_params(recurring, call->params,
                (const char *const[]){"interval", "interval_count", "meter", "trial_period_days",
                                      "usage_type", NULL});
    json_object_set_new(given, "recurring", recurring);
    json_t *amount = json_object_get(call->params, "amount");
    json_t *decimal = json_object_get(call->params, "amount_decimal");
    if (amount != NULL) {
        json_object_set(given, "unit_amount", amount);
    }
    if (decimal != NULL) {
        json_object_set(given, "unit_amount_decimal", decimal);
    }
    return given;
}

static json_t *product_for(struct call *call) {
    struct world *world = call->world;
    json_t *given = json_object_get(call->params, "product");
    if (json_is_string(given)) {
        return world_find(world, "product", json_string_value(given), "product");
    }
    json_t *product = world_add(world, "product", NULL);
    copy_params(product, given,
                (const char *const[]){"name", "active", "statement_descriptor", "tax_code",
                                      "unit_label", NULL});
    metadata_merge(product, given);
    set_i64(product, "updated", world_now(world, NULL));
    event_emit(world, "product.created", product);
    return product;
}

static void apply(struct call *call, json_t *price) {
    copy_params(price, call->params, (const char *const[]){"active", "nickname", NULL});
    metadata_merge(price, call->params);
    world_touch(call->world, price);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *own = param_text(call, "id");
    char random[PLAN_RANDOM + 1];
    char id[PLAN_RANDOM + 8];
    world_random(world, random, PLAN_RANDOM);
    (void)snprintf(id, sizeof id, "plan_%s", random);
    if (own[0] != '\0' && world_get(world, own) != NULL) {
        fault_invalid(&world->fault, "resource_already_exists", "id", "Plan already exists.");
        return NULL;
    }
    json_t *product = product_for(call);
    if (product == NULL) {
        return NULL;
    }
    json_t *price = world_add_as(world, "price", own[0] != '\0' ? own : id);
    set_text(price, "product", member(product, "id"));
    json_t *given = as_price(call);
    bool is_filled = price_fill(world, price, given);
    json_decref(given);
    if (!is_filled) {
        return NULL;
    }
    apply(call, price);
    json_t *plan = plan_of_price(price);
    event_emit(world, "plan.created", plan);
    event_emit(world, "price.created", price);
    return plan;
}

static json_t *get(struct call *call) {
    json_t *price = world_find(call->world, "price", call->id, "plan");
    return price == NULL ? NULL : plan_of_price(price);
}

static json_t *update(struct call *call) {
    json_t *price = world_find(call->world, "price", call->id, "plan");
    if (price == NULL) {
        return NULL;
    }
    apply(call, price);
    json_t *plan = plan_of_price(price);
    event_emit(call->world, "plan.updated", plan);
    return plan;
}

/* Subscriptions keep their copy. */
static json_t *delete (struct call *call) {
    json_t *price = world_find(call->world, "price", call->id, "plan");
    if (price == NULL) {
        return NULL;
    }
    json_t *plan = plan_of_price(price);
    event_emit(call->world, "plan.deleted", plan);
    json_decref(plan);
    world_remove(call->world, price);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "plan", "deleted", 1);
}

static bool keeps(struct call *call, json_t *price) {
    return member_is(price, "type", "recurring") && list_matches(call, price);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "price", .keeps = keeps};
    json_t *answer = list_answer(call, &query, "/v1/plans");
    json_t *data = json_object_get(answer, "data");
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_array_set_new(data, i, plan_of_price(json_array_get(data, i)));
    }
    return answer;
}

static const struct route routes[] = {
    {"POST", "/v1/plans", create, create_params},
    {"GET", "/v1/plans", list, list_params},
    {"GET", "/v1/plans/:id", get, get_params},
    {"POST", "/v1/plans/:id", update, update_params},
    {"DELETE", "/v1/plans/:id", delete, get_params},
};
const struct route_list plan_routes = {routes, ARRAY_LEN(routes)};
