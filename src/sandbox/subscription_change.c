/* Items and prorations, to the second (billing/subscriptions/prorations).
 *
 * Flexible billing: unused time is credited from what was debited ("_debits" of the item), each
 * credit and each new debit rounded by itself. A change of interval begins a new period at the
 * instant of the change, unless the caller asks for an unchanged anchor. All items of one
 * subscription share an interval here. */
#include "sandbox/subscription_change.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"

const char *const proration_behaviors[] = {"create_prorations", "always_invoice", "none", NULL};
const struct param subscription_item_params[] = {
    {.name = "price", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = NULL}};
const struct param subscription_item_update_params[] = {
    {.name = "id", .kind = PARAM_TEXT},
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "deleted", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = NULL}};
static const char *const anchor_types[] = {"now", "unchanged", NULL};
const struct param anchor_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = anchor_types},
    {.name = NULL}};

static json_t *items_of(json_t *subscription) {
    return json_object_get(json_object_get(subscription, "items"), "data");
}

static struct period period_of(const json_t *item) {
    return (struct period){member_i64(item, "current_period_start"),
                           member_i64(item, "current_period_end")};
}

static struct interval interval_of(const json_t *price) {
    struct interval interval = {.count = member_i64(price, "recurring.interval_count")};
    bool is_known = interval_unit_parse(member(price, "recurring.interval"), &interval.unit);
    check(is_known);
    return interval;
}

static bool same_interval(const json_t *a, const json_t *b) {
    return json_equal(json_object_get(json_object_get(a, "recurring"), "interval"),
                      json_object_get(json_object_get(b, "recurring"), "interval")) &&
           member_i64(a, "recurring.interval_count") == member_i64(b, "recurring.interval_count");
}

/* An active recurring price in the subscription's currency; NULL with a fault. */
static json_t *price_for(struct world *world, const char *id, const char *param) {
    json_t *price = world_find(world, "price", id, param);
    if (price == NULL) {
        return NULL;
    }
    if (!member_is(price, "type", "recurring")) {
        fault_invalid(&world->fault, NULL, param,
                      "The price specified is set to `type=one_time` but this field only accepts "
                      "prices with `type=recurring`.");
        return NULL;
    }
    if (!json_is_true(json_object_get(price, "active"))) {
        fault_invalid(&world->fault, NULL, param,
                      "The price specified is inactive. This field only accepts active prices.");
        return NULL;
    }
    return price;
}

static json_t *plan_of(json_t *price) {
    json_t *plan = kind_shape("plan");
    static const char *const same[] = {
        "id",       "active",   "created", "currency",       "livemode",
        "metadata", "nickname", "product", "billing_scheme", NULL};
    copy_params(plan, price, same);
    copy_params(plan, json_object_get(price, "recurring"),
                (const char *const[]){"interval", "interval_count", "usage_type", NULL});
    json_object_set(plan, "amount", json_object_get(price, "unit_amount"));
    json_object_set(plan, "amount_decimal", json_object_get(price, "unit_amount_decimal"));
    return plan;
}

static void set_price(json_t *item, json_t *price) {
    json_object_set_new(item, "price", event_render(price));
    json_object_set_new(item, "plan", plan_of(price));
}

static void set_period(json_t *item, struct period period) {
    set_i64(item, "current_period_start", period.start);
    set_i64(item, "current_period_end", period.end);
}

/* Puts a new item for `period` at the end. */
static json_t *append_item(struct world *world, json_t *subscription, json_t *price, json_t *given,
                           struct period period) {
    json_t *item = world_part(world, "subscription_item");
    json_t *quantity = json_object_get(given, "quantity");
    set_price(item, price);
    set_period(item, period);
    set_i64(item, "created", world_now(world, member(subscription, "customer")));
    set_i64(item, "quantity", quantity == NULL ? 1 : json_integer_value(quantity));
    set_text(item, "subscription", member(subscription, "id"));
    json_object_set_new(item, "_debits", json_array());
    metadata_merge(item, given);
    json_array_append_new(items_of(subscription), item);
    return item;
}

static bool is_same_kind(struct world *world, json_t *subscription, json_t *price) {
    for (size_t i = 0; i < json_array_size(items_of(subscription)); i++) {
        json_t *other = json_object_get(json_array_get(items_of(subscription), i), "price");
        if (!same_interval(other, price)) {
            return fault_invalid(&world->fault, NULL, "items",
                                 "This sandbox bills all items of a subscription at the same "
                                 "interval.");
        }
    }
    return true;
}

bool subscription_add_items(struct world *world, json_t *subscription, json_t *items) {
    if (json_array_size(items) == 0 || json_array_size(items) > 20) {
        return fault_invalid(&world->fault, "parameter_missing", "items",
                             "A subscription has one to twenty items.");
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        char param[40];
        (void)snprintf(param, sizeof param, "items[%zu][price]", i);
        json_t *given = json_array_get(items, i);
        json_t *price = price_for(world, member(given, "price"), param);
        if (price == NULL || !is_same_kind(world, subscription, price)) {
            return false;
        }
        int64_t anchor = member_i64(subscription, "billing_cycle_anchor");
        set_text(subscription, "currency", member(price, "currency"));
        (void)append_item(world, subscription, price, given,
                          sandbox_period_at(anchor, interval_of(price), anchor));
    }
    return true;
}

/* "11 Apr 2015", as Stripe writes it on lines. */
static void day_text(int64_t at, char *ret_text, size_t size) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_ms(at * 1000);
    (void)snprintf(ret_text, size, "%d %s %d", civil.day, months[civil.month - 1], civil.year);
}

static void add_proration(struct world *world, json_t *subscription, json_t *item, int64_t amount,
                          int64_t at) {
    char day[24];
    char text[256];
    json_t *price = json_object_get(item, "price");
    const json_t *product = world_get(world, member(price, "product"));
    int64_t quantity = member_i64(item, "quantity");
    day_text(at, day, sizeof day);
    (void)snprintf(text, sizeof text, "%s time on %lld × %.120s after %s",
                   amount < 0 ? "Unused" : "Remaining", (long long)quantity,
                   product == NULL ? "item" : member(product, "name"), day);
    const struct line line = {
        .amount = amount,
        .period = {at, period_of(item).end},
        .price = price,
        .quantity = quantity,
        .description = text,
        .item = member(item, "id"),
        .is_proration = true,
    };
    sandbox_pending_add(world, subscription, &line);
}

/* Credits what was debited for the time from `at` on, and forgets those debits. */
static void credit(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    json_t *debits = json_object_get(item, "_debits");
    for (size_t i = 0; i < json_array_size(debits); i++) {
        json_t *debit = json_array_get(debits, i);
        int64_t start = member_i64(debit, "start");
        int64_t end = member_i64(debit, "end");
        int64_t from = at > start ? at : start;
        int64_t amount = member_i64(debit, "amount");
        if (end > from && amount != 0) {
            add_proration(world, subscription, item, prorate(-amount, end - from, end - start), at);
        }
    }
    json_array_clear(debits);
}

/* Debits the item's present price for the rest of its period. */
static void debit_rest(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    struct period period = period_of(item);
    int64_t full = price_amount(json_object_get(item, "price"), member_i64(item, "quantity"));
    int64_t amount = prorate(full, period.end - at, period.end - period.start);
    if (amount == 0) {
        return;
    }
    add_proration(world, subscription, item, amount, at);
    json_array_append_new(json_object_get(item, "_debits"),
                          json_pack("{s:I, s:I, s:I}", "amount", (json_int_t)amount, "start",
                                    (json_int_t)at, "end", (json_int_t)period.end));
}

void subscription_credit_all(struct world *world, json_t *subscription, int64_t at) {
    json_t *items = items_of(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        credit(world, subscription, json_array_get(items, i), at);
    }
}

static size_t index_of(json_t *items, const char *id) {
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "id", id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Changes price and quantity of an item, prorating unless a new period begins anyway. */
static bool change_item(struct world *world, json_t *subscription, const struct change *change,
                        json_t *given, json_t *item) {
    const char *id = member(given, "price");
    json_t *quantity = json_object_get(given, "quantity");
    json_t *price =
        id[0] == '\0' ? json_object_get(item, "price") : price_for(world, id, "items[price]");
    if (price == NULL) {
        return false;
    }
    json_t *before = json_object_get(item, "price");
    bool is_same =
        member_is(before, "id", member(price, "id")) &&
        (quantity == NULL || json_integer_value(quantity) == member_i64(item, "quantity"));
    bool moves = change->is_now || !same_interval(before, price);
    metadata_merge(item, given);
    if (change->prorates && !is_same) {
        credit(world, subscription, item, change->at);
    }
    if (id[0] != '\0') {
        set_price(item, price);
    }
    if (quantity != NULL) {
        json_object_set(item, "quantity", quantity);
    }
    if (moves && change->keeps_anchor) {
        set_period(item, sandbox_period_at(member_i64(subscription, "billing_cycle_anchor"),
                                           interval_of(price), change->at));
        moves = false;
    }
    if (change->prorates && !is_same && !moves) {
        debit_rest(world, subscription, item, change->at);
    }
    return true;
}

static bool apply_one(struct world *world, json_t *subscription, const struct change *change,
                      json_t *given) {
    json_t *items = items_of(subscription);
    const char *id = member(given, "id");
    if (id[0] == '\0') {
        json_t *price = price_for(world, member(given, "price"), "items[price]");
        if (price == NULL) {
            return false;
        }
        json_t *item =
            append_item(world, subscription, price, given, period_of(json_array_get(items, 0)));
        if (change->prorates && !change->is_now) {
            debit_rest(world, subscription, item, change->at);
        }
        return true;
    }
    size_t index = index_of(items, id);
    if (index == SIZE_MAX) {
        return world_missing(world, "subscription_item", "items[id]", id);
    }
    json_t *item = json_array_get(items, index);
    if (!json_is_true(json_object_get(given, "deleted"))) {
        return change_item(world, subscription, change, given, item);
    }
    if (change->prorates) {
        credit(world, subscription, item, change->at);
    }
    json_array_remove(items, index);
    return json_array_size(items) > 0 ||
           fault_invalid(&world->fault, NULL, "items",
                         "A subscription must have at least one item; cancel it instead.");
}

/* Begins a new period at `at` for every item; what it was debited before is credited. */
static void restart(struct world *world, json_t *subscription, const struct change *change) {
    json_t *items = items_of(subscription);
    set_i64(subscription, "billing_cycle_anchor", change->at);
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        if (change->prorates) {
            credit(world, subscription, item, change->at);
        }
        set_period(item, sandbox_period_at(change->at, interval_of(json_object_get(item, "price")),
                                           change->at));
    }
}

bool sandbox_subscription_change(struct world *world, json_t *subscription,
                                 const struct change *change, bool *ret_resets) {
    json_t *first = json_array_get(items_of(subscription), 0);
    json_t *before = json_deep_copy(json_object_get(first, "price"));
    bool is_well = true;
    for (size_t i = 0; is_well && i < json_array_size(change->items); i++) {
        is_well = apply_one(world, subscription, change, json_array_get(change->items, i));
    }
    json_t *now = json_object_get(json_array_get(items_of(subscription), 0), "price");
    bool has_moved = is_well && !same_interval(before, now);
    is_well = is_well && is_same_kind(world, subscription, now);
    json_decref(before);
    if (!is_well) {
        return false;
    }
    *ret_resets = change->is_now || (has_moved && !change->keeps_anchor);
    if (*ret_resets) {
        restart(world, subscription, change);
    }
    world_touch(world, subscription);
    return true;
}

bool change_read(struct world *world, json_t *subscription, json_t *params,
                 struct change *ret_change) {
    struct period period = period_of(json_array_get(items_of(subscription), 0));
    json_t *date = json_object_get(params, "proration_date");
    const char *anchor = member(params, "billing_cycle_anchor.type");
    struct change change = {
        .items = json_object_get(params, "items"),
        .at = date == NULL ? world_now(world, member(subscription, "customer"))
                           : json_integer_value(date),
        .prorates = !member_is(params, "proration_behavior", "none"),
        .is_now = strcmp(anchor, "now") == 0,
        .keeps_anchor = strcmp(anchor, "unchanged") == 0,
    };
    if (date != NULL && (change.at < period.start || change.at > period.end)) {
        return fault_invalid(&world->fault, NULL, "proration_date",
                             "Cannot specify a proration date outside of the current period.");
    }
    *ret_change = change;
    return true;
}
