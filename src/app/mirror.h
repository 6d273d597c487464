/* The mirror: what the payment provider says of a customer's things becomes rows, whoever asked.
 *
 * The same functions serve the answers to our own calls and what webhooks make us read, so that the
 * order in which the two arrive does not matter: the last word read is what stands. */
#ifndef APP_MIRROR_H
#define APP_MIRROR_H

#include "app/app.h"
#include "app/gate_update.h"

/* Rows for all that the answer carries. What belongs to nobody known is left alone.
 * *ret_update is due when the customer's entitlements or usage period changed. */
MUST_USE struct err mirror_answer(struct app *app, struct tx *tx,
                                  const struct payments_answer *answer,
                                  struct gate_update *ret_update);

/* To whom the answer's object belongs; empty when nobody known. */
MUST_USE struct err mirror_owner(struct tx *tx, const struct payments_answer *answer,
                                 struct str *ret_user_id);

/* Our id of an object of Stripe's, made now if it has none. */
MUST_USE struct err mirror_local_id(struct tx *tx, struct str stripe_id, struct str user_id,
                                    const char *kind, struct record_id *ret_id);

#endif
