/* /v1/coupons: what may be taken off, and how often. A discount (discount.h) is a coupon in use. */
#include "sandbox/discount.h"

#include <string.h>

#include "sandbox/arith.h"
#include "sandbox/currency.h"
#include "sandbox/decimal.h"
#include "sandbox/resources.h"

enum { MONTHS_MAX = 1200, REDEMPTIONS_MAX = 1000000000, NAME_MAX = 40 };

static const char *const durations[] = {"forever", "once", "repeating", NULL};
static const struct param applies_to[] = {
    {.name = "products", .kind = PARAM_TEXTS, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param currency_option[] = {{.name = "amount_off",
                                                .kind = PARAM_INTEGER,
                                                .flags = PARAM_REQUIRED,
                                                .min = 1,
                                                .max = UNIT_AMOUNT_MAX},
                                               {.name = NULL}};
static const struct param create_params[] = {
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "amount_off", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "percent_off", .kind = PARAM_DECIMAL},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "currency_options", .kind = PARAM_DICT, .of = currency_option},
    {.name = "duration", .kind = PARAM_ENUM, .words = durations},
    {.name = "duration_in_months", .kind = PARAM_INTEGER, .min = 1, .max = MONTHS_MAX},
    {.name = "max_redemptions", .kind = PARAM_INTEGER, .min = 1, .max = REDEMPTIONS_MAX},
    {.name = "redeem_by", .kind = PARAM_INTEGER},
    {.name = "applies_to", .kind = PARAM_OBJECT, .of = applies_to},
    {.name = "name", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "currency_options", .kind = PARAM_DICT, .of = currency_option},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE, {.name = "created", .kind = PARAM_RANGE}, PARAMS_COMMON};

void coupon_refresh(json_t *coupon, int64_t now) {
    json_t *by = json_object_get(coupon, "redeem_by");
    json_t *most = json_object_get(coupon, "max_redemptions");
    bool is_late = json_is_integer(by) && json_integer_value(by) <= now;
    bool is_used_up =
        json_is_integer(most) && member_i64(coupon, "times_redeemed") >= json_integer_value(most);
    set_bool(coupon, "valid", !is_late && !is_used_up);
}

static bool check_percent(struct call *call, json_t *coupon) {
    i128 percent = 0;
    bool fits = decimal_scale(param_text(call, "percent_off"), PERCENT_PLACES, &percent) &&
                percent > 0 && percent <= PERCENT_WHOLE;
    if (!fits) {
        return fault_invalid(&call->world->fault, NULL, "percent_off",
                             "Invalid percent_off: must be greater than 0 and at most 100, with "
                             "at most %d decimals.",
                             PERCENT_PLACES);
    }
    set_i64(coupon, "_percent", (int64_t)percent);
    json_object_set_new(coupon, "percent_off", decimal_number(percent, PERCENT_PLACES));
    return true;
}

static bool check_amount(struct call *call, json_t *coupon) {
    struct fault *fault = &call->world->fault;
    const char *currency = param_text(call, "currency");
    if (currency[0] == '\0') {
        return fault_invalid(fault, "parameter_missing", "currency",
                             "Must provide currency when passing in amount_off.");
    }
    if (!currency_check(fault, currency, "currency")) {
        return false;
    }
    set_text(coupon, "currency", currency_find(currency)->code);
    json_object_set(coupon, "amount_off", json_object_get(call->params, "amount_off"));
    return currency_check_amount(fault, currency, member_i64(coupon, "amount_off"), "amount_off");
}

/* Exactly one of percent_off and amount_off. */
static bool check_value(struct call *call, json_t *coupon) {
    struct fault *fault = &call->world->fault;
    bool has_percent = param_given(call, "percent_off");
    bool has_amount = param_given(call, "amount_off");
    if (has_percent && has_amount) {
        return fault_invalid(fault, "parameters_exclusive", "percent_off",
                             "You may only specify one of these parameters: amount_off, "
                             "percent_off.");
    }
    if (!has_percent && !has_amount) {
        return fault_invalid(fault, "parameter_missing", "percent_off",
                             "Must provide percent_off or amount_off.");
    }
    return has_percent ? check_percent(call, coupon) : check_amount(call, coupon);
}

/* duration_in_months belongs to repeating, and to nothing else. */
static bool check_duration(struct call *call, json_t *coupon) {
    bool repeats = member_is(call->params, "duration", "repeating");
    bool has_months = param_given(call, "duration_in_months");
    if (repeats && !has_months) {
        return fault_invalid(&call->world->fault, "parameter_missing", "duration_in_months",
                             "Must provide duration_in_months when duration is repeating.");
    }
    if (!repeats && has_months) {
        return fault_invalid(&call->world->fault, NULL, "duration_in_months",
                             "You may only specify duration_in_months when duration is "
                             "repeating.");
    }
    copy_params(coupon, call->params,
                (const char *const[]){"duration", "duration_in_months", NULL});
    return true;
}

static bool check_products(struct call *call, json_t *coupon) {
    json_t *given = json_object_get(call->params, "applies_to");
    json_t *products = json_object_get(given, "products");
    for (size_t i = 0; i < json_array_size(products); i++) {
        const char *id = json_string_value(json_array_get(products, i));
        if (world_find(call->world, "product", id, "applies_to[products]") == NULL) {
            return false;
        }
    }
    if (given != NULL) {
        json_object_set(coupon, "applies_to", given);
    }
    return true;
}

static bool check_options(struct call *call, json_t *coupon) {
    json_t *options = json_object_get(call->params, "currency_options");
    const char *code;
    json_t *option;
    if (options != NULL && !json_is_integer(json_object_get(coupon, "amount_off"))) {
        return fault_invalid(&call->world->fault, NULL, "currency_options",
                             "You may only specify currency_options with amount_off.");
    }
    json_object_foreach(options, code, option) {
        if (!currency_check(&call->world->fault, code, "currency_options")) {
            return false;
        }
    }
    if (options != NULL && json_object_get(coupon, "currency_options") == NULL) {
        json_object_set_new(coupon, "currency_options", json_object());
    }
    json_object_update(json_object_get(coupon, "currency_options"), options);
    return true;
}

static bool check_times(struct call *call, json_t *coupon) {
    json_t *by = json_object_get(call->params, "redeem_by");
    if (by != NULL && json_integer_value(by) <= world_now(call->world, NULL)) {
        return fault_invalid(&call->world->fault, NULL, "redeem_by",
                             "Invalid redeem_by: must be a time in the future.");
    }
    copy_params(coupon, call->params, (const char *const[]){"redeem_by", "max_redemptions", NULL});
    return true;
}

static bool apply_name(struct call *call, json_t *coupon) {
    if (strlen(param_text(call, "name")) > NAME_MAX) {
        return fault_invalid(&call->world->fault, NULL, "name",
                             "Invalid string: name must be at most %d characters.", NAME_MAX);
    }
    copy_params(coupon, call->params, (const char *const[]){"name", NULL});
    metadata_merge(coupon, call->params);
    world_touch(call->world, coupon);
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "id");
    if (id[0] != '\0' && world_get(world, id) != NULL) {
        fault_invalid(&world->fault, "resource_already_exists", "id", "Coupon already exists.");
        return NULL;
    }
    json_t *coupon =
        id[0] == '\0' ? world_add(world, "coupon", NULL) : world_add_as(world, "coupon", id);
    bool is_well = check_value(call, coupon) && check_duration(call, coupon) &&
                   check_products(call, coupon) && check_options(call, coupon) &&
                   check_times(call, coupon) && apply_name(call, coupon);
    if (!is_well) {
        return NULL;
    }
    event_emit(world, "coupon.created", coupon);
    return json_incref(coupon);
}

static json_t *find(struct call *call) {
    json_t *coupon = world_find(call->world, "coupon", call->id, "coupon");
    if (coupon != NULL) {
        coupon_refresh(coupon, world_now(call->world, NULL));
    }
    return coupon;
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *coupon = find(call);
    if (coupon == NULL || !check_options(call, coupon) || !apply_name(call, coupon)) {
        return NULL;
    }
    event_updated(call->world, "coupon.updated", coupon);
    return json_incref(coupon);
}

/* Discounts that were made of it go on: they hold a copy. */
static json_t *delete (struct call *call) {
    json_t *coupon = find(call);
    if (coupon == NULL) {
        return NULL;
    }
    event_emit(call->world, "coupon.deleted", coupon);
    world_remove(call->world, coupon);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "coupon", "deleted", 1);
}

static bool keeps(struct call *call, json_t *coupon) {
    coupon_refresh(coupon, world_now(call->world, NULL));
    return list_matches(call, coupon);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "coupon", .keeps = keeps};
    return list_answer(call, &query, "/v1/coupons");
}

static const struct route routes[] = {
    {"POST", "/v1/coupons", create, create_params},
    {"GET", "/v1/coupons", list, list_params},
    {"GET", "/v1/coupons/:id", get, get_params},
    {"POST", "/v1/coupons/:id", update, update_params},
    {"DELETE", "/v1/coupons/:id", delete, get_params},
};
const struct route_list coupon_routes = {routes, ARRAY_LEN(routes)};
