/* US bank accounts: verification by microdeposits and the mandates under which they are debited
 * (payments/ach-direct-debit). When a debit arrives, or fails, is payment.c's business. */
#ifndef SANDBOX_US_BANK_ACCOUNT_H
#define SANDBOX_US_BANK_ACCOUNT_H

#include "sandbox/call.h"
#include "sandbox/card.h"

/* The method's "us_bank_account" member. */
json_t *bank_shape(const struct test_card *account, const char *holder, const char *kind);
bool bank_is_verified(const json_t *method);
/* next_action of an intent that waits for microdeposits. */
json_t *bank_verification(struct world *world, const json_t *intent, const json_t *method);

enum bank_verdict {
    BANK_VERIFIED,
    BANK_WRONG, /* may be tried again: 400 in the fault, and the attempt is counted */
    BANK_OVER,  /* ret_code says why the account cannot be verified any more */
};
/* Judges `amounts` or `descriptor_code` among the call's parameters for an intent that waits. */
enum bank_verdict bank_verify(struct call *call, json_t *intent, json_t *method,
                              const char **ret_code);
extern const struct param bank_verify_params[];

/* --- mandates (mandate.c) --- */

/* The parameter mandate_data, for a table. */
#define PARAM_MANDATE_DATA                                                                         \
    {                                                                                              \
        .name = "mandate_data", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE,                    \
        .of = mandate_data_params                                                                  \
    }
extern const struct param mandate_data_params[];
/* True when the method needs no mandate, has one, or gets one from mandate_data (NULL: none was
 * given); otherwise 400 `code`. `amount` 0 makes a mandate for many uses. */
struct mandate_order {
    const json_t *data;
    const char *code;
    const char *noun; /* "PaymentIntent" */
    int64_t amount;
    const char *currency;
};
bool mandate_ensure(struct world *world, json_t *method, const struct mandate_order *order);

#endif
