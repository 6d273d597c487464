/* A card that the customer's browser makes ready with the provider (a SetupIntent there), so that
 * the bank asks for the customer while they are adding it and not when they are first charged.
 *
 * OPERATION_CARD_SETUP makes the SetupIntent; its client_secret goes to the browser, which confirms
 * it with the provider's own script. OPERATION_CARD_KEEP reads it afterwards: what a browser says
 * of it is not believed. https://docs.stripe.com/payments/save-and-reuse */
#ifndef APP_CARD_SETUP_H
#define APP_CARD_SETUP_H

#include "app/ports.h"

/* The answer to PAYMENTS_SETUP_INTENT_READ as it counts for the customer of the call; all others as
 * they are. DONE, with the method: it has succeeded and the method is attached to this customer.
 * DECLINED: the bank or the customer has refused, as code and message say. ACTION_REQUIRED: nobody
 * has confirmed it (yet). MISSING: there is none, it is another customer's, or the method is gone
 * again; nothing tells which. Only DONE has a method. Text is that of `answer`. */
struct payments_answer card_setup_judged(const struct payments_call *call,
                                         const struct payments_answer *answer);

#endif
