/* How asking for evidence ends: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_EVIDENCE_H
#define APP_OUTCOME_EVIDENCE_H

#define OUTCOMES_EVIDENCE(X)                                                                       \
    X(EVIDENCE_NOT_FOUND, "evidence_not_found", "There is no such pack of evidence.")              \
    X(ALERT_NOT_FOUND, "alert_not_found", "There is no such alert.")                               \
    X(ALERT_HANDLED, "alert_handled", "Somebody has looked at this alert already.")                \
    X(EVIDENCE_NOT_READY, "evidence_not_ready",                                                    \
      "The pack is being made, could not be, or has gone.")                                        \
    X(EVIDENCE_TOO_MANY, "evidence_too_many",                                                      \
      "Twenty packs are kept already; the oldest goes after thirty days.")

#endif
