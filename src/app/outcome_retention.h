/* How what is kept for a time, and breaches of it, end: rows of OUTCOMES (app/outcome.h), where
 * their form is told. */
#ifndef APP_OUTCOME_RETENTION_H
#define APP_OUTCOME_RETENTION_H

#define OUTCOMES_RETENTION(X)                                                                      \
    X(RETENTION_BUSY, "retention_busy", "A plan is being counted or carried out.")                 \
    X(RETENTION_PLAN_NOT_FOUND, "retention_plan_not_found", "There is no such plan.")              \
    X(RETENTION_PLAN_NOT_READY, "retention_plan_not_ready",                                        \
      "It is being counted, has been carried out, or a newer one took its place.")                 \
    X(RETENTION_PLAN_OLD, "retention_plan_old",                                                    \
      "It was counted more than 30 days ago: have it counted anew.")                               \
    X(RETENTION_HELD, "retention_held", "This customer is held already: release it first.")        \
    X(RETENTION_NOT_HELD, "retention_not_held", "This customer is not held.")                      \
    X(BREACH_NOT_FOUND, "breach_not_found", "There is no such breach.")                            \
    X(BREACH_CLOSED, "breach_closed", "It is closed already.")                                     \
    X(INVALID_BREACH, "invalid_breach",                                                            \
      "A breach is known before now, and who was told was told since then.")                       \
    X(INVALID_HOLD, "invalid_hold", "A hold lasts until some time in the next 30 years.")

#endif
