/* The way of a mail out of the house, for the worker in jobs/mail.c: taken in hand by one
 * transaction, given to the mail server, and what came of it written by another. Between the two
 * the mail server may have it and we not know: then it goes once more, under the same Message-ID.
 */
#ifndef APP_MAIL_SEND_H
#define APP_MAIL_SEND_H

#include "app/mail.h"

/* Those to be sent by now, the longest due first; items are struct mail_row without bodies. */
MUST_USE struct err mails_waiting(struct tx *tx, size_t max, struct row_list *ret_list);
/* When the next one is due after now; INSTANT_MAX when none is. */
MUST_USE struct err mails_next_due(struct tx *tx, struct instant *ret_at);

/* Takes a mail in hand, unless there is a reason now not to send it. */
struct mail_lease {
    struct command command;
    struct str id;
    bool is_leased;
};
void mail_lease(struct app *app, struct mail_lease *lease);

/* A leased mail with its bodies and its link; on the loop's thread. */
struct mail_parcel {
    struct mail_row row;
    struct str unsubscribe_path;
};
MUST_USE struct err mail_parcel_read(const struct app *app, struct tx *tx, struct str id,
                                     struct mail_parcel *ret_parcel, bool *ret_found);

/* What came of giving it to the mail server. */
struct mail_settle {
    struct command command;
    struct str id;
    enum mail_result result;
    struct str words;
    int status; /* out: enum mail_status */
};
void mail_settle(struct app *app, struct mail_settle *settle);

/* An address as the list of suppressed ones has it: in lower case. */
struct str mail_suppressed_as(struct arena *arena, struct str address);

/* --- where nothing goes, for operators --- */

MUST_USE struct err mail_suppressions_read(struct tx *tx, struct str after, size_t max,
                                           struct row_list *ret_list);
/* Mails go there again. DONE, MAIL_NOT_SUPPRESSED. */
struct mail_unsuppress {
    struct command command;
    struct str address;
};
void mail_unsuppress(struct app *app, struct mail_unsuppress *unsuppress);

#endif
