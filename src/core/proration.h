/* Proration: what changing a plan inside a billing period costs, to the second.
 *
 * As Stripe does with proration_behavior=always_invoice:
 *
 *   same interval     a credit for the unused time at the old price and a charge for the same time
 *                     at the new one; the period and its anchor stay.
 *   other interval,   a credit for the unused time, and the whole new price for a new period that
 *   free -> paid, or  begins now; now becomes the anchor.
 *   asked for
 *   paid -> free      the credit alone.
 *
 * The share is (period end - change) / (period end - period start) in whole seconds, always of the
 * *whole* billing period that contains the change. Each line is rounded to the minor unit by
 * itself, half away from zero. A negative total is never paid out: it becomes credit on the
 * customer's balance, and nothing is due. Tax, coupons and a balance from before are not looked at.
 *
 * Sources: https://docs.stripe.com/billing/subscriptions/prorations,
 * https://docs.stripe.com/billing/customer/balance */
#ifndef CORE_PRORATION_H
#define CORE_PRORATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"
#include "core/catalogue.h"
#include "core/money.h"
#include "core/period.h"

enum { PRORATION_LINES_MAX = 2, PRORATION_TEXT_SIZE = CATALOGUE_NAME_SIZE + 48 };

/* What is or will be billed: the plan's name for the line, its price as last billed. */
struct proration_side {
    struct str name; /* shorter than CATALOGUE_NAME_SIZE bytes */
    struct money price;
    enum interval interval;
};

struct proration_change {
    struct proration_side from;
    struct proration_side to; /* of the same currency */
    struct instant anchor;    /* of the present billing periods; at or before `at` */
    struct instant at;        /* pinned by a quote, so that preview and charge agree to the cent */
    bool begins_period;       /* a new period begins even at the same interval */
};

struct proration_line {
    char description[PRORATION_TEXT_SIZE]; /* "Unused time on Starter after 15 Jun 2026" */
    struct money amount;                   /* negative for a credit */
    struct period period;                  /* what the line pays for */
    bool is_proration;                     /* false for the whole price of a new period */
};

struct proration {
    struct proration_line lines[PRORATION_LINES_MAX];
    size_t count;
    struct money total;      /* the sum of the lines */
    struct money amount_due; /* what is charged now: the total, or 0 */
    struct money credit;     /* what goes to the balance: minus the total, or 0 */
    struct instant anchor;   /* after the change */
    struct period period;    /* the billing period after the change, which contains it */
};

/* Prices are not negative and of one currency. The instant is cut to its second. */
struct proration proration_of(const struct proration_change *change);

/* What was billed for a stretch of time, as the invoices have it. */
struct proration_debit {
    struct money amount;  /* not negative */
    struct period period; /* not empty */
};

/* The credit for the time from `at` on, not positive: with flexible billing what was *debited* for
 * it is given back, each debit rounded by itself. False when none reaches beyond `at`.
 * https://docs.stripe.com/billing/subscriptions/billing-mode/compare */
MUST_USE bool proration_unused(const struct proration_debit *debits, size_t count,
                               struct instant at, struct money *ret_credit);

#endif
