/* /v1/customers/:id/cash_balance, its transactions, funding instructions, and the test helper that
 * plays the customer's bank. */
#include "sandbox/cash_balance.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/payment.h"
#include "sandbox/resources.h"

static const char *const modes[] = {"automatic", "manual", "merchant_default", NULL};
static const char *const funding_types[] = {"bank_transfer", NULL};
static const struct param settings_params[] = {
    {.name = "reconciliation_mode", .kind = PARAM_ENUM, .words = modes}, {.name = NULL}};
static const struct param update_params[] = {
    {.name = "settings", .kind = PARAM_OBJECT, .of = settings_params}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param eu_params[] = {
    {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param transfer_params[] = {
    {.name = "type", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "requested_address_types", .kind = PARAM_TEXTS},
    {.name = "eu_bank_transfer", .kind = PARAM_OBJECT, .of = eu_params},
    {.name = NULL}};
static const struct param funding_params[] = {
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "funding_type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = funding_types},
    {.name = "bank_transfer", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = transfer_params},
    PARAMS_COMMON};
static const struct param fund_params[] = {
    {.name = "amount",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "reference", .kind = PARAM_TEXT},
    PARAMS_COMMON};

static json_t *customer_of(struct call *call) {
    return world_find(call->world, "customer", call->id, "customer");
}

static json_t *get(struct call *call) {
    json_t *customer = customer_of(call);
    return customer == NULL ? NULL : cash_balance_of(call->world, customer);
}

static json_t *update(struct call *call) {
    json_t *customer = customer_of(call);
    if (customer == NULL) {
        return NULL;
    }
    const char *mode = param_text(call, "settings.reconciliation_mode");
    if (mode[0] != '\0') {
        set_text(customer, "_reconciliation", strcmp(mode, "merchant_default") == 0 ? "" : mode);
        world_touch(call->world, customer);
    }
    return cash_balance_of(call->world, customer);
}

static json_t *list_transactions(struct call *call) {
    char url[160];
    const struct list_query query = {.type = "customer_cash_balance_transaction",
                                     .customer = call->id};
    (void)snprintf(url, sizeof url, "/v1/customers/%.90s/cash_balance_transactions", call->id);
    return customer_of(call) == NULL ? NULL : list_answer(call, &query, url);
}

static json_t *get_transaction(struct call *call) {
    return json_incref(
        world_find(call->world, "customer_cash_balance_transaction", call->id, "transaction"));
}

/* The type must be the one of the currency. */
static const char *type_checked(struct call *call) {
    const char *currency = param_text(call, "currency");
    const char *type = transfer_type_of(currency);
    if (type == NULL) {
        fault_invalid(&call->world->fault, "payment_method_currency_mismatch", "currency",
                      "There are no bank transfers in %.10s in this sandbox: it has usd, eur, gbp, "
                      "jpy and mxn.",
                      currency);
        return NULL;
    }
    if (strcmp(type, param_text(call, "bank_transfer.type")) != 0) {
        fault_invalid(&call->world->fault, NULL, "bank_transfer[type]",
                      "Invalid bank_transfer[type]: must be %s for the currency %s.", type,
                      currency);
        return NULL;
    }
    return type;
}

static json_t *instruct(struct call *call) {
    json_t *customer = customer_of(call);
    const char *type = customer == NULL ? NULL : type_checked(call);
    if (type == NULL) {
        return NULL;
    }
    const char *country = strcmp(type, "us_bank_transfer") == 0   ? "US"
                          : strcmp(type, "gb_bank_transfer") == 0 ? "GB"
                          : strcmp(type, "jp_bank_transfer") == 0 ? "JP"
                          : strcmp(type, "mx_bank_transfer") == 0 ? "MX"
                                                                  : "DE";
    return json_pack("{s:s, s:{s:s, s:o, s:s}, s:s, s:s, s:b}", "object", "funding_instructions",
                     "bank_transfer", "country", country, "financial_addresses",
                     transfer_addresses(customer, type), "type", type, "currency",
                     param_text(call, "currency"), "funding_type", "bank_transfer", "livemode", 0);
}

/* The sender as the network of the currency tells of it. */
static json_t *funded_by(const char *currency, const char *reference) {
    const char *type = transfer_type_of(currency);
    bool is_us = strcmp(type, "us_bank_transfer") == 0;
    json_t *transfer = json_pack("{s:s, s:s?}", "type", type, "reference",
                                 reference[0] == '\0' ? NULL : reference);
    if (is_us) {
        json_object_set_new(transfer, type,
                            json_pack("{s:s, s:s}", "network", "domestic_wire_us", "sender_name",
                                      "Sandbox Customer"));
    }
    return json_pack("{s:o}", "bank_transfer", transfer);
}

static json_t *fund(struct call *call) {
    struct world *world = call->world;
    json_t *customer = customer_of(call);
    const char *currency = param_text(call, "currency");
    if (customer == NULL) {
        return NULL;
    }
    if (transfer_type_of(currency) == NULL) {
        fault_invalid(&world->fault, "payment_method_currency_mismatch", "currency",
                      "There are no bank transfers in %.10s in this sandbox: it has usd, eur, gbp, "
                      "jpy and mxn.",
                      currency);
        return NULL;
    }
    const char *reference = param_text(call, "reference");
    const struct cash_movement movement = {
        .customer = customer,
        .currency = currency,
        .amount = member_i64(call->params, "amount"),
        .type = "funded",
        .detail = funded_by(currency, reference),
    };
    json_t *funded = cash_move(world, &movement);
    json_t *balance = cash_balance_of(world, customer);
    event_emit(world, "cash_balance.funds_available", balance);
    json_decref(balance);
    transfer_arrives(world, customer, currency, reference);
    return json_incref(funded);
}

static const struct route routes[] = {
    {"GET", "/v1/customers/:id/cash_balance", get, get_params},
    {"POST", "/v1/customers/:id/cash_balance", update, update_params},
    {"GET", "/v1/customers/:id/cash_balance_transactions", list_transactions, list_params},
    {"GET", "/v1/customers/:parent/cash_balance_transactions/:id", get_transaction, get_params},
    {"POST", "/v1/customers/:id/funding_instructions", instruct, funding_params},
    {"POST", "/v1/test_helpers/customers/:id/fund_cash_balance", fund, fund_params},
};
const struct route_list cash_routes = {routes, ARRAY_LEN(routes)};
