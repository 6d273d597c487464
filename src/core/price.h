/* What a plan costs. Nothing here knows about coupons, tax or usage prices. */
#ifndef CORE_PRICE_H
#define CORE_PRICE_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/catalogue.h"
#include "core/money.h"
#include "core/period.h"

/* The price of one interval. False when the plan is sold by contract only. */
MUST_USE bool price_of(const struct plan *plan, enum interval interval, struct money *ret_price);

bool price_is_free(const struct plan *plan);     /* costs nothing at any interval */
bool price_is_contract(const struct plan *plan); /* has no list price */

/* What a year costs less than twelve months; zero when it does not. False as for price_of. */
MUST_USE bool price_yearly_saving(const struct plan *plan, struct money *ret_saving);

/* A plan's two prices as people compare them. */
struct price_comparison {
    struct money month, year;
    struct money twelve_months; /* paid one by one */
    struct money year_by_month; /* a twelfth of the year, half a minor unit away from zero */
    struct money saving;        /* of a year against twelve months; never negative */
    int saving_percent;         /* rounded down */
    int months_to_pay_off; /* from so many months on a year costs less than paying each; 0: never */
};
/* False as for price_of. */
MUST_USE bool price_compare(const struct plan *plan, struct price_comparison *ret_comparison);

#endif
