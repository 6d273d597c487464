/* What follows a withdrawal that was confirmed, step by step, until nothing is left to pay back. */
#ifndef APP_WITHDRAWAL_PAY_H
#define APP_WITHDRAWAL_PAY_H

#include "app/withdrawal.h"

/* A line of the customer's history. */
MUST_USE struct err withdrawal_note(struct tx *tx, const struct withdrawal_row *row,
                                    const char *type);

#endif
