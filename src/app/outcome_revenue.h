/* How what operators do about revenue ends: rows of OUTCOMES (app/outcome.h), where their form
 * is told. */
#ifndef APP_OUTCOME_REVENUE_H
#define APP_OUTCOME_REVENUE_H

#define OUTCOMES_REVENUE(X)                                                                        \
    X(REVENUE_RATE_OF_REPORTING, "revenue_rate_of_reporting",                                      \
      "That is the currency in which reports are made: it is always worth itself.")                \
    X(REVENUE_RATES_FULL, "revenue_rates_full", "No more than 512 rates are kept.")                \
    X(REVENUE_MONTH_TO_COME, "revenue_month_to_come",                                              \
      "What was spent is known of months that have begun.")                                        \
    X(REVENUE_TARGET_UNKNOWN, "revenue_target_unknown", "There is no such target.")                \
    X(REVENUE_TARGET_RANGE, "revenue_target_range",                                                \
      "The value is outside of what this target may be.")                                          \
    X(REVENUE_REBUILD_NOT_FOUND, "revenue_rebuild_not_found", "There is no such rebuild here.")    \
    X(REVENUE_REBUILD_BUSY, "revenue_rebuild_busy",                                                \
      "Another rebuild is under way: cancel it, or wait for its end.")                             \
    X(REVENUE_REBUILD_OVER, "revenue_rebuild_over", "This rebuild has ended.")

#endif
