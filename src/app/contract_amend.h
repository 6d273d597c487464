/* Contracts that meet another one of the same customer: amendments, which take the place of the one
 * in force, and contracts that would overlap with it. Only the files app/contract*.c include this.
 */
#ifndef APP_CONTRACT_AMEND_H
#define APP_CONTRACT_AMEND_H

#include "app/contract.h"

/* A row, not stored yet, for the next version of the contract in force with this id. DONE;
 * CONTRACT_NOT_FOUND, CONTRACT_WRONG_STATUS when it is not in force, CONTRACT_OPEN while another
 * amendment or contract is worked on. */
MUST_USE struct err contract_amendment_begin(struct tx *tx, struct str amends,
                                             struct contract_row *ret_row,
                                             enum outcome *ret_outcome);
/* Whether what the row's terms say may come after what is in force. DONE; of an amendment
 * CONTRACT_WRONG_STATUS when what it amends is over, and CONTRACT_IN_FORCE when it would begin
 * after that; of others CONTRACT_IN_FORCE when both would be in force at a time. */
MUST_USE struct err contract_may_follow(struct app *app, struct tx *tx,
                                        const struct contract_row *row, enum outcome *ret_outcome);
/* What was written to amend a term that is over is taken back. */
MUST_USE struct err contract_withdraw_amendment(struct app *app, struct tx *tx,
                                                const struct contract_row *row);

#endif
