/* How a use case ended, in one vocabulary for the API, the pages and the logs. The names are the
 * stable `code` of problem documents; api/problem.c says which status each has. */
#ifndef APP_OUTCOME_H
#define APP_OUTCOME_H

/* X(enumerator, code, what a person is told) */
#define OUTCOMES(X)                                                                                \
    X(DONE, "done", "Done.")                                                                       \
    X(CREATED, "created", "Created.")                                                              \
    X(CUSTOMER_NOT_FOUND, "customer_not_found", "There is no customer with this userId.")          \
    X(CUSTOMER_CONFLICT, "customer_conflict",                                                      \
      "A customer with this userId exists and differs from what was sent.")                        \
    X(CURRENCY_NOT_SOLD, "currency_not_sold", "The catalogue has no prices in this currency.")     \
    X(PAYMENT_METHOD_REQUIRED, "payment_method_required",                                          \
      "There is no payment method to charge. Add one first.")                                      \
    X(PAYMENT_METHOD_NOT_FOUND, "payment_method_not_found",                                        \
      "There is no such payment method on this customer.")                                         \
    X(PAYMENT_METHOD_REFUSED, "payment_method_refused", "The payment method was refused.")         \
    X(PAYMENT_METHOD_IN_USE, "payment_method_in_use",                                              \
      "This is the last payment method, and money is owed or will be due. Add another first.")     \
    X(ALREADY_SUBSCRIBED, "already_subscribed",                                                    \
      "The customer has a paid subscription. Change it instead.")                                  \
    X(NOT_SUBSCRIBED, "not_subscribed", "The customer has no paid subscription.")                  \
    X(NO_CHANGE, "no_change", "The subscription is already as asked for.")                         \
    X(NOTHING_TO_RESUME, "nothing_to_resume", "Neither a cancellation nor a change is pending.")   \
    X(SUBSCRIPTION_NOT_ACTIVE, "subscription_not_active",                                          \
      "Only an active subscription can be changed. Pay what is owed first.")                       \
    X(CONTRACT_REQUIRED, "contract_required", "This plan is sold by contract. Contact sales.")     \
    X(COUPON_UNKNOWN, "coupon_unknown", "The catalogue has no such coupon.")                       \
    X(COUPON_EXPIRED, "coupon_expired", "This coupon is no longer taken.")                         \
    X(COUPON_NOT_APPLICABLE, "coupon_not_applicable", "This coupon is for other plans.")           \
    X(TAX_ID_INVALID, "tax_id_invalid", "The number is none of this type.")                        \
    X(TAX_ID_NOT_FOUND, "tax_id_not_found", "The customer has no such tax id.")                    \
    X(TAX_LOCATION_INVALID, "tax_location_invalid",                                                \
      "The tax cannot be worked out for this address. Complete the billing address first.")        \
    X(CHANGED_MEANWHILE, "changed_meanwhile",                                                      \
      "What was waiting for the customer has just been paid. Look at the subscription again.")     \
    X(PRICE_DISPUTED, "price_disputed",                                                            \
      "The provider's price and ours differ: nothing was charged, and the operator was told.")     \
    X(PAYMENT_PROVIDER_UNAVAILABLE, "payment_provider_unavailable",                                \
      "The payment provider cannot be reached: nothing was changed. Try again shortly.")           \
    X(PAYMENT_FAILED, "payment_failed", "The payment was declined.")                               \
    X(PAYMENT_ACTION_REQUIRED, "payment_action_required",                                          \
      "The bank wants the customer to confirm the payment.")                                       \
    X(PAYMENT_PENDING, "payment_pending",                                                          \
      "The payment provider has not answered yet. Repeat with the same Idempotency-Key.")          \
    X(PAYMENT_PROVIDER_REFUSED, "payment_provider_refused",                                        \
      "The payment provider refused the request.")                                                 \
    X(OPERATION_IN_PROGRESS, "operation_in_progress",                                              \
      "Another change of this customer is under way. Try again when it has ended.")                \
    X(IDEMPOTENCY_MISMATCH, "idempotency_mismatch",                                                \
      "This Idempotency-Key was used with another request.")                                       \
    X(QUOTE_EXPIRED, "quote_expired",                                                              \
      "This quote is no longer valid, or is not for this change. Ask for a new preview.")          \
    X(INVOICE_NOT_FOUND, "invoice_not_found", "There is no such invoice on this customer.")        \
    X(INVOICE_NOT_PAYABLE, "invoice_not_payable", "Only an open invoice can be paid.")             \
    X(PAYMENT_IN_PROGRESS, "payment_in_progress",                                                  \
      "This invoice is being paid, and how that ends is not known yet. Try again shortly.")        \
    X(CASE_NOT_FOUND, "case_not_found", "There is no such case of dunning.")                       \
    X(CASE_MOVE_REFUSED, "case_move_refused", "This cannot be done with the case as it stands.")   \
    X(CASE_NEEDS_METHOD, "case_needs_method",                                                      \
      "The bank refuses this payment method for good. The customer has to add another.")           \
    X(CURRENCY_MISMATCH, "currency_mismatch",                                                      \
      "The amount is in another currency than the invoice.")                                       \
    X(INVOICE_NOT_REFUNDABLE, "invoice_not_refundable",                                            \
      "Only an invoice that was paid with money can be refunded.")                                 \
    X(REFUND_TOO_LARGE, "refund_too_large",                                                        \
      "More would be given back than is left of the payment.")                                     \
    X(INVOICE_NOT_CREDITABLE, "invoice_not_creditable",                                            \
      "Only an open or a paid invoice can be credited.")                                           \
    X(CREDIT_TOO_LARGE, "credit_too_large",                                                        \
      "More would be credited than is left of the invoice, or to be refunded than was paid.")      \
    X(TAKE_NOT_FOUND, "take_not_found", "There is no such take on this customer.")                 \
    X(TAKE_CONFLICT, "take_conflict", "This id was used for a take of something else.")            \
    X(RELEASE_CONFLICT, "release_conflict",                                                        \
      "This releaseId was used for a release of something else.")                                  \
    X(RELEASE_TOO_LARGE, "release_too_large", "More would be released than was taken.")            \
    X(CLOCK_BACKWARD, "clock_backward", "The test clock moves forward only.")                      \
    X(CLOCK_BUSY, "clock_busy", "The test clock is already being advanced.")                       \
    X(KEY_NOT_FOUND, "key_not_found", "There is no API key with this id.")                         \
    X(PASSWORD_WRONG, "password_wrong",                                                            \
      "Address and password do not belong together, or there were too many attempts.")             \
    X(PASSWORD_WEAK, "password_weak", "This password is too easy to guess.")                       \
    X(NO_HOUSE, "no_place", "This person has no place there.")                                     \
    X(PROOF_WRONG, "proof_wrong", "The code is not right, or was used before.")                    \
    X(PROOF_THROTTLED, "proof_throttled", "There were too many wrong attempts; wait a while.")     \
    X(NO_SUCH_FACTOR, "no_such_factor", "The person has not set this up.")                         \
    X(FACTOR_EXISTS, "factor_exists", "This is set up already.")                                   \
    X(LAST_FACTOR, "last_factor", "Set up another second factor before this one goes.")            \
    X(PASSKEY_REFUSED, "passkey_refused", "The passkey does not prove what it should.")            \
    X(CHALLENGE_GONE, "challenge_gone", "What was to be signed is used up or too old; ask anew.")  \
    X(SESSION_ENDED, "session_ended", "The session has ended meanwhile.")                          \
    X(INVITATION_INVALID, "invitation_invalid",                                                    \
      "This invitation has expired, was withdrawn, or was accepted.")                              \
    X(ALREADY_MEMBER, "already_member", "This person is there already.")                           \
    X(PERSON_NOT_FOUND, "person_not_found", "There is no such person here.")                       \
    X(LAST_ONE, "last_one",                                                                        \
      "Somebody must stay who can let others in: make another owner or admin first.")              \
    X(ALREADY_SET_UP, "already_set_up", "There is an operator already; sign in, or be invited.")   \
    X(KEY_WALK_RUNNING, "key_walk_running",                                                        \
      "A walk under newer keys is under way. Wait until it has ended.")                            \
    X(KEY_UNCHANGED, "key_unchanged",                                                              \
      "The key from outside is the same as before. Put the newer one before it, on a line of its " \
      "own.")                                                                                      \
    X(EARLIER_KEY_MISSING, "earlier_key_missing",                                                  \
      "The key of before must stay behind the newer one until the walk has ended.")                \
    X(KEY_SOURCE_FAILED, "key_source_failed",                                                      \
      "The key from outside could not be read again; the log says why. Nothing was changed.")      \
    X(LINK_INVALID, "link_invalid", "This sign-in link has expired or was used.")                  \
    X(MAIL_NOT_FOUND, "mail_not_found", "There is no such mail.")                                  \
    X(MAIL_NOT_RETRYABLE, "mail_not_retryable",                                                    \
      "Only a mail that failed, was suppressed or stayed here can be sent once more.")             \
    X(MAIL_NOT_SUPPRESSED, "mail_not_suppressed", "Nothing keeps mails from this address.")        \
    X(MAIL_SERVER_MISSING, "mail_server_missing", "No mail server is set: start with --smtp-url.") \
    X(WEBHOOK_NOT_FOUND, "webhook_not_found", "No event of this id has arrived.")                  \
    X(WEBHOOK_ENDPOINT_NOT_FOUND, "webhook_endpoint_not_found", "There is no such endpoint.")      \
    X(WEBHOOK_ENDPOINTS_FULL, "webhook_endpoints_full", "There are 16 already: delete one.")       \
    X(WEBHOOK_ENDPOINT_DISABLED, "webhook_endpoint_disabled", "The endpoint is disabled.")         \
    X(WEBHOOK_DELIVERY_NOT_FOUND, "webhook_delivery_not_found", "There is no such delivery.")      \
    X(RECONCILIATION_RUNNING, "reconciliation_running",                                            \
      "A reconciliation is under way. Wait until it has ended.")                                   \
    X(RECONCILIATION_NOT_FOUND, "reconciliation_not_found", "There is no such reconciliation.")    \
    X(LINE_NOT_FOUND, "line_not_found", "The invoice has no such line; they count from 1.")        \
    X(LEASE_INCARNATION, "incarnation_changed",                                                    \
      "The store was restored from a backup: begin a new epoch, without an incarnation.")          \
    X(CHARGING_FROZEN, "charging_frozen",                                                          \
      "Nothing is changed at the payment provider until a restored backup has been compared with " \
      "it.")                                                                                       \
    X(NOT_FROZEN, "not_frozen", "Charging is not frozen.")                                         \
    X(CUSTOMER_PARKED, "customer_parked",                                                          \
      "An unusual invoice of this customer is being looked at. Nothing is charged until then.")    \
    X(CUSTOMER_NOT_PARKED, "customer_not_parked", "This customer is not parked.")                  \
    X(STORE_FULL, "store_full", "The disk is full: nothing was changed.")                          \
    X(STORE_BUSY, "store_busy", "Too much is waiting to be written. Try again shortly.")           \
    X(STORE_FAILED, "store_failed", "The change could not be stored: nothing was changed.")

enum outcome {
#define X(name, code, text) OUTCOME_##name,
    OUTCOMES(X)
#undef X
        OUTCOME_COUNT
};

/* "payment_method_required"; never NULL. */
const char *outcome_code(enum outcome outcome);
/* The sentence for a person. */
const char *outcome_text(enum outcome outcome);

#endif
