/* The proof that facts of revenue, their sums and the subscriptions agree: each night, some
 * months or accounts in a transaction, so that nobody waits. A night proves what was touched since
 * the last one, what differed then, and a seventh of all else: so a week proves everything.
 * Differences are told to the operators, each night until they are gone. */
#ifndef APP_REVENUE_PROOF_H
#define APP_REVENUE_PROOF_H

#include "app/revenue.h"

struct revenue_proof {
    int64_t day;               /* since 1970, of the last one that ended */
    bool has_ended;            /* one has, ever */
    int64_t ended_differences; /* that it found */
    int64_t under_way;         /* the day of one under way; or ROW_NONE */
    int64_t month;             /* that comes next; ROW_NONE: all are done */
    int64_t differences;       /* found so far */
    int64_t turn;       /* of the accounts that are looked at; REVENUE_TURN_NEXT comes first */
    struct str user_id; /* the last account that was */
};
MUST_USE struct err revenue_proof_read(struct tx *tx, struct revenue_proof *ret_proof);

/* The next piece; begins one when none has run today. */
MUST_USE struct err revenue_proof_go_on(struct app *app, struct tx *tx, bool *ret_has_more);
/* The midnight after the last one; of a new installation, that after 1970: at once. */
MUST_USE struct err revenue_proof_next_at(struct tx *tx, struct instant *ret_at);

#endif
