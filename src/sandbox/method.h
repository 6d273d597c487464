/* Payment methods as other resources use them. */
#ifndef SANDBOX_METHOD_H
#define SANDBOX_METHOD_H

#include "sandbox/call.h"
#include "sandbox/card.h"

/* A method that belongs to the customer; NULL with a fault on `param` otherwise. */
json_t *method_of_customer(struct world *world, const char *id, const char *customer,
                           const char *param);
/* Makes a method of a test card, unattached. `exp_month`, `exp_year` are shown. */
json_t *method_make(struct world *world, const struct test_card *card, int64_t exp_month,
                    int64_t exp_year);
/* The method behind an id, or a fresh one of a test token ("pm_card_visa"). */
json_t *method_resolve(struct world *world, const char *id, const char *param);
/* The method behind a token of old ("tok_visa") or a source's id. */
json_t *method_of_source(struct world *world, const char *source, const char *param);
/* Attaches, or NULL with the decline (402) in the fault. Records no event. */
json_t *method_attach(struct world *world, const char *id, const char *customer, const char *param);
/* Whether a bank account is debited by it: that takes days, and a mandate. */
bool method_is_debit(const json_t *method);
/* A test card by number; NULL with a fault for any other number. */
const struct test_card *method_card(struct world *world, struct str number);

/* A new method from the parameters `type`, `card` … of a call; NULL with a fault. */
json_t *method_create(struct call *call);
/* payment_method_data, and billing_details, for tables of parameters. */
extern const struct param method_data_params[];
extern const struct param method_billing_params[];

extern const struct param method_list_params[];
json_t *method_list_of_customer(struct call *call);

#endif
