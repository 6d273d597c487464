/* A customer's numbers with tax offices, as they stand on invoices: kept by the payment provider,
 * which checks them, some of them days later; mirrored as the list that it gives
 * (https://docs.stripe.com/billing/customer/tax-ids). */
#ifndef APP_TAX_ID_H
#define APP_TAX_ID_H

#include "app/operation_plan.h"

/* The JSON array that the API shows; "[]" when none is known. *ret_found is false when there is no
 * such customer. */
MUST_USE struct err tax_ids_read(struct tx *tx, struct str user_id, struct str *ret_list,
                                 bool *ret_found);

/* For operations: DONE, or TAX_ID_NOT_FOUND when one is to go that the customer has not. */
MUST_USE struct err tax_id_decide(struct tx *tx, const struct operation_request *request,
                                  struct operation_plan *plan, enum outcome *ret_outcome);

/* Keeps what the provider has, whoever asked. */
MUST_USE struct err mirror_tax_ids(struct tx *tx, const struct payments_tax_ids *seen);

#endif
