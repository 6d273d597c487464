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

#endif
