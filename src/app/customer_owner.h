/* Which operator looks after a customer: named by whoever may note something about them, so that
 * the others know whom to ask. It gives no right, and takes none. */
#ifndef APP_CUSTOMER_OWNER_H
#define APP_CUSTOMER_OWNER_H

#include "app/app.h"

/* DONE; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED, PERSON_NOT_FOUND: nobody who operates, and may still
 * come in, signs in by this address. */
struct customer_owner_set {
    struct command command;
    struct str user_id;
    struct str email; /* the operator's; empty: nobody looks after them any more */
};
void customer_owner_set(struct app *app, struct customer_owner_set *set);

#endif
