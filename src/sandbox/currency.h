/* The currencies of the sandbox: how many digits stand behind the point, and the least that is
 * charged (docs.stripe.com/currencies). Amounts are always in the smallest unit; zero-decimal
 * currencies have no smaller one, three-decimal ones take multiples of ten only. */
#ifndef SANDBOX_CURRENCY_H
#define SANDBOX_CURRENCY_H

#include <stdint.h>

#include "base/attr.h"
#include "sandbox/fault.h"

struct currency {
    const char *code; /* "usd" */
    int places;
    int64_t least_charge;
    const char *sign; /* on lines: "$" */
};

/* NULL when the sandbox does not know it. */
const struct currency *currency_find(const char *code);
/* As parameters give it, in any case; false with 400 on `param`. */
bool currency_check(struct fault *fault, const char *code, const char *param);
/* An amount in a three-decimal currency ends in 0; false with 400 on `param`. */
bool currency_check_amount(struct fault *fault, const char *code, int64_t amount,
                           const char *param);
/* The least that is charged, in the smallest unit; 0.50 USD for an unknown currency. */
int64_t currency_least(const char *code);
/* "$29.00" */
void currency_text(const char *code, int64_t amount, char *ret_text, size_t size);

#endif
