/* /v1/billing/credit_grants: granted, changed, expired, voided. What becomes of them on invoices is
 * in credit_apply.c. */
#include "sandbox/credit_grant.h"

#include "base/json.h"
#include "sandbox/arith.h"
#include "sandbox/currency.h"
#include "sandbox/resources.h"
#include "sandbox/subscription_item.h"

enum { PRICES_MAX = 20, GRANTS_MAX = 100, PRIORITY_MAX = 100 };

static const char *const amount_types[] = {"monetary", NULL};
static const char *const price_types[] = {"metered", NULL};
static const char *const categories[] = {"paid", "promotional", NULL};
static const struct param monetary[] = {
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "value",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = UNIT_AMOUNT_MAX},
    {.name = NULL}};
static const struct param amount[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = amount_types},
    {.name = "monetary", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = monetary},
    {.name = NULL}};
static const struct param scope_price[] = {
    {.name = "id", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
const struct param credit_scope_params[] = {
    {.name = "price_type", .kind = PARAM_ENUM, .words = price_types},
    {.name = "prices", .kind = PARAM_LIST, .of = scope_price},
    {.name = NULL}};
static const struct param applicability[] = {
    {.name = "scope", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = credit_scope_params},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "amount", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = amount},
    {.name = "applicability_config",
     .kind = PARAM_OBJECT,
     .flags = PARAM_REQUIRED,
     .of = applicability},
    {.name = "category", .kind = PARAM_ENUM, .words = categories},
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "effective_at", .kind = PARAM_INTEGER},
    {.name = "expires_at", .kind = PARAM_INTEGER},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "name", .kind = PARAM_TEXT},
    {.name = "priority", .kind = PARAM_INTEGER, .min = 0, .max = PRIORITY_MAX},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "expires_at", .kind = PARAM_INTEGER, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE, {.name = "customer", .kind = PARAM_TEXT}, PARAMS_COMMON};

bool credit_scope_check(struct world *world, json_t *scope, const char *param) {
    json_t *prices = json_object_get(scope, "prices");
    bool is_by_type = json_object_get(scope, "price_type") != NULL;
    if (is_by_type == (prices != NULL)) {
        return fault_invalid(&world->fault,
                             is_by_type ? "parameters_exclusive" : "parameter_missing", param,
                             "You must pass exactly one of price_type and prices.");
    }
    if (json_array_size(prices) > PRICES_MAX) {
        return fault_invalid(&world->fault, NULL, param, "At most %d prices may be named.",
                             PRICES_MAX);
    }
    for (size_t i = 0; i < json_array_size(prices); i++) {
        const char *id = member(json_array_get(prices, i), "id");
        const json_t *price = world_find(world, "price", id, param);
        if (price == NULL) {
            return false;
        }
        if (!price_is_metered(price)) {
            return fault_invalid(&world->fault, NULL, param,
                                 "Credit grants apply to prices with a billing meter only; %s has "
                                 "none.",
                                 id);
        }
    }
    return true;
}

static bool check_times(struct call *call, int64_t now) {
    json_t *expires = json_object_get(call->params, "expires_at");
    json_t *effective = json_object_get(call->params, "effective_at");
    int64_t from = json_is_integer(effective) ? json_integer_value(effective) : now;
    return !json_is_integer(expires) ||
           (json_integer_value(expires) > now && json_integer_value(expires) > from) ||
           fault_invalid(&call->world->fault, NULL, "expires_at",
                         "expires_at must be in the future, and after effective_at.");
}

/* Grants that still hold something are few. */
static bool check_count(struct world *world, const char *customer) {
    json_t *all = world_list(world, "billing.credit_grant", customer);
    int count = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        count += member_i64(json_array_get(all, i), "_left") > 0 ? 1 : 0;
    }
    json_decref(all);
    return count < GRANTS_MAX ||
           fault_invalid(&world->fault, NULL, "customer",
                         "A customer has at most %d unused credit grants.", GRANTS_MAX);
}

static json_t *make(struct call *call, const json_t *customer) {
    struct world *world = call->world;
    json_t *grant = world_add(world, "billing.credit_grant", member(customer, "id"));
    json_t *money = json_object_get(json_object_get(grant, "amount"), "monetary");
    copy_params(grant, call->params,
                (const char *const[]){"applicability_config", "category", "expires_at", "name",
                                      "priority", NULL});
    set_text(money, "currency", currency_find(param_text(call, "amount.monetary.currency"))->code);
    set_i64(money, "value", member_i64(call->params, "amount.monetary.value"));
    int64_t now = member_i64(grant, "created");
    set_i64(grant, "effective_at",
            param_given(call, "effective_at") ? member_i64(call->params, "effective_at") : now);
    set_i64(grant, "updated", now);
    set_text(grant, "test_clock", member(customer, "test_clock"));
    metadata_merge(grant, call->params);
    return grant;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const json_t *customer =
        world_find(world, "customer", param_text(call, "customer"), "customer");
    json_t *scope = json_object_get(json_object_get(call->params, "applicability_config"), "scope");
    bool is_well = customer != NULL &&
                   currency_check(&world->fault, param_text(call, "amount.monetary.currency"),
                                  "amount[monetary][currency]") &&
                   credit_scope_check(world, scope, "applicability_config[scope]") &&
                   check_times(call, world_now(world, param_text(call, "customer"))) &&
                   check_count(world, member(customer, "id"));
    if (!is_well) {
        return NULL;
    }
    json_t *grant = make(call, customer);
    event_emit(world, "billing.credit_grant.created", grant);
    (void)credit_move(world, grant,
                      &(struct credit_move){.type = "credits_granted",
                                            .amount = member_i64(grant, "amount.monetary.value")});
    return json_incref(grant);
}

static json_t *find(struct call *call) {
    return world_find(call->world, "billing.credit_grant", call->id, "id");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "billing.credit_grant",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    bool is_known =
        customer[0] == '\0' || world_find(call->world, "customer", customer, "customer") != NULL;
    return is_known ? list_answer(call, &query, "/v1/billing/credit_grants") : NULL;
}

static void changed(struct world *world, json_t *grant) {
    set_i64(grant, "updated", world_now(world, member(grant, "customer")));
    world_touch(world, grant);
    event_updated(world, "billing.credit_grant.updated", grant);
}

/* A grant that is neither over nor void; NULL with a fault. */
static json_t *find_live(struct call *call) {
    json_t *grant = find(call);
    if (grant == NULL) {
        return NULL;
    }
    int64_t now = world_now(call->world, member(grant, "customer"));
    const char *why = json_is_integer(json_object_get(grant, "voided_at")) ? "voided"
                      : json_i64(grant, "expires_at", STORE_NEVER) <= now  ? "expired"
                                                                           : NULL;
    if (why != NULL) {
        fault_invalid(&call->world->fault, NULL, "id", "The credit grant has already %s.",
                      why[0] == 'v' ? "been voided" : "expired");
        return NULL;
    }
    return grant;
}

static json_t *update(struct call *call) {
    json_t *grant = find_live(call);
    if (grant == NULL || !check_times(call, world_now(call->world, member(grant, "customer")))) {
        return NULL;
    }
    copy_params(grant, call->params, (const char *const[]){"expires_at", NULL});
    metadata_merge(grant, call->params);
    changed(call->world, grant);
    return json_incref(grant);
}

static void end(struct world *world, json_t *grant, const char *type, const char *at) {
    int64_t left = member_i64(grant, "_left");
    set_i64(grant, at, world_now(world, member(grant, "customer")));
    if (left > 0) {
        (void)credit_move(world, grant, &(struct credit_move){.type = type, .amount = -left});
    }
    changed(world, grant);
}

static json_t *expire(struct call *call) {
    json_t *grant = find_live(call);
    if (grant != NULL) {
        end(call->world, grant, "credits_expired", "expires_at");
    }
    return json_incref(grant);
}

static json_t *void_grant(struct call *call) {
    json_t *grant = find_live(call);
    if (grant == NULL) {
        return NULL;
    }
    if (member_i64(grant, "_left") != member_i64(grant, "amount.monetary.value")) {
        fault_invalid(&call->world->fault, NULL, "id",
                      "The credit grant has been applied to an invoice and can only be expired.");
        return NULL;
    }
    end(call->world, grant, "credits_voided", "voided_at");
    return json_incref(grant);
}

int64_t credit_grant_due(const json_t *grant) {
    return json_i64(grant, "_left", 0) > 0 ? json_i64(grant, "expires_at", STORE_NEVER)
                                           : STORE_NEVER;
}

void credit_grant_on_due(struct world *world, json_t *grant) {
    (void)credit_move(
        world, grant,
        &(struct credit_move){.type = "credits_expired", .amount = -member_i64(grant, "_left")});
}

static const struct route routes[] = {
    {"POST", "/v1/billing/credit_grants", create, create_params},
    {"GET", "/v1/billing/credit_grants", list, list_params},
    {"GET", "/v1/billing/credit_grants/:id", get, get_params},
    {"POST", "/v1/billing/credit_grants/:id", update, update_params},
    {"POST", "/v1/billing/credit_grants/:id/expire", expire, get_params},
    {"POST", "/v1/billing/credit_grants/:id/void", void_grant, get_params},
};
const struct route_list credit_grant_routes = {routes, ARRAY_LEN(routes)};
