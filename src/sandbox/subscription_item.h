/* Items of a subscription: what each costs, which stretch it is in, and which whole period that
 * stretch is part of. Their routes are in subscription_items.c. */
#ifndef SANDBOX_SUBSCRIPTION_ITEM_H
#define SANDBOX_SUBSCRIPTION_ITEM_H

#include "sandbox/arith.h"
#include "sandbox/call.h"
#include "sandbox/discount.h"
#include "sandbox/price.h"

enum { ITEMS_MAX = 20 };

/* What an item is, when it is made and when it is changed. */
#define ITEM_PARAMS                                                                                \
    {.name = "price", .kind = PARAM_TEXT},                                                         \
        {.name = "price_data", .kind = PARAM_OBJECT, .of = recurring_price_data_params},           \
        {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},                \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAM_DISCOUNTS, {      \
        .name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE                         \
    }
extern const struct param subscription_item_params[];        /* of create */
extern const struct param subscription_item_update_params[]; /* of update and preview */

/* The array of items; borrowed. */
json_t *subscription_items(json_t *subscription);
/* NULL when there is none of that id. */
json_t *subscription_item_find(json_t *subscription, const char *id);
/* The earliest and the latest end among the items' periods. */
struct period subscription_ends(json_t *subscription);

struct interval price_interval(const json_t *price);
bool price_is_metered(const json_t *price);
/* The recurring price that an item is given by `price` or `price_data`, in the subscription's
 * currency and active; NULL with a fault on `param`. */
json_t *price_for_item(struct world *world, json_t *subscription, json_t *given, const char *param);

struct period item_period(const json_t *item);
void item_set_period(json_t *item, struct period period);
/* The stretch of an item that is billed from `at` on: the trial, a part of a period up to the
 * anchor, or a whole period of the chain through it. */
struct period item_stretch(const json_t *subscription, const json_t *price, int64_t at);
/* The whole period of the chain that holds `at`: what a proration is a fraction of. */
struct period item_cycle(const json_t *subscription, const json_t *price, int64_t at);
/* `currency` is the subscription's. */
void item_set_price(json_t *item, json_t *price, const char *currency);
/* The price as the subscription pays it: `price` shows it in its own currency. Borrowed. */
json_t *item_price(const json_t *item);
/* The words, discounts and tax rates that are given for an item; false with a fault. */
bool item_apply(struct world *world, json_t *subscription, json_t *item, json_t *given);
/* Puts a new item at the end, for the stretch that begins at `at`; NULL with a fault. */
json_t *item_append(struct world *world, json_t *subscription, json_t *price, json_t *given,
                    int64_t at);

/* Fills the items of a new subscription from items[]; false with a fault. */
bool subscription_add_items(struct world *world, json_t *subscription, json_t *items);
/* Classic billing has one interval for all items; false with a fault otherwise. */
bool subscription_intervals_fit(struct world *world, json_t *subscription);

#endif
