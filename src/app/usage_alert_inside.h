/* What the files about alerts of customers share. */
#ifndef APP_USAGE_ALERT_INSIDE_H
#define APP_USAGE_ALERT_INSIDE_H

#include "app/usage_alert.h"

/* --- usage_alert_hints.c --- */

struct usage_alert_hint {
    int64_t period_start;
    int64_t falls_at, rises_at; /* nothing follows within; equal: everything has to be looked at */
};
/* False when nobody watches the figure. Reads which are watched when that is not known yet. */
MUST_USE struct err usage_alert_hint_find(struct app *app, struct tx *tx, struct str user_id,
                                          enum metric metric, struct usage_alert_hint **ret_hint);
/* Once it is durable that the figure is watched, or otherwise: it is to be looked at afresh. */
void usage_alert_hint_reset(struct app *app, struct str user_id, enum metric metric);

/* --- usage_alert_watch.c --- */

/* Judges the rules of one customer about one metric as the gate has it now. */
MUST_USE struct err usage_alert_judge_metric(struct app *app, struct tx *tx, struct str user_id,
                                             enum metric metric, struct usage_alert_hint *hint);

/* --- usage_alert_tell.c --- */

/* One rule whose thresholds are reached; `fires` has a bit for each that is to be told. */
struct usage_alert_telling {
    const struct usage_alert_row *row;
    struct usage_alert_level level;
    struct period cycle;
    unsigned fires;
};
MUST_USE struct err usage_alert_tell(struct app *app, struct tx *tx,
                                     const struct usage_alert_telling *telling);

#endif
