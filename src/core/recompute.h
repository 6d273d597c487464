/* An invoice line computed a second time, from the plan, the coupon, the calendar and what was
 * billed before: what reconciliation compares with the provider's figure, and what `explain` shows.
 *
 *   a whole period   price x quantity; the coupon's discount stands beside it, shared with the
 *                    other whole periods of the invoice.
 *   a trial          nothing.
 *   a part           that share, to the second, of price x quantity less the coupon's discount,
 *                    which is inside the amount.
 *   a credit         minus the share of what was debited for the time; where that is not known, of
 *                    the price, as a part.
 *
 * Each is rounded half away from zero, once
 * (https://docs.stripe.com/billing/subscriptions/prorations). */
#ifndef CORE_RECOMPUTE_H
#define CORE_RECOMPUTE_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/coupon.h"
#include "core/money.h"
#include "core/period.h"
#include "core/proration.h"

struct recompute_line {
    struct money price; /* of one, for a whole period */
    enum interval interval;
    int64_t quantity;
    struct period period;  /* that the line bills */
    struct instant anchor; /* from which the subscription's periods were counted at first */
    bool is_trial;
    bool is_proration;
    bool is_credit;                      /* gives money back for the rest of a period */
    const struct coupon *coupon;         /* NULL: none */
    struct coupon_lines beside;          /* of a whole period: all of them, and among them... */
    size_t place;                        /* ...this; none: it is the only one */
    const struct proration_debit *debit; /* of a credit: what is given back; NULL: not known */
};

struct recomputed {
    struct money amount;   /* of the line */
    struct money base;     /* what the share is of; of a whole line its amount */
    struct money discount; /* of a whole line, beside its amount; of a part, inside `base` */
    struct period whole;   /* the period that the line lies in */
    int64_t seconds;       /* billed, of a proration; else those of the whole */
    int64_t seconds_whole;
};

/* False when the amount leaves the range, the line bills more than a period, or the coupon is of
 * another currency. */
MUST_USE bool recompute(const struct recompute_line *line, struct recomputed *ret_recomputed);

#endif
