/* How what people ask of what is kept of them ends: rows of OUTCOMES (app/outcome.h), where their
 * form is told. */
#ifndef APP_OUTCOME_PRIVACY_H
#define APP_OUTCOME_PRIVACY_H

#define OUTCOMES_PRIVACY(X)                                                                        \
    X(PRIVACY_REQUEST_NOT_FOUND, "privacy_request_not_found",                                      \
      "There is no such request here, or its file is not for you.")                                \
    X(PRIVACY_REQUEST_ANSWERED, "privacy_request_answered",                                        \
      "It is answered already: done, refused, or its file was made.")                              \
    X(PRIVACY_EXTENDED, "privacy_extended", "It was given two months more already.")               \
    X(PRIVACY_EXTENDED_LATE, "privacy_extended_late",                                              \
      "Who asked must be told within the month that it takes longer, and the month is over.")      \
    X(EXPORT_NOT_READY, "export_not_ready", "The file is being made, could not be, or has gone.")  \
    X(EXPORTS_TOO_MANY, "exports_too_many",                                                        \
      "Ten files are kept already; the oldest goes after seven days.")                             \
    X(ERASURE_SUBSCRIBED, "erasure_subscribed",                                                    \
      "A paid plan is running: end it now, or ask again once it has ended.")                       \
    X(ERASURE_OWES, "erasure_owes",                                                                \
      "There are invoices to pay: pay them first, or have them written off.")                      \
    X(ERASURE_DISPUTED, "erasure_disputed",                                                        \
      "A payment that failed or is disputed is being dealt with: ask again once it is settled.")   \
    X(CUSTOMER_ERASED, "customer_erased",                                                          \
      "This customer was erased; only what the law wants kept is left.")

#endif
