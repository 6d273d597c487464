/* Dunning: from a payment that failed to one that is paid, or to an end. core/dunning.h says what a
 * case does; here it meets invoices, calls, subscriptions, mails and time.
 *
 *   dunning_invoice.c   an invoice was mirrored: cases open and close, attempts become known
 *   dunning_dispute.c   a dispute was mirrored
 *   dunning_overdue.c   an invoice that was sent is not paid by its day
 *   dunning_collect.c   attempts to collect: begun, answered, read back
 *   dunning_due.c       what falls due with time
 *   dunning_action.c    what operators do
 *   dunning_approval.c  what they do with a second person
 *   dunning_case.c      the one way in which a case moves, and its effects
 *   dunning_customer.c  a new method, the end of the subscription
 *   dunning_mail.c      what the customer is told */
#ifndef APP_DUNNING_H
#define APP_DUNNING_H

#include "app/app.h"
#include "app/gate_update.h"
#include "app/reaction.h"
#include "core/dunning.h"
#include "store/dunning.h"
#include "store/outbox.h"
#include "store/payment_attempt.h"

/* --- what happens elsewhere --- */

MUST_USE struct err dunning_on_invoice(struct app *app, struct tx *tx,
                                       const struct invoice_change *change);
MUST_USE struct err dunning_on_dispute(struct app *app, struct tx *tx, struct str user_id,
                                       const struct payments_dispute *dispute,
                                       struct gate_update *update);
/* Another method is charged from now on: what is owed is tried with it, at once. */
MUST_USE struct err dunning_on_default_method(struct app *app, struct tx *tx, struct str user_id,
                                              struct gate_update *update);
/* The subscription is over: what hangs on it is not collected any more, as at the provider
 * (https://docs.stripe.com/billing/subscriptions/cancel); its invoices can still be paid. */
MUST_USE struct err dunning_on_subscription_end(struct app *app, struct tx *tx, struct str user_id,
                                                struct str subscription_id,
                                                struct gate_update *update);
/* True while a case waits for money that is younger than the method made at that instant, so that
 * this is to become the one that is charged. What is older may be heard of late, and is no answer
 * to the failure: it may be the very method that was declined. */
MUST_USE struct err dunning_wants_method(struct tx *tx, struct str user_id, struct instant made_at,
                                         bool *ret_wants);

/* --- attempts to collect --- */

/* How the end of the last attempt to pay an invoice stands: false while it is not known. */
MUST_USE struct err dunning_may_collect(struct tx *tx, struct str user_id, struct str invoice_id,
                                        bool *ret_may);
/* A customer's own attempt begins with this call of the outbox. */
MUST_USE struct err dunning_note_attempt(struct tx *tx, const struct payments_call *call);
/* No answer came: the attempt is unknown until one does. */
MUST_USE struct err dunning_lost_sight(struct tx *tx, struct str user_id, struct str outbox_id);
/* Its call was answered; after what the answer carries was mirrored. */
MUST_USE struct err dunning_answered(struct app *app, struct tx *tx, const struct outbox_row *row,
                                     const struct payments_answer *answer,
                                     struct gate_update *update);
/* A key as old as this may have been forgotten by the provider, which then would charge again: the
 * invoice is read instead (https://docs.stripe.com/api/idempotent_requests: at least 24 hours). */
enum { CALL_KEY_HOURS = 23 };
/* What a reading says of an attempt whose key is too old: DONE, DECLINED, or MISSING when it never
 * reached the provider. */
MUST_USE struct err dunning_read_back(struct tx *tx, const struct outbox_row *row,
                                      const struct payments_answer *seen,
                                      struct payments_answer *ret_answer);

/* --- as time passes --- */

enum { DUNNING_BATCH = 200 };
/* INSTANT_MAX when nothing will. */
MUST_USE struct err dunning_next_due_at(struct tx *tx, struct instant *ret_at);
/* Runs what is due, at most DUNNING_BATCH cases; an update for each whose access changed. `at_row`
 * says at which case it is, for who sets aside what cannot be done. */
MUST_USE struct err dunning_run_due(struct app *app, struct tx *tx, struct str *at_row,
                                    struct gate_update updates[DUNNING_BATCH], size_t *ret_count);

/* --- operators --- */

enum dunning_action_kind {
    DUNNING_ACTION_PAUSE,
    DUNNING_ACTION_RESUME,
    DUNNING_ACTION_EXTEND,
    DUNNING_ACTION_RETRY,
    DUNNING_ACTION_WRITE_OFF,
    DUNNING_ACTION_COUNT
};
const char *dunning_action_name(enum dunning_action_kind kind); /* "write_off" */

/* One move of a case, for a reason. CASE_NOT_FOUND, CASE_MOVE_REFUSED, CASE_NEEDS_METHOD,
 * PAYMENT_IN_PROGRESS, IDEMPOTENCY_MISMATCH, APPROVAL_REQUIRED or APPROVAL_WAITING of what needs a
 * second person, or DONE: also when the key has done it before. */
struct dunning_action {
    struct command command;
    enum dunning_action_kind kind;
    struct str case_id, idempotency_key, reason;
    struct instant extend;        /* of EXTEND: the new end of full access */
    struct record_id approval_id; /* out: of APPROVAL_REQUIRED and APPROVAL_WAITING */
    struct gate_update gate_update;
};
void dunning_act(struct app *app, struct dunning_action *action);

/* A page of cases, the newest first; items are struct dunning_row. `after` is the id of the last
 * one of the page before, or empty; ERR_NOT_FOUND when there is no such case. */
struct dunning_query {
    struct str user_id; /* empty: everybody's */
    int status;         /* -1: any */
    struct str after;
    int64_t opened_before; /* 0: whenever */
};
MUST_USE struct err dunning_read_page(struct tx *tx, const struct dunning_query *query, size_t max,
                                      struct row_list *ret_list);
MUST_USE struct err dunning_read(struct tx *tx, struct str id, struct dunning_row *ret_row,
                                 bool *ret_found);
/* What is due of its invoice; *ret_found is false when it is about none. */
MUST_USE struct err dunning_read_due(struct tx *tx, const struct dunning_row *row,
                                     struct money *ret_due, bool *ret_found);
enum { DUNNING_ATTEMPTS_SHOWN = 50 };
/* How the case's invoice was tried to be collected; items are struct payment_attempt_row. */
MUST_USE struct err dunning_read_attempts(struct tx *tx, const struct dunning_row *row,
                                          struct row_list *ret_list);

#endif
