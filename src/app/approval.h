/* The two-person rule (core/approval.h) as use cases.
 *
 * A use case that may need a second person asks approval_needed() in its transaction, where it has
 * decided and not yet written; if so, approval_request() writes what it would do instead, and the
 * caller answers APPROVAL_REQUIRED with the row. Whoever agrees does it by that: the facts are read
 * anew in the same transaction, and if they are no longer what was agreed to, nothing is done.
 *
 * To let another act need it: a row in `nouns` (app/approval_nouns.c) with two functions. */
#ifndef APP_APPROVAL_H
#define APP_APPROVAL_H

#include "app/app.h"
#include "app/gate_update.h"
#include "store/approval.h"

/* --- what a noun brings --- */

/* What is asked for. */
struct approval_subject {
    enum approval_action action;
    struct str user_id; /* empty: about no customer */
    struct str request; /* what will be done: JSON from audit_facts(), which the noun reads again */
};

/* What it rests on and what it would make of that, from the rows as they are now. */
struct approval_facts {
    enum outcome outcome; /* DONE, or why it cannot be done at all; then the rest is empty */
    struct str object_id; /* what it is about: of each one request waits */
    bool has_amount;
    struct money amount;
    struct str before, after; /* from audit_facts(): what the second person sees */
};

struct approval_execution {
    struct app *app;
    struct tx *tx;
    const struct approval_row *row;     /* as it was agreed to */
    const struct approval_facts *facts; /* as they are now: the same */
    struct gate_update *update;         /* published once durable, when it is due */
    /* Out: DONE; or why it cannot be done just now, before anything is written: then it waits on.
     */
    enum outcome outcome;
    struct str operation_id; /* what it has begun; may stay empty */
};

struct approval_noun {
    const char *acts_as; /* the act in the audit log: "refund.create" */
    struct err (*describe)(struct app *app, struct tx *tx, const struct approval_subject *subject,
                           struct approval_facts *ret_facts);
    struct err (*execute)(struct approval_execution *execution);
    /* It will not be done: nobody agreed, or not in time. NULL: nothing needs to know. */
    struct err (*not_approved)(struct app *app, struct tx *tx, const struct approval_row *row);
    const char *veiled; /* the member of its facts that stands in no row as it is; NULL: none */
};
/* NULL while nobody brings it. */
const struct approval_noun *approval_noun_of(enum approval_action action);

/* --- asking --- */

/* Whether whoever acts in this transaction needs a second person. What the program does by itself,
 * and what was agreed to, does not. `amount` of an action without one is not looked at. */
bool approval_needed(const struct app *app, const struct tx *tx, enum approval_action action,
                     struct money amount);

struct approval_request {
    struct approval_subject subject;
    struct str reason;          /* in the words of whoever asks; may be empty */
    struct str idempotency_key; /* may be empty */
    enum outcome outcome;       /* out */
};
/* Writes it down, tells those who may agree. APPROVAL_REQUIRED with the row, also when the key has
 * asked for the same before; APPROVAL_WAITING with the row of another one about the same object;
 * IDEMPOTENCY_MISMATCH, or what the noun says. */
MUST_USE struct err approval_request(struct app *app, struct tx *tx,
                                     struct approval_request *request,
                                     struct approval_row *ret_row);
/* Only whether the key has asked before: *ret_is_asked with the same answers. */
MUST_USE struct err approval_asked_before(struct tx *tx, struct approval_request *request,
                                          struct approval_row *ret_row, bool *ret_is_asked);

/* --- deciding --- */

struct approval_decision {
    struct command command;
    struct str id;
    enum approval_event event; /* APPROVE, REJECT or WITHDRAW */
    struct str person_id;      /* who decides; of WITHDRAW, and of machines, empty */
    struct str reason;
    struct gate_update gate_update;
};
/* DONE: of an approval, it was done, now or before. APPROVAL_NOT_FOUND, APPROVAL_OWN,
 * APPROVAL_NOT_THEIRS, APPROVAL_NOT_REQUESTER, APPROVAL_DECIDED, APPROVAL_EXPIRED, APPROVAL_STALE;
 * or what keeps it from being done just now, such as OPERATION_IN_PROGRESS: it waits on. */
void approval_decided(struct app *app, struct approval_decision *decision);

/* Hands one that waits to the operator of this address, who is told. Others who may decide it still
 * may, so that it waits for nobody who is away. DONE, also when they have it; APPROVAL_NOT_FOUND,
 * APPROVAL_DECIDED, APPROVAL_EXPIRED, PERSON_NOT_FOUND, APPROVAL_DELEGATE: they may not decide it.
 */
struct approval_delegate {
    struct command command;
    struct str id, email, reason;
};
void approval_delegated(struct app *app, struct approval_delegate *delegate);

/* --- as time passes --- */

enum { APPROVAL_BATCH = 100 };
/* Ends those whose time is over, at most APPROVAL_BATCH. */
MUST_USE struct err approval_run_due(struct app *app, struct tx *tx, bool *ret_has_more);
/* INSTANT_MAX when none waits. */
MUST_USE struct err approval_next_due_at(struct tx *tx, struct instant *ret_at);

/* --- reading --- */

/* The newest first; items are struct approval_row. */
MUST_USE struct err approvals_read(struct tx *tx, const struct approval_filter *filter, size_t max,
                                   struct row_list *ret_list);
MUST_USE struct err approval_read(struct tx *tx, struct str id, struct approval_row *ret_row,
                                  bool *ret_found);
/* How what it has begun at the payment provider stands. */
struct approval_progress {
    struct str status; /* "pending", "succeeded", "failed"; empty: it has begun nothing there */
    struct str code;   /* of an outcome, once it has ended; else empty */
};
MUST_USE struct err approval_progress_read(struct tx *tx, const struct approval_row *row,
                                           struct approval_progress *ret_progress);

#endif
