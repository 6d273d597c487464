/* Billing credits: money granted to a customer ahead, which metered lines of its invoices use up
 * after their discounts and before their taxes (billing/subscriptions/usage-based/billing-credits).
 *
 * What is left of a grant is its "_left"; every move of it is a transaction, and their sum is
 * always what is left. */
#ifndef SANDBOX_CREDIT_GRANT_H
#define SANDBOX_CREDIT_GRANT_H

#include "sandbox/call.h"

/* A move of a grant; positive amounts are credits. */
struct credit_move {
    const char *type; /* "credits_granted" … */
    int64_t amount;
    const char *invoice; /* NULL: of none */
    const char *line;
};
/* Moves what is left of a grant and records it: the transaction, borrowed. */
json_t *credit_move(struct world *world, json_t *grant, const struct credit_move *move);

/* Whether a grant may be drawn on at `now`: effective, not expired, not void. */
bool credit_is_available(const json_t *grant, int64_t now);
/* Whether a grant is for a price: for all metered ones, or for that one. */
bool credit_covers(const json_t *grant, const json_t *price);

/* At finalization: uses up the customer's grants for the metered lines of a draft. The sums are
 * to be worked out again when it returns true. */
bool credits_apply(struct world *world, json_t *invoice);
/* What a voided invoice had used comes back. */
void credits_return(struct world *world, json_t *invoice);
/* What credits took from a line. */
int64_t line_credits(const json_t *line);
/* Shows the credits of lines, and their discounts, as pretax_credit_amounts of lines and invoice.
 */
void credits_show(json_t *invoice);

/* The parameter scope, of grants and of questions for them; false with a fault on `param` when it
 * makes no sense. */
extern const struct param credit_scope_params[];
bool credit_scope_check(struct world *world, json_t *scope, const char *param);

/* A grant expires by itself. */
int64_t credit_grant_due(const json_t *grant);
void credit_grant_on_due(struct world *world, json_t *grant);

#endif
