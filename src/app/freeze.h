/* Frozen: nothing that changes anything at the payment provider leaves this installation; reading
 * goes on.
 *
 * A restored backup knows nothing of what was done after it was taken, so that it may not act until
 * everything has been compared with the provider: a reconciliation that leaves no difference lifts
 * the freeze, or an operator does, with a reason. The incarnation says how often this installation
 * has been restored. */
#ifndef APP_FREEZE_H
#define APP_FREEZE_H

#include "app/app.h"

struct freeze {
    bool is_frozen;
    struct str reason;   /* in words */
    int64_t since;       /* valid while frozen */
    int64_t incarnation; /* 1 until a first restore */
};
MUST_USE struct err freeze_read(struct tx *tx, struct freeze *ret_freeze);

/* Part of a restore, before the store is used: freezes, and counts the incarnation on, above that
 * of what is replaced. */
MUST_USE struct err freeze_begin(struct tx *tx, struct str reason, int64_t incarnation_before);
/* Part of the transaction that ends a clean walk; `by` is kept as the reason. */
MUST_USE struct err freeze_end(struct tx *tx, struct str by);

/* An operator's. NOT_FROZEN when there is nothing to lift. */
struct freeze_lift {
    struct command command;
    struct str reason;
};
void freeze_lift(struct app *app, struct freeze_lift *lift);

/* What has happened to the installation, the newest first; items are struct billing_event_row. */
MUST_USE struct err freeze_history(struct tx *tx, size_t max, struct row_list *ret_list);

#endif
