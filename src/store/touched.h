/* Customers whose billed state was written in a transaction: whoever writes it says so here, and
 * what follows from it is judged once, as the transaction ends (app/revenue.h). */
#ifndef STORE_TOUCHED_H
#define STORE_TOUCHED_H

#include "store/row.h"

/* What the customer asked for that is being done, where it tells how their plan ends. */
enum touched_wish { TOUCHED_NO_WISH, TOUCHED_TO_END, TOUCHED_TO_FREE };
struct touched_user {
    struct str id;
    enum touched_wish wish;
};
struct touched {
    struct touched_user *users; /* in the transaction's arena; one may stand there several times */
    size_t count, room;
};
/* Without a list in the transaction, nobody asks. */
void touched_add(struct tx *tx, struct str user_id);
void touched_wish(struct tx *tx, struct str user_id, enum touched_wish wish);
/* The last one of the customer's that the transaction knows. */
enum touched_wish touched_wish_of(const struct tx *tx, struct str user_id);

#endif
