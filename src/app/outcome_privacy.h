/* How what people ask of what is kept of them ends: rows of OUTCOMES (app/outcome.h), where their
 * form is told. */
#ifndef APP_OUTCOME_PRIVACY_H
#define APP_OUTCOME_PRIVACY_H

#define OUTCOMES_PRIVACY(X)                                                                        \
    X(PRIVACY_REQUEST_NOT_FOUND, "privacy_request_not_found",                                      \
      "There is no such request here, or its file is not for you.")                                \
    X(EXPORT_NOT_READY, "export_not_ready", "The file is being made, could not be, or has gone.")  \
    X(EXPORTS_TOO_MANY, "exports_too_many",                                                        \
      "Ten files are kept already; the oldest goes after seven days.")                             \
    X(ERASURE_BLOCKED, "erasure_blocked", "Something must be settled before this can be erased.")  \
    X(ERASURE_OTHER_PERSON, "erasure_other_person",                                                \
      "Somebody else than who asked must agree to it.")                                            \
    X(PRIVACY_REQUEST_DECIDED, "privacy_request_decided", "It has been decided already.")          \
    X(CUSTOMER_ERASED, "customer_erased",                                                          \
      "This customer was erased; only what the law wants kept is left.")

#endif
