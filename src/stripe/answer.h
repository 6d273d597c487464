/* What came of a call: HTTP status, error envelope, object. Inside the layer. */
#ifndef STRIPE_ANSWER_H
#define STRIPE_ANSWER_H

#include "stripe/client.h"
#include "stripe/object.h"

/* By status and envelope alone, as https://docs.stripe.com/error-low-level has them. */
enum payments_outcome answer_outcome(const struct stripe_response *response);
const char *outcome_name(enum payments_outcome outcome); /* "declined": for logs */

/* Fills *answer, which is empty, from the response to a call of that kind. Its text is borrowed
 * from the response's body. OBJECT_UNKNOWN_VALUE: something was left out of it. */
enum object_result answer_read(int64_t kind, const struct stripe_response *response,
                               struct arena *arena, struct payments_answer *answer);

/* Code, decline code and message of an error object: the envelope's, or a payment intent's
 * last_payment_error. */
void answer_read_error(const json_t *error, struct payments_answer *answer);
/* True when what the bank wants is the customer, not another card. */
bool answer_asks_customer(const struct payments_answer *answer);

#endif
