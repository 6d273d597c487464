/* Persists where a limit stands, and tells the customer what it has come to: each notice once for a
 * threshold in a usage period; of a gauge, which carries on, once for each time that it became due.
 *
 * The row of the limit says what was told, and a notice, its line of history, its mail and that row
 * are one transaction: all of them are stored or none. What the gate's verdict names is a reason to
 * look, and no more than that. Whoever writes judges the level that stands then, against the row:
 * so two calls that saw one crossing tell it once, and a call whose work failed told nothing, which
 * the next one makes good. */
#ifndef APP_LIMIT_WATCH_H
#define APP_LIMIT_WATCH_H

#include "app/app.h"
#include "gate/gate.h"

/* Writes what has changed of the limit's state, and tells what is due; nothing when the verdict
 * gives no reason to look. On the writer's thread. */
MUST_USE struct err limit_watch_keep(struct app *app, struct tx *tx, struct str user_id,
                                     enum metric metric, const struct gate_verdict *verdict);

/* A change of plan brings `limit`, and what is used goes on: writes the watch that gate_put will
 * judge from the same facts, so that a restart finds the grace as it was. What it comes to is left
 * for the next call to tell. */
MUST_USE struct err limit_watch_rejudge(struct app *app, struct tx *tx, struct str user_id,
                                        enum metric metric, struct limit limit);

#endif
