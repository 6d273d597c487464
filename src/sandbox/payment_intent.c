/* /v1/payment_intents and /v1/charges: to read what invoices made of them. */
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

static const struct route intent_routes[] = {
    {"GET", "/v1/payment_intents", list_intents, list_params},
    {"GET", "/v1/payment_intents/:id", get_intent, get_params},
};
const struct route_list payment_intent_routes = {intent_routes, ARRAY_LEN(intent_routes)};

static const struct route routes[] = {
    {"GET", "/v1/charges", list_charges, charge_list_params},
    {"GET", "/v1/charges/:id", get_charge, get_params},
};
const struct route_list charge_routes = {routes, ARRAY_LEN(routes)};
