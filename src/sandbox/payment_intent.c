/* /v1/payment_intents, /v1/charges and /v1/invoice_payments: to read what invoices made of them. */
#include "sandbox/resources.h"

static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};
static const struct param charge_list_params[] = {PARAMS_PAGE,
                                                  {.name = "customer", .kind = PARAM_TEXT},
                                                  {.name = "payment_intent", .kind = PARAM_TEXT},
                                                  {.name = "created", .kind = PARAM_RANGE},
                                                  PARAMS_COMMON};
static const char *const payment_statuses[] = {"open", "paid", "canceled", NULL};
static const struct param payment_list_params[] = {
    PARAMS_PAGE,
    {.name = "invoice", .kind = PARAM_TEXT},
    {.name = "status", .kind = PARAM_ENUM, .words = payment_statuses},
    {.name = "created", .kind = PARAM_RANGE},
    PARAMS_COMMON};

static json_t *get_intent(struct call *call) {
    return json_incref(world_find(call->world, "payment_intent", call->id, "intent"));
}

static json_t *list_intents(struct call *call) {
    const struct list_query query = {.type = "payment_intent"};
    return list_answer(call, &query, "/v1/payment_intents");
}

static json_t *get_charge(struct call *call) {
    return json_incref(world_find(call->world, "charge", call->id, "id"));
}

static json_t *list_charges(struct call *call) {
    const struct list_query query = {.type = "charge"};
    return list_answer(call, &query, "/v1/charges");
}

static json_t *get_payment(struct call *call) {
    return json_incref(world_find(call->world, "invoice_payment", call->id, "id"));
}

static json_t *list_payments(struct call *call) {
    const struct list_query query = {.type = "invoice_payment"};
    return list_answer(call, &query, "/v1/invoice_payments");
}

static const struct route intent_routes[] = {
    {"GET", "/v1/payment_intents", list_intents, list_params},
    {"GET", "/v1/payment_intents/:id", get_intent, get_params},
    {"GET", "/v1/invoice_payments", list_payments, payment_list_params},
    {"GET", "/v1/invoice_payments/:id", get_payment, get_params},
};
const struct route_list payment_intent_routes = {intent_routes, ARRAY_LEN(intent_routes)};

static const struct route routes[] = {
    {"GET", "/v1/charges", list_charges, charge_list_params},
    {"GET", "/v1/charges/:id", get_charge, get_params},
};
const struct route_list charge_routes = {routes, ARRAY_LEN(routes)};
