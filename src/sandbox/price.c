/* /v1/prices: a fixed amount per unit, once or recurring. */
#include "sandbox/resources.h"

#include "sandbox/arith.h"

enum { INTERVAL_COUNT_MAX = 1095 };

static const char *const intervals[] = {"day", "week", "month", "year", NULL};
static const char *const licensed[] = {"licensed", NULL};
static const char *const per_unit[] = {"per_unit", NULL};
static const char *const types[] = {"one_time", "recurring", NULL};
static const char *const currencies[] = {"usd", NULL};
static const char *const tax_behaviors[] = {"exclusive", "inclusive", "unspecified", NULL};
static const struct param recurring[] = {
    {.name = "interval", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = intervals},
    {.name = "interval_count", .kind = PARAM_INTEGER, .min = 1, .max = INTERVAL_COUNT_MAX},
    {.name = "usage_type", .kind = PARAM_ENUM, .words = licensed},
    {.name = NULL}};
static const struct param product_data[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "currency", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = currencies},
    {.name = "unit_amount",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = 0,
     .max = UNIT_AMOUNT_MAX},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "product", .kind = PARAM_TEXT},
    {.name = "product_data", .kind = PARAM_OBJECT, .of = product_data},
    {.name = "recurring", .kind = PARAM_OBJECT, .of = recurring},
    {.name = "billing_scheme", .kind = PARAM_ENUM, .words = per_unit},
    {.name = "lookup_key", .kind = PARAM_TEXT},
    {.name = "transfer_lookup_key", .kind = PARAM_BOOLEAN},
    {.name = "nickname", .kind = PARAM_TEXT},
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "lookup_key", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "transfer_lookup_key", .kind = PARAM_BOOLEAN},
    {.name = "nickname", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "currency", .kind = PARAM_TEXT},
                                           {.name = "product", .kind = PARAM_TEXT},
                                           {.name = "type", .kind = PARAM_ENUM, .words = types},
                                           {.name = "lookup_keys", .kind = PARAM_TEXTS},
                                           PARAMS_COMMON};

/* A lookup key names at most one price; transfer_lookup_key takes it from the one that has it. */
static bool take_lookup_key(struct call *call, json_t *price) {
    struct world *world = call->world;
    const char *key = param_text(call, "lookup_key");
    json_t *all = key[0] == '\0' ? NULL : world_list(world, "price", NULL);
    bool is_free = true;
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *other = json_array_get(all, i);
        if (other == price || !member_is(other, "lookup_key", key)) {
            continue;
        }
        is_free = json_is_true(json_object_get(call->params, "transfer_lookup_key"));
        if (is_free) {
            set_null(other, "lookup_key");
            world_touch(world, other);
            event_updated(world, "price.updated", other);
        }
    }
    json_decref(all);
    return is_free || fault_invalid(&world->fault, NULL, "lookup_key",
                                    "A price (`%s`) already uses that lookup key.", key);
}

static bool apply(struct call *call, json_t *price) {
    static const char *const plain[] = {"active", "lookup_key", "nickname", "tax_behavior", NULL};
    if (!take_lookup_key(call, price)) {
        return false;
    }
    copy_params(price, call->params, plain);
    metadata_merge(price, call->params);
    world_touch(call->world, price);
    return true;
}

/* The product that is named or described; NULL with a fault when neither or unknown. */
static json_t *product_for(struct call *call) {
    struct world *world = call->world;
    if (param_given(call, "product")) {
        return world_find(world, "product", param_text(call, "product"), "product");
    }
    if (!param_given(call, "product_data")) {
        fault_invalid(&world->fault, "parameter_missing", "product",
                      "Missing required param: product or product_data.");
        return NULL;
    }
    json_t *product = world_add(world, "product", NULL);
    set_text(product, "name", param_text(call, "product_data.name"));
    metadata_merge(product, json_object_get(call->params, "product_data"));
    set_i64(product, "updated", world_now(world, NULL));
    event_emit(world, "product.created", product);
    return product;
}

static json_t *create(struct call *call) {
    json_t *product = product_for(call);
    if (product == NULL) {
        return NULL;
    }
    json_t *price = world_add(call->world, "price", NULL);
    int64_t amount = member_i64(call->params, "unit_amount");
    set_text(price, "product", member(product, "id"));
    set_text(price, "currency", param_text(call, "currency"));
    set_i64(price, "unit_amount", amount);
    json_object_set_new(price, "unit_amount_decimal", json_sprintf("%lld", (long long)amount));
    json_t *given = json_object_get(call->params, "recurring");
    if (given != NULL) {
        json_t *shape =
            json_pack("{s:s, s:i, s:n, s:n, s:s}", "interval", "month", "interval_count", 1,
                      "meter", "trial_period_days", "usage_type", "licensed");
        json_object_update(shape, given);
        json_object_set_new(price, "recurring", shape);
        set_text(price, "type", "recurring");
    }
    if (!apply(call, price)) {
        return NULL;
    }
    event_emit(call->world, "price.created", price);
    return json_incref(price);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "price", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *price = world_find(call->world, "price", call->id, "id");
    if (price == NULL || !apply(call, price)) {
        return NULL;
    }
    event_updated(call->world, "price.updated", price);
    return json_incref(price);
}

static bool has_lookup_key(json_t *keys, json_t *price) {
    for (size_t i = 0; i < json_array_size(keys); i++) {
        if (member_is(price, "lookup_key", json_string_value(json_array_get(keys, i)))) {
            return true;
        }
    }
    return keys == NULL;
}

static bool keeps(struct call *call, json_t *price) {
    return has_lookup_key(json_object_get(call->params, "lookup_keys"), price) &&
           list_matches(call, price);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "price", .keeps = keeps};
    return list_answer(call, &query, "/v1/prices");
}

static const struct route routes[] = {
    {"POST", "/v1/prices", create, create_params},
    {"GET", "/v1/prices", list, list_params},
    {"GET", "/v1/prices/:id", get, get_params},
    {"POST", "/v1/prices/:id", update, update_params},
};
const struct route_list price_routes = {routes, ARRAY_LEN(routes)};
