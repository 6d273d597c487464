/* How a use case ended, in one vocabulary for the API, the pages and the logs. The names are the
 * stable `code` of problem documents; api/problem.c says which status each has. */
#ifndef APP_OUTCOME_H
#define APP_OUTCOME_H

#include "app/outcome_access_review.h"
#include "app/outcome_approval.h"
#include "app/outcome_billing.h"
#include "app/outcome_consumer.h"
#include "app/outcome_contract.h"
#include "app/outcome_correction.h"
#include "app/outcome_email_change.h"
#include "app/outcome_evidence.h"
#include "app/outcome_experiment.h"
#include "app/outcome_feedback.h"
#include "app/outcome_inquiry.h"
#include "app/outcome_invoice_question.h"
#include "app/outcome_oidc.h"
#include "app/outcome_operating.h"
#include "app/outcome_people.h"
#include "app/outcome_price.h"
#include "app/outcome_privacy.h"
#include "app/outcome_retention.h"
#include "app/outcome_revenue.h"
#include "app/outcome_usage_alert.h"
#include "app/outcome_what_if.h"

/* X(enumerator, code, what a person is told) */
#define OUTCOMES(X)                                                                                \
    OUTCOMES_BILLING(X)                                                                            \
    OUTCOMES_PEOPLE(X)                                                                             \
    OUTCOMES_EMAIL_CHANGE(X)                                                                       \
    OUTCOMES_PRIVACY(X)                                                                            \
    OUTCOMES_EVIDENCE(X)                                                                           \
    OUTCOMES_RETENTION(X)                                                                          \
    OUTCOMES_REVENUE(X)                                                                            \
    OUTCOMES_ACCESS_REVIEW(X)                                                                      \
    OUTCOMES_OIDC(X)                                                                               \
    OUTCOMES_OPERATING(X)                                                                          \
    OUTCOMES_APPROVAL(X)                                                                           \
    OUTCOMES_CONTRACT(X)                                                                           \
    OUTCOMES_INQUIRY(X)                                                                            \
    OUTCOMES_CONSUMER(X)                                                                           \
    OUTCOMES_PRICE(X)                                                                              \
    OUTCOMES_EXPERIMENT(X)                                                                         \
    OUTCOMES_CORRECTION(X)                                                                         \
    OUTCOMES_USAGE_ALERT(X)                                                                        \
    OUTCOMES_INVOICE_QUESTION(X)                                                                   \
    OUTCOMES_FEEDBACK(X)                                                                           \
    OUTCOMES_WHAT_IF(X)

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
