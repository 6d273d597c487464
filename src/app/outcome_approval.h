/* How what needs a second person ends: rows of OUTCOMES (app/outcome.h), where their form is told.
 */
#ifndef APP_OUTCOME_APPROVAL_H
#define APP_OUTCOME_APPROVAL_H

#define OUTCOMES_APPROVAL(X)                                                                       \
    X(APPROVAL_WAITING, "approval_waiting",                                                        \
      "The same has been asked for and waits for a second person.")                                \
    X(APPROVAL_NOT_FOUND, "approval_not_found", "There is no such approval.")                      \
    X(APPROVAL_OWN, "approval_own", "Nobody decides what they have asked for themselves.")         \
    X(APPROVAL_NOT_THEIRS, "approval_not_yours", "Your role may not decide this.")                 \
    X(APPROVAL_NOT_REQUESTER, "approval_not_requester",                                            \
      "Only who has asked for it may take it back.")                                               \
    X(APPROVAL_DECIDED, "approval_decided", "It was decided before.")                              \
    X(APPROVAL_EXPIRED, "approval_expired", "Its time is over: ask for it anew.")                  \
    X(APPROVAL_DELEGATE, "approval_delegate",                                                      \
      "They may not decide this: their role does not, or they have asked for it.")                 \
    X(APPROVAL_STALE, "approval_stale",                                                            \
      "What it rested on has changed since it was asked for: nothing was done. Ask for it anew.")

#endif
