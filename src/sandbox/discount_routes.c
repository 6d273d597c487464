/* Customers' discounts, which only older versions of the API can give, and the end of discounts:
 * DELETE /v1/customers/:id/discount and /v1/subscriptions/:id/discount. */
#include "sandbox/discount.h"
#include "sandbox/resources.h"

static const struct param end_params[] = {PARAMS_COMMON};

static json_t *deleted(json_t *discount) {
    json_t *gone = event_render(discount);
    set_bool(gone, "deleted", true);
    json_object_del(gone, "end");
    return gone;
}

static json_t *none(struct call *call) {
    world_missing(call->world, "discount", "id", call->id);
    return NULL;
}

/* The customer's own discount as a list, the way every other owner has them. */
static json_t *as_owner(json_t *customer) {
    json_t *owner = json_pack("{s:O, s:[]}", "id", json_object_get(customer, "id"), "discounts");
    json_t *id = json_object_get(json_object_get(customer, "discount"), "id");
    if (id != NULL) {
        json_array_append(json_object_get(owner, "discounts"), id);
    }
    return owner;
}

static void tell(struct world *world, json_t *before, json_t *after) {
    if (after == NULL) {
        json_t *gone = before == NULL ? NULL : world_get(world, member(before, "id"));
        if (gone != NULL) {
            event_emit(world, "customer.discount.deleted", gone);
        }
        return;
    }
    event_emit(world, before == NULL ? "customer.discount.created" : "customer.discount.updated",
               after);
}

bool customer_coupon_set(struct world *world, json_t *customer, json_t *coupon) {
    if (coupon == NULL) {
        return true;
    }
    json_t *object = as_owner(customer);
    json_t *given = json_is_null(coupon) ? json_null() : json_pack("[{s:O}]", "coupon", coupon);
    const struct discount_owner owner = {.object = object,
                                         .role = "customer",
                                         .customer = member(customer, "id"),
                                         .currency = member(customer, "currency"),
                                         .amount = -1};
    bool is_set = discounts_set(world, &owner, given);
    if (is_set) {
        json_t *before = json_object_get(customer, "discount");
        json_t *first = json_array_get(json_object_get(object, "discounts"), 0);
        json_t *after = first == NULL ? NULL : world_get(world, json_string_value(first));
        tell(world, json_is_object(before) ? before : NULL, after);
        json_object_set_new(customer, "discount",
                            after == NULL ? json_null() : event_render(after));
        world_touch(world, customer);
    }
    json_decref(given);
    json_decref(object);
    return is_set;
}

static json_t *end_of_customer(struct call *call) {
    json_t *customer = world_find(call->world, "customer", call->id, "customer");
    if (customer == NULL) {
        return NULL;
    }
    json_t *before = json_object_get(customer, "discount");
    if (!json_is_object(before)) {
        return none(call);
    }
    json_t *shown = deleted(before);
    (void)customer_coupon_set(call->world, customer, json_null());
    event_updated(call->world, "customer.updated", customer);
    return shown;
}

static json_t *end_of_subscription(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "subscription_exposed_id");
    if (subscription == NULL) {
        return NULL;
    }
    json_t *first = json_array_get(json_object_get(subscription, "discounts"), 0);
    json_t *discount = first == NULL ? NULL : world_get(world, json_string_value(first));
    if (discount == NULL) {
        return none(call);
    }
    json_t *shown = deleted(discount);
    const struct discount_owner owner = {.object = subscription,
                                         .role = "subscription",
                                         .customer = member(subscription, "customer"),
                                         .currency = member(subscription, "currency"),
                                         .amount = -1};
    (void)discounts_set(world, &owner, json_null());
    world_touch(world, subscription);
    event_updated(world, "customer.subscription.updated", subscription);
    return shown;
}

static const struct route routes[] = {
    {"DELETE", "/v1/customers/:id/discount", end_of_customer, end_params},
    {"DELETE", "/v1/subscriptions/:id/discount", end_of_subscription, end_params},
};
const struct route_list discount_routes = {routes, ARRAY_LEN(routes)};
