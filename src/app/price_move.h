/* What the files app/price_*.c have in common: how a holder is judged, told, and taken a step. */
#ifndef APP_PRICE_MOVE_H
#define APP_PRICE_MOVE_H

#include "app/price_change.h"

/* The terms that a row keeps. */
struct price_change price_change_of(const struct price_change_row *row);

/* As they stand now; *ret_verdict is ALREADY, too, when another change takes them there. */
MUST_USE struct err price_move_judge(struct tx *tx, const struct price_change_row *change,
                                     const struct subscription_view *view,
                                     enum price_verdict *ret_verdict);

/* A step that the table allows. */
void price_move_take(struct price_move_row *move, enum price_move_event event);
MUST_USE struct err price_move_keep(struct tx *tx, struct price_move_row *move);

/* Tells the holder, now, when it takes effect: a mail, a line in the history. Older moves that
 * would take effect no earlier are superseded. The row is kept. */
MUST_USE struct err price_move_notify(struct app *app, struct tx *tx,
                                      const struct price_change_row *change,
                                      const struct subscription_view *view,
                                      struct price_move_row *move);
/* Nothing comes of it; who was told is told so. The row is kept. */
MUST_USE struct err price_move_take_back(struct app *app, struct tx *tx,
                                         const struct price_change_row *change,
                                         struct price_move_row *move);

/* Moves that are due, at most PRICE_BATCH. */
MUST_USE struct err price_moves_run_due(struct app *app, struct tx *tx, bool *ret_has_more);

/* --- app/price_tell.c --- */

MUST_USE struct err price_tell_notified(struct app *app, struct tx *tx,
                                        const struct price_change_row *change,
                                        struct price_move_row *move);
/* A line in the history: "applied", "undelivered", "withdrawn". */
MUST_USE struct err price_tell_note(struct tx *tx, const struct price_change_row *change,
                                    const struct price_move_row *move, const char *type);
MUST_USE struct err price_tell_withdrawn(struct app *app, struct tx *tx,
                                         const struct price_change_row *change,
                                         const struct price_move_row *move);

#endif
