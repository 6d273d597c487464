/* Between the files of app/approval*.c. */
#ifndef APP_APPROVAL_INSIDE_H
#define APP_APPROVAL_INSIDE_H

#include "app/approval.h"
#include "store/person.h"

/* Whether a person may decide this one, by the role that they have now. */
MUST_USE struct err approval_judge(struct app *app, struct tx *tx, const struct approval_row *row,
                                   struct str person_id, enum approval_verdict *ret_verdict);

#endif
