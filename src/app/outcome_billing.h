/* How what customers ask for ends: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_BILLING_H
#define APP_OUTCOME_BILLING_H

#define OUTCOMES_BILLING(X)                                                                        \
    X(DONE, "done", "Done.")                                                                       \
    X(CREATED, "created", "Created.")                                                              \
    X(APPROVAL_REQUIRED, "approval_required",                                                      \
      "A second person has to agree; nothing was done yet.")                                       \
    X(CUSTOMER_NOT_FOUND, "customer_not_found", "There is no customer with this userId.")          \
    X(CUSTOMER_CONFLICT, "customer_conflict",                                                      \
      "A customer with this userId exists and differs from what was sent.")                        \
    X(CURRENCY_NOT_SOLD, "currency_not_sold", "The catalogue has no prices in this currency.")     \
    X(PAYMENT_METHOD_REQUIRED, "payment_method_required",                                          \
      "There is no payment method to charge. Add one first.")                                      \
    X(PAYMENT_METHOD_NOT_FOUND, "payment_method_not_found",                                        \
      "There is no such payment method on this customer.")                                         \
    X(PAYMENT_METHOD_REFUSED, "payment_method_refused", "The payment method was refused.")         \
    X(CARD_NOT_CONFIRMED, "card_not_confirmed",                                                    \
      "The card was not kept: its bank has not confirmed it. Enter it again.")                     \
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
    X(CONTRACT_BINDS, "contract_binds",                                                            \
      "What is billed follows from the contract in force. Ask for an amendment of it.")            \
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
    X(INVOICE_ARCHIVE_NOT_FOUND, "invoice_archive_not_found",                                      \
      "There is no such file of invoices on this customer.")                                       \
    X(INVOICE_ARCHIVE_EMPTY, "invoice_archive_empty", "No invoice was made in this year.")         \
    X(INVOICE_ARCHIVE_NOT_READY, "invoice_archive_not_ready",                                      \
      "The file is being made, could not be, was given up, or has gone.")                          \
    X(INVOICE_ARCHIVES_TOO_MANY, "invoice_archives_too_many",                                      \
      "Ten files of invoices are kept already; each goes after seven days.")                       \
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
    X(KEY_NOT_FOUND, "key_not_found", "There is no API key with this id.")

#endif
