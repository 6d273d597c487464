/* SEPA Direct Debit: accounts by IBAN, debited in euro under a mandate (payments/sepa-debit). What
 * a debit comes to is payment.c's business. */
#ifndef SANDBOX_SEPA_DEBIT_H
#define SANDBOX_SEPA_DEBIT_H

#include "sandbox/call.h"
#include "sandbox/card.h"

/* The method's "sepa_debit" member. */
json_t *sepa_shape(const struct test_card *account);
/* The same as a charge shows it. */
json_t *sepa_charge_details(const json_t *method);
/* The account of an IBAN; NULL with a fault on `param`. */
const struct test_card *sepa_account(struct world *world, const char *iban, const char *param);
/* A debit names its payer: false with 400 when a SEPA method has no name or no address of mail. */
bool sepa_payer_is_named(struct world *world, const json_t *method);
/* When a debit that begins now settles: at once, or three minutes later. */
int64_t sepa_settles_at(const struct test_card *account, int64_t now);

#endif
