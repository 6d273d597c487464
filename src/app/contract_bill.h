/* What accepting an amendment bills at once: what both sides read before they agree. */
#ifndef APP_CONTRACT_BILL_H
#define APP_CONTRACT_BILL_H

#include "app/contract.h"

/* Before taxes and what is on the customer's balance. */
struct contract_bill {
    bool is_known;
    struct money price;  /* of the interval that begins */
    struct money unused; /* of what was billed before, given back: not positive */
    struct money total;  /* the sum; negative: it becomes credit on the balance */
};

/* Of a row with terms, as if it were accepted now. Not known of a first version, where what it
 * amends is not in force, of one that begins on a day to come, nor where a coupon or a trial has
 * its hands in the price. All are zero when only the term or the payment changes. */
MUST_USE struct err contract_bill_now(struct app *app, struct tx *tx,
                                      const struct contract_row *row,
                                      struct contract_bill *ret_bill);

#endif
