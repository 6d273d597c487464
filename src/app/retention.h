/* What goes because it has been kept long enough (core/retention.h says what, and how long).
 *
 * Each night rows go by themselves. The books of a customer lie under a key of their own: that goes
 * only by a plan that somebody has had counted, has seen, and a second person has agreed to. A plan
 * is carried out customer by customer, and each is judged anew before: who is held, is billed
 * again or has a newer invoice is left, and that is said. A customer can be held: nothing of theirs
 * goes, however old. */
#ifndef APP_RETENTION_H
#define APP_RETENTION_H

#include "app/app.h"
#include "app/approval.h"
#include "store/retention.h"

/* --- each night --- */

/* Rows in a transaction, for which others wait some milliseconds. */
enum { RETENTION_SWEPT_AT_ONCE = 200 };
/* Inside a transaction: ends holds whose time is over, and takes of what is swept as much as one
 * turn may; *ret_has_more is true when there is another. */
MUST_USE struct err retention_forget(struct app *app, struct tx *tx, bool *ret_has_more);
/* A turn of one kind: what is older than `before`. */
MUST_USE struct err retention_sweep_some(struct tx *tx, enum retention_kind kind, int64_t before,
                                         int64_t max, struct retention_swept *ret_swept);
/* What a sweep of this kind would take now. */
MUST_USE struct err retention_due(struct app *app, struct tx *tx, enum retention_kind kind,
                                  struct retention_count *ret_count);

/* --- holds --- */

enum { RETENTION_HOLD_YEARS = 30 };
/* CREATED with the row; CUSTOMER_NOT_FOUND, RETENTION_HELD (there is one), INVALID_HOLD (`until` is
 * past, or too far). */
struct retention_hold {
    struct command command;
    struct retention_hold_row row; /* in: user_id, reason, until */
};
void retention_hold(struct app *app, struct retention_hold *hold);
/* DONE; RETENTION_NOT_HELD. */
struct retention_release {
    struct command command;
    struct str user_id;
};
void retention_release(struct app *app, struct retention_release *release);
/* The hold that is in force. */
MUST_USE struct err retention_held(struct tx *tx, struct str user_id,
                                   struct retention_hold_row *ret_row, bool *ret_found);
MUST_USE struct err retention_is_held(struct tx *tx, struct str user_id, bool *ret_is);
/* Items are struct retention_hold_row, the newest first. */
MUST_USE struct err retention_holds_read(struct tx *tx, const struct retention_hold_filter *filter,
                                         size_t max, struct row_list *ret_list);

/* --- books --- */

enum retention_verdict {
    RETENTION_GOES,
    RETENTION_NEWER,   /* what it seals must be kept for longer */
    RETENTION_HOLDS,   /* somebody holds the customer */
    RETENTION_ACTIVE,  /* a plan is paid for, something is owed, disputed or under way */
    RETENTION_SETTLED, /* nothing is sealed under it any more, or the key has gone */
};
struct retention_judged {
    enum retention_verdict verdict;
    int64_t last_at, due_at, invoices;
    bool is_erased;
};
/* "held": of a verdict that leaves somebody. */
const char *retention_verdict_name(enum retention_verdict verdict);
MUST_USE struct err retention_judge(struct app *app, struct tx *tx, struct str user_id,
                                    struct retention_judged *ret_judged);
/* Whether what is from `at` has gone before, with the key of the books: it is not to come back,
 * though the payment provider may tell it again. */
MUST_USE struct err retention_has_gone(struct tx *tx, struct str user_id, int64_t at,
                                       bool *ret_has);
/* Destroys the key, for good. Of who was not erased another one is made, for what is to come. */
MUST_USE struct err retention_destroy_books(struct tx *tx, struct str user_id,
                                            const struct retention_judged *judged);

/* --- plans --- */

/* CREATED with the plan, which is counted from now on; RETENTION_BUSY while one is. */
struct retention_count_begin {
    struct command command;
    struct record_id id; /* out */
};
void retention_count_begin(struct app *app, struct retention_count_begin *begin);

enum { RETENTION_PLAN_DAYS = 30 }; /* what was counted before is not carried out */
/* DONE: it is being carried out. APPROVAL_REQUIRED with the approval's id, APPROVAL_WAITING;
 * RETENTION_PLAN_NOT_FOUND, RETENTION_PLAN_NOT_READY, RETENTION_PLAN_OLD. */
struct retention_purge {
    struct command command;
    struct str plan_id, reason;
    struct record_id approval_id; /* out */
};
void retention_purge(struct app *app, struct retention_purge *purge);

/* For app/approval_nouns.c. */
MUST_USE struct err retention_describe(struct app *app, struct tx *tx,
                                       const struct approval_subject *subject,
                                       struct approval_facts *ret_facts);
MUST_USE struct err retention_execute(struct approval_execution *execution);

/* One that is being counted or carried out is given up: what has gone is gone, the rest stays. Of
 * any other nothing changes. DONE, RETENTION_PLAN_NOT_FOUND. */
struct retention_cancel {
    struct command command;
    struct str plan_id, reason;
};
void retention_cancel(struct app *app, struct retention_cancel *cancel);

/* A piece of the plan that is being counted or carried out, if there is one. */
struct retention_step {
    struct command command;
};
void retention_step(struct app *app, struct retention_step *step);
MUST_USE struct err retention_is_working(struct tx *tx, bool *ret_is);

/* Once a month, by itself: counts, unless somebody has lately; who operates is told what may go.
 * `from` is until when what was due has run: a start (0) makes up for a month that was missed. */
MUST_USE struct err retention_count_monthly(struct app *app, struct tx *tx, struct instant from);
/* The next time, after `after`: the first of a month, at four o'clock UTC. */
struct instant retention_next_count(struct instant after);

/* Reading. */
MUST_USE struct err retention_plan_read(struct tx *tx, struct str id,
                                        struct retention_plan_row *ret_row, bool *ret_found);
MUST_USE struct err retention_plan_latest(struct tx *tx, struct retention_plan_row *ret_row,
                                          bool *ret_found);
MUST_USE struct err retention_plan_kinds(struct tx *tx, struct str id, struct row_list *ret_list);
MUST_USE struct err retention_plan_customers(struct tx *tx, struct str id, struct str after,
                                             size_t max, struct row_list *ret_list);

#endif
