/* The mirror's own parts: one function a kind of object, and whose an object is. */
#ifndef APP_MIRROR_OBJECT_H
#define APP_MIRROR_OBJECT_H

#include "app/gate_update.h"

/* The customer that Stripe knows under this id; empty when there is none. */
MUST_USE struct err mirror_owner_of(struct tx *tx, struct str stripe_customer_id,
                                    struct str *ret_user_id);
/* A detached method names no customer any more, but is known by itself. */
MUST_USE struct err mirror_owner_of_method(struct tx *tx, const struct payments_method *method,
                                           struct str *ret_user_id);

MUST_USE struct err mirror_method(struct app *app, struct tx *tx,
                                  const struct payments_method *method);
MUST_USE struct err mirror_invoice(struct app *app, struct tx *tx,
                                   const struct payments_invoice *invoice,
                                   struct gate_update *ret_update);
/* What the provider knows of the customer: the default method follows it, and one that was deleted
 * there is known here by no id any more. Name and address are ours to tell. */
MUST_USE struct err mirror_customer(struct app *app, struct tx *tx,
                                    const struct payments_customer *customer);
MUST_USE struct err mirror_charge(struct app *app, struct tx *tx,
                                  const struct payments_charge *charge);
MUST_USE struct err mirror_refund(struct app *app, struct tx *tx,
                                  const struct payments_refund *refund);

MUST_USE struct err mirror_credit_note(struct app *app, struct tx *tx,
                                       const struct payments_credit_note *seen);

#endif
