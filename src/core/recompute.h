/* An invoice line computed a second time, from the plan, the calendar and the quantity alone: what
 * reconciliation compares with the provider's figure, and what `explain` shows. */
#ifndef CORE_RECOMPUTE_H
#define CORE_RECOMPUTE_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/money.h"
#include "core/period.h"

struct recompute_line {
    struct money price; /* of one, for a whole period */
    enum interval interval;
    int64_t quantity;
    struct period period;  /* that the line bills */
    struct instant anchor; /* from which the subscription's periods were counted at first */
    bool is_proration;
    bool is_credit; /* gives money back for the rest of a period */
};

struct recomputed {
    struct money amount;
    struct period whole; /* the billing period that the line lies in */
    int64_t seconds;     /* billed, of a proration; else those of the whole */
    int64_t seconds_whole;
};

/* A whole period costs price x quantity; a part of it that share to the second, rounded half away
 * from zero, once. False when the amount leaves the range or the line bills more than a period. */
MUST_USE bool recompute(const struct recompute_line *line, struct recomputed *ret_recomputed);

#endif
