/* Setting up a method for later: what setup_intents and checkout sessions share. */
#ifndef SANDBOX_SETUP_H
#define SANDBOX_SETUP_H

#include "sandbox/method.h"

/* A setup intent that waits for a method. */
json_t *setup_make(struct world *world, const char *customer);
/* Confirms with a method (id or test token): attaches it and succeeds, or waits for the customer
 * (requires_action), or is declined (false, 402). `is_answered`: the customer is here and has
 * approved what the bank asked. */
bool setup_confirm(struct world *world, json_t *intent, const char *method, bool is_answered);
/* The customer refused, or verification failed: back to requires_payment_method with the code. */
void setup_refuse(struct world *world, json_t *intent, const char *code);

#endif
