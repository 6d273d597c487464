/* What is left of billing credits: the ledger of their moves, and its summary. The ledger's balance
 * is everything that is left; available is what may be drawn on now. */
#include <string.h>

#include "sandbox/credit_grant.h"
#include "sandbox/resources.h"

static const char *const filter_types[] = {"applicability_scope", "credit_grant", NULL};
static const struct param filter[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = filter_types},
    {.name = "applicability_scope", .kind = PARAM_OBJECT, .of = credit_scope_params},
    {.name = "credit_grant", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param summary_params[] = {
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "filter", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = filter},
    PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "credit_grant", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};

static json_t *money(const char *currency, int64_t value) {
    return json_pack("{s:{s:s, s:I}, s:s}", "monetary", "currency", currency, "value",
                     (json_int_t)value, "type", "monetary");
}

/* --- moves --- */

json_t *credit_move(struct world *world, json_t *grant, const struct credit_move *move) {
    const char *customer = member(grant, "customer");
    json_t *transaction = world_add(world, "billing.credit_balance_transaction", NULL);
    bool is_credit = move->amount > 0;
    int64_t now = world_now(world, customer);
    bool is_grant = strcmp(move->type, "credits_granted") == 0;
    const char *reason = is_credit ? "credits_application_invoice_voided" : "credits_applied";
    json_t *side = json_pack(
        "{s:o, s:s}", "amount",
        money(member(grant, "amount.monetary.currency"), is_credit ? move->amount : -move->amount),
        "type", move->type);
    json_object_set_new(side, reason,
                        move->invoice == NULL ? json_null()
                                              : json_pack("{s:s, s:s}", "invoice", move->invoice,
                                                          "invoice_line_item", move->line));
    set_text(transaction, "_customer", customer);
    set_i64(transaction, "created", now);
    set_i64(transaction, "effective_at", is_grant ? member_i64(grant, "effective_at") : now);
    set_text(transaction, "credit_grant", member(grant, "id"));
    set_text(transaction, "test_clock", member(grant, "test_clock"));
    set_text(transaction, "type", is_credit ? "credit" : "debit");
    json_object_set_new(transaction, is_credit ? "credit" : "debit", side);
    set_i64(grant, "_left", member_i64(grant, "_left") + move->amount);
    world_touch(world, grant);
    event_emit(world, "billing.credit_balance_transaction.created", transaction);
    return transaction;
}

static json_t *get(struct call *call) {
    return json_incref(
        world_find(call->world, "billing.credit_balance_transaction", call->id, "id"));
}

static bool is_of_grant(struct call *call, json_t *transaction) {
    const char *grant = param_text(call, "credit_grant");
    return grant[0] == '\0' || member_is(transaction, "credit_grant", grant);
}

static json_t *list(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    const char *grant = param_text(call, "credit_grant");
    const struct list_query query = {.type = "billing.credit_balance_transaction",
                                     .customer = customer[0] == '\0' ? NULL : customer,
                                     .keeps = is_of_grant};
    bool are_known =
        (customer[0] == '\0' || world_find(world, "customer", customer, "customer") != NULL) &&
        (grant[0] == '\0' ||
         world_find(world, "billing.credit_grant", grant, "credit_grant") != NULL);
    return are_known ? list_answer(call, &query, "/v1/billing/credit_balance_transactions") : NULL;
}

/* --- the summary --- */

static bool check_filter(struct call *call, json_t *given) {
    struct fault *fault = &call->world->fault;
    const char *type = member(given, "type");
    bool is_scope = strcmp(type, "applicability_scope") == 0;
    if (json_object_get(given, type) == NULL) {
        const char *param = is_scope ? "filter[applicability_scope]" : "filter[credit_grant]";
        return fault_invalid(fault, "parameter_missing", param, "Missing required param: %s.",
                             param);
    }
    if (is_scope) {
        return credit_scope_check(call->world, json_object_get(given, "applicability_scope"),
                                  "filter[applicability_scope]");
    }
    const json_t *grant = world_find(call->world, "billing.credit_grant",
                                     member(given, "credit_grant"), "filter[credit_grant]");
    return grant != NULL && (member_is(grant, "customer", param_text(call, "customer")) ||
                             fault_invalid(fault, NULL, "filter[credit_grant]",
                                           "The credit grant is another customer's."));
}

/* A scope asks for the grants that would serve all of it. */
static bool serves(const json_t *grant, json_t *scope) {
    json_t *prices = json_object_get(scope, "prices");
    bool serves_all =
        prices != NULL || !member_is(grant, "applicability_config.scope.price_type", "");
    for (size_t i = 0; i < json_array_size(prices); i++) {
        serves_all = serves_all && credit_covers(grant, json_array_get(prices, i));
    }
    return serves_all;
}

static bool is_asked(const json_t *grant, json_t *given) {
    return member_is(given, "type", "credit_grant")
               ? member_is(grant, "id", member(given, "credit_grant"))
               : serves(grant, json_object_get(given, "applicability_scope"));
}

static json_t *balance_in(json_t *balances, const char *currency) {
    for (size_t i = 0; i < json_array_size(balances); i++) {
        json_t *balance = json_array_get(balances, i);
        if (member_is(balance, "ledger_balance.monetary.currency", currency)) {
            return balance;
        }
    }
    json_array_append_new(balances, json_pack("{s:o, s:o}", "available_balance", money(currency, 0),
                                              "ledger_balance", money(currency, 0)));
    return json_array_get(balances, json_array_size(balances) - 1);
}

static void add_to(json_t *balance, const char *name, int64_t value) {
    json_t *monetary = json_object_get(json_object_get(balance, name), "monetary");
    set_i64(monetary, "value", member_i64(monetary, "value") + value);
}

static json_t *summary(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    json_t *given = json_object_get(call->params, "filter");
    if (world_find(world, "customer", customer, "customer") == NULL || !check_filter(call, given)) {
        return NULL;
    }
    json_t *balances = json_array();
    json_t *all = world_list(world, "billing.credit_grant", customer);
    int64_t now = world_now(world, customer);
    for (size_t i = json_array_size(all); i-- > 0;) {
        const json_t *grant = json_array_get(all, i);
        if (is_asked(grant, given)) {
            json_t *balance = balance_in(balances, member(grant, "amount.monetary.currency"));
            int64_t left = member_i64(grant, "_left");
            add_to(balance, "ledger_balance", left);
            add_to(balance, "available_balance", credit_is_available(grant, now) ? left : 0);
        }
    }
    json_decref(all);
    return json_pack("{s:s, s:o, s:s, s:n, s:b}", "object", "billing.credit_balance_summary",
                     "balances", balances, "customer", customer, "customer_account", "livemode", 0);
}

static const struct route routes[] = {
    {"GET", "/v1/billing/credit_balance_summary", summary, summary_params},
    {"GET", "/v1/billing/credit_balance_transactions", list, list_params},
    {"GET", "/v1/billing/credit_balance_transactions/:id", get, get_params},
};
const struct route_list credit_balance_routes = {routes, ARRAY_LEN(routes)};
