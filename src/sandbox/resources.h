/* Every resource's routes; routes.c puts them into one table. */
#ifndef SANDBOX_RESOURCES_H
#define SANDBOX_RESOURCES_H

#include "sandbox/call.h"

extern const struct route_list balance_routes;
extern const struct route_list cash_routes;
extern const struct route_list charge_routes;
extern const struct route_list checkout_routes;
extern const struct route_list customer_routes;
extern const struct route_list dispute_routes;
extern const struct route_list discount_routes;
extern const struct route_list event_destination_routes;
extern const struct route_list event_routes;
extern const struct route_list event_v2_routes;
extern const struct route_list invoice_routes;
extern const struct route_list mandate_routes;
extern const struct route_list payment_intent_routes;
extern const struct route_list payment_method_routes;
extern const struct route_list portal_routes;
extern const struct route_list payment_link_routes;
extern const struct route_list payout_routes;
extern const struct route_list preview_routes;
extern const struct route_list price_routes;
extern const struct route_list product_routes;
extern const struct route_list quote_routes;
extern const struct route_list refund_routes;
extern const struct route_list setup_intent_routes;
extern const struct route_list source_routes;
extern const struct route_list subscription_routes;
extern const struct route_list subscription_items_routes;
extern const struct route_list subscription_schedule_routes;
extern const struct route_list test_clock_routes;
extern const struct route_list trouble_routes;
extern const struct route_list webhook_endpoint_routes;

extern const struct route_list coupon_routes;
extern const struct route_list credit_note_routes;
extern const struct route_list customer_balance_routes;
extern const struct route_list invoiceitem_routes;
extern const struct route_list credit_balance_routes;
extern const struct route_list credit_grant_routes;
extern const struct route_list meter_event_routes;
extern const struct route_list meter_v2_routes;
extern const struct route_list meter_routes;
extern const struct route_list plan_routes;
extern const struct route_list promotion_code_routes;
extern const struct route_list tax_id_routes;
extern const struct route_list tax_rate_routes;
extern const struct route_list tax_settings_routes;

/* An element of tax_id_data; a tax id of a customer (NULL: of the account) made of one, NULL with
 * a fault; the ids of a customer as invoices show them, a new array. */
extern const struct param tax_id_data_params[];
json_t *tax_id_add(struct world *world, const char *customer, json_t *given);
json_t *tax_ids_of(struct world *world, const char *customer);

/* The parameter customer_details: what a preview is to suppose of a customer. */
extern const struct param customer_details_params[];
bool customer_suppose(struct call *call, json_t *customer);

/* A payout has arrived at its bank; a top-up in the balance. */
void payout_on_due(struct world *world, json_t *payout);
void topup_on_due(struct world *world, json_t *topup);
/* Cancels the customer's subscriptions and leaves only the fact that it was. */
void customer_delete(struct world *world, json_t *customer);

#endif
