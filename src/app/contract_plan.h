/* Private versions of plans, as they are kept: what a contract sells is a version of a plan like
 * any other, in the table of versions that were ever offered and in the catalogue's book. */
#ifndef APP_CONTRACT_PLAN_H
#define APP_CONTRACT_PLAN_H

#include "app/app.h"
#include "core/contract_terms.h"
#include "core/plan_book.h"

/* A version of what checked terms sell from a step of the ramp on: one that is there already, of
 * the same content, or a new one, which is kept. When the transaction comes to nothing, the number
 * is used up and nobody has it. ERR_TOO_LARGE when the book is full. */
MUST_USE struct err contract_plan_add(struct app *app, struct tx *tx,
                                      const struct contract_terms *terms, size_t step,
                                      int32_t *ret_version);

/* The version that is there already; 0: none. */
MUST_USE struct err contract_plan_find(const struct app *app, struct tx *tx,
                                       const struct contract_terms *terms, size_t step,
                                       int32_t *ret_version);

/* Reads all of them into the book, at the start. ERR_CONFLICT when the catalogue has lost a plan
 * that one builds on. */
MUST_USE struct err contract_plans_load(struct app *app, struct tx *tx);
/* Gives the plans' memory back; nobody may look any more. */
void contract_plans_destroy(struct app *app);

#endif
