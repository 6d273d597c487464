/* /v1/payouts and /v1/topups: money that leaves the account's balance for a bank, and comes from
 * one. Both take a bank's days; the account behind them is nobody's. */
#include "sandbox/balance.h"
#include "sandbox/billing.h"
#include "sandbox/currency.h"
#include "sandbox/resources.h"

enum { ON_THE_WAY_S = 2 * 86400, AMOUNT_MAX = 99999999 };

static const struct param create_params[] = {
    {.name = "amount", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED, .min = 1, .max = AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "statement_descriptor", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const char *const statuses[] = {"pending", "paid", "canceled", "succeeded", NULL};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "created", .kind = PARAM_RANGE},
    {.name = "status", .kind = PARAM_ENUM, .words = statuses},
    PARAMS_COMMON};

static void move_balance(struct world *world, json_t *moved, const char *type, int64_t amount) {
    const struct balance_entry entry = {
        .type = type,
        .category = type,
        .source = member(moved, "id"),
        .customer = "",
        .currency = member(moved, "currency"),
        .description = member(moved, "description"),
        .amount = amount,
    };
    set_text(moved, "balance_transaction", member(balance_add(world, &entry), "id"));
    world_touch(world, moved);
}

static json_t *make(struct call *call, const char *type, const char *date) {
    if (!currency_check(&call->world->fault, param_text(call, "currency"), "currency")) {
        return NULL;
    }
    json_t *made = world_add(call->world, type, NULL);
    copy_params(
        made, call->params,
        (const char *const[]){"amount", "currency", "description", "statement_descriptor", NULL});
    metadata_merge(made, call->params);
    set_i64(made, date, member_i64(made, "created") + ON_THE_WAY_S);
    return made;
}

/* What is available at once is what can leave. */
static json_t *payout_create(struct call *call) {
    struct world *world = call->world;
    int64_t amount = member_i64(call->params, "amount");
    if (amount > balance_available(world, param_text(call, "currency"))) {
        fault_invalid(&world->fault, "balance_insufficient", "amount",
                      "You have insufficient funds in your Stripe account for this transfer.");
        return NULL;
    }
    json_t *payout = make(call, "payout", "arrival_date");
    if (payout == NULL) {
        return NULL;
    }
    move_balance(world, payout, "payout", -amount);
    event_emit(world, "payout.created", payout);
    return json_incref(payout);
}

static json_t *topup_create(struct call *call) {
    json_t *topup = make(call, "topup", "expected_availability_date");
    if (topup == NULL) {
        return NULL;
    }
    event_emit(call->world, "topup.created", topup);
    return json_incref(topup);
}

void payout_on_due(struct world *world, json_t *payout) {
    set_text(payout, "status", "paid");
    world_touch(world, payout);
    event_emit(world, "payout.paid", payout);
}

void topup_on_due(struct world *world, json_t *topup) {
    set_text(topup, "status", "succeeded");
    move_balance(world, topup, "topup", member_i64(topup, "amount"));
    event_emit(world, "topup.succeeded", topup);
}

static json_t *get_payout(struct call *call) {
    return json_incref(world_find(call->world, "payout", call->id, "id"));
}

static json_t *get_topup(struct call *call) {
    return json_incref(world_find(call->world, "topup", call->id, "id"));
}

static json_t *update(struct call *call, const char *type, const char *event) {
    json_t *moved = world_find(call->world, type, call->id, "id");
    if (moved == NULL) {
        return NULL;
    }
    metadata_merge(moved, call->params);
    world_touch(call->world, moved);
    event_updated(call->world, event, moved);
    return json_incref(moved);
}

static json_t *payout_update(struct call *call) {
    return update(call, "payout", "payout.updated");
}

static json_t *topup_update(struct call *call) {
    return update(call, "topup", "topup.updated");
}

/* The money comes back at once. */
static json_t *payout_cancel(struct call *call) {
    struct world *world = call->world;
    json_t *payout = world_find(world, "payout", call->id, "id");
    if (payout == NULL) {
        return NULL;
    }
    if (!member_is(payout, "status", "pending")) {
        fault_invalid(&world->fault, NULL, NULL,
                      "Payouts can only be canceled while they are pending; this one is %s.",
                      member(payout, "status"));
        return NULL;
    }
    set_text(payout, "status", "canceled");
    move_balance(world, payout, "payout_cancel", member_i64(payout, "amount"));
    event_emit(world, "payout.canceled", payout);
    return json_incref(payout);
}

static json_t *list_payouts(struct call *call) {
    const struct list_query query = {.type = "payout"};
    return list_answer(call, &query, "/v1/payouts");
}

static json_t *list_topups(struct call *call) {
    const struct list_query query = {.type = "topup"};
    return list_answer(call, &query, "/v1/topups");
}

static const struct route routes[] = {
    {"POST", "/v1/payouts", payout_create, create_params},
    {"GET", "/v1/payouts", list_payouts, list_params},
    {"GET", "/v1/payouts/:id", get_payout, get_params},
    {"POST", "/v1/payouts/:id", payout_update, update_params},
    {"POST", "/v1/payouts/:id/cancel", payout_cancel, get_params},
    {"POST", "/v1/topups", topup_create, create_params},
    {"GET", "/v1/topups", list_topups, list_params},
    {"GET", "/v1/topups/:id", get_topup, get_params},
    {"POST", "/v1/topups/:id", topup_update, update_params},
};
const struct route_list payout_routes = {routes, ARRAY_LEN(routes)};
