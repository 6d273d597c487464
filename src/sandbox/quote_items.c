/* What a quote offers: its line items, and the discounts and tax rates on all of them. */
#include <stdio.h>
#include <string.h>

#include "sandbox/discount.h"
#include "sandbox/price.h"
#include "sandbox/quote.h"
#include "sandbox/subscription_item.h"
#include "sandbox/tax.h"

#define QUOTE_ITEM                                                                                 \
    {.name = "price", .kind = PARAM_TEXT},                                                         \
        {.name = "price_data", .kind = PARAM_OBJECT, .of = any_price_data_params},                 \
        {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},                \
        PARAM_DISCOUNTS, {                                                                         \
        .name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE                         \
    }
const struct param quote_item_params[] = {QUOTE_ITEM, {.name = NULL}};
const struct param quote_item_update_params[] = {
    QUOTE_ITEM, {.name = "id", .kind = PARAM_TEXT}, {.name = NULL}};

/* Where in the parameters a fault lies. */
struct place {
    char text[96];
};

static struct place place_of(size_t index, const char *name) {
    struct place place;
    (void)snprintf(place.text, sizeof place.text, "line_items[%zu][%s]", index, name);
    return place;
}

json_t *quote_items(const json_t *quote) {
    return json_object_get(quote, "_items");
}

bool quote_sells(struct world *world, const json_t *quote, bool is_recurring) {
    json_t *items = quote_items(quote);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *price = world_get(world, member(json_array_get(items, i), "price"));
        if (member_is(price, "type", "recurring") == is_recurring) {
            return true;
        }
    }
    return false;
}

static json_t *item_find(const json_t *quote, const char *id) {
    json_t *items = quote_items(quote);
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "id", id)) {
            return json_array_get(items, i);
        }
    }
    return NULL;
}

/* The price that is named or described; NULL with a fault. */
static json_t *price_given(struct world *world, json_t *given, size_t index) {
    struct fault *fault = &world->fault;
    const char *id = member(given, "price");
    json_t *data = json_object_get(given, "price_data");
    struct place place = place_of(index, data == NULL ? "price" : "price_data");
    if ((data == NULL) == (id[0] == '\0')) {
        fault_invalid(fault, data == NULL ? "parameter_missing" : "parameters_exclusive",
                      place.text, "Each line item needs either price or price_data.");
        return NULL;
    }
    if (data != NULL) {
        return price_of_data(world, data, place.text);
    }
    json_t *price = world_find(world, "price", id, place.text);
    if (price != NULL && !json_is_true(json_object_get(price, "active"))) {
        fault_invalid(fault, NULL, place.text,
                      "The price specified is inactive. This field only accepts active prices.");
        return NULL;
    }
    return price;
}

/* One currency, and one interval for all that returns: `computed.recurring` can say no more. */
static bool fits(struct world *world, json_t *quote, const json_t *price, size_t index) {
    const char *currency = member(quote, "currency");
    json_t *interval = json_object_get(quote, "_recurring");
    json_t *own = json_object_get(price, "recurring");
    struct place place = place_of(index, "price");
    if (currency[0] == '\0') {
        set_text(quote, "currency", price_currency_for(world, price, member(quote, "customer")));
    } else if (!price_check_currency(world, price, currency, place.text)) {
        return false;
    }
    if (!json_is_object(own)) {
        return true;
    }
    if (interval == NULL) {
        json_object_set_new(quote, "_recurring",
                            json_pack("{s:s, s:I}", "interval", member(own, "interval"),
                                      "interval_count",
                                      (json_int_t)member_i64(own, "interval_count")));
        return true;
    }
    bool is_same = member_is(interval, "interval", member(own, "interval")) &&
                   member_i64(interval, "interval_count") == member_i64(own, "interval_count");
    return is_same || fault_invalid(&world->fault, NULL, place.text,
                                    "All recurring prices of a quote must have the same interval "
                                    "and interval_count.");
}

/* What is asked for of an item that there was, changed by what is given; a new reference. */
static json_t *merged(const json_t *old, json_t *given) {
    json_t *whole = old == NULL ? json_object() : json_copy(json_object_get(old, "given"));
    if (json_object_get(given, "price") != NULL || json_object_get(given, "price_data") != NULL) {
        json_object_del(whole, "price");
        json_object_del(whole, "price_data");
    }
    json_object_update(whole, given);
    json_object_del(whole, "id");
    return whole;
}

static bool apply_money(struct world *world, json_t *quote, json_t *item) {
    json_t *given = json_object_get(item, "given");
    const struct discount_owner owner = {
        .object = item,
        .role = "_quote",
        .customer = member(quote, "customer"),
        .currency = member(quote, "currency"),
        .amount = -1,
        .is_offered = true,
    };
    return discounts_set(world, &owner, json_object_get(given, "discounts")) &&
           tax_rates_set(world, item, "tax_rates", json_object_get(given, "tax_rates"));
}

static void set_quantity(json_t *item, const json_t *price) {
    json_t *quantity = json_object_get(json_object_get(item, "given"), "quantity");
    if (quantity != NULL) {
        json_object_set(item, "quantity", quantity);
    } else if (!price_is_metered(price)) {
        set_i64(item, "quantity", 1);
    }
}

/* One item of line_items, added to `items`; false with a fault. */
static bool item_add(struct world *world, json_t *quote, json_t *items, json_t *given) {
    size_t index = json_array_size(items);
    const char *id = member(given, "id");
    const json_t *old = id[0] == '\0' ? NULL : item_find(quote, id);
    if (id[0] != '\0' && old == NULL) {
        return world_missing(world, "line item", place_of(index, "id").text, id);
    }
    json_t *item = world_part(world, "item");
    json_t *kept =
        json_pack("{s:O, s:[], s:[], s:o}", "id", json_object_get(old == NULL ? item : old, "id"),
                  "discounts", "tax_rates", "given", merged(old, given));
    json_decref(item);
    json_array_append_new(items, kept);
    bool has_new = old == NULL || json_object_get(given, "price") != NULL ||
                   json_object_get(given, "price_data") != NULL;
    json_t *price = has_new ? price_given(world, json_object_get(kept, "given"), index)
                            : world_get(world, member(old, "price"));
    if (price == NULL || !fits(world, quote, price, index)) {
        return false;
    }
    set_text(kept, "price", member(price, "id"));
    set_quantity(kept, price);
    return apply_money(world, quote, kept);
}

static bool set_items(struct call *call, json_t *quote) {
    json_t *given = json_object_get(call->params, "line_items");
    if (given == NULL) {
        return true;
    }
    if (json_array_size(given) > ITEMS_MAX) {
        return fault_invalid(&call->world->fault, NULL, "line_items",
                             "A quote has at most %d line items.", ITEMS_MAX);
    }
    json_t *items = json_array();
    bool is_well = true;
    set_null(quote, "currency");
    json_object_del(quote, "_recurring");
    for (size_t i = 0; i < json_array_size(given) && is_well; i++) {
        is_well = item_add(call->world, quote, items, json_array_get(given, i));
    }
    json_object_set_new(quote, "_items", items);
    return is_well;
}

bool quote_items_set(struct call *call, json_t *quote) {
    struct world *world = call->world;
    if (!set_items(call, quote)) {
        return false;
    }
    json_t *discounts = json_object_get(call->params, "discounts");
    const struct discount_owner owner = {
        .object = quote,
        .role = "_quote",
        .customer = member(quote, "customer"),
        .currency = member(quote, "currency"),
        .amount = -1,
        .is_offered = true,
    };
    if (discounts != NULL) {
        json_object_set(quote, "_given_discounts", discounts);
    }
    return discounts_set(world, &owner, discounts) &&
           tax_rates_set(world, quote, "default_tax_rates",
                         json_object_get(call->params, "default_tax_rates"));
}
