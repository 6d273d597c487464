/* Making prices from parameters: amounts, tiers, packages, intervals, other currencies. */
#include "sandbox/price.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/arith.h"
#include "sandbox/currency.h"
#include "sandbox/decimal.h"

enum { INTERVAL_COUNT_MAX = 1095, TRIAL_DAYS_MAX = 730, TIERS_MAX = 100, DIVISOR_MAX = 1000000 };

static const char *const intervals[] = {"day", "week", "month", "year", NULL};
static const char *const usage_types[] = {"licensed", "metered", NULL};
static const char *const tax_behaviors[] = {"exclusive", "inclusive", "unspecified", NULL};
static const char *const endless[] = {"inf", NULL};

const struct param price_recurring_params[] = {
    {.name = "interval", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = intervals},
    {.name = "interval_count", .kind = PARAM_INTEGER, .min = 1, .max = INTERVAL_COUNT_MAX},
    {.name = "usage_type", .kind = PARAM_ENUM, .words = usage_types},
    {.name = "meter", .kind = PARAM_TEXT},
    {.name = "trial_period_days", .kind = PARAM_INTEGER, .min = 1, .max = TRIAL_DAYS_MAX},
    {.name = NULL}};
const struct param price_tier_params[] = {
    {.name = "up_to", .kind = PARAM_MOMENT, .flags = PARAM_REQUIRED, .words = endless},
    {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL},
    {.name = "flat_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "flat_amount_decimal", .kind = PARAM_DECIMAL},
    {.name = NULL}};
const struct param price_option_params[] = {
    {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL},
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},
    {.name = "tiers", .kind = PARAM_LIST, .of = price_tier_params},
    {.name = NULL}};
#define PRICE_DATA                                                                                 \
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},                             \
        {.name = "product", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},                          \
        {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},                      \
        {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX}, {        \
        .name = "unit_amount_decimal", .kind = PARAM_DECIMAL                                       \
    }
const struct param price_data_params[] = {PRICE_DATA, {.name = NULL}};
const struct param recurring_price_data_params[] = {PRICE_DATA,
                                                    {.name = "recurring",
                                                     .kind = PARAM_OBJECT,
                                                     .flags = PARAM_REQUIRED,
                                                     .of = price_recurring_params},
                                                    {.name = NULL}};

const struct param any_price_data_params[] = {
    PRICE_DATA,
    {.name = "recurring", .kind = PARAM_OBJECT, .of = price_recurring_params},
    {.name = NULL}};

static const struct param product_data[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "images", .kind = PARAM_TEXTS},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "tax_code", .kind = PARAM_TEXT},
    {.name = "unit_label", .kind = PARAM_TEXT},
    {.name = NULL}};
const struct param sale_price_data_params[] = {
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "product", .kind = PARAM_TEXT},
    {.name = "product_data", .kind = PARAM_OBJECT, .of = product_data},
    {.name = "recurring", .kind = PARAM_OBJECT, .of = price_recurring_params},
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},
    {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX},
    {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL},
    {.name = NULL}};

/* Sets `name` and `name`_decimal of `object` from either of them; an amount with parts of a cent
 * has the decimal only. False with a fault when both are given. */
static bool fill_amount(struct world *world, json_t *object, json_t *given, const char *name) {
    char decimal_name[40];
    char text[DECIMAL_TEXT];
    (void)snprintf(decimal_name, sizeof decimal_name, "%.28s_decimal", name);
    json_t *whole = json_object_get(given, name);
    const char *decimal = member(given, decimal_name);
    i128 parts = 0;
    if (whole != NULL && decimal[0] != '\0') {
        return fault_invalid(&world->fault, "parameters_exclusive", decimal_name,
                             "You may only specify one of these parameters: %s, %s.", name,
                             decimal_name);
    }
    set_null(object, name);
    set_null(object, decimal_name);
    if (whole != NULL) {
        decimal_text(json_integer_value(whole), 0, text);
        set_text(object, decimal_name, text);
        json_object_set(object, name, whole);
        return true;
    }
    if (!decimal_scale(decimal, DECIMAL_PLACES, &parts)) {
        return true;
    }
    if (parts < 0 || parts > UNIT_AMOUNT_MAX * DECIMAL_ONE) {
        return fault_invalid(&world->fault, "parameter_invalid_integer", decimal_name,
                             "Invalid decimal: %.40s must be between 0 and %d.", decimal,
                             UNIT_AMOUNT_MAX);
    }
    decimal_text(parts, DECIMAL_PLACES, text);
    set_text(object, decimal_name, text);
    if (strchr(text, '.') == NULL) {
        set_i64(object, name, decimal_round(parts, DECIMAL_PLACES));
    }
    return true;
}

/* Tiers rise, and the last one is endless. */
static bool check_order(struct world *world, const json_t *tiers) {
    int64_t before = 0;
    size_t last = json_array_size(tiers) - 1;
    for (size_t i = 0; i <= last; i++) {
        char param[40];
        json_t *end = json_object_get(json_array_get(tiers, i), "up_to");
        bool is_endless = json_is_null(end);
        (void)snprintf(param, sizeof param, "tiers[%zu][up_to]", i);
        if (is_endless != (i == last) || (!is_endless && json_integer_value(end) <= before)) {
            return fault_invalid(&world->fault, NULL, param,
                                 "Tiers must rise, and the last one must have `up_to` set to "
                                 "`inf`.");
        }
        before = json_integer_value(end);
    }
    return true;
}

/* The tiers as prices show them; NULL with a fault. */
static json_t *read_tiers(struct world *world, json_t *given) {
    json_t *tiers = json_array();
    bool is_well = json_array_size(given) > 0 && json_array_size(given) <= TIERS_MAX;
    for (size_t i = 0; is_well && i < json_array_size(given); i++) {
        json_t *one = json_array_get(given, i);
        json_t *tier = json_object();
        json_t *end = json_object_get(one, "up_to");
        json_object_set_new(tier, "up_to", json_is_integer(end) ? json_incref(end) : json_null());
        is_well = fill_amount(world, tier, one, "unit_amount") &&
                  fill_amount(world, tier, one, "flat_amount");
        json_array_append_new(tiers, tier);
    }
    if (!is_well || !check_order(world, tiers)) {
        fault_invalid(&world->fault, "parameter_missing", "tiers",
                      "A tiered price has one to %d tiers.", TIERS_MAX);
        json_decref(tiers);
        return NULL;
    }
    return tiers;
}

static bool fill_tiers(struct world *world, json_t *price, json_t *given) {
    struct fault *fault = &world->fault;
    if (json_object_get(given, "unit_amount") != NULL ||
        json_object_get(given, "unit_amount_decimal") != NULL) {
        return fault_invalid(fault, NULL, "unit_amount",
                             "You may not specify unit_amount when billing_scheme is tiered.");
    }
    if (member(given, "tiers_mode")[0] == '\0') {
        return fault_invalid(fault, "parameter_missing", "tiers_mode",
                             "Missing required param: tiers_mode.");
    }
    json_t *tiers = read_tiers(world, json_object_get(given, "tiers"));
    if (tiers == NULL) {
        return false;
    }
    set_text(price, "billing_scheme", "tiered");
    set_text(price, "tiers_mode", member(given, "tiers_mode"));
    json_object_set_new(price, "_tiers", tiers);
    return true;
}

static bool fill_per_unit(struct world *world, json_t *price, json_t *given) {
    struct fault *fault = &world->fault;
    bool has_tiers =
        json_object_get(given, "tiers") != NULL || json_object_get(given, "tiers_mode") != NULL;
    if (has_tiers) {
        return fault_invalid(fault, NULL, "tiers",
                             "You may only specify tiers when billing_scheme is tiered.");
    }
    if (!fill_amount(world, price, given, "unit_amount")) {
        return false;
    }
    if (json_is_null(json_object_get(price, "unit_amount_decimal"))) {
        return fault_invalid(fault, "parameter_missing", "unit_amount",
                             "Missing required param: unit_amount.");
    }
    return currency_check_amount(fault, member(price, "currency"), member_i64(price, "unit_amount"),
                                 "unit_amount");
}

static bool fill_recurring(struct world *world, json_t *price, json_t *given) {
    const char *meter = member(given, "meter");
    bool is_metered = member_is(given, "usage_type", "metered");
    if (given == NULL) {
        return true;
    }
    if (is_metered && meter[0] == '\0') {
        return fault_invalid(&world->fault, "parameter_missing", "recurring[meter]",
                             "Metered prices must be backed by a meter: pass recurring[meter].");
    }
    if (meter[0] != '\0' && world_find(world, "billing.meter", meter, "recurring[meter]") == NULL) {
        return false;
    }
    if (meter[0] != '\0' && !is_metered) {
        return fault_invalid(&world->fault, NULL, "recurring[usage_type]",
                             "A price with a meter must have usage_type=metered.");
    }
    json_t *shape = json_pack("{s:s, s:i, s:n, s:n, s:s}", "interval", "month", "interval_count", 1,
                              "meter", "trial_period_days", "usage_type", "licensed");
    json_object_update(shape, given);
    json_object_set_new(price, "recurring", shape);
    set_text(price, "type", "recurring");
    return true;
}

bool price_options_set(struct world *world, json_t *price, json_t *given) {
    const char *code;
    json_t *option;
    json_t *options = json_object_get(price, "_currency_options");
    if (options == NULL) {
        options = json_object();
        json_object_set_new(price, "_currency_options", options);
    }
    json_object_foreach(given, code, option) {
        json_t *shape =
            json_pack("{s:n, s:s}", "custom_unit_amount", "tax_behavior", "unspecified");
        if (!currency_check(&world->fault, code, "currency_options")) {
            json_decref(shape);
            return false;
        }
        json_object_set_new(options, currency_find(code)->code, shape);
        copy_params(shape, option, (const char *const[]){"tax_behavior", NULL});
        if (!fill_amount(world, shape, option, "unit_amount")) {
            return false;
        }
        json_t *tiers = json_object_get(option, "tiers");
        if (tiers != NULL) {
            json_t *read = read_tiers(world, tiers);
            if (read == NULL) {
                return false;
            }
            json_object_set_new(shape, "tiers", read);
        }
    }
    return true;
}

bool price_fill(struct world *world, json_t *price, json_t *given) {
    const char *currency = member(given, "currency");
    if (!currency_check(&world->fault, currency, "currency")) {
        return false;
    }
    set_text(price, "currency", currency_find(currency)->code);
    copy_params(price, given, (const char *const[]){"tax_behavior", "transform_quantity", NULL});
    bool is_tiered = member_is(given, "billing_scheme", "tiered");
    if (is_tiered && json_object_get(given, "transform_quantity") != NULL) {
        return fault_invalid(&world->fault, NULL, "transform_quantity",
                             "You may not specify transform_quantity with tiers.");
    }
    return (is_tiered ? fill_tiers(world, price, given) : fill_per_unit(world, price, given)) &&
           fill_recurring(world, price, json_object_get(given, "recurring")) &&
           price_options_set(world, price, json_object_get(given, "currency_options"));
}

json_t *product_of_data(struct world *world, json_t *data) {
    static const char *const plain[] = {
        "name",     "active",     "description", "images", "statement_descriptor",
        "tax_code", "unit_label", NULL};
    json_t *product = world_add(world, "product", NULL);
    copy_params(product, data, plain);
    metadata_merge(product, data);
    set_i64(product, "updated", world_now(world, NULL));
    event_emit(world, "product.created", product);
    return product;
}

/* The product of price_data, by its id or its description; NULL with a fault. */
static json_t *product_for(struct world *world, json_t *data, const char *param) {
    char product_param[64];
    json_t *described = json_object_get(data, "product_data");
    const char *id = member(data, "product");
    (void)snprintf(product_param, sizeof product_param, "%.40s[product]", param);
    if ((id[0] == '\0') == (described == NULL)) {
        fault_invalid(&world->fault,
                      described == NULL ? "parameter_missing" : "parameters_exclusive",
                      product_param, "You must pass exactly one of product and product_data.");
        return NULL;
    }
    return described != NULL ? product_of_data(world, described)
                             : world_find(world, "product", id, product_param);
}

json_t *price_of_data(struct world *world, json_t *data, const char *param) {
    json_t *product = product_for(world, data, param);
    if (product == NULL) {
        return NULL;
    }
    json_t *price = world_add(world, "price", NULL);
    set_text(price, "product", member(product, "id"));
    set_bool(price, "active", false);
    if (!price_fill(world, price, data)) {
        return NULL;
    }
    event_emit(world, "price.created", price);
    return price;
}

static json_t *option_of(const json_t *price, const char *currency) {
    return json_object_get(json_object_get(price, "_currency_options"), currency);
}

bool price_has(const json_t *price, const char *currency) {
    return member_is(price, "currency", currency) || option_of(price, currency) != NULL;
}

const char *price_currency_for(struct world *world, const json_t *price, const char *customer) {
    const char *theirs = customer == NULL ? "" : member(world_get(world, customer), "currency");
    return theirs[0] != '\0' && price_has(price, theirs) ? theirs : member(price, "currency");
}

bool price_check_currency(struct world *world, const json_t *price, const char *currency,
                          const char *param) {
    return currency[0] == '\0' || price_has(price, currency) ||
           fault_invalid(&world->fault, NULL, param,
                         "The price specified only supports `%s`. This doesn't match the expected "
                         "currency: `%s`.",
                         member(price, "currency"), currency);
}

json_t *price_in(json_t *price, const char *currency) {
    json_t *option = option_of(price, currency);
    if (member_is(price, "currency", currency) || option == NULL) {
        return json_incref(price);
    }
    json_t *own = json_deep_copy(price);
    set_text(own, "currency", currency);
    copy_params(own, option,
                (const char *const[]){"unit_amount", "unit_amount_decimal", "tax_behavior", NULL});
    if (json_object_get(option, "tiers") != NULL) {
        json_object_set(own, "_tiers", json_object_get(option, "tiers"));
    }
    return own;
}

json_t *price_tiers(struct world *world, json_t *price) {
    json_t *tiers = json_object_get(world_get(world, member(price, "id")), "_tiers");
    return tiers == NULL ? json_null() : json_deep_copy(tiers);
}

json_t *price_currency_options(struct world *world, json_t *price) {
    json_t *stored = world_get(world, member(price, "id"));
    json_t *options = json_object_get(stored, "_currency_options");
    json_t *shown = options == NULL ? json_object() : json_deep_copy(options);
    json_t *own = json_pack("{s:n}", "custom_unit_amount");
    copy_params(own, stored,
                (const char *const[]){"tax_behavior", "unit_amount", "unit_amount_decimal", NULL});
    json_object_set_new(shown, member(price, "currency"), own);
    return shown;
}
