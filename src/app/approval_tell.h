/* Whom an approval is told: the history and its webhooks, those who may decide, whoever asked. */
#ifndef APP_APPROVAL_TELL_H
#define APP_APPROVAL_TELL_H

#include "app/approval.h"

/* `what` is a status, or "requested". */
MUST_USE struct err approval_tell(struct app *app, struct tx *tx, const struct approval_row *row,
                                  const char *what);

#endif
