/* How what people prove and invite ends: rows of OUTCOMES (app/outcome.h), where their form is
 * told. */
#ifndef APP_OUTCOME_PEOPLE_H
#define APP_OUTCOME_PEOPLE_H

#define OUTCOMES_PEOPLE(X)                                                                         \
    X(PASSWORD_WRONG, "password_wrong",                                                            \
      "Address and password do not belong together, or there were too many attempts.")             \
    X(PASSWORD_WEAK, "password_weak", "This password is too easy to guess.")                       \
    X(NO_HOUSE, "no_place", "This person has no place there.")                                     \
    X(PROOF_WRONG, "proof_wrong", "The code is not right, or was used before.")                    \
    X(PROOF_THROTTLED, "proof_throttled", "There were too many wrong attempts; wait a while.")     \
    X(NO_SUCH_FACTOR, "no_such_factor", "The person has not set this up.")                         \
    X(FACTOR_EXISTS, "factor_exists", "This is set up already.")                                   \
    X(LAST_FACTOR, "last_factor", "Set up another second factor before this one goes.")            \
    X(PASSKEY_REFUSED, "passkey_refused", "The passkey does not prove what it should.")            \
    X(CHALLENGE_GONE, "challenge_gone", "What was to be signed is used up or too old; ask anew.")  \
    X(SESSION_ENDED, "session_ended", "The session has ended meanwhile.")                          \
    X(INVITATION_INVALID, "invitation_invalid",                                                    \
      "This invitation has expired, was withdrawn, or was accepted.")                              \
    X(ALREADY_MEMBER, "already_member", "This person is there already.")                           \
    X(PERSON_NOT_FOUND, "person_not_found", "There is no such person here.")                       \
    X(LAST_ONE, "last_one",                                                                        \
      "Somebody must stay who can let others in: make another owner or admin first.")              \
    X(ALREADY_SET_UP, "already_set_up", "There is an operator already; sign in, or be invited.")   \
    X(LINK_INVALID, "link_invalid", "This sign-in link has expired or was used.")

#endif
