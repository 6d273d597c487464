/* Every resource's routes; routes.c puts them into one table. */
#ifndef SANDBOX_RESOURCES_H
#define SANDBOX_RESOURCES_H

#include "sandbox/call.h"

extern const struct route_list charge_routes;
extern const struct route_list checkout_routes;
extern const struct route_list customer_routes;
extern const struct route_list event_routes;
extern const struct route_list invoice_routes;
extern const struct route_list payment_intent_routes;
extern const struct route_list payment_method_routes;
extern const struct route_list preview_routes;
extern const struct route_list price_routes;
extern const struct route_list product_routes;
extern const struct route_list setup_intent_routes;
extern const struct route_list subscription_routes;
extern const struct route_list test_clock_routes;
extern const struct route_list trouble_routes;
extern const struct route_list webhook_endpoint_routes;

/* Cancels the customer's subscriptions and leaves only the fact that it was. */
void customer_delete(struct world *world, json_t *customer);

#endif
