/* How price changes end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_PRICE_H
#define APP_OUTCOME_PRICE_H

#define OUTCOMES_PRICE(X)                                                                          \
    X(PLAN_VERSION_UNKNOWN, "plan_version_unknown",                                                \
      "The catalogue in force has no such version of this plan.")                                  \
    X(PRICE_CHANGE_SAME, "price_change_same",                                                      \
      "Holders are moved from older versions to the one that is sold now.")                        \
    X(PRICE_CHANGE_NO_PRICE, "price_change_no_price",                                              \
      "This plan is free, or sold by contract: nobody pays a price of the catalogue.")             \
    X(PRICE_CHANGE_TOO_SOON, "price_change_too_soon",                                              \
      "The date leaves holders less than the notice that they are due.")                           \
    X(PRICE_CHANGE_NOTICE, "price_change_notice",                                                  \
      "The notice is shorter than the catalogue allows, or longer than a year.")                   \
    X(PRICE_CHANGE_NOT_FOUND, "price_change_not_found", "There is no such price change.")          \
    X(PRICE_CHANGE_NOT_READY, "price_change_not_ready",                                            \
      "It is being counted, has been agreed to, or was withdrawn.")                                \
    X(PRICE_CHANGE_OLD, "price_change_old", "It was counted more than 30 days ago: plan it anew.") \
    X(PRICE_CHANGE_STALE, "price_change_stale",                                                    \
      "The hash is not that of what was counted: look at it again.")                               \
    X(PRICE_MOVE_NOT_FOUND, "price_move_not_found", "This change does not name this customer.")    \
    X(PRICE_MOVE_DELIVERED, "price_move_delivered",                                                \
      "Nothing is to be decided: they were told, or it is over.")                                  \
    X(INVALID_TOLD_AT, "invalid_told_at",                                                          \
      "They were told between when the change was agreed to and now.")

#endif
