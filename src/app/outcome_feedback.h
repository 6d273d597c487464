/* How feedback ends: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_FEEDBACK_H
#define APP_OUTCOME_FEEDBACK_H

#define OUTCOMES_FEEDBACK(X)                                                                       \
    X(FEEDBACK_TOO_OFTEN, "feedback_too_often",                                                    \
      "Five pieces of feedback came from this account within a day.")                              \
    X(FEEDBACK_SCORED_LATELY, "feedback_scored_lately",                                            \
      "This account has answered within the last 90 days.")                                        \
    X(FEEDBACK_NOT_ASKED, "feedback_not_asked", "No question waits for an answer here.")           \
    X(FEEDBACK_NOT_ALLOWED, "feedback_not_allowed",                                                \
      "This customer has not agreed to be asked for an opinion.")                                  \
    X(FEEDBACK_ASKED_LATELY, "feedback_asked_lately",                                              \
      "This customer was asked, or has answered, within the last 90 days.")                        \
    X(FEEDBACK_NOT_HEARD, "feedback_not_heard",                                                    \
      "Nobody has said anything in which this is heard.")                                          \
    X(FEEDBACK_NOT_LINKED, "feedback_not_linked",                                                  \
      "Nothing of the roadmap is linked to this theme.")                                           \
    X(FEEDBACK_NOT_FOUND, "feedback_not_found", "There is no such piece of feedback.")             \
    X(FEEDBACK_IS_CLOSED, "feedback_closed", "This piece of feedback is closed.")                  \
    X(FEEDBACK_IS_REPLIED, "feedback_replied", "This piece of feedback was replied to before.")    \
    X(FEEDBACK_NO_REPLY, "feedback_no_reply", "Who said this wants no mail about it.")             \
    X(FEEDBACK_NO_ADDRESS, "feedback_no_address", "There is no address to write to.")              \
    X(FEEDBACK_ADDRESS_SUPPRESSED, "feedback_address_suppressed",                                  \
      "No mail goes to this address: earlier ones came back, or were complained about.")

#endif
