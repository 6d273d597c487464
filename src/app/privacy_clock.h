/* The month within which people are to be answered (GDPR, 12(3) and (4)): operators are told of
 * what waits 14, 7 and 1 days before it is due and when it is; they may take two months more, or
 * refuse, and whoever asked is told why. */
#ifndef APP_PRIVACY_CLOCK_H
#define APP_PRIVACY_CLOCK_H

#include "app/privacy.h"

/* INSTANT_MAX when nothing waits. */
MUST_USE struct err privacy_remind_at(struct tx *tx, struct instant *ret_at);
MUST_USE struct err privacy_remind(struct app *app, struct tx *tx, bool *ret_has_more);
/* Requests that should have been answered by now. */
MUST_USE struct err privacy_overdue(struct tx *tx, uint64_t *ret_count);

/* DONE; PRIVACY_REQUEST_NOT_FOUND, PRIVACY_REQUEST_ANSWERED; of an extension PRIVACY_EXTENDED when
 * it was before, PRIVACY_EXTENDED_LATE when the month is over. */
struct privacy_answer {
    struct command command;
    struct str id;
    struct str reason; /* for who asked */
    bool is_refusal;   /* else it is extended */
};
void privacy_answer(struct app *app, struct privacy_answer *answer);

/* To whom an answer goes: the person who asked, if they are the customer's or it is about
 * themselves, else the customer. The address is empty when nobody is left. */
struct privacy_addressee {
    struct str address, name, language;
};
MUST_USE struct err privacy_addressee_of(struct tx *tx, const struct privacy_request_row *row,
                                         struct privacy_addressee *ret_asker);

#endif
