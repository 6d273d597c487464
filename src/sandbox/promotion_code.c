/* /v1/promotion_codes: words that customers type to get a coupon. A code is active for one coupon
 * at a time; letters count alike in either case. */
#include "sandbox/discount.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sandbox/arith.h"
#include "sandbox/currency.h"
#include "sandbox/resources.h"

enum { CODE_MAX = 500, CODE_RANDOM = 8, REDEMPTIONS_MAX = 1000000000 };

static const char *const promotion_types[] = {"coupon", NULL};
static const struct param promotion[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = promotion_types},
    {.name = "coupon", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param currency_option[] = {
    {.name = "minimum_amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = NULL}};
static const struct param restrictions[] = {
    {.name = "first_time_transaction", .kind = PARAM_BOOLEAN},
    {.name = "minimum_amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "minimum_amount_currency", .kind = PARAM_TEXT},
    {.name = "currency_options", .kind = PARAM_DICT, .of = currency_option},
    {.name = NULL}};
static const struct param update_restrictions[] = {
    {.name = "currency_options", .kind = PARAM_DICT, .of = currency_option}, {.name = NULL}};
static const struct param create_params[] = {
    {.name = "promotion", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = promotion},
    {.name = "code", .kind = PARAM_TEXT},
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "expires_at", .kind = PARAM_INTEGER},
    {.name = "max_redemptions", .kind = PARAM_INTEGER, .min = 1, .max = REDEMPTIONS_MAX},
    {.name = "restrictions", .kind = PARAM_OBJECT, .of = restrictions},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "restrictions", .kind = PARAM_OBJECT, .of = update_restrictions},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "code", .kind = PARAM_TEXT},
                                           {.name = "coupon", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

/* No two active codes are alike for the same customer, or for everybody. */
static bool is_code_free(struct world *world, const json_t *promotion_code) {
    const char *code = member(promotion_code, "code");
    json_t *all = world_list(world, "promotion_code", NULL);
    bool is_free = true;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *other = json_array_get(all, i);
        bool clashes = other != promotion_code && json_is_true(json_object_get(other, "active")) &&
                       strcasecmp(member(other, "code"), code) == 0 &&
                       member_is(other, "customer", member(promotion_code, "customer"));
        is_free = is_free && !clashes;
    }
    json_decref(all);
    return is_free ||
           fault_invalid(&world->fault, "resource_already_exists", "code",
                         "An active promotion code with `code: %.60s` already exists.", code);
}

static bool set_code(struct call *call, json_t *promotion_code) {
    char random[CODE_RANDOM + 1];
    const char *code = param_text(call, "code");
    if (code[0] == '\0') {
        world_random(call->world, random, CODE_RANDOM);
        for (char *at = random; *at != '\0'; at++) {
            *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        }
        code = random;
    }
    if (!str_only(str_from_cstr(code),
                  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_") ||
        strlen(code) > CODE_MAX) {
        return fault_invalid(&call->world->fault, NULL, "code",
                             "Invalid code: a promotion code is made of letters, digits, dashes "
                             "and underscores.");
    }
    set_text(promotion_code, "code", code);
    return true;
}

/* A minimum has a currency; currency_options have more of them. */
static bool set_restrictions(struct call *call, json_t *promotion_code) {
    json_t *given = json_object_get(call->params, "restrictions");
    json_t *own = json_object_get(promotion_code, "restrictions");
    const char *currency = member(given, "minimum_amount_currency");
    bool has_amount = json_object_get(given, "minimum_amount") != NULL;
    if (has_amount && currency[0] == '\0') {
        return fault_invalid(&call->world->fault, "parameter_missing",
                             "restrictions[minimum_amount_currency]",
                             "Missing required param: restrictions[minimum_amount_currency].");
    }
    if (currency[0] != '\0' &&
        !currency_check(&call->world->fault, currency, "restrictions[minimum_amount_currency]")) {
        return false;
    }
    json_object_update(own, given);
    return true;
}

static bool set_bounds(struct call *call, json_t *promotion_code) {
    json_t *expires = json_object_get(call->params, "expires_at");
    if (expires != NULL && json_integer_value(expires) <= world_now(call->world, NULL)) {
        return fault_invalid(&call->world->fault, NULL, "expires_at",
                             "Invalid expires_at: must be a time in the future.");
    }
    copy_params(promotion_code, call->params,
                (const char *const[]){"active", "expires_at", "max_redemptions", NULL});
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    const char *coupon_id = param_text(call, "promotion.coupon");
    if (coupon_id[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", "promotion[coupon]",
                      "Missing required param: promotion[coupon].");
        return NULL;
    }
    bool is_known =
        world_find(world, "coupon", coupon_id, "promotion[coupon]") != NULL &&
        (customer[0] == '\0' || world_find(world, "customer", customer, "customer") != NULL);
    if (!is_known) {
        return NULL;
    }
    json_t *promotion_code = world_add(world, "promotion_code", NULL);
    set_text(promotion_code, "customer", customer);
    set_text(json_object_get(promotion_code, "promotion"), "coupon", coupon_id);
    metadata_merge(promotion_code, call->params);
    bool is_well = set_code(call, promotion_code) && set_restrictions(call, promotion_code) &&
                   set_bounds(call, promotion_code) && is_code_free(world, promotion_code);
    if (!is_well) {
        return NULL;
    }
    event_emit(world, "promotion_code.created", promotion_code);
    return json_incref(promotion_code);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "promotion_code", call->id, "promotion_code"));
}

static json_t *update(struct call *call) {
    struct world *world = call->world;
    json_t *promotion_code = world_find(world, "promotion_code", call->id, "promotion_code");
    if (promotion_code == NULL || !set_restrictions(call, promotion_code)) {
        return NULL;
    }
    copy_params(promotion_code, call->params, (const char *const[]){"active", NULL});
    metadata_merge(promotion_code, call->params);
    bool is_active = json_is_true(json_object_get(promotion_code, "active"));
    if (is_active && !is_code_free(world, promotion_code)) {
        return NULL;
    }
    world_touch(world, promotion_code);
    event_updated(world, "promotion_code.updated", promotion_code);
    return json_incref(promotion_code);
}

static bool keeps(struct call *call, json_t *promotion_code) {
    const char *code = param_text(call, "code");
    const char *coupon = param_text(call, "coupon");
    struct call rest = *call;
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "code");
    json_object_del(rest.params, "coupon");
    bool is_kept = (code[0] == '\0' || strcasecmp(member(promotion_code, "code"), code) == 0) &&
                   (coupon[0] == '\0' || member_is(promotion_code, "promotion.coupon", coupon)) &&
                   list_matches(&rest, promotion_code);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "promotion_code", .keeps = keeps};
    return list_answer(call, &query, "/v1/promotion_codes");
}

static const struct route routes[] = {
    {"POST", "/v1/promotion_codes", create, create_params},
    {"GET", "/v1/promotion_codes", list, list_params},
    {"GET", "/v1/promotion_codes/:id", get, get_params},
    {"POST", "/v1/promotion_codes/:id", update, update_params},
};
const struct route_list promotion_code_routes = {routes, ARRAY_LEN(routes)};
