/* /v1/balance_transactions and /v1/balance: what the account itself has, after fees. */
#include "sandbox/balance.h"

#include <string.h>

#include "sandbox/resources.h"

static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "currency", .kind = PARAM_TEXT},
                                           {.name = "source", .kind = PARAM_TEXT},
                                           {.name = "type", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

static json_t *fee_details(const struct balance_entry *entry) {
    if (entry->fee == 0) {
        return json_array();
    }
    return json_pack("[{s:I, s:n, s:s, s:s, s:s}]", "amount", (json_int_t)entry->fee, "application",
                     "currency", entry->currency, "description", "Stripe processing fees", "type",
                     "stripe_fee");
}

json_t *balance_add(struct world *world, const struct balance_entry *entry) {
    json_t *added = world_add(world, "balance_transaction", NULL);
    int64_t now = world_now(world, entry->customer[0] == '\0' ? NULL : entry->customer);
    set_text(added, "_customer", entry->customer);
    set_i64(added, "created", now);
    set_i64(added, "available_on", now + entry->available_after_s);
    set_text(added, "status", entry->available_after_s == 0 ? "available" : "pending");
    set_i64(added, "amount", entry->amount);
    set_i64(added, "fee", entry->fee);
    set_i64(added, "net", entry->amount - entry->fee);
    json_object_set_new(added, "fee_details", fee_details(entry));
    set_text(added, "currency", entry->currency);
    set_text(added, "description", entry->description);
    set_text(added, "source", entry->source);
    set_text(added, "type", entry->type);
    set_text(added, "reporting_category", entry->category);
    return added;
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "balance_transaction", call->id, "id"));
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "balance_transaction"};
    return list_answer(call, &query, "/v1/balance_transactions");
}

/* Adds to the sum of a currency in a list of {amount, currency, source_types}. */
static void sum_add(json_t *sums, const char *currency, int64_t amount) {
    json_t *sum = NULL;
    for (size_t i = 0; i < json_array_size(sums) && sum == NULL; i++) {
        json_t *one = json_array_get(sums, i);
        sum = member_is(one, "currency", currency) ? one : NULL;
    }
    if (sum == NULL) {
        sum = json_pack("{s:I, s:s, s:{s:I}}", "amount", (json_int_t)0, "currency", currency,
                        "source_types", "card", (json_int_t)0);
        json_array_append_new(sums, sum);
    }
    set_i64(sum, "amount", member_i64(sum, "amount") + amount);
    set_i64(json_object_get(sum, "source_types"), "card", member_i64(sum, "amount"));
}

static bool has_arrived(struct world *world, const json_t *transaction) {
    const char *customer = member(transaction, "_customer");
    int64_t now = world_now(world, customer[0] == '\0' ? NULL : customer);
    return member_i64(transaction, "available_on") <= now;
}

int64_t balance_available(struct world *world, const char *currency) {
    json_t *all = world_list(world, "balance_transaction", NULL);
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        bool counts = member_is(one, "currency", currency) && has_arrived(world, one);
        sum += counts ? member_i64(one, "net") : 0;
    }
    json_decref(all);
    return sum;
}

static json_t *get_balance(struct call *call) {
    json_t *available = json_array();
    json_t *pending = json_array();
    json_t *all = world_list(call->world, "balance_transaction", NULL);
    sum_add(available, "usd", 0);
    sum_add(pending, "usd", 0);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *one = json_array_get(all, i);
        sum_add(has_arrived(call->world, one) ? available : pending, member(one, "currency"),
                member_i64(one, "net"));
    }
    json_decref(all);
    return json_pack("{s:s, s:o, s:b, s:o}", "object", "balance", "available", available,
                     "livemode", 0, "pending", pending);
}

static const struct route routes[] = {
    {"GET", "/v1/balance", get_balance, get_params},
    {"GET", "/v1/balance_transactions", list, list_params},
    {"GET", "/v1/balance_transactions/:id", get, get_params},
};
const struct route_list balance_routes = {routes, ARRAY_LEN(routes)};
