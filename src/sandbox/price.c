/* /v1/prices: what a unit, a package or a tier costs, once or again and again. What they are made
 * of is in price_fill.c. */
#include "sandbox/resources.h"

#include "sandbox/arith.h"
#include "sandbox/currency.h"
#include "sandbox/price.h"

static const char *const schemes[] = {"per_unit", "tiered", NULL};
static const char *const tiers_modes[] = {"graduated", "volume", NULL};
static const char *const types[] = {"one_time", "recurring", NULL};
static const char *const tax_behaviors[] = {"exclusive", "inclusive", "unspecified", NULL};
static const char *const rounds[] = {"down", "up", NULL};
static const char *const intervals[] = {"day", "week", "month", "year", NULL};
static const char *const usage_types[] = {"licensed", "metered", NULL};
static const struct param transform_quantity[] = {
    {.name = "divide_by", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED, .min = 1, .max = 1000000},
    {.name = "round", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = rounds},
    {.name = NULL}};
static const struct param product_data[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "statement_descriptor", .kind = PARAM_TEXT},
    {.name = "tax_code", .kind = PARAM_TEXT},
    {.name = "unit_label", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "product", .kind = PARAM_TEXT},
    {.name = "product_data", .kind = PARAM_OBJECT, .of = product_data},
    {.name = "recurring", .kind = PARAM_OBJECT, .of = price_recurring_params},
    {.name = "billing_scheme", .kind = PARAM_ENUM, .words = schemes},
    {.name = "tiers", .kind = PARAM_LIST, .of = price_tier_params},
    {.name = "tiers_mode", .kind = PARAM_ENUM, .words = tiers_modes},
    {.name = "transform_quantity", .kind = PARAM_OBJECT, .of = transform_quantity},
    {.name = "currency_options", .kind = PARAM_DICT, .of = price_option_params},
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
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},
    {.name = "currency_options", .kind = PARAM_DICT, .of = price_option_params},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_recurring[] = {
    {.name = "interval", .kind = PARAM_ENUM, .words = intervals},
    {.name = "meter", .kind = PARAM_TEXT},
    {.name = "usage_type", .kind = PARAM_ENUM, .words = usage_types},
    {.name = NULL}};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "created", .kind = PARAM_RANGE},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "product", .kind = PARAM_TEXT},
    {.name = "recurring", .kind = PARAM_OBJECT, .of = list_recurring},
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

/* Once it is said whether tax is inside, that stays. */
static bool check_tax_behavior(struct call *call, const json_t *price) {
    const char *given = param_text(call, "tax_behavior");
    bool is_set = !member_is(price, "tax_behavior", "unspecified");
    return given[0] == '\0' || !is_set || member_is(price, "tax_behavior", given) ||
           fault_invalid(&call->world->fault, NULL, "tax_behavior",
                         "You cannot update the tax_behavior of a price once it is set.");
}

static bool apply(struct call *call, json_t *price) {
    static const char *const plain[] = {"active", "lookup_key", "nickname", "tax_behavior", NULL};
    if (!check_tax_behavior(call, price) || !take_lookup_key(call, price)) {
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
    return product_of_data(world, json_object_get(call->params, "product_data"));
}

static json_t *create(struct call *call) {
    if (!currency_check(&call->world->fault, param_text(call, "currency"), "currency")) {
        return NULL;
    }
    json_t *product = product_for(call);
    if (product == NULL) {
        return NULL;
    }
    json_t *price = world_add(call->world, "price", NULL);
    set_text(price, "product", member(product, "id"));
    if (!price_fill(call->world, price, call->params)) {
        return NULL;
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
    bool is_well =
        price != NULL && apply(call, price) &&
        price_options_set(call->world, price, json_object_get(call->params, "currency_options"));
    if (!is_well) {
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

static bool has_recurring(json_t *wanted, json_t *price) {
    json_t *recurring = json_object_get(price, "recurring");
    const char *name;
    json_t *value;
    json_object_foreach(wanted, name, value) {
        if (!json_equal(json_object_get(recurring, name), value)) {
            return false;
        }
    }
    return true;
}

static bool keeps(struct call *call, json_t *price) {
    struct call rest = *call;
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "recurring");
    bool is_kept = has_recurring(json_object_get(call->params, "recurring"), price) &&
                   list_matches(&rest, price);
    json_decref(rest.params);
    return is_kept && has_lookup_key(json_object_get(call->params, "lookup_keys"), price);
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
