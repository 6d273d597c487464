/* How inquiries end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_INQUIRY_H
#define APP_OUTCOME_INQUIRY_H

#define OUTCOMES_INQUIRY(X)                                                                        \
    X(INQUIRY_NOT_FOUND, "contract_request_not_found", "There is no such request here.")           \
    X(INQUIRY_ANSWERED, "contract_request_answered", "This request was answered before.")          \
    X(INQUIRIES_FULL, "contract_requests_full",                                                    \
      "Too many requests wait for an answer. Try again in some days, or write to us.")

#endif
