/* Stripe's test IBANs (docs.stripe.com/testing, SEPA Direct Debit): for each country the same eight
 * conducts, and two accounts that cannot be debited at all. They are test accounts like the others
 * of card.h, which finds them too. */
#ifndef SANDBOX_IBAN_H
#define SANDBOX_IBAN_H

#include "sandbox/card.h"

/* NULL for an IBAN or token that is not on the list. */
const struct test_card *iban_by_number(struct str number);
const struct test_card *iban_by_token(const char *token);
/* Why an account on the list cannot be debited, as Stripe's code; NULL when it can, or is unknown.
 */
const char *iban_refusal(struct str number);

#endif
