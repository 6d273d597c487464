/* What customers reach for, and the upgrades that it leads to, as they happen (core/adoption.h).
 *
 * Warnings stand in the transaction that tells them. What the gate refuses, and features that are
 * asked for, are heard on the loop's thread, which writes nothing: a set in memory has each once a
 * day, and what is new goes to the writer together, one write at a time. What was heard and not
 * written when the process is killed is lost, and heard again when it is asked for again. An
 * upgrade is held against what is written. */
#ifndef APP_ADOPTION_H
#define APP_ADOPTION_H

#include "app/app.h"
#include "core/metric.h"
#include "store/adoption.h"
#include "store/revenue.h"

/* --- of the loop's thread --- */

/* More of the metric was refused. */
void adoption_hear_block(struct app *app, struct str user_id, enum metric metric);
/* A feature of the catalogue was asked for by name. */
void adoption_hear_feature(struct app *app, struct str user_id, struct str feature, bool has);
void adoption_destroy(struct app *app);

/* --- of the writer's --- */

struct adoption_given {
    struct str user_id;
    enum adoption_kind kind;
    struct str name;
    struct revenue_day day; /* no earlier than that of the customer's last one */
};
struct revenue_day adoption_today(const struct tx *tx);
/* The customer gave the signal; it is no matter how often on a day. */
MUST_USE struct err adoption_note(struct tx *tx, const struct adoption_given *given);
/* A row of revenue was written; if it is an upgrade, so is what preceded it. */
MUST_USE struct err adoption_note_upgrade(struct tx *tx, const struct revenue_row *core,
                                          const struct revenue_movement_row *row);

#endif
