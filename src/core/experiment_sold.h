/* What the units of an arm hold at the end of their window, beside what decides: how many pay, what
 * they pay on average, by the year or the month, and for which plan. */
#ifndef CORE_EXPERIMENT_SOLD_H
#define CORE_EXPERIMENT_SOLD_H

#include "core/experiment.h"
#include "core/money.h"

struct experiment_sold {
    int64_t units;             /* whose window is over */
    int64_t paying, yearly;    /* of those: with a paid plan, and by the year */
    int64_t tiers[TIER_COUNT]; /* paying units by plan */
    int64_t monthly;           /* minor units that they bring in a month */
};

/* So many units hold this plan; `monthly` is its price for a month, in minor units, above 0. */
void experiment_sold_add(struct experiment_sold *sold, enum tier tier, enum interval interval,
                         int64_t monthly, int64_t units);

/* Shares in parts per million, rounded down; 0 of nothing. */
int64_t experiment_sold_conversion(const struct experiment_sold *sold); /* pay, of all units */
int64_t experiment_sold_annual(const struct experiment_sold *sold);     /* yearly, of who pays */
int64_t experiment_sold_mix(const struct experiment_sold *sold, enum tier tier); /* of who pays */
/* Minor units a month of one who pays, half to even; 0 when nobody does. */
int64_t experiment_sold_price(const struct experiment_sold *sold);

#endif
