/* How changes of a person's address end: rows of OUTCOMES (app/outcome.h), where their form is
 * told.
 */
#ifndef APP_OUTCOME_EMAIL_CHANGE_H
#define APP_OUTCOME_EMAIL_CHANGE_H

#define OUTCOMES_EMAIL_CHANGE(X)                                                                   \
    X(EMAIL_SAME, "email_same", "This is the address that they have.")                             \
    X(EMAIL_UNREACHABLE, "email_unreachable",                                                      \
      "Mails to this address came back, or were unwanted; none is sent there.")                    \
    X(EMAIL_CHANGES_TOO_MANY, "email_changes_too_many",                                            \
      "Five addresses were asked for within a day; wait until tomorrow.")                          \
    X(EMAIL_CHANGE_NOT_FOUND, "email_change_not_found", "No address waits to be confirmed.")       \
    X(EMAIL_LINK_INVALID, "email_link_invalid",                                                    \
      "This link has expired, was used, or the change was stopped.")                               \
    X(EMAIL_TAKEN, "email_taken", "Somebody else has this address here by now.")

#endif
