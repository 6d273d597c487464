/* How tries of another catalogue end: rows of OUTCOMES (app/outcome.h), where their form is told.
 */
#ifndef APP_OUTCOME_WHAT_IF_H
#define APP_OUTCOME_WHAT_IF_H

#define OUTCOMES_WHAT_IF(X)                                                                        \
    X(WHAT_IF_NOT_FOUND, "what_if_not_found", "There is no such run here.")                        \
    X(WHAT_IF_BUSY, "what_if_busy", "Another run is under way: cancel it, or wait for its end.")   \
    X(WHAT_IF_OVER, "what_if_over", "This run has ended.")                                         \
    X(WHAT_IF_CATALOGUE, "what_if_catalogue", "The candidate is no catalogue that could be sold.") \
    X(WHAT_IF_CURRENCY, "what_if_currency",                                                        \
      "The candidate is of another currency than the catalogue in force.")                         \
    X(WHAT_IF_PLAN_MISSING, "what_if_plan_missing",                                                \
      "A version of a plan in force is not in the candidate: have its holders moved, or name it.")

#endif
