/* What a checkout session sells: its lines, and their sum. */
#include <string.h>

#include "sandbox/billing.h"
#include "sandbox/checkout.h"
#include "sandbox/currency.h"
#include "sandbox/price.h"
#include "sandbox/subscription_item.h"

enum { LINES_MAX = 100 };

const struct param checkout_item_params[] = {
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "price_data", .kind = PARAM_OBJECT, .of = sale_price_data_params},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 1, .max = QUANTITY_MAX},
    {.name = NULL}};

static bool is_recurring(const json_t *price) {
    return json_is_object(json_object_get(price, "recurring"));
}

/* The price that a line names or describes; NULL with a fault. */
static json_t *price_of(struct world *world, json_t *given) {
    struct fault *fault = &world->fault;
    json_t *data = json_object_get(given, "price_data");
    const char *id = member(given, "price");
    if ((data == NULL) == (id[0] == '\0')) {
        fault_invalid(fault, data == NULL ? "parameter_missing" : "parameters_exclusive",
                      "line_items", "Each line item needs either price or price_data.");
        return NULL;
    }
    if (data != NULL) {
        json_t *made = price_of_data(world, data, "line_items");
        if (made != NULL) {
            /* Once it is made, the product is one like any other. */
            set_text(data, "product", member(made, "product"));
            json_object_del(data, "product_data");
        }
        return made;
    }
    json_t *price = world_find(world, "price", id, "line_items[0][price]");
    if (price != NULL && !json_is_true(json_object_get(price, "active"))) {
        fault_invalid(fault, "resource_missing", "line_items",
                      "The price specified is inactive. This field only accepts active prices.");
        return NULL;
    }
    return price;
}

/* Prices that return go with subscriptions only. */
static bool suits_mode(struct fault *fault, const json_t *session, const json_t *price) {
    return member_is(session, "mode", "subscription") || !is_recurring(price) ||
           fault_invalid(fault, NULL, "line_items",
                         "You specified `payment` mode but passed a recurring price. Either "
                         "switch to `subscription` mode or use only one-time prices.");
}

static json_t *item_make(struct world *world, json_t *price, int64_t quantity,
                         const char *currency) {
    json_t *item = world_part(world, "item");
    json_t *paid = price_in(price, currency);
    int64_t amount = price_amount(paid, quantity);
    json_decref(paid);
    json_t *product = world_get(world, member(price, "product"));
    set_i64(item, "amount_subtotal", amount);
    set_i64(item, "amount_total", amount);
    set_text(item, "currency", currency);
    set_text(item, "description", member(product, "name"));
    json_object_set_new(item, "price", event_render(price));
    set_i64(item, "quantity", quantity);
    return item;
}

/* Adds one line; false with a refusal. */
static bool item_add(struct call *call, json_t *session, json_t *items, json_t *given) {
    struct world *world = call->world;
    json_t *quantity = json_object_get(given, "quantity");
    json_t *price = price_of(world, given);
    if (price == NULL || !suits_mode(&world->fault, session, price)) {
        return false;
    }
    if (member_is(session, "currency", "")) {
        set_text(session, "currency",
                 price_currency_for(world, price, member(session, "customer")));
    }
    const char *currency = member(session, "currency");
    if (!price_check_currency(world, price, currency, "line_items")) {
        return false;
    }
    bool is_metered = price_is_metered(price);
    if (is_metered && quantity != NULL) {
        return fault_invalid(&world->fault, NULL, "line_items",
                             "Quantity should not be specified where usage_type is `metered`.");
    }
    int64_t count = quantity == NULL ? 1 : json_integer_value(quantity);
    json_t *item = item_make(world, price, is_metered ? 0 : count, currency);
    if (is_metered) {
        set_null(item, "quantity");
    }
    json_array_append_new(items, item);
    return true;
}

/* A subscription needs something that returns; what is sold once may stand beside it. */
static bool returns(struct call *call, const json_t *session) {
    const json_t *items = json_object_get(session, "_items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (checkout_item_returns(json_array_get(items, i))) {
            return true;
        }
    }
    return !member_is(session, "mode", "subscription") ||
           fault_invalid(&call->world->fault, NULL, "line_items",
                         "You must provide at least one recurring price in `subscription` mode.");
}

bool checkout_items_set(struct call *call, json_t *session) {
    struct fault *fault = &call->world->fault;
    json_t *given = json_object_get(call->params, "line_items");
    bool is_setup = member_is(session, "mode", "setup");
    if (is_setup || json_array_size(given) == 0) {
        return (is_setup && given == NULL) ||
               fault_invalid(fault, is_setup ? NULL : "parameter_missing", "line_items",
                             is_setup ? "You may not pass line_items in `setup` mode."
                                      : "The `line_items` parameter is required in payment and "
                                        "subscription mode.");
    }
    if (json_array_size(given) > LINES_MAX) {
        return fault_invalid(fault, NULL, "line_items", "A session has at most %d line items.",
                             LINES_MAX);
    }
    json_t *items = json_array();
    json_object_set_new(session, "_items", items);
    json_object_set(session, "_given_items", given);
    for (size_t i = 0; i < json_array_size(given); i++) {
        if (!item_add(call, session, items, json_array_get(given, i))) {
            return false;
        }
    }
    if (!returns(call, session) || !checkout_sum(call->world, session)) {
        return false;
    }
    int64_t sum = member_i64(session, "amount_total");
    int64_t least = currency_least(member(session, "currency"));
    return !member_is(session, "mode", "payment") || sum >= least ||
           fault_invalid(fault, "amount_too_small", "line_items",
                         "The Checkout Session's total amount due must add up to at least the "
                         "least charge of its currency.");
}

json_t *checkout_line_items(struct world *world, json_t *session) {
    const char *id = member(session, "id");
    json_t *items = json_object_get(world_get(world, id), "_items");
    json_t *data = items == NULL ? json_array() : json_deep_copy(items);
    return json_pack("{s:s, s:o, s:b, s:o}", "object", "list", "data", data, "has_more", 0, "url",
                     json_sprintf("/v1/checkout/sessions/%s/line_items", id));
}
