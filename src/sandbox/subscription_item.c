/* Items: prices, plans, periods; see the header. Several intervals may share a subscription in
 * flexible billing only (billing-mode/compare). */
#include "sandbox/subscription_item.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "sandbox/event.h"
#include "sandbox/price.h"
#include "sandbox/tax.h"

const struct param subscription_item_params[] = {ITEM_PARAMS, {.name = NULL}};
const struct param subscription_item_update_params[] = {
    ITEM_PARAMS,
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "deleted", .kind = PARAM_BOOLEAN},
    {.name = "clear_usage", .kind = PARAM_BOOLEAN},
    {.name = NULL}};

json_t *subscription_items(json_t *subscription) {
    return json_object_get(json_object_get(subscription, "items"), "data");
}

json_t *subscription_item_find(json_t *subscription, const char *id) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "id", id)) {
            return json_array_get(items, i);
        }
    }
    return NULL;
}

struct period subscription_ends(json_t *subscription) {
    json_t *items = subscription_items(subscription);
    struct period ends = {INT64_MAX, 0};
    for (size_t i = 0; i < json_array_size(items); i++) {
        int64_t end = item_period(json_array_get(items, i)).end;
        ends.start = end < ends.start ? end : ends.start;
        ends.end = end > ends.end ? end : ends.end;
    }
    return ends;
}

struct interval price_interval(const json_t *price) {
    struct interval interval = {.count = member_i64(price, "recurring.interval_count")};
    bool is_known = interval_unit_parse(member(price, "recurring.interval"), &interval.unit);
    check(is_known);
    return interval;
}

bool price_is_metered(const json_t *price) {
    return member_is(price, "recurring.usage_type", "metered");
}

/* The document behind `price` or `price_data`; NULL with a fault. */
static json_t *price_given(struct world *world, json_t *given, const char *param) {
    json_t *data = json_object_get(given, "price_data");
    const char *id = member(given, "price");
    if (data != NULL && id[0] != '\0') {
        fault_invalid(&world->fault, NULL, param,
                      "You may only specify one of these parameters: price, price_data.");
        return NULL;
    }
    if (data == NULL && id[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", param, "Missing required param: %s.",
                      param);
        return NULL;
    }
    return data != NULL ? price_of_data(world, data, param) : world_find(world, "price", id, param);
}

json_t *price_for_item(struct world *world, json_t *subscription, json_t *given,
                       const char *param) {
    json_t *price = price_given(world, given, param);
    const char *currency = member(subscription, "currency");
    if (price == NULL) {
        return NULL;
    }
    if (!member_is(price, "type", "recurring")) {
        fault_invalid(&world->fault, NULL, param,
                      "The price specified is set to `type=one_time` but this field only accepts "
                      "prices with `type=recurring`.");
        return NULL;
    }
    /* What was agreed while a price was active goes on when it no longer is; what price_data makes
     * never was. */
    bool is_chosen = world->request_id != NULL && json_object_get(given, "price_data") == NULL &&
                     !json_is_true(json_object_get(given, "_is_agreed"));
    if (is_chosen && !json_is_true(json_object_get(price, "active"))) {
        fault_invalid(&world->fault, NULL, param,
                      "The price specified is inactive. This field only accepts active prices.");
        return NULL;
    }
    return price_check_currency(world, price, currency, param) ? price : NULL;
}

struct period item_period(const json_t *item) {
    return (struct period){member_i64(item, "current_period_start"),
                           member_i64(item, "current_period_end")};
}

void item_set_period(json_t *item, struct period period) {
    set_i64(item, "current_period_start", period.start);
    set_i64(item, "current_period_end", period.end);
}

struct period item_cycle(const json_t *subscription, const json_t *price, int64_t at) {
    struct interval interval = price_interval(price);
    interval.day = (int)member_i64(subscription, "billing_cycle_anchor_config.day_of_month");
    return sandbox_period_at(member_i64(subscription, "billing_cycle_anchor"), interval, at);
}

struct period item_stretch(const json_t *subscription, const json_t *price, int64_t at) {
    int64_t anchor = member_i64(subscription, "billing_cycle_anchor");
    if (member_is(subscription, "status", "trialing")) {
        return (struct period){at, member_i64(subscription, "trial_end")};
    }
    struct period cycle = item_cycle(subscription, price, at);
    if (at < anchor && cycle.start < at) {
        cycle.start = at;
    }
    return cycle;
}

json_t *item_price(const json_t *item) {
    json_t *paid = json_object_get(item, "_price");
    return paid != NULL ? paid : json_object_get(item, "price");
}

void item_set_price(json_t *item, json_t *price, const char *currency) {
    json_object_set_new(item, "price", json_deep_copy(price));
    json_object_del(item, "_price");
    if (!member_is(price, "currency", currency)) {
        json_object_set_new(item, "_price", price_in(price, currency));
    }
    json_object_set_new(item, "plan", plan_of_price(price));
    if (price_is_metered(price)) {
        json_object_del(item, "quantity");
    }
}

bool item_apply(struct world *world, json_t *subscription, json_t *item, json_t *given) {
    const struct discount_owner owner = {
        .object = item,
        .role = "subscription_item",
        .customer = member(subscription, "customer"),
        .currency = member(subscription, "currency"),
        .amount = -1,
    };
    metadata_merge(item, given);
    return discounts_set(world, &owner, json_object_get(given, "discounts")) &&
           tax_rates_set(world, item, "tax_rates", json_object_get(given, "tax_rates"));
}

/* Where an item is found by its id alone. */
static void note_place(struct world *world, const json_t *subscription, const json_t *item) {
    json_t *place = world_add_as(world, "subscription_item", member(item, "id"));
    set_text(place, "subscription", member(subscription, "id"));
}

json_t *item_append(struct world *world, json_t *subscription, json_t *price, json_t *given,
                    int64_t at) {
    json_t *item = world_part(world, "subscription_item");
    json_t *quantity = json_object_get(given, "quantity");
    json_array_append_new(subscription_items(subscription), item);
    set_i64(item, "quantity", quantity == NULL ? 1 : json_integer_value(quantity));
    item_set_price(item, price, member(subscription, "currency"));
    item_set_period(item, item_stretch(subscription, price, at));
    set_i64(item, "created", world_now(world, member(subscription, "customer")));
    set_text(item, "subscription", member(subscription, "id"));
    json_object_set_new(item, "_debits", json_array());
    note_place(world, subscription, item);
    return item_apply(world, subscription, item, given) ? item : NULL;
}

bool subscription_intervals_fit(struct world *world, json_t *subscription) {
    json_t *items = subscription_items(subscription);
    const json_t *first = json_object_get(json_array_get(items, 0), "price");
    struct interval wanted = price_interval(first);
    for (size_t i = 1; i < json_array_size(items); i++) {
        struct interval other = price_interval(json_object_get(json_array_get(items, i), "price"));
        bool is_same = other.unit == wanted.unit && other.count == wanted.count;
        if (!is_same && member_is(subscription, "billing_mode.type", "classic")) {
            return fault_invalid(
                &world->fault, NULL, "items",
                "Currently, all plans on a subscription must have the same billing "
                "interval unless `billing_mode[type]` is `flexible`.");
        }
    }
    return true;
}

/* A price may stand on a subscription once only, and a metered one has no quantity. */
static bool may_stand(struct world *world, json_t *subscription, json_t *price, json_t *given,
                      const char *param) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "price.id", member(price, "id"))) {
            return fault_invalid(&world->fault, NULL, param,
                                 "Cannot add multiple subscription items with the same plan: %s.",
                                 member(price, "id"));
        }
    }
    bool is_counted = price_is_metered(price) && json_object_get(given, "quantity") != NULL;
    return !is_counted || fault_invalid(&world->fault, NULL, param,
                                        "You cannot set the quantity of a metered plan.");
}

bool subscription_add_items(struct world *world, json_t *subscription, json_t *items) {
    if (json_array_size(items) == 0 || json_array_size(items) > ITEMS_MAX) {
        return fault_invalid(&world->fault, "parameter_missing", "items",
                             "A subscription has one to %d items.", ITEMS_MAX);
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        char param[40];
        (void)snprintf(param, sizeof param, "items[%zu][price]", i);
        json_t *given = json_array_get(items, i);
        json_t *price = price_for_item(world, subscription, given, param);
        if (price == NULL || !may_stand(world, subscription, price, given, param)) {
            return false;
        }
        if (member_is(subscription, "currency", "")) {
            set_text(subscription, "currency",
                     price_currency_for(world, price, member(subscription, "customer")));
        }
        int64_t now = world_now(world, member(subscription, "customer"));
        if (item_append(world, subscription, price, given, now) == NULL) {
            return false;
        }
    }
    return subscription_intervals_fit(world, subscription);
}
