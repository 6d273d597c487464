/* /v1/refunds */
#include "sandbox/refund.h"

#include <string.h>

#include "sandbox/cash_balance.h"
#include "sandbox/payment.h"
#include "sandbox/resources.h"

static const char *const reasons[] = {"duplicate", "fraudulent", "requested_by_customer", NULL};
static const char *const origins[] = {"customer_balance", NULL};
static const struct param create_params[] = {
    {.name = "charge", .kind = PARAM_TEXT},
    {.name = "payment_intent", .kind = PARAM_TEXT},
    {.name = "amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "origin", .kind = PARAM_ENUM, .words = origins},
    {.name = "instructions_email", .kind = PARAM_TEXT},
    {.name = "reason", .kind = PARAM_ENUM, .words = reasons},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "charge", .kind = PARAM_TEXT},
                                           {.name = "payment_intent", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};

/* The charge that was named, or the intent's that succeeded; NULL with a fault. */
static json_t *charge_of(struct call *call) {
    struct world *world = call->world;
    const char *charge = param_text(call, "charge");
    const char *intent_id = param_text(call, "payment_intent");
    if (charge[0] != '\0') {
        return world_find(world, "charge", charge, "charge");
    }
    json_t *intent = world_find(world, "payment_intent", intent_id, "payment_intent");
    if (intent == NULL) {
        return NULL;
    }
    if (!member_is(intent, "status", "succeeded")) {
        fault_invalid(&world->fault, "payment_intent_unexpected_state", "payment_intent",
                      "This PaymentIntent (%s) does not have a successful charge to refund.",
                      intent_id);
        return NULL;
    }
    return world_find(world, "charge", member(intent, "latest_charge"), "payment_intent");
}

static bool is_one_named(struct call *call) {
    bool by_charge = param_given(call, "charge");
    bool by_intent = param_given(call, "payment_intent");
    if (by_charge && by_intent) {
        return fault_invalid(&call->world->fault, "parameters_exclusive", "charge",
                             "You may only specify one of these parameters: charge, "
                             "payment_intent.");
    }
    return by_charge || by_intent ||
           fault_invalid(&call->world->fault, "parameter_missing", "payment_intent",
                         "One of the following params should be provided for this request: "
                         "payment_intent or charge.");
}

static json_t *create(struct call *call) {
    if (param_given(call, "origin")) {
        return json_incref(cash_return(call));
    }
    json_t *charge = is_one_named(call) ? charge_of(call) : NULL;
    if (charge == NULL) {
        return NULL;
    }
    const struct refund_order order = {
        .charge = charge,
        .amount = member_i64(call->params, "amount"),
        .reason = param_text(call, "reason"),
        .params = call->params,
    };
    return json_incref(refund_make(call->world, &order));
}

static json_t *find(struct call *call) {
    return world_find(call->world, "refund", call->id, "refund");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *refund = find(call);
    if (refund == NULL) {
        return NULL;
    }
    metadata_merge(refund, call->params);
    world_touch(call->world, refund);
    event_updated(call->world, "charge.refund.updated", refund);
    event_emit(call->world, "refund.updated", refund);
    return json_incref(refund);
}

/* Only a refund that waits for the customer can be taken back. */
static json_t *stop(struct call *call, const char *status, const char *verb) {
    json_t *refund = find(call);
    if (refund == NULL) {
        return NULL;
    }
    if (!member_is(refund, "status", "requires_action")) {
        fault_invalid(&call->world->fault, "status_transition_invalid", NULL,
                      "You cannot %s this refund: only refunds with a status of requires_action "
                      "can be %sed, and its status is %s.",
                      verb, strcmp(verb, "expire") == 0 ? "expir" : "cancel",
                      member(refund, "status"));
        return NULL;
    }
    cash_return_undo(call->world, refund, status);
    return json_incref(refund);
}

static json_t *cancel(struct call *call) {
    return stop(call, "canceled", "cancel");
}

static json_t *expire(struct call *call) {
    return stop(call, "failed", "expire");
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "refund"};
    return list_answer(call, &query, "/v1/refunds");
}

static json_t *list_of_charge(struct call *call) {
    json_t *charge = world_find(call->world, "charge", call->id, "charge");
    if (charge == NULL) {
        return NULL;
    }
    json_object_set(call->params, "charge", json_object_get(charge, "id"));
    return list(call);
}

static const struct route routes[] = {
    {"POST", "/v1/refunds", create, create_params},
    {"GET", "/v1/refunds", list, list_params},
    {"GET", "/v1/refunds/:id", get, get_params},
    {"POST", "/v1/refunds/:id", update, update_params},
    {"POST", "/v1/refunds/:id/cancel", cancel, get_params},
    {"POST", "/v1/test_helpers/refunds/:id/expire", expire, get_params},
    {"GET", "/v1/charges/:id/refunds", list_of_charge, list_params},
};
const struct route_list refund_routes = {routes, ARRAY_LEN(routes)};
