/* What a subscription says of the money of its invoices: discounts, taxes, and what is sold with it
 * once. */
#include "sandbox/discount.h"
#include "sandbox/invoice.h"
#include "sandbox/price.h"
#include "sandbox/source.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_item.h"
#include "sandbox/tax.h"

/* What a full period of all items costs, before discounts. */
static int64_t worth_of(json_t *subscription) {
    json_t *items = subscription_items(subscription);
    int64_t worth = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        worth += price_amount(item_price(item), member_i64(item, "quantity"));
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

bool subscription_set_source(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const char *id = param_text(call, "default_source");
    if (param_given(call, "default_source") &&
        !source_is_of(world, id, member(subscription, "customer"))) {
        return world_missing(world, "source", "default_source", id);
    }
    copy_params(subscription, call->params, (const char *const[]){"default_source", NULL});
    return true;
}

const struct param subscription_sale_params[] = {
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "price_data", .kind = PARAM_OBJECT, .of = price_data_params},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "discountable", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP},
    PARAM_DISCOUNTS,
    {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};

/* A sale as the invoice item that it becomes. */
static json_t *item_params(const json_t *subscription, json_t *sale) {
    json_t *params = json_object();
    static const char *const same[] = {"price_data", "quantity",  "discountable", "metadata",
                                       "discounts",  "tax_rates", "_is_agreed",   NULL};
    copy_params(params, sale, same);
    set_text(params, "subscription", member(subscription, "id"));
    if (!member_is(sale, "price", "")) {
        json_object_set_new(params, "pricing", json_pack("{s:s}", "price", member(sale, "price")));
    }
    return params;
}

bool subscription_add_sales(struct call *call, json_t *subscription, json_t *sales) {
    if (json_array_size(sales) > ITEMS_MAX) {
        return fault_invalid(&call->world->fault, NULL, "add_invoice_items",
                             "You may pass up to %d items.", ITEMS_MAX);
    }
    for (size_t i = 0; i < json_array_size(sales); i++) {
        struct call sale = *call;
        sale.params = item_params(subscription, json_array_get(sales, i));
        const json_t *item = invoiceitem_make(&sale, member(subscription, "customer"), NULL);
        json_decref(sale.params);
        if (item == NULL) {
            return false;
        }
    }
    return true;
}
