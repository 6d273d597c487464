/* How alerts that customers set end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_USAGE_ALERT_H
#define APP_OUTCOME_USAGE_ALERT_H

#define OUTCOMES_USAGE_ALERT(X)                                                                    \
    X(USAGE_ALERT_NOT_FOUND, "usage_alert_not_found", "There is no such rule here.")               \
    X(USAGE_ALERTS_FULL, "usage_alerts_full",                                                      \
      "There are 20 rules already: change one, or remove one.")                                    \
    X(USAGE_ALERT_NO_LIMIT, "usage_alert_no_limit",                                                \
      "The plan does not limit this metric: give an amount to be told of.")                        \
    X(USAGE_ALERT_ABOVE_LIMIT, "usage_alert_above_limit",                                          \
      "The plan's limit is lower than this amount, and blocks before it.")                         \
    X(USAGE_ALERT_BLOCKS_NOW, "usage_alert_blocks_now",                                            \
      "As much as this is used already: everything more is refused from the moment it is saved. "  \
      "Send mayBlockNow to do so.")                                                                \
    X(USAGE_ALERT_RECIPIENT_UNKNOWN, "usage_alert_recipient_unknown",                              \
      "One of the recipients is not a member of this account.")

#endif
