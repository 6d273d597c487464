/* What if another catalogue had been in force: what customers were billed for past periods, and
 * what they bring in a month, computed again under a candidate.
 *
 * A replay looks prices up by plan and version, as they were sold. So the candidate is laid under
 * the catalogue in force: the same plans and versions, each with the prices and limits that its
 * holders would have. What no formula explains, and what a contract says, stays as it was billed.
 * Taxes are left out. Pure: the caller reads rows. */
#ifndef CORE_WHAT_IF_H
#define CORE_WHAT_IF_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/catalogue.h"
#include "core/price_change.h"

enum what_if_holders {
    WHAT_IF_MOVE, /* everybody has the version that the candidate sells */
    WHAT_IF_KEEP, /* everybody keeps their version, with what the candidate says of it */
};
enum { WHAT_IF_HOLDERS_COUNT = WHAT_IF_KEEP + 1 };
const char *what_if_holders_name(enum what_if_holders holders); /* "move" */

enum what_if_problem {
    WHAT_IF_FITS,
    WHAT_IF_CURRENCY,     /* the candidate is of another currency */
    WHAT_IF_PLAN_MISSING, /* a version of a plan in force is not in the candidate */
};
/* *ret_laid is the catalogue in force, each version with the prices and limits of the candidate's;
 * coupons with a code of both are the candidate's. Both are checked. *ret_missing is the version
 * that was not found, of WHAT_IF_PLAN_MISSING. */
enum what_if_problem what_if_lay(const struct catalogue *in_force,
                                 const struct catalogue *candidate, enum what_if_holders holders,
                                 struct catalogue *ret_laid, const struct plan **ret_missing);
/* The same of a planned price change: holders of its versions have the one that it moves them to,
 * and others what they have. */
void what_if_lay_change(const struct catalogue *in_force, const struct price_change *change,
                        struct catalogue *ret_laid);

/* --- a line of an invoice --- */

struct what_if_line {
    struct money amount, discount; /* as billed: without tax; the discount stands beside */
    bool is_explained;             /* a formula gives exactly what was billed, and ... */
    bool is_replayed;              /* ... another amount under the candidate */
    bool is_proration;
    bool is_by_debit;   /* a credit: a share of what was debited, which grows with the price */
    struct ratio share; /* of that, and */
    struct money debit; /* what was debited */
    bool has_discount;  /* the candidate's discount is known */
    struct money price_before, price_after;
    struct money again, again_discount; /* under the candidate */
};
/* What the line comes to without tax, as billed and under the candidate. False when a sum leaves
 * the range. */
MUST_USE bool what_if_line(const struct what_if_line *line, struct money *ret_before,
                           struct money *ret_after);

/* --- limits --- */

/* A bit for each metric whose use is above the limit of `after`, and was not above that of
 * `before`. `used` by enum metric: the most of any period. */
unsigned what_if_hits(const struct plan *before, const struct plan *after,
                      const int64_t used[METRIC_COUNT]);

/* --- who wins --- */

enum what_if_side { WHAT_IF_SAME, WHAT_IF_LESS, WHAT_IF_MORE };
enum { WHAT_IF_SIDE_COUNT = WHAT_IF_MORE + 1 };
const char *what_if_side_name(enum what_if_side side); /* "less": they would have paid less */
/* By what was billed, and where that is the same by what a month brings. */
enum what_if_side what_if_side_of(int64_t billed, int64_t monthly);

#endif
