/* What becomes of contracts as time passes (core/contract_life.h), and how one comes into force.
 *
 * A row says in `next_at` when it is to be looked at; what is done then is decided from the row and
 * its terms, so that looking too early, too late or twice changes nothing. What is told to the
 * payment provider is an operation like any other. */
#ifndef APP_CONTRACT_LIFE_H
#define APP_CONTRACT_LIFE_H

#include "app/contract.h"
#include "core/contract_life.h"

enum { CONTRACT_BATCH = 100 };
/* Ends offers whose time is over and does what is due for contracts, at most CONTRACT_BATCH of
 * either. */
/* `at_row` says at which one it is, for who sets aside what cannot be done. */
MUST_USE struct err contract_run_due(struct app *app, struct tx *tx, struct str *at_row,
                                     bool *ret_has_more);
/* INSTANT_MAX when nothing is open. */
MUST_USE struct err contract_next_due_at(struct tx *tx, struct instant *ret_at);

/* Of a row in force, with its terms: where it stands, and when it is looked at next. */
struct contract_life contract_life_of(const struct contract_row *row);
void contract_plan_ahead(const struct contract_terms *terms, struct contract_row *row);

/* --- app/contract_begin.c --- */

/* Buys what is sold, as a subscription or as a change of the one that is there; an interval begins
 * with it. DONE with the operation's id, NO_CHANGE when it is what they have, or why not. */
MUST_USE struct err contract_begin(struct app *app, struct tx *tx, struct contract_row *row,
                                   enum outcome *ret_outcome);
/* Whether it could begin now, and when a row that waits for its day is looked at. */
MUST_USE struct err contract_wait(struct app *app, struct tx *tx, struct contract_row *row,
                                  enum outcome *ret_outcome);
/* It is bought: the term runs from the interval that the provider bills now. What it takes the
 * place of is superseded. */
MUST_USE struct err contract_put_in_force(struct app *app, struct tx *tx, struct contract_row *row);
/* The same of one that sells what they have already: only the term and how it is paid are others.
 */
MUST_USE struct err contract_take_over(struct app *app, struct tx *tx, struct contract_row *row);
/* What is due for one that was accepted and waits: its day has come, the provider is told of it, or
 * the customer has confirmed the payment. */
MUST_USE struct err contract_run_waiting(struct app *app, struct tx *tx, struct contract_row *row);
/* It could not be: the customer may accept once more. */
MUST_USE struct err contract_put_back(struct app *app, struct tx *tx, struct contract_row *row);

#endif
