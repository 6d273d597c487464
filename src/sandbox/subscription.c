/* /v1/subscriptions: the routes, and reading. Each verb that changes something has its own file. */
#include "sandbox/subscription.h"

#include <string.h>

#include "sandbox/resources.h"
#include "sandbox/subscription_item.h"

static const char *const statuses[] = {
    "active",   "all",    "canceled", "ended", "incomplete", "trialing", "incomplete_expired",
    "past_due", "paused", "unpaid",   NULL};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "plan", .kind = PARAM_TEXT},
    {.name = "status", .kind = PARAM_ENUM, .words = statuses},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},
    {.name = "current_period_start", .kind = PARAM_RANGE},
    {.name = "current_period_end", .kind = PARAM_RANGE},
    {.name = "created", .kind = PARAM_RANGE},
    {.name = "test_clock", .kind = PARAM_TEXT},
    PARAMS_COMMON};

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "subscription", call->id, "id"));
}

/* Without a status the ended ones are left out, "ended" means both kinds of them. */
static bool has_status(const json_t *subscription, const char *wanted) {
    if (wanted[0] == '\0') {
        return !member_is(subscription, "status", "canceled");
    }
    if (strcmp(wanted, "ended") == 0) {
        return subscription_has_ended(subscription);
    }
    return strcmp(wanted, "all") == 0 || member_is(subscription, "status", wanted);
}

static bool has_price(json_t *subscription, const char *price) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "price.id", price)) {
            return true;
        }
    }
    return price[0] == '\0';
}

/* Some item's period begins and ends in the ranges that are asked for. */
static bool has_period(struct call *call, json_t *subscription) {
    static const char *const names[] = {"current_period_start", "current_period_end", NULL};
    json_t *ranges = json_object();
    copy_params(ranges, call->params, names);
    struct call part = *call;
    part.params = ranges;
    json_t *items = subscription_items(subscription);
    bool is_found = json_object_size(ranges) == 0;
    for (size_t i = 0; !is_found && i < json_array_size(items); i++) {
        is_found = list_matches(&part, json_array_get(items, i));
    }
    json_decref(ranges);
    return is_found;
}

static bool keeps(struct call *call, json_t *subscription) {
    static const char *const own[] = {"status", "price", "plan", "current_period_start",
                                      "current_period_end"};
    struct call rest = *call;
    rest.params = json_copy(call->params);
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        json_object_del(rest.params, own[i]);
    }
    bool is_kept = has_status(subscription, param_text(call, "status")) &&
                   has_price(subscription, param_text(call, "price")) &&
                   has_price(subscription, param_text(call, "plan")) &&
                   has_period(call, subscription) && list_matches(&rest, subscription);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {
        .type = "subscription", .customer = customer[0] == '\0' ? NULL : customer, .keeps = keeps};
    bool is_known =
        customer[0] == '\0' || world_find(call->world, "customer", customer, "customer") != NULL;
    return is_known ? list_answer(call, &query, "/v1/subscriptions") : NULL;
}

static const struct route routes[] = {
    {"POST", "/v1/subscriptions", subscription_create, subscription_create_params},
    {"GET", "/v1/subscriptions", list, list_params},
    {"GET", "/v1/subscriptions/:id", get, get_params},
    {"POST", "/v1/subscriptions/:id", subscription_update, subscription_update_params},
    {"DELETE", "/v1/subscriptions/:id", subscription_delete, subscription_cancel_params},
    {"POST", "/v1/subscriptions/:id/pause", subscription_pause_now, subscription_pause_params},
    {"POST", "/v1/subscriptions/:id/resume", subscription_resume, subscription_resume_params},
    {"POST", "/v1/subscriptions/:id/migrate", subscription_migrate, subscription_migrate_params},
};
const struct route_list subscription_routes = {routes, ARRAY_LEN(routes)};
