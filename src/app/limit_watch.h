/* Persists what the gate noticed: where the grace stands, and which notices were given. */
#ifndef APP_LIMIT_WATCH_H
#define APP_LIMIT_WATCH_H

#include "app/app.h"
#include "gate/gate.h"

/* Writes the limit's state, and a line of history and a mail for each notice that this verdict is
 * the one to give; nothing when the verdict changed nothing. */
MUST_USE struct err limit_watch_keep(struct app *app, struct tx *tx, struct str user_id,
                                     enum metric metric, const struct gate_verdict *verdict);

/* A change of plan brings `limit`, and what is used goes on: writes the watch that gate_put will
 * judge from the same facts, so that a restart finds the grace as it was. `verdict`: of a check
 * before. */
MUST_USE struct err limit_watch_rejudge(struct tx *tx, struct str user_id, enum metric metric,
                                        const struct gate_verdict *verdict, struct limit limit);

#endif
