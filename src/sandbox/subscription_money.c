/* What a subscription says of the money of all its invoices: discounts and taxes. */
#include "sandbox/discount.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_item.h"
#include "sandbox/tax.h"

/* What a full period of all items costs, before discounts. */
static int64_t worth_of(json_t *subscription) {
    json_t *items = subscription_items(subscription);
    int64_t worth = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        worth += price_amount(json_object_get(item, "price"), member_i64(item, "quantity"));
    }
    return worth;
}

bool subscription_apply_money(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const struct discount_owner owner = {
        .object = subscription,
        .role = "subscription",
        .customer = member(subscription, "customer"),
        .currency = member(subscription, "currency"),
        .amount = worth_of(subscription),
    };
    return discounts_set(world, &owner, json_object_get(call->params, "discounts")) &&
           automatic_tax_set(world, subscription, json_object_get(call->params, "automatic_tax")) &&
           tax_rates_set(world, subscription, "default_tax_rates",
                         json_object_get(call->params, "default_tax_rates"));
}
