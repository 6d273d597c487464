/* What the routes of payment intents share: their parameters and the rules of confirmation. */
#ifndef SANDBOX_INTENT_API_H
#define SANDBOX_INTENT_API_H

#include "sandbox/payment.h"

extern const struct param intent_create_params[];
extern const struct param intent_update_params[];
extern const struct param intent_confirm_params[];

/* Copies what is given onto the intent, the method too; false with a refusal. */
bool intent_apply(struct call *call, json_t *intent);
/* Confirms with the method that the intent has; false with a refusal. */
bool intent_confirm_call(struct call *call, json_t *intent);
/* payment_method_types and its successors, as given or as the account has them. */
bool intent_types(struct call *call, json_t *intent, const char *currency);

#endif
