/* Withdrawal: a consumer takes back a purchase while they may, in two steps: a statement that they
 * are shown, and its confirmation by its hash. From then on it goes by itself: the subscription is
 * ended at once, then each of its invoices is credited, one operation after the other, each begun
 * by the transaction that ends the one before (withdrawal_concluded). So a crash at any point finds
 * one of them waiting. No second person is asked: it is theirs by law. */
#ifndef APP_WITHDRAWAL_H
#define APP_WITHDRAWAL_H

#include "app/operation_plan.h"
#include "store/withdrawal.h"

/* How it stands for a customer now. */
struct withdrawal_offer {
    enum outcome outcome; /* DONE; NOT_SUBSCRIBED, WITHDRAWAL_NOT_OFFERED, WITHDRAWAL_OVER */
    struct instant until; /* when it is DONE or OVER: the end, outside */
    bool is_share;        /* they asked for an early start: the time until then is paid for */
    struct withdrawal_facts facts; /* of the statement, without the name */
};
MUST_USE struct err withdrawal_offer_read(const struct app *app, struct tx *tx, struct str user_id,
                                          struct withdrawal_offer *ret_offer);

/* What is to be confirmed, in the arena. */
struct withdrawal_words {
    struct str text, hash; /* SHA-256 of the text */
};
struct withdrawal_words withdrawal_words_of(struct arena *arena, enum language language,
                                            const struct withdrawal_facts *facts);

/* The second step. command.outcome is CREATED; DONE when it was confirmed before; what the offer
 * may be, WITHDRAWAL_CHANGED, OPERATION_IN_PROGRESS, CHARGING_FROZEN. */
struct withdrawal_confirm {
    struct command command;
    struct str user_id, name, hash;
};
void withdrawal_confirm(struct app *app, struct withdrawal_confirm *confirm);

/* An operation has ended: if it was for a withdrawal, the next one begins. */
MUST_USE struct err withdrawal_concluded(struct app *app, struct tx *tx,
                                         const struct operation_row *operation,
                                         enum outcome outcome);

/* Items are struct withdrawal_row, the newest first; an empty customer: of all. */
MUST_USE struct err withdrawals_read(struct tx *tx, struct str user_id, struct str before,
                                     size_t max, struct row_list *ret_list);

#endif
