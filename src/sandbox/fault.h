/* A refusal in Stripe's words: HTTP status, type, code, parameter, sentence. Stripe's list of
 * codes: docs.stripe.com/error-codes. One request has at most one; the first stays. */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"

struct fault {
    int status; /* 0: none */
    const char *type;
    const char *code;         /* NULL: none */
    const char *decline_code; /* NULL: none */
    char param[128];
    char message[320];
    json_t *detail;     /* payment_intent, payment_method, setup_intent; owned, may be NULL */
    bool keeps_changes; /* a decline: what was written is kept */
};

/* 400 invalid_request_error; `param` may be NULL. All of these return false, for `return`. */
bool fault_invalid(struct fault *fault, const char *code, const char *param, const char *format,
                   ...) PRINTF_LIKE(4, 5);
/* 404 resource_missing: "No such customer: 'cus_x'". */
bool fault_missing(struct fault *fault, const char *noun, const char *param, const char *id);
/* 402 card_error. */
bool fault_card(struct fault *fault, const char *code, const char *decline_code,
                const char *message);
/* 500 api_error: the store failed. */
bool fault_internal(struct fault *fault);
/* Puts the object under `name` into the error's body. */
void fault_detail(struct fault *fault, const char *name, json_t *object);
/* The envelope {"error": {…}}; a new reference. */
json_t *fault_body(const struct fault *fault);
void fault_finish(struct fault *fault);

#endif
