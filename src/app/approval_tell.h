/* Whom an approval is told: the history and its webhooks, those who may decide, whoever asked. */
#ifndef APP_APPROVAL_TELL_H
#define APP_APPROVAL_TELL_H

#include "app/approval.h"
#include "store/person.h"

/* That it has come to its status; of one that waits, that it was asked for. */
MUST_USE struct err approval_tell(struct app *app, struct tx *tx, const struct approval_row *row);
/* That it was handed to this person. */
MUST_USE struct err approval_tell_delegate(struct app *app, struct tx *tx,
                                           const struct approval_row *row,
                                           const struct person_row *person);

#endif
