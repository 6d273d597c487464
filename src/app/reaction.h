/* What follows from a mirrored object that has changed, inside the transaction that mirrors it: the
 * line in the history, a mail, a case of dunning. One table a kind of object, in reaction.c; so
 * whoever learns of the change first (an answer, a webhook, reconciliation) causes the same, and
 * what has been caused once is not caused again: a reaction looks at before and after, not at how
 * the news came. */
#ifndef APP_REACTION_H
#define APP_REACTION_H

#include "app/app.h"
#include "app/gate_update.h"
#include "store/invoice.h"
#include "store/subscription.h"

struct invoice_change {
    const struct invoice_row *before;    /* NULL: it was not known */
    const struct invoice_row *after;     /* as it stands in the store now */
    const struct payments_invoice *seen; /* as the provider told it, with more than is stored */
    struct gate_update *gate_update;     /* becomes due when access changes */
};
MUST_USE struct err reaction_invoice(struct app *app, struct tx *tx,
                                     const struct invoice_change *change);

struct subscription_change {
    const struct subscription_row *before, *after;
};
MUST_USE struct err reaction_subscription(struct app *app, struct tx *tx,
                                          const struct subscription_change *change);

#endif
