/* Prices; see price.h. */
#include "core/price.h"

#include "base/check.h"

enum { MONTHS_OF_YEAR = 12 };

bool price_of(const struct plan *plan, enum interval interval, struct money *ret_price) {
    check((unsigned)interval < INTERVAL_COUNT);
    const struct plan_price *price = &plan->prices[interval];
    if (!price->is_set) {
        return false;
    }
    check(money_is_valid(price->amount));
    check(!money_is_negative(price->amount));
    *ret_price = price->amount;
    return true;
}

bool price_is_free(const struct plan *plan) {
    struct money month;
    struct money year;
    return price_of(plan, INTERVAL_MONTH, &month) && price_of(plan, INTERVAL_YEAR, &year) &&
           money_is_zero(month) && money_is_zero(year);
}

bool price_is_contract(const struct plan *plan) {
    struct money price;
    return !price_of(plan, INTERVAL_MONTH, &price) && !price_of(plan, INTERVAL_YEAR, &price);
}

bool price_yearly_saving(const struct plan *plan, struct money *ret_saving) {
    struct money month;
    struct money year;
    struct money twelve;
    if (!price_of(plan, INTERVAL_MONTH, &month) || !price_of(plan, INTERVAL_YEAR, &year) ||
        !money_multiply_ratio(month, (struct ratio){MONTHS_OF_YEAR, 1}, ROUND_TOWARD_ZERO,
                              &twelve)) {
        return false;
    }
    struct money saving;
    check(currency_equal(month.currency, year.currency)); /* catalogue_check */
    bool is_in_range = money_subtract(twelve, year, &saving);
    check(is_in_range); /* neither is negative */
    *ret_saving = money_is_negative(saving) ? money_zero(year.currency) : saving;
    check(!money_is_negative(*ret_saving));
    return true;
}
