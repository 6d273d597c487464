/* Whom a contract is told: the customer's history and its webhooks, mails to both sides. Only
 * the files app/contract*.c include this. */
#ifndef APP_CONTRACT_TELL_H
#define APP_CONTRACT_TELL_H

#include "app/contract.h"

/* `what` is what stands behind "contract." in a type of billing event. */
MUST_USE struct err contract_tell(struct app *app, struct tx *tx, const struct contract_row *row,
                                  const char *what);

#endif
