/* How what the law gives consumers ends: rows of OUTCOMES (app/outcome.h), where their form is
 * told. */
#ifndef APP_OUTCOME_CONSUMER_H
#define APP_OUTCOME_CONSUMER_H

#define OUTCOMES_CONSUMER(X)                                                                       \
    X(RENEWAL_CONSENT_REQUIRED, "renewal_consent_required",                                        \
      "The plan renews by itself: read what a preview says of it, and send its hash.")             \
    X(RENEWAL_CHANGED, "renewal_changed",                                                          \
      "What was agreed to is not what would hold now: read a new preview.")                        \
    X(WITHDRAWAL_NOT_OFFERED, "withdrawal_not_offered",                                            \
      "Nobody may withdraw from this purchase: it is of a business, or of another country or "     \
      "plan. It can be cancelled.")                                                                \
    X(WITHDRAWAL_OVER, "withdrawal_over",                                                          \
      "The time for withdrawal has ended. The plan can be cancelled.")                             \
    X(WITHDRAWAL_CHANGED, "withdrawal_changed",                                                    \
      "This is not the statement as it would be now: ask for it anew.")

#endif
