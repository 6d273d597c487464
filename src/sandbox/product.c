/* /v1/products */
#include "sandbox/resources.h"

static const struct param create_params[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "statement_descriptor", .kind = PARAM_TEXT},
    {.name = "tax_code", .kind = PARAM_TEXT},
    {.name = "unit_label", .kind = PARAM_TEXT},
    {.name = "url", .kind = PARAM_TEXT},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "name", .kind = PARAM_TEXT},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "default_price", .kind = PARAM_TEXT},
    {.name = "statement_descriptor", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "tax_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "unit_label", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "url", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "ids", .kind = PARAM_TEXTS},
                                           PARAMS_COMMON};

static void apply(struct call *call, json_t *product) {
    static const char *const plain[] = {
        "name",       "active", "description",          "tax_code",
        "unit_label", "url",    "statement_descriptor", "default_price",
        NULL};
    copy_params(product, call->params, plain);
    metadata_merge(product, call->params);
    set_i64(product, "updated", world_now(call->world, NULL));
    world_touch(call->world, product);
}

/* Products may be given an id of one's own; it must be new. */
static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "id");
    if (id[0] != '\0' && world_get(world, id) != NULL) {
        fault_invalid(&world->fault, "resource_already_exists", "id", "Product already exists.");
        return NULL;
    }
    json_t *product =
        id[0] == '\0' ? world_add(world, "product", NULL) : world_add_as(world, "product", id);
    apply(call, product);
    event_emit(world, "product.created", product);
    return json_incref(product);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "product", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *product = world_find(call->world, "product", call->id, "id");
    if (product == NULL) {
        return NULL;
    }
    apply(call, product);
    event_updated(call->world, "product.updated", product);
    return json_incref(product);
}

/* Products that have prices stay: invoices of the past lead to them. */
static json_t *delete (struct call *call) {
    struct world *world = call->world;
    json_t *product = world_find(world, "product", call->id, "id");
    json_t *prices = world_list(world, "price", NULL);
    bool is_used = false;
    for (size_t i = 0; i < json_array_size(prices); i++) {
        is_used = is_used || member_is(json_array_get(prices, i), "product", call->id);
    }
    json_decref(prices);
    if (product != NULL && is_used) {
        fault_invalid(&world->fault, NULL, NULL,
                      "This product cannot be deleted because it has one or more user-created "
                      "prices.");
    }
    if (product == NULL || is_used) {
        return NULL;
    }
    event_emit(world, "product.deleted", product);
    world_remove(world, product);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "product", "deleted", 1);
}

static bool keeps(struct call *call, json_t *product) {
    json_t *ids = json_object_get(call->params, "ids");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        if (member_is(product, "id", json_string_value(json_array_get(ids, i)))) {
            return true;
        }
    }
    return ids == NULL && list_matches(call, product);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "product", .keeps = keeps};
    return list_answer(call, &query, "/v1/products");
}

static const struct route routes[] = {
    {"POST", "/v1/products", create, create_params},
    {"GET", "/v1/products", list, list_params},
    {"GET", "/v1/products/:id", get, get_params},
    {"POST", "/v1/products/:id", update, update_params},
    {"DELETE", "/v1/products/:id", delete, get_params},
};
const struct route_list product_routes = {routes, ARRAY_LEN(routes)};
