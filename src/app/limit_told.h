/* What the group under way has told customers of their limits, and what the gate is therefore to
 * know once it is durable (gate/gate_told.h).
 *
 * Lists of the writer's thread, in the group's memory: a work that fails takes what it added with
 * it, and a group that is not stored leaves nothing. */
#ifndef APP_LIMIT_TOLD_H
#define APP_LIMIT_TOLD_H

#include "app/app.h"
#include "gate/gate_told.h"

/* Notes what the rows of this transaction now say. */
MUST_USE struct err limit_told_add(struct app *app, struct tx *tx, struct gate_handle customer,
                                   const struct gate_told *told);
/* A work of this group changes the customer's limits, and the gate goes by the old ones until it is
 * stored: what they come to is no longer to be told. */
MUST_USE struct err limit_told_add_change(struct app *app, struct tx *tx,
                                          struct gate_handle customer);
bool limit_told_has_change(const struct app *app, struct gate_handle customer);

/* The group has ended: the gate learns what is durable. */
void limit_told_settle(struct app *app, bool is_durable);

#endif
