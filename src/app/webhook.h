/* Events from the payment provider: kept before they are acknowledged, applied once, in any order,
 * by reading the object they speak of afresh. */
#ifndef APP_WEBHOOK_H
#define APP_WEBHOOK_H

#include "app/app.h"
#include "app/gate_update.h"
#include "store/webhook.h"

/* Keeps a verified event. DONE, also when it was there already. */
struct webhook_receive {
    struct command command;
    struct str event_id, type, object_id, body;
    struct str customer_id; /* the provider's, that the object names; may be empty */
    bool is_new;
};
void webhook_receive(struct app *app, struct webhook_receive *receive);

/* Those that wait; items are struct webhook_row with an empty body. */
MUST_USE struct err webhooks_waiting(struct tx *tx, size_t max, struct row_list *ret_list);
/* How many events stand where. */
struct webhook_figures {
    uint64_t received, applied, ignored, failed;
};
MUST_USE struct err webhooks_count(struct tx *tx, struct webhook_figures *ret_figures);
/* Which object is to be read for an event; false: the event is kept and ignored. Text goes to the
 * arena. */
bool webhook_call_for(struct arena *arena, const struct webhook_row *row,
                      struct payments_call *ret_call);
/* Whose object an event speaks of, as far as can be said without reading it; empty: unknown. */
MUST_USE struct err webhook_owner(struct tx *tx, const struct webhook_row *row,
                                  struct str *ret_user_id);

enum { WEBHOOK_RIDERS_MAX = 8 };

/* Applies what was read, or notes that it failed; `answer` NULL: the event is ignored. */
struct webhook_apply {
    struct command command;
    struct str event_id;
    struct str riders[WEBHOOK_RIDERS_MAX]; /* other events of the object, older than the read */
    size_t rider_count;
    int64_t attempts;
    const struct payments_answer *answer;
    struct str
        own_failure; /* applying it failed so: that is noted, and it is given up in the end */
    bool is_settled; /* false: once more later */
    struct gate_update gate_update;
};
void webhook_apply(struct app *app, struct webhook_apply *apply);

/* --- for operators --- */

/* Items are struct webhook_row. */
MUST_USE struct err webhooks_read(struct tx *tx, const struct webhook_filter *filter, size_t max,
                                  struct row_list *ret_list);
MUST_USE struct err webhook_read(struct tx *tx, struct str event_id, struct webhook_row *ret_row,
                                 bool *ret_found);
/* Makes events wait again. WEBHOOK_NOT_FOUND when the one that was named is not there. */
struct webhook_again {
    struct command command;
    struct str event_id;         /* empty: all that failed, and came between these */
    struct instant since, until; /* from the one on, and before the other */
    int64_t count;               /* out: how many wait again */
};
void webhook_play_again(struct app *app, struct webhook_again *again);

#endif
