/* Contracts (core/contract.h) as use cases, from the request to the offer: a customer asks, an
 * operator writes terms, a second one agrees (app/approval.h), the customer has an offer that they
 * may decline or accept. What becomes of it then: app/contract_life.h. */
#ifndef APP_CONTRACT_H
#define APP_CONTRACT_H

#include "app/approval.h"
#include "app/contract_terms_shape.h"
#include "app/reaction.h"
#include "store/contract.h"
#include "store/operation.h"

/* --- by the customer --- */

/* CREATED; DONE when the same was asked before and nobody works on it yet; CUSTOMER_NOT_FOUND,
 * CUSTOMER_ERASED, CONTRACT_OPEN while another is worked on. */
struct contract_ask {
    struct command command;
    struct str user_id, message;
    struct contract_row row; /* out: its id; texts end with the transaction */
};
void contract_ask(struct app *app, struct contract_ask *ask);
/* The same inside another use case; `asker` is who asked, as the audit log names them. */
MUST_USE struct err contract_asked(struct app *app, struct tx *tx, struct contract_ask *ask,
                                   struct str asker, enum outcome *ret_outcome);

/* Accepts an offer: what it sells begins, as a subscription or as a change of the one that is
 * there. The contract is active once that has succeeded, and an offer again when it has not. DONE;
 * CONTRACT_NOT_FOUND, CONTRACT_WRONG_STATUS, CONTRACT_CHANGED, or what keeps the plan from being
 * bought, such as PAYMENT_METHOD_REQUIRED. */
struct contract_accept {
    struct command command;
    struct str user_id, id;
    struct str terms_hash; /* as they have read it */
    struct str name;       /* as they typed it */
};
void contract_accept(struct app *app, struct contract_accept *accept);

/* The operation that a contract has begun has ended; of others nothing happens. */
MUST_USE struct err contract_concluded(struct app *app, struct tx *tx,
                                       const struct operation_row *row, enum outcome outcome);
/* A subscription has changed: with one that has ended, the contract that it was sold by ends. */
MUST_USE struct err contract_on_subscription(struct app *app, struct tx *tx,
                                             const struct subscription_change *change);
/* SHA-256 over contract, what it follows, purchase order and terms, in canonical form. */
struct str contract_hash(struct cx *cx, const struct contract_row *row);
/* A first row for the customer, not stored yet. DONE; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED,
 * CONTRACT_OPEN. */
MUST_USE struct err contract_new_row(struct tx *tx, struct str user_id,
                                     struct contract_row *ret_row, enum outcome *ret_outcome);
/* The row stands where the event leads, which must be legal. */
void contract_take_step(struct contract_row *row, enum contract_event event);

/* --- by operators --- */

/* Writes terms: of a contract, or, with an empty id, of a new one for `user_id`, or of the next
 * version of the one that `amends` names. An offer that is written anew is none any more until it
 * is offered again. CREATED, DONE; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED, CONTRACT_OPEN,
 * CONTRACT_IN_FORCE, CONTRACT_NOT_FOUND, CONTRACT_WRONG_STATUS, CONTRACT_TERMS_INVALID with
 * `problems`. */
struct contract_write {
    struct command command;
    struct str id, user_id, amends;
    struct contract_terms terms;
    struct str purchase_order, note;
    int64_t offer_days;
    struct contract_problems problems; /* out */
    struct contract_row row;           /* out: its id; texts end with the transaction */
};
void contract_write(struct app *app, struct contract_write *write);

/* A step that somebody asks for: CONTRACT_SUBMIT, CONTRACT_DECLINE or CONTRACT_WITHDRAW. SUBMIT
 * gives APPROVAL_REQUIRED with the approval's id, or DONE where nobody has to agree; so does
 * WITHDRAW of one that was accepted and waits for its day. Else DONE;
 * CONTRACT_NOT_FOUND, CONTRACT_WRONG_STATUS, CONTRACT_TERMS_INVALID, APPROVAL_WAITING. */
struct contract_move {
    struct command command;
    enum contract_event event;
    struct str id;
    struct str user_id; /* whose it must be; empty: an operator asks */
    struct str reason;
    struct record_id approval_id; /* out */
    struct contract_row row;      /* out: its id; texts end with the transaction */
};
void contract_move(struct app *app, struct contract_move *move);

/* Says that the term does not renew: by the customer with a `user_id`, else by an operator. DONE,
 * once more too; CONTRACT_NOT_FOUND, CONTRACT_WRONG_STATUS, CONTRACT_RENEWS_NOT when it does not
 * anyway, CONTRACT_NOTICE_LATE after the last moment (contract_notice_at). */
struct contract_notice {
    struct command command;
    struct str user_id, id;
};
void contract_give_notice(struct app *app, struct contract_notice *notice);

/* --- as an approval's noun (app/approval_nouns.c) --- */

MUST_USE struct err contract_describe(struct app *app, struct tx *tx,
                                      const struct approval_subject *subject,
                                      struct approval_facts *ret_facts);
MUST_USE struct err contract_execute(struct approval_execution *execution);
/* Nobody has agreed: it may be written anew. */
MUST_USE struct err contract_not_approved(struct app *app, struct tx *tx,
                                          const struct approval_row *approval);

/* --- reading --- */

/* Whether the customer knows of it, and whether they may see its terms: those that were agreed to
 * by a second person. */
bool contract_is_shown(const struct contract_row *row);
bool contract_shows_terms(const struct contract_row *row);

/* The newest first; items are struct contract_row. */
MUST_USE struct err contracts_read(struct tx *tx, const struct contract_filter *filter, size_t max,
                                   struct row_list *ret_list);
/* With a user_id: of this customer alone, and only what they know of. */
MUST_USE struct err contract_read(struct tx *tx, struct str user_id, struct str id,
                                  struct contract_row *ret_row, bool *ret_found);
/* Of a row that has terms; an offer to the customer says this hash. */
MUST_USE struct err contract_row_terms(struct app *app, struct cx *cx,
                                       const struct contract_row *row,
                                       struct contract_terms *ret_terms);

#endif
