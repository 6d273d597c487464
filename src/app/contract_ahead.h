/* What the files of a contract's life have in common: when a row is looked at again, the
 * subscription that it is sold as, and what the payment provider is told of an interval before it
 * begins. Only the files app/contract*.c include this. */
#ifndef APP_CONTRACT_AHEAD_H
#define APP_CONTRACT_AHEAD_H

#include "app/contract_life.h"
#include "store/subscription.h"

enum { CONTRACT_LATER_HOURS = 1 };

struct instant contract_now(const struct tx *tx);
MUST_USE struct err contract_keep(struct tx *tx, struct contract_row *row);
/* Keeps the row, to be looked at in some minutes: the provider's answer is on its way; or later:
 * something stands in the way that passes. */
MUST_USE struct err contract_look_soon(struct tx *tx, struct contract_row *row);
MUST_USE struct err contract_look_later(struct tx *tx, struct contract_row *row);
/* Whether what keeps it from being done now passes by itself. */
bool contract_is_passing(enum outcome outcome);

/* The paid subscription of the customer, and the period that it bills now. */
MUST_USE struct err contract_find_subscription(struct tx *tx, struct str user_id,
                                               struct subscription_row *ret_row, bool *ret_is_paid);
struct period contract_billing(const struct subscription_row *row);

struct contract_ahead {
    struct instant boundary;
    const struct contract_terms *terms; /* NULL: the subscription ends there */
    size_t step;
};
/* DONE, with the operation's id in the row; NO_CHANGE when the provider knows; or why not now. Told
 * too late, it is billed from the beginning of the interval that has begun meanwhile. */
MUST_USE struct err contract_tell_ahead(struct app *app, struct tx *tx, struct contract_row *row,
                                        const struct contract_ahead *ahead,
                                        enum outcome *ret_outcome);

#endif
