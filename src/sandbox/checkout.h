/* A checkout session, as its page completes it. */
#ifndef SANDBOX_CHECKOUT_H
#define SANDBOX_CHECKOUT_H

#include "sandbox/card.h"
#include "sandbox/world.h"

/* Sets the card up for the session's customer. False with a decline in the fault; when the card
 * asks the customer first and `is_answered` is false, the session stays open and its setup intent
 * says requires_action. */
bool checkout_complete(struct world *world, json_t *session, const struct test_card *card,
                       bool is_answered);

#endif
