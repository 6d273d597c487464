/* Customers whose billed state was written in a transaction: whoever writes it says so here, and
 * what follows from it is judged once, as the transaction ends (app/revenue.h). */
#ifndef STORE_TOUCHED_H
#define STORE_TOUCHED_H

#include "store/row.h"

struct touched {
    struct str *users; /* in the transaction's arena; one may stand there more than once */
    size_t count, room;
};
/* Without a list in the transaction, nobody asks. */
void touched_add(struct tx *tx, struct str user_id);

#endif
