/* Taxes of an invoice's lines: automatic ones from the sandbox's own table, or tax_rates by hand.
 *
 * The table (tax_table.c) is small and fixed. It is not advice: real rates depend on place, product
 * and day. What is Stripe's is the procedure: where the customer is, whether the account is
 * registered there, who is exempt, what is inside the price and what comes on top, and that each
 * line is rounded by itself. */
#ifndef SANDBOX_TAX_H
#define SANDBOX_TAX_H

#include "sandbox/call.h"

/* --- the table --- */

struct tax_place {
    const char *country; /* "US" */
    const char *state;   /* "NY"; NULL: the whole country */
    int64_t percent;     /* with PERCENT_PLACES: 88750 is 8.875 % */
    const char *type;    /* "sales_tax", "vat"; as in tax_rate.tax_type */
    const char *name;    /* "Sales tax" */
    bool is_eu;
};

/* The place of a country and state; NULL when the table has none. */
const struct tax_place *tax_place_find(const char *country, const char *state);
/* The state of a five-digit US postal code, by its first three digits; NULL when unknown. */
const char *tax_state_of_postal_code(const char *postal_code);

/* --- whose location is known --- */

struct tax_location {
    char country[8];
    char state[32];
};

/* Where a customer is for tax: shipping address, else billing address, else that of the default
 * payment method (tax/customer-locations). US needs a 5-digit postal code, Canada a province or a
 * postal code. False when that is not enough. */
bool tax_locate(struct world *world, const json_t *customer, struct tax_location *ret_location);
/* 400 customer_tax_location_invalid unless the customer can be located. */
bool tax_check_location(struct world *world, const json_t *customer);

/* --- assessing --- */

/* Works out the taxes of every line and the invoice's total_taxes and automatic_tax.status, anew.
 */
void tax_assess(struct world *world, json_t *invoice);
/* The parameter automatic_tax: sets `enabled` on a subscription or an invoice; false with a fault
 * when the customer cannot be located. */
extern const struct param automatic_tax_params[];
bool automatic_tax_set(struct world *world, json_t *owner, json_t *given);
/* Puts the taxes of whole rates (tax_rates_set) onto a line's `taxes`. */
void tax_levy_rates(json_t *line, json_t *rates);
/* The parameter tax_rates or default_tax_rates, a list of ids: stores whole rates under `name`, as
 * Stripe shows them. False with a fault for an unknown or archived one. */
bool tax_rates_set(struct world *world, json_t *owner, const char *name, json_t *given);
/* The ids of whole rates, as the parameter takes them; a new array. */
json_t *tax_rate_ids(const json_t *rates);

/* --- registrations and settings (tax_settings.c) --- */

/* The account's settings; borrowed. */
json_t *tax_settings(struct world *world);
/* Whether the account collects tax there at that time. */
bool tax_is_registered(struct world *world, const struct tax_location *location, bool is_eu,
                       int64_t at);
/* Whether the customer has a tax id of the type that stands ("eu_vat") and was not refused. */
bool tax_id_stands(struct world *world, const char *customer, const char *type);

#endif
