/* How reviews of access end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_ACCESS_REVIEW_H
#define APP_OUTCOME_ACCESS_REVIEW_H

#define OUTCOMES_ACCESS_REVIEW(X)                                                                  \
    X(ACCESS_REVIEW_NOT_FOUND, "access_review_not_found",                                          \
      "There is no such review, or item of it.")                                                   \
    X(ACCESS_REVIEW_OPEN, "access_review_open", "A review is open already: finish that one.")      \
    X(ACCESS_REVIEW_CLOSED, "access_review_closed", "The review is closed, and stays as it is.")   \
    X(ACCESS_REVIEW_DECIDED, "access_review_decided", "Somebody has decided of this already.")     \
    X(ACCESS_REVIEW_OWN, "access_review_own",                                                      \
      "One's own access, and keys that one has made, are for somebody else to review.")            \
    X(ACCESS_REVIEW_CHANGED, "access_review_changed",                                              \
      "They have something else by now than what was seen: look once more.")                       \
    X(ACCESS_REVIEW_NO_ROLE, "access_review_no_role",                                              \
      "A key has no role to change: keep it, or revoke it.")

#endif
