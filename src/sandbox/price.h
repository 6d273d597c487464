/* Prices as the other resources use them: described inline, and for what a quantity costs
 * (price_amount in billing.h). */
#ifndef SANDBOX_PRICE_H
#define SANDBOX_PRICE_H

#include "sandbox/call.h"

/* The parameter price_data of a sale once, and of a subscription's item. */
extern const struct param price_data_params[];
extern const struct param recurring_price_data_params[];
/* The same of a line that may be either. */
extern const struct param any_price_data_params[];
/* The same of a line on a page of checkout, which may describe its product too. */
extern const struct param sale_price_data_params[];
/* The product that product_data describes. */
json_t *product_of_data(struct world *world, json_t *data);
/* The inactive price that price_data describes, made for one use; NULL with a fault. `param` is
 * the name of the parameter. */
json_t *price_of_data(struct world *world, json_t *data, const char *param);

/* What prices are made with (price.c, product.c). */
extern const struct param price_recurring_params[];
extern const struct param price_tier_params[];
extern const struct param price_option_params[];
/* Fills a new price from parameters: currency, amounts, tiers, recurring. False with a fault. */
bool price_fill(struct world *world, json_t *price, json_t *given);
/* The parameter currency_options: adds to, or replaces, what the price has. False with a fault. */
bool price_options_set(struct world *world, json_t *price, json_t *given);
/* Whether it can be paid in a currency: its own, or one that it has options for. */
bool price_has(const json_t *price, const char *currency);
/* The price as it is in a currency that it has: a new reference. */
json_t *price_in(json_t *price, const char *currency);
/* The currency in which a customer (NULL or "": nobody yet) is sold it when none is asked for: the
 * customer's, else the price's own. */
const char *price_currency_for(struct world *world, const json_t *price, const char *customer);
/* 400 on `param` unless the price has the currency; "" is any. */
bool price_check_currency(struct world *world, const json_t *price, const char *currency,
                          const char *param);
/* What expand[] shows. */
json_t *price_tiers(struct world *world, json_t *price);
json_t *price_currency_options(struct world *world, json_t *price);

/* A price as a plan, the older shape of the same thing; a new reference. */
json_t *plan_of_price(json_t *price);

#endif
