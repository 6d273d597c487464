/* /v1/subscription_items: one item by itself. Items are kept inside their subscription; every
 * change here is a change of that (subscription_update.c). */
#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"

#define CHANGE_PARAMS                                                                              \
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = payment_behaviors},                  \
        {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},          \
        {.name = "proration_date", .kind = PARAM_INTEGER}, {                                       \
        .name = "off_session", .kind = PARAM_BOOLEAN                                               \
    }

static const struct param create_params[] = {
    {.name = "subscription", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    ITEM_PARAMS,
    CHANGE_PARAMS,
    PARAMS_COMMON};
static const struct param update_params[] = {ITEM_PARAMS, CHANGE_PARAMS, PARAMS_COMMON};
static const struct param delete_params[] = {
    {.name = "clear_usage", .kind = PARAM_BOOLEAN}, CHANGE_PARAMS, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "subscription", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    PARAMS_COMMON};

/* The subscription that has the item of the path; NULL with 404. */
static json_t *owner_of(struct call *call) {
    struct world *world = call->world;
    const json_t *place = world_find(world, "subscription_item", call->id, "item");
    json_t *subscription = place == NULL ? NULL : world_get(world, member(place, "subscription"));
    bool has_it = subscription != NULL && subscription_item_find(subscription, call->id) != NULL;
    if (place != NULL && !has_it) {
        world_missing(world, "subscription_item", "item", call->id);
    }
    return has_it ? subscription : NULL;
}

static json_t *get(struct call *call) {
    json_t *subscription = owner_of(call);
    return subscription == NULL ? NULL
                                : json_incref(subscription_item_find(subscription, call->id));
}

/* The request as an update of the subscription; a new reference. */
static json_t *change_of(struct call *call, const char *id, bool deletes) {
    static const char *const words[] = {"price",     "price_data", "quantity", "metadata",
                                        "discounts", "tax_rates",  NULL};
    static const char *const ways[] = {"payment_behavior", "proration_behavior", "proration_date",
                                       "off_session", NULL};
    json_t *item = json_object();
    json_t *change = json_object();
    copy_params(item, call->params, words);
    copy_params(change, call->params, ways);
    if (id != NULL) {
        set_text(item, "id", id);
    }
    if (deletes) {
        set_bool(item, "deleted", true);
    }
    json_object_set_new(change, "items", json_pack("[o]", item));
    return change;
}

static bool apply(struct call *call, json_t *subscription, const char *id, bool deletes) {
    if (!subscription_may_change(call, subscription)) {
        return false;
    }
    json_t *change = change_of(call, id, deletes);
    bool is_well = subscription_change_now(call, subscription, change);
    json_decref(change);
    event_updated(call->world, "customer.subscription.updated", subscription);
    return is_well;
}

/* The newest item; while the update that adds it waits for its payment, as it is going to be. */
static json_t *newest_of(json_t *subscription) {
    json_t *waiting = json_object_get(
        json_object_get(json_object_get(json_object_get(subscription, "_held"), "wanted"), "items"),
        "data");
    json_t *items = waiting == NULL ? subscription_items(subscription) : waiting;
    return json_incref(json_array_get(items, json_array_size(items) - 1));
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *subscription =
        world_find(world, "subscription", param_text(call, "subscription"), "subscription");
    if (subscription == NULL || !apply(call, subscription, NULL, false)) {
        return NULL;
    }
    return newest_of(subscription);
}

static json_t *update(struct call *call) {
    json_t *subscription = owner_of(call);
    if (subscription == NULL || !apply(call, subscription, call->id, false)) {
        return NULL;
    }
    return json_incref(subscription_item_find(subscription, call->id));
}

static json_t *delete (struct call *call) {
    json_t *subscription = owner_of(call);
    if (subscription == NULL || !apply(call, subscription, call->id, true)) {
        return NULL;
    }
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "subscription_item", "deleted",
                     1);
}

/* Items are part of the subscription: the page is cut from them, the newest last as they stand. */
static json_t *list(struct call *call) {
    json_t *subscription =
        world_find(call->world, "subscription", param_text(call, "subscription"), "subscription");
    if (subscription == NULL) {
        return NULL;
    }
    json_t *all = subscription_items(subscription);
    json_t *limit = json_object_get(call->params, "limit");
    const char *after = param_text(call, "starting_after");
    const char *before = param_text(call, "ending_before");
    size_t max = limit == NULL ? 10 : (size_t)json_integer_value(limit);
    size_t i = 0;
    while (after[0] != '\0' && i < json_array_size(all) &&
           !member_is(json_array_get(all, i++), "id", after)) {
    }
    json_t *data = json_array();
    for (; i < json_array_size(all) && json_array_size(data) < max; i++) {
        if (before[0] != '\0' && member_is(json_array_get(all, i), "id", before)) {
            break;
        }
        json_array_append(data, json_array_get(all, i));
    }
    json_t *answer = list_of(data, "/v1/subscription_items");
    json_object_set_new(answer, "has_more", json_boolean(i < json_array_size(all)));
    return answer;
}

static const struct route routes[] = {
    {"POST", "/v1/subscription_items", create, create_params},
    {"GET", "/v1/subscription_items", list, list_params},
    {"GET", "/v1/subscription_items/:id", get, get_params},
    {"POST", "/v1/subscription_items/:id", update, update_params},
    {"DELETE", "/v1/subscription_items/:id", delete, delete_params},
};
const struct route_list subscription_items_routes = {routes, ARRAY_LEN(routes)};
