/* /v1/customers/:id/balance_transactions: every move of the balance that invoices draw on. A
 * negative balance is in the customer's favour (billing/customer/balance). */
#include "sandbox/invoice.h"

#include <stdio.h>

#include "sandbox/currency.h"
#include "sandbox/resources.h"

static const struct param create_params[] = {
    {.name = "amount",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = -UNIT_AMOUNT_MAX,
     .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "invoice", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

json_t *balance_move(struct world *world, json_t *customer, const struct balance_move *move) {
    json_t *transaction = world_add(world, "customer_balance_transaction", member(customer, "id"));
    int64_t balance = member_i64(customer, "balance") + move->amount;
    set_i64(customer, "balance", balance);
    if (member(customer, "currency")[0] == '\0') {
        set_text(customer, "currency", move->currency);
    }
    set_i64(transaction, "amount", move->amount);
    set_i64(transaction, "ending_balance", balance);
    set_text(transaction, "type", move->type);
    set_text(transaction, "currency", move->currency);
    set_text(transaction, "invoice", move->invoice);
    set_text(transaction, "credit_note", move->credit_note);
    set_text(transaction, "description", move->description);
    world_touch(world, customer);
    return transaction;
}

/* A balance is in one currency, that of the customer. */
static bool check_currency(struct call *call, const json_t *customer) {
    const char *currency = param_text(call, "currency");
    const char *own = member(customer, "currency");
    if (!currency_check(&call->world->fault, currency, "currency")) {
        return false;
    }
    return own[0] == '\0' || currency_find(own) == currency_find(currency) ||
           fault_invalid(&call->world->fault, NULL, "currency",
                         "The currency of a customer's balance is that of its invoices (%s).", own);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *customer = world_find(world, "customer", call->id, "customer");
    if (customer == NULL || !check_currency(call, customer)) {
        return NULL;
    }
    const struct balance_move move = {
        .amount = member_i64(call->params, "amount"),
        .type = "adjustment",
        .currency = currency_find(param_text(call, "currency"))->code,
        .description = param_text(call, "description"),
    };
    if (move.amount == 0) {
        fault_invalid(&world->fault, "parameter_invalid_integer", "amount",
                      "Invalid amount: must not be 0.");
        return NULL;
    }
    json_t *transaction = balance_move(world, customer, &move);
    metadata_merge(transaction, call->params);
    event_updated(world, "customer.updated", customer);
    return json_incref(transaction);
}

static json_t *find(struct call *call) {
    json_t *transaction =
        world_find(call->world, "customer_balance_transaction", call->id, "transaction");
    if (transaction != NULL && !member_is(transaction, "customer", call->parent)) {
        world_missing(call->world, "customer balance transaction", "transaction", call->id);
        return NULL;
    }
    return transaction;
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *transaction = find(call);
    if (transaction == NULL) {
        return NULL;
    }
    copy_params(transaction, call->params, (const char *const[]){"description", NULL});
    metadata_merge(transaction, call->params);
    world_touch(call->world, transaction);
    return json_incref(transaction);
}

static json_t *list(struct call *call) {
    char url[STORE_ID + 48];
    (void)snprintf(url, sizeof url, "/v1/customers/%s/balance_transactions", call->id);
    if (world_find(call->world, "customer", call->id, "customer") == NULL) {
        return NULL;
    }
    const struct list_query query = {.type = "customer_balance_transaction", .customer = call->id};
    return list_answer(call, &query, url);
}

static const struct route routes[] = {
    {"POST", "/v1/customers/:id/balance_transactions", create, create_params},
    {"GET", "/v1/customers/:id/balance_transactions", list, list_params},
    {"GET", "/v1/customers/:parent/balance_transactions/:id", get, get_params},
    {"POST", "/v1/customers/:parent/balance_transactions/:id", update, update_params},
};
const struct route_list customer_balance_routes = {routes, ARRAY_LEN(routes)};
