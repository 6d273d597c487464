/* Price changes (core/price_change.h): planned, counted, agreed to, told, carried out at renewals.
 *
 * A plan is counted in turns, so that everybody sees whom it moves and what it comes to before a
 * second person agrees to its hash. Then holders are told, in turns: a mail, a line in their
 * history, webhooks. Three days before the renewal the provider is told, by the same operation as a
 * change for the period's end; it bills the new price by itself. Each holder is judged anew at each
 * step, from the rows, so that looking too early, too late or twice changes nothing: who cancels or
 * changes in between is not moved. Who could not be told is not moved until somebody says that they
 * were told in another way. */
#ifndef APP_PRICE_CHANGE_H
#define APP_PRICE_CHANGE_H

#include "app/approval.h"
#include "app/reaction.h"
#include "app/subscription.h"
#include "core/price_change.h"
#include "store/price_change.h"

/* --- planning --- */

/* CREATED: it is being counted. PLAN_VERSION_UNKNOWN, PRICE_CHANGE_SAME (from what is not older),
 * PRICE_CHANGE_NO_PRICE (free, or by contract), PRICE_CHANGE_TOO_SOON, PRICE_CHANGE_NOTICE. */
struct price_plan {
    struct command command;
    struct price_change change; /* notice of 0 days: the catalogue's */
    struct record_id id;        /* out */
};
void price_change_plan(struct app *app, struct price_plan *plan);

/* --- carrying out --- */

enum { PRICE_CHANGE_DAYS = 30 }; /* what was counted before is not carried out */
/* DONE: holders are being told. APPROVAL_REQUIRED with the approval's id, APPROVAL_WAITING;
 * PRICE_CHANGE_NOT_FOUND, PRICE_CHANGE_NOT_READY, PRICE_CHANGE_OLD, PRICE_CHANGE_STALE (the hash is
 * another), PRICE_CHANGE_TOO_SOON (its date no longer leaves the notice). */
struct price_publish {
    struct command command;
    struct str id, hash, reason;
    struct record_id approval_id; /* out */
};
void price_change_publish(struct app *app, struct price_publish *publish);

/* For app/approval_nouns.c. */
MUST_USE struct err price_change_describe(struct app *app, struct tx *tx,
                                          const struct approval_subject *subject,
                                          struct approval_facts *ret_facts);
MUST_USE struct err price_change_execute(struct approval_execution *execution);

/* DONE: nobody is moved by it any more, and who was told is told so. Who renews within the hour
 * still is. PRICE_CHANGE_NOT_FOUND; PRICE_CHANGE_NOT_READY when it was withdrawn. */
struct price_withdraw {
    struct command command;
    struct str id, reason;
};
void price_change_withdraw(struct app *app, struct price_withdraw *withdraw);

/* --- a holder who could not be told (price_move.c) --- */

/* DONE. PRICE_MOVE_NOT_FOUND; PRICE_MOVE_DELIVERED: they were told; INVALID_TOLD_AT: not between
 * the change's start and now. */
struct price_decide {
    struct command command;
    struct str change_id, user_id;
    bool moves;             /* they were told in another way; else they are left where they are */
    struct instant told_at; /* when */
};
void price_move_decide(struct app *app, struct price_decide *decide);

/* --- what is to come for a holder --- */

struct price_coming {
    struct str change_id;
    int32_t version;
    struct instant at;  /* the renewal that bills it first */
    struct money price; /* of one interval */
};
/* The next one that has been told and will be billed as things stand. */
MUST_USE struct err price_coming_read(const struct app *app, struct tx *tx,
                                      const struct subscription_view *view,
                                      struct price_coming *ret_coming, bool *ret_found);
/* The same where it begins with the next billing period. */
MUST_USE struct err price_coming_next(const struct app *app, struct tx *tx,
                                      const struct subscription_view *view,
                                      struct price_coming *ret_coming, bool *ret_found);

/* --- as time passes --- */

enum { PRICE_BATCH = 64 };
/* A turn of what is counted, told or taken back; else the moves that are due. */
MUST_USE struct err price_change_run_due(struct app *app, struct tx *tx, bool *ret_has_more);
/* Whether something is being counted, told or taken back. */
MUST_USE struct err price_change_is_working(struct tx *tx, bool *ret_is);
/* INSTANT_MAX when nothing is. */
MUST_USE struct err price_change_next_due_at(struct tx *tx, struct instant *ret_at);
/* A reaction (app/reaction.c): who is to be moved is looked at again. */
MUST_USE struct err price_move_on_subscription(struct app *app, struct tx *tx,
                                               const struct subscription_change *change);

/* --- reading --- */

MUST_USE struct err price_change_read(struct tx *tx, struct str id,
                                      struct price_change_row *ret_row, bool *ret_found);
MUST_USE struct err price_changes_read(struct tx *tx, struct str before, size_t max,
                                       struct row_list *ret_list);
MUST_USE struct err price_moves_read(struct tx *tx, const struct price_move_filter *filter,
                                     size_t max, struct row_list *ret_list);
MUST_USE struct err price_move_read(struct tx *tx, struct str change_id, struct str user_id,
                                    struct price_move_row *ret_row, bool *ret_found);
/* What it comes to; items are struct price_move_sum. */
MUST_USE struct err price_sums_read(struct tx *tx, struct str id, struct row_list *ret_list);

#endif
