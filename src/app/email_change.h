/* A person changes their own address (GDPR, 16).
 *
 * It is asked for by who is signed in and has proved it afresh, and holds once somebody who reads
 * the new mailbox confirms it. The old mailbox is told at once, with a link that stops it: before
 * it is done, and for a day afterwards, when the old address comes back. So a session in the wrong
 * hands takes an account over only as long as its owner does not look at their mail for a day.
 *
 * Whoever asks learns nothing of others: of an address that somebody has here the answer is the
 * same, a mail goes there too, and it says to its owner alone that it cannot be had. */
#ifndef APP_EMAIL_CHANGE_H
#define APP_EMAIL_CHANGE_H

#include "app/session.h"
#include "store/email_change.h"

enum { EMAIL_CHANGE_HOURS = 24, EMAIL_CHANGES_A_DAY = 5 };

/* One that waited is void from then on. DONE; PERSON_NOT_FOUND, EMAIL_SAME, EMAIL_UNREACHABLE,
 * EMAIL_CHANGES_TOO_MANY. */
struct email_change_ask {
    struct command command;
    struct str person_id, session_id;
    struct str email; /* somebody could be written to there */
};
void email_change_ask(struct app *app, struct email_change_ask *ask);

/* They do not want it any more. DONE, EMAIL_CHANGE_NOT_FOUND. */
struct email_change_drop {
    struct command command;
    struct str person_id;
};
void email_change_drop(struct app *app, struct email_change_drop *drop);

/* By the link in one of the two mailboxes. DONE, EMAIL_LINK_INVALID; to confirm, also EMAIL_TAKEN.
 *
 * Confirmed: the address is theirs, their other sessions and their links for a new password end.
 * Stopped: whatever was asked for is void, and of what was done the old address comes back, unless
 * somebody else has it by now; all their sessions end. */
struct email_change_answer {
    struct command command;
    struct str token;
    bool stops;
    struct session_place place;
};
void email_change_answer(struct app *app, struct email_change_answer *answer);

/* The one that waits to be confirmed. */
MUST_USE struct err email_change_waiting(struct tx *tx, struct str person_id,
                                         struct email_change_row *ret_row, bool *ret_found);

#endif
